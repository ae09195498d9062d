"""A format with all it is made of as one small file, so that a message can be read again as it was read then."""

import io
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path

from gateway.domain.codec import Codec
from gateway.mapping.format import Format
from gateway.mapping.shelf import Shelf

EPOCH = (1980, 1, 1, 0, 0, 0)
"""The one date in every pack: the same files give the same bytes."""
KINDS = frozenset({".yaml", ".csv"})
FILES, BYTES, RATIO = 2000, 50_000_000, 200
"""What a pack may hold at most: files, bytes once unpacked, and how much smaller it may be than they are."""


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
    """The format of a pack, ready to run; `folder` is an empty one that it may fill. None where it is no pack of ours.

    Whoever can write to the database can put another one there: nothing of it leaves the folder, or fills the disk.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as file:
            if not sound(file.infolist(), len(data), folder.resolve()):
                return None
            for inner in file.namelist():
                target = folder / inner
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(file.read(inner))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, zlib.error):
        return None
    numbered = sorted((path for path in folder.iterdir() if path.is_dir()), key=lambda path: int(path.name))
    return Shelf(tuple(numbered), codecs, folder).get(name)


def sound(listed: Sequence[zipfile.ZipInfo], size: int, folder: Path) -> bool:
    """Whether the files of a pack have names and sizes of ours: `0/format.yaml`, not too many, not too large."""
    whole = sum(inner.file_size for inner in listed)
    if len(listed) > FILES or whole > min(BYTES, max(size, 1000) * RATIO):
        return False
    return all(named(inner.filename, folder) for inner in listed)


def named(text: str, folder: Path) -> bool:
    """Whether a file of a pack is called as one of ours: the number of a folder, and then below it."""
    number, _, below = text.partition("/")
    inside = (folder / text).resolve().is_relative_to(folder)
    return inside and number.isascii() and number.isdigit() and len(number) < 4 and Path(below).suffix in KINDS
