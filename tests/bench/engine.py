"""The gateway's own path of bytes, without command line and files: codec, map, codec."""

from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

from gateway.adapters.delimited import codec as delimited
from gateway.adapters.fhir import codec as fhir
from gateway.adapters.hl7v2 import codec as hl7v2
from gateway.domain.codec import Codec
from gateway.domain.problem import Problem
from gateway.mapping.compile import Variant
from gateway.mapping.format import Format
from gateway.mapping.shelf import Shelf

ROOT = Path(__file__).resolve().parents[2]
CODECS: dict[str, Codec] = {codec.name: codec for codec in (hl7v2, fhir, delimited)}
FOLDERS = (ROOT / "mappings", ROOT / "tests" / "bench" / "formats")


class NotReadyError(Exception):
    """The measurement's format or input does not work, so there is nothing to measure."""


def shelf(*folders: Path) -> Shelf:
    """A fresh shelf: nothing is loaded yet."""
    return Shelf(folders or FOLDERS, CODECS, ROOT)


@cache
def known() -> Shelf:
    """The shelf of the measurements, loaded once."""
    return shelf()


def format_of(name: str) -> Format:
    """A format ready to run."""
    found = known().get(name)
    if found is None:
        raise NotReadyError(told(known().problems[name]))
    return found


def told(problems: Iterable[Problem]) -> str:
    """The first few errors, codes and places only."""
    errors = [f"{problem.code} at {problem.place}" for problem in problems if problem.severity == "error"]
    return "; ".join(errors[:3])


def checked(call: Callable[[bytes], tuple[bytes, list[Problem]]], data: bytes) -> bytes:
    """The result of a first call; raises where it is no good."""
    made, problems = call(data)
    if not made:
        raise NotReadyError(told(problems))
    return made


def to_fhir(name: str, variant: Variant) -> Callable[[bytes], tuple[bytes, list[Problem]]]:
    """Bytes of a format -> bytes of a canonical Bundle."""
    source = format_of(name)

    def call(data: bytes) -> tuple[bytes, list[Problem]]:
        read = source.codec.decode(data, source.spec)
        if not read.trees:
            return b"", read.problems
        done = source.to_fhir(read.trees[0], "seed", variant)
        written = fhir.encode([done.tree], {})
        return written.data, [*read.problems, *done.problems, *written.problems]

    return call


def there_and_back(name: str, variant: Variant) -> Callable[[bytes], tuple[bytes, list[Problem]]]:
    """Bytes of a format -> canonical Bundle as bytes -> bytes of the format."""
    source, forth = format_of(name), to_fhir(name, variant)

    def call(data: bytes) -> tuple[bytes, list[Problem]]:
        bundle, problems = forth(data)
        read = fhir.decode(bundle, {})
        if not read.trees:
            return b"", [*problems, *read.problems]
        done = source.from_fhir(read.trees[0], None, variant)
        written = source.codec.encode([done.tree], source.spec)
        return written.data, [*problems, *done.problems, *written.problems]

    return call
