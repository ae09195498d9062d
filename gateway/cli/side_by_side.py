"""A message in four views: as it came, as the codec read it, what the maps made of it, what its sender was told."""

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING

from rich.columns import Columns
from rich.console import Console
from rich.panel import Panel
from rich.text import Text

from gateway.domain.ledger import Entry
from gateway.domain.message import Message

if TYPE_CHECKING:
    from gateway.pipeline.rooms import Rooms

LEAST = 60
"""Characters a view needs; on a narrower terminal the views stand below each other."""


def parts(entry: Entry, rooms: "Rooms") -> Mapping[str, str]:
    """The views by name, as text."""
    from gateway.fhir import json  # noqa: PLC0415 - with the store
    from gateway.pipeline.decode import decode  # noqa: PLC0415 - as above
    from gateway.pipeline.map import map as mapped  # noqa: PLC0415 - as above

    read = decode(Message(entry), rooms)
    made = mapped(read, rooms)
    return {
        "raw": text(entry.data, entry.charset),
        "tree": json.dumps(list(read.trees), pretty=True).decode(),
        "result": json.dumps(made.tree, pretty=True).decode(),
        "answer": text(entry.answer, entry.charset),
    }


def text(data: bytes, charset: str) -> str:
    """Bytes for a terminal: in UTF-8 or else Latin, control characters shown, one segment a line."""
    try:
        said = data.decode("utf-8")
    except UnicodeDecodeError:
        said = data.decode("iso8859-15" if charset.endswith("15") else "cp1252", "replace")
    lines = said.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c if c.isprintable() or c in "\n\t" else "�" for c in lines)


def show(views: Mapping[str, str]) -> None:
    """Side by side on a wide terminal, else below each other."""
    console = Console(highlight=False)
    if not sys.stdout.isatty() or console.width < 2 * LEAST:
        for name, view in views.items():
            sys.stdout.write(f"--- {name}\n{view.rstrip()}\n")
        return
    width = max(LEAST, console.width // 2 - 2)
    console.print(Columns([Panel(Text(view), title=name, width=width) for name, view in views.items()]))
