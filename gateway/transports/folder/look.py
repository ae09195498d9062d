"""Which files of a folder are messages, and which of them are whole."""

import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

UNFINISHED = (".tmp", ".part", ".partial", ".filepart", ".crdownload", "~")
"""Suffixes under which programs write what is not yet a file."""


@dataclass(frozen=True, slots=True)
class Watched:
    """A folder of a partner and what is agreed about it (`sends:` of partner.yaml); `path` is absolute.

    pattern  which files are messages
    ready    suffix of the marker file without which a file is not finished (`liste.csv.ready`); empty for none
    """

    partner: str
    format: str
    path: Path
    pattern: str = "*"
    ready: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """A regular file as one look saw it; two looks that see the same saw nobody writing."""

    name: str
    inode: int
    size: int
    changed: int
    """Modification time in nanoseconds."""


def found(name: str, status: os.stat_result) -> Found:
    """A file as its status describes it."""
    return Found(name, status.st_ino, status.st_size, status.st_mtime_ns)


def look(folder: int, watched: Watched) -> tuple[list[Found], dict[str, int], list[str]]:
    """One look at an open folder: messages, oldest first; markers with their time; links, which are never followed."""
    files: list[Found] = []
    markers: dict[str, int] = {}
    links: list[str] = []
    for name, status in entries(folder):
        if watched.ready and name.endswith(watched.ready) and stat.S_ISREG(status.st_mode):
            markers[name] = status.st_mtime_ns
        elif named(name, watched.pattern):
            if stat.S_ISLNK(status.st_mode):
                links.append(name)
            elif stat.S_ISREG(status.st_mode):
                files.append(found(name, status))
    return sorted(files, key=lambda file: (file.changed, file.name)), markers, links


def entries(folder: int) -> Iterator[tuple[str, os.stat_result]]:
    """Names with what they are, links not followed; what vanishes meanwhile is left out."""
    with os.scandir(folder) as listing:
        for entry in listing:
            try:
                status = entry.stat(follow_symlinks=False)
            except OSError:
                continue
            yield entry.name, status


def named(name: str, pattern: str) -> bool:
    """Whether a name is that of a finished message."""
    return not name.startswith(".") and not name.lower().endswith(UNFINISHED) and fnmatchcase(name, pattern)


def whole(
    files: Iterable[Found], before: Mapping[str, Found], markers: Mapping[str, int], ready: str
) -> Iterator[Found]:
    """The files nobody writes any more: unchanged since the look before, or with a marker that is not older."""
    for file in files:
        if ready:
            if markers.get(file.name + ready, -1) >= file.changed:
                yield file
        elif before.get(file.name) == file:
            yield file
