"""`gateway new format`: a folder that passes `check`, ready to be edited."""

import re
import sys
from pathlib import Path
from typing import Annotated

import typer

from gateway import wiring
from gateway.cli import console
from gateway.cli.templates import TEMPLATES, render

HELP = """Write the folder of a new format: format.yaml, a map, a code table and an example. It passes `gateway check`.

Examples:

  gateway new format mein-pflegedienst --codec delimited

  gateway new format kis-nord --codec hl7v2 --in mappings
"""

app = typer.Typer(help="Start something new.", no_args_is_help=True)


@app.callback()
def group() -> None:
    """Start something new."""


@app.command("format", help=HELP)
def new_format(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name of the format: small letters, digits, hyphens.")],
    codec: Annotated[str, typer.Option("--codec", metavar="CODEC", help="delimited, hl7v2 or fhir.")],
    folder: Annotated[Path, typer.Option("--in", metavar="DIR", help="Folder of formats.")] = Path("mappings"),
) -> None:
    """Run the verb."""
    if not re.fullmatch(r"[a-z][a-z0-9-]{0,62}", name):
        console.wrong_call(f"`{name}` is no name for a format: small letters, digits and hyphens, a letter first")
    if codec not in TEMPLATES:
        console.wrong_call(f"there is no codec `{codec}`; known: {', '.join(TEMPLATES)}")
    target = folder / name
    if target.exists() or name in wiring.shelf().names():
        console.wrong_call(f"a format `{name}` exists already")
    for relative, text in render(codec, name).items():
        path = target / relative
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode("utf-8"))
        sys.stdout.write(f"wrote {path}\n")
    sys.stdout.write(f"next: edit the files, then `gateway check {target}`\n")
