"""`gateway convert`: any format to any other through canonical FHIR."""

import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import typer

from gateway import wiring
from gateway.cli import console
from gateway.domain.problem import worst
from gateway.mapping.format import Format
from gateway.pipeline.translate import Translation, translate

HELP = """Convert any format to any other through canonical FHIR.

Result on standard output, problems on standard error. With several files or a folder, --out DIR is required.

Examples:

  gateway convert entlassung.hl7 --from hl7v2-de --to fhir

  gateway convert plan.json --from evp --to pflegedienst-liste > liste.csv

  cat brief.hl7 | gateway convert - --from hl7v2-de --to fhir --problems json

  gateway convert geaendert.json --from fhir --to hl7v2-de --original entlassung.hl7

  gateway convert eingang/ --from hl7v2-de --to fhir --out ausgang/
"""


@dataclass(slots=True)
class Count:
    """How many inputs went which way."""

    converted: int = 0
    warned: int = 0
    refused: int = 0
    left_out: int = 0
    lines: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        """The summary line."""
        rest = f", {self.left_out} of other kinds left out" if self.left_out else ""
        return f"{self.converted} converted ({self.warned} with warnings), {self.refused} refused{rest}"


def convert(  # noqa: PLR0913, PLR0917 - one parameter per option of the command line
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="Files or folders; - is standard input.")],
    source: Annotated[str, typer.Option("--from", metavar="FORMAT", help="Format of the input.")],
    target: Annotated[str, typer.Option("--to", metavar="FORMAT", help="Format of the result.")],
    out: Annotated[Path | None, typer.Option("--out", metavar="DIR", help="Folder for the results.")] = None,
    original: Annotated[
        str,
        typer.Option("--original", metavar="FILE", help="The target as it is; unknown content stays."),
    ] = "",
    problems: Annotated[str, typer.Option("--problems", help="text or json.")] = "text",
    mappings: console.Mappings = None,
) -> None:
    """Run the verb."""
    if problems not in {"text", "json"}:
        console.wrong_call("--problems is text or json")
    shelf = wiring.shelf(mappings or ())
    forms = console.open_format(shelf, source), console.open_format(shelf, target)
    if len(files) == 1 and not Path(files[0]).is_dir() and out is None:
        kept = console.read_input(original) if original else b""
        single(files[0], *forms, kept, as_json=problems == "json")
    elif original:
        console.wrong_call("--original goes with a single input")
    elif out is None:
        console.wrong_call("several inputs need --out DIR")
    else:
        many(files, *forms, out)


def single(file: str, source: Format, target: Format, original: bytes, *, as_json: bool) -> None:
    """One input: result on standard output, nothing there if an error was found."""
    done = translate(console.read_input(file), source, target, original)
    if done.problems or as_json:
        console.show_problems(done.problems, as_json=as_json)
    if worst(done.problems) == "error":
        raise typer.Exit(console.FINDINGS)
    sys.stdout.buffer.write(done.data)
    if sys.stdout.isatty() and not done.data.endswith(b"\n"):
        sys.stdout.buffer.write(b"\n")
    sys.stdout.flush()


def inputs(files: list[str], extension: str, count: Count) -> list[tuple[Path, Path]]:
    """(file, path below the folder given); of a folder those with the format's ending, if it has any such."""
    found: list[tuple[Path, Path]] = []
    for name in files:
        path = Path(name)
        if path.is_dir():
            below = sorted(entry for entry in path.rglob("*") if entry.is_file() and not entry.name.startswith("."))
            fitting = [entry for entry in below if entry.suffix.lower() == extension] or below
            count.left_out += len(below) - len(fitting)
            found += [(entry, entry.relative_to(path)) for entry in fitting]
        elif path.is_file():
            found.append((path, Path(path.name)))
        else:
            console.wrong_call(f"{name} cannot be read: no such file or folder")
    return found


def many(files: list[str], source: Format, target: Format, out: Path) -> None:
    """Several inputs: a result and a list of problems for each, then a summary line."""
    from rich.progress import track  # noqa: PLC0415 - only long jobs need it

    count = Count()
    todo = inputs(files, source.codec.extension, count)
    terminal = console.errors()
    for path, relative in track(todo, "converting", console=terminal, disable=not terminal.is_terminal, transient=True):
        keep(translate(path.read_bytes(), source, target), out / relative, target.codec.extension, count)
    sys.stdout.write(f"{count}\n")
    if count.refused:
        raise typer.Exit(console.FINDINGS)


def keep(done: Translation, path: Path, extension: str, count: Count) -> None:
    """Write the result and the problems of one input; what an earlier run left of either is taken away."""
    path.parent.mkdir(parents=True, exist_ok=True)
    result, findings = path.with_name(path.name + extension), path.with_name(path.name + ".problems.json")
    refused = worst(done.problems) == "error"
    for stale, data in ((result, None if refused else done.data), (findings, list_of(done))):
        if data is None:
            stale.unlink(missing_ok=True)
        else:
            stale.write_bytes(data)
    count.refused += refused
    count.converted += not refused
    count.warned += not refused and bool(done.problems)


def list_of(done: Translation) -> bytes | None:
    """The problems as JSON, None for none."""
    return console.dumped([console.as_dict(problem) for problem in done.problems]) if done.problems else None
