"""The formats that can be found, and the codecs they name; all that `convert`, `check` and `explain` need."""

from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import cast

from gateway.domain.codec import Codec
from gateway.mapping.shelf import Shelf

CODECS = ("delimited", "fhir", "hl7v2")
HERE = Path(__file__).resolve().parent


class Codecs(Mapping[str, Codec]):
    """The codecs by name, imported when first asked for."""

    def __getitem__(self, name: str) -> Codec:
        """The codec of a name; KeyError where there is none."""
        if name not in CODECS:
            raise KeyError(name)
        return cast("Codec", import_module(f"gateway.adapters.{name}").codec)

    def __iter__(self) -> Iterator[str]:
        return iter(CODECS)

    def __len__(self) -> int:
        return len(CODECS)


def data_folder(name: str) -> Path:
    """`mappings` or `profiles`: beside the package in a checkout, inside it in a wheel."""
    packed = HERE / "_data" / name
    return packed if packed.is_dir() else HERE.parent / name


def folders(extra: Sequence[Path] = ()) -> tuple[Path, ...]:
    """Where formats are looked for: folders given, `mappings/` here, and what ships with the gateway."""
    here = Path.cwd() / "mappings"
    found = [*extra, *([here] if here.is_dir() else []), data_folder("mappings")]
    return tuple({path.resolve(): path for path in found}.values())


def shelf(extra: Sequence[Path] = ()) -> Shelf:
    """The shelf of all formats that can be found."""
    return Shelf(folders(extra), Codecs(), Path.cwd())
