"""A format with all it is made of as one small file, so that a message can be read again as it was read then."""

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

from gateway.domain.codec import Codec
from gateway.mapping.format import Format
from gateway.mapping.shelf import Shelf

EPOCH = (1980, 1, 1, 0, 0, 0)
"""The one date in every pack: the same files give the same bytes."""
KINDS = frozenset({".yaml", ".csv"})


def pack(shelf: Shelf, name: str, wanted: str = "") -> bytes:
    """The files of a format and of what it extends, each below the number of its folder; empty for an unknown one.

    `wanted` is the content hash it must have; empty if the files are no longer those (an edit not loaded yet).
    """
    chain, _ = shelf.chain(name)
    if wanted and shelf.hash(chain) != wanted:
        return b""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        for number, folder in enumerate(shelf.folders):
            own = [entry.folder for entry in chain if entry.folder.is_relative_to(folder)]
            listed = [path for sub in own for path in sorted(sub.rglob("*")) if path.suffix in KINDS]
            for path in [folder / "names.yaml", *listed]:
                if path.is_file() and "examples" not in path.parts:
                    inner = zipfile.ZipInfo(f"{number}/{path.relative_to(folder).as_posix()}", EPOCH)
                    file.writestr(inner, path.read_bytes(), zipfile.ZIP_DEFLATED)
    return made.getvalue() if chain else b""


def unpack(data: bytes, name: str, codecs: Mapping[str, Codec], folder: Path) -> Format | None:
    """The format of a pack, ready to run; `folder` is an empty one that it may fill."""
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        for inner in file.namelist():
            target = (folder / inner).resolve()
            if target.is_relative_to(folder.resolve()):
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(file.read(inner))
    numbered = sorted((path for path in folder.iterdir() if path.is_dir()), key=lambda path: int(path.name))
    return Shelf(tuple(numbered), codecs, folder).get(name)
