"""One attempt to deliver into a folder: written aside, made durable, then renamed to its name in one step."""

import errno
import logging
import os
import re
from pathlib import PurePath
from string import Formatter

from gateway.domain.road import Parcel, Sent

LOG = logging.getLogger("gateway.transports.folder")
FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
WRITE = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC
READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
LONGEST = 200


def send(parcel: Parcel) -> Sent:
    """Write `parcel.data` into `address["path"]` under `address["name"]`; E1, as nobody there has confirmed it yet.

    A file of that name with the same bytes is this delivery, arrived before. Never raises for what the folder does.
    """
    name = named(parcel)
    if not name:
        return Sent("refused", "E0", "name", "the configured name may hold {key}, {about} and {date}, and no folder")
    try:
        sent = dropped(str(parcel.address.get("path") or ""), name, parcel.data)
    except (OSError, ValueError) as fault:
        code = errno.errorcode.get(getattr(fault, "errno", None) or 0, "error")
        sent = Sent("retry", "E0", code, "the folder is not there or cannot be written")
    LOG.info("sent", extra={"partner": parcel.partner, "key": parcel.key, "code": sent.code, "outcome": sent.outcome})
    return sent


def dropped(path: str, name: str, data: bytes) -> Sent:
    """The file under its name, unless it is there already."""
    folder = os.open(path, FOLDER)
    try:
        there = lies(folder, name)
        if there is not None:
            return already(folder, name, data, there)
        write(folder, name + ".part", data)
        os.rename(name + ".part", name, src_dir_fd=folder, dst_dir_fd=folder)
        os.fsync(folder)
    finally:
        os.close(folder)
    return Sent("delivered", "E1", "written")


def lies(folder: int, name: str) -> os.stat_result | None:
    """What lies under a name, links not followed."""
    try:
        return os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return None


def already(folder: int, name: str, data: bytes, there: os.stat_result) -> Sent:
    """The verdict on a name that is taken."""
    if there.st_size == len(data):
        with open(os.open(name, READ, dir_fd=folder), "rb") as file:  # noqa: PTH123 - by descriptor
            if file.read(len(data) + 1) == data:
                os.fsync(folder)
                return Sent("delivered", "E1", "there already")
    return Sent("refused", "E0", "exists", "another file has this name; it is not overwritten")


def write(folder: int, name: str, data: bytes) -> None:
    """A file, durable once this returns; what a broken attempt left under the name is written over."""
    with open(os.open(name, WRITE, 0o660, dir_fd=folder), "wb") as file:  # noqa: PTH123 - by descriptor
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def named(parcel: Parcel) -> str:
    """The file's name, the same on every attempt; empty where the template is none."""
    values = {"key": plain(parcel.key), "about": plain(parcel.about)}
    if parcel.created is not None:
        values["date"] = f"{parcel.created:%Y-%m-%d}"
    try:
        parts = list(Formatter().parse(str(parcel.address.get("name") or "{key}")))
        if any(spec or conversion for _, _, spec, conversion in parts):
            return ""
        name = "".join(text + (values[place] if place is not None else "") for text, place, _, _ in parts)
    except (ValueError, KeyError):
        return ""
    sound = name == PurePath(name).name and not name.startswith(".") and len(os.fsencode(name)) <= LONGEST
    return name if sound and name.isprintable() else ""


def plain(text: str) -> str:
    """A text as part of a file name on any system."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", text)
