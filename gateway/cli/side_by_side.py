"""A message in four views: as it came, as the codec read it, what the maps made of it, what its sender was told."""

import sys
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from gateway.cli import console
from gateway.domain.ledger import Entry
from gateway.domain.message import Message

if TYPE_CHECKING:
    from gateway.pipeline.rooms import Rooms

PARTS = ("raw", "tree", "result", "answer")
LEAST = 60
"""Characters a view needs; on a narrower terminal the views stand below each other."""


def parts(entry: Entry, rooms: "Rooms") -> Mapping[str, str]:
    """The views by name, as text; read with the maps that read it last, as long as these are kept."""
    from gateway.fhir import json  # noqa: PLC0415 - with the store
    from gateway.pipeline.decode import decode  # noqa: PLC0415 - as above
    from gateway.pipeline.map import map as mapped  # noqa: PLC0415 - as above

    then = entry.map_hash if entry.map_hash and rooms.store.archived(entry.map_hash) else ""
    read = decode(Message(replace(entry, replay=then)), rooms)
    made = mapped(read, rooms).tree if read.trees else {}
    return {
        "raw": text(entry.data, entry.charset),
        "tree": json.dumps(list(read.trees), pretty=True).decode() if read.trees else "",
        "result": json.dumps(made, pretty=True).decode() if made else "",
        "answer": text(entry.answer, entry.charset),
    }


def text(data: bytes, charset: str) -> str:
    """Bytes for a terminal: in UTF-8 or else Latin, one segment a line, control characters replaced."""
    try:
        said = data.decode("utf-8")
    except UnicodeDecodeError:
        said = data.decode("iso8859-15" if charset.endswith("15") else "cp1252", "replace")
    return console.printable(said.replace("\r\n", "\n").replace("\r", "\n"), "\n\t")


def alone(part: str, views: Mapping[str, str], data: bytes) -> None:
    """One view; raw bytes as they came where a file or a program takes them."""
    if part == "raw" and not sys.stdout.isatty():
        sys.stdout.buffer.write(data)
        sys.stdout.flush()
        return
    sys.stdout.write(views[part].rstrip("\n") + "\n")


def show(views: Mapping[str, str]) -> None:
    """Side by side on a wide terminal, else below each other."""
    from rich.columns import Columns  # noqa: PLC0415 - only here
    from rich.console import Console  # noqa: PLC0415 - as above
    from rich.panel import Panel  # noqa: PLC0415 - as above
    from rich.text import Text  # noqa: PLC0415 - as above

    screen = Console(highlight=False)
    said = {name: view.rstrip() or "(nothing)" for name, view in views.items()}
    if not sys.stdout.isatty() or screen.width < 2 * LEAST:
        for name, view in said.items():
            sys.stdout.write(f"--- {name}\n{view}\n")
        return
    width = max(LEAST, screen.width // 2 - 2)
    screen.print(Columns([Panel(Text(view), title=name, width=width) for name, view in said.items()]))
