"""Reading a file and moving it away, below an open folder only: no link is followed, nothing is overwritten."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path, PurePath

from gateway.transports.folder.look import Found, found

FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
NAMES = 100_000
"""How many files of one name an archive takes."""


class ChangedError(OSError):
    """The file is no longer the one that was looked at; the next looks will tell."""


@contextmanager
def opened(path: Path) -> Iterator[int]:
    """A folder's descriptor, as long as the block lasts."""
    folder = os.open(path, FOLDER)
    try:
        yield folder
    finally:
        os.close(folder)


@contextmanager
def below(folder: int, *names: str) -> Iterator[int]:
    """A folder below an open one, made if it is not there; a link in the way is an OSError."""
    held = os.dup(folder)
    try:
        for name in names:
            with suppress(FileExistsError):
                os.mkdir(name, 0o770, dir_fd=held)
            deeper = os.open(name, FOLDER | os.O_NOFOLLOW, dir_fd=held)
            os.close(held)
            held = deeper
        yield held
    finally:
        os.close(held)


def read(folder: int, file: Found) -> bytes:
    """The bytes of the very file that was looked at; `ChangedError` if it changed since, or while being read."""
    with open(os.open(file.name, FILE, dir_fd=folder), "rb") as source:  # noqa: PTH123 - by descriptor
        same(file, os.fstat(source.fileno()))
        data = source.read(file.size + 1)
        same(file, os.fstat(source.fileno()))
    if len(data) != file.size:
        raise ChangedError
    return data


def same(file: Found, status: os.stat_result) -> None:
    """Nothing, if the status is that of the file looked at."""
    if not stat.S_ISREG(status.st_mode) or found(file.name, status) != file:
        raise ChangedError


def archive(folder: int, file: Found, when: datetime) -> None:
    """Move into `archive/YYYY-MM-DD/`, the day as it is called here."""
    with below(folder, "archive", when.astimezone().strftime("%Y-%m-%d")) as target:
        away(folder, file, target)


def refuse(folder: int, file: Found, why: str) -> None:
    """Move into `refused/`, with a file `<name>.why.txt` beside it."""
    with below(folder, "refused") as target:
        name = away(folder, file, target)
        reserve(target, f"{name[:200]}.why.txt", why.encode("utf-8", "replace"))


def away(folder: int, file: Found, target: int) -> str:
    """Move a file and give its new name; one that was written again meanwhile goes back, to be taken once more."""
    same(file, os.stat(file.name, dir_fd=folder, follow_symlinks=False))
    name = moved(folder, file.name, target)
    if found(file.name, os.stat(name, dir_fd=target, follow_symlinks=False)) != file:
        moved(target, name, folder)
        raise ChangedError
    return name


def moved(source: int, name: str, target: int) -> str:
    """Rename into another folder under a name that is free there; atomic, and never over a file of somebody else."""
    free = reserve(target, name)
    try:
        os.replace(name, free, src_dir_fd=source, dst_dir_fd=target)
    except OSError:
        os.unlink(free, dir_fd=target)
        raise
    return free


def reserve(folder: int, name: str, data: bytes = b"") -> str:
    """A new file of this name, or with a number before its ending: the name it got."""
    path = PurePath(name)
    for number in range(NAMES):
        free = name if not number else f"{path.stem}.{number}{path.suffix}"
        try:
            made = os.open(free, NEW, 0o660, dir_fd=folder)
        except FileExistsError:
            continue
        with open(made, "wb") as file:  # noqa: PTH123 - by descriptor
            file.write(data)
        return free
    raise FileExistsError(name)
