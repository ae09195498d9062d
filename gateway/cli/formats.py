"""`gateway formats`: the formats known."""

import sys
from typing import Annotated

import typer

from gateway import wiring
from gateway.cli import console
from gateway.mapping.inherit import effective

HELP = """List the formats known: codec, direction, standing.

Examples:

  gateway formats

  gateway formats --json
"""


def formats(
    json: Annotated[bool, typer.Option("--json", help="For machines.")] = False,  # noqa: FBT002 - a flag of the command line
    mappings: console.Mappings = None,
) -> None:
    """Run the verb."""
    shelf = wiring.shelf(mappings or ())
    rows = []
    for name in sorted(shelf.names()):
        chain, _ = shelf.chain(name)
        if chain:
            file, _ = effective(chain)
            row = (name, file.title, file.codec, file.direction or "both", file.standing or "draft", file.extends)
        else:
            row = (name, "", "", "", "broken: see `gateway check`", "")
        rows.append(row)
    heads = ["format", "title", "codec", "direction", "standing", "extends"]
    if json:
        sys.stdout.buffer.write(console.dumped([dict(zip(heads, row, strict=True)) for row in rows]) + b"\n")
        sys.stdout.flush()
    else:
        console.table("", heads, [list(row) for row in rows])
