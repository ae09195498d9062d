"""Bytes of one format -> canonical FHIR -> bytes of another; every finding rides along."""

import hashlib
from dataclasses import dataclass

from gateway.domain.codec import Decoded
from gateway.domain.problem import Problem, worst
from gateway.mapping import evidence
from gateway.mapping.compile import Variant
from gateway.mapping.format import Format
from gateway.pipeline.decode import nothing, unready
from gateway.pipeline.map import Reading, mapped


@dataclass(frozen=True, slots=True)
class Translation:
    """The bytes of the target format (empty with a problem of severity error) and the problems."""

    data: bytes
    problems: list[Problem]


def read(data: bytes, source: Format, variant: Variant = "account") -> Reading:
    """Bytes -> canonical resources; later messages of a file update what earlier ones said."""
    if wrong := unready(source, source.name):
        return Reading(problems=wrong)
    decoded = source.codec.decode(data, source.spec)
    reading = mapped(decoded.trees, source, hashlib.sha256(data).hexdigest(), variant)
    reading.problems = [*decoded.problems, *reading.problems]
    if not decoded.trees and worst(reading.problems) != "error":
        reading.problems.append(nothing())
    return reading


def translate(data: bytes, source: Format, target: Format, original: bytes = b"") -> Translation:
    """Bytes of `source` -> bytes of `target` through canonical FHIR.

    `original` is what a partner sent in the target format; what no rule knows of it stays in the result.
    """
    reading = read(data, source)
    if worst(reading.problems) == "error":
        return Translation(b"", reading.problems)
    written = write(reading, target, original) if target.plan else canonical(reading, data, source, target)
    problems = [*reading.problems, *written.problems]
    return Translation(b"" if worst(problems) == "error" else written.data, problems)


def canonical(reading: Reading, data: bytes, source: Format, target: Format) -> Translation:
    """Canonical resources as a Bundle, with the raw message they came from."""
    tree = reading.tree
    if source.plan is not None:
        tree = evidence.attach(tree, data, source.codec.media_type, source.name, source.hash)
    encoded = target.codec.encode([tree], target.spec)
    return Translation(encoded.data, encoded.problems)


def write(reading: Reading, target: Format, original: bytes) -> Translation:
    """Canonical resources -> bytes of the target format."""
    if not target.goes("from_fhir"):
        repair = "use it behind --from, or change `direction:` in its format.yaml"
        return Translation(b"", [Problem("map.direction", target.name, f"`{target.name}` is only read", repair)])
    known = target.codec.decode(original, target.spec) if original else Decoded()
    if worst(known.problems) == "error":
        return Translation(b"", known.problems)
    result = target.from_fhir(evidence.without(reading.tree), known.trees[0] if known.trees else None)
    problems = [*known.problems, *result.problems]
    if worst(problems) == "error":
        return Translation(b"", problems)
    encoded = target.codec.encode([result.tree], target.spec)
    return Translation(encoded.data, [*problems, *encoded.problems])
