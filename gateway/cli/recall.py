"""`gateway recall`: who was asked to delete what it was shown, when it was told, when it confirmed."""

import csv
import io
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gateway.cli import console
from gateway.cli.deployment import DEFAULT, AsJson, Config, Opened, opened
from gateway.cli.record import At, EnteredBy, Heard, Medium, SaidBy, entered, spoken_at

if TYPE_CHECKING:
    from gateway.pipeline.agreeing.ledger import Line

app = typer.Typer(no_args_is_help=True, help="What was shown and is called back: the ledger.")
HEADS = ("number", "party", "case", "status", "data", "begun", "told", "answered")
Number = Annotated[str, typer.Argument(metavar="RECALL", help="Our number (R-...), or the id of the Task.")]


@app.command(
    "list",
    help="""List the recalls: who is asked, for which case, what is called back, told when, confirmed when.

Examples:

  gateway recall list --open

  gateway recall list --case 5b2e41c7 --csv rueckrufe.csv
""",
)
def listed(
    case: Annotated[str, typer.Option("--case", metavar="TASK", help="Of one case: `Task/<id>`, or the id.")] = "",
    open_only: Annotated[bool, typer.Option("--open", help="Only those not answered.")] = False,  # noqa: FBT002 - a flag
    file: Annotated[Path | None, typer.Option("--csv", metavar="FILE", help="Write them to a file.")] = None,
    json: AsJson = False,  # noqa: FBT002 - a flag of the command line
    config: Config = DEFAULT,
) -> None:
    """Run the verb."""
    from gateway.pipeline.agreeing.ledger import lines  # noqa: PLC0415 - with the store

    with opened(config) as deployment:
        found = list(lines(deployment.rooms, case=case.removeprefix("Task/"), open_only=open_only))
    if file:
        written(found, file)
    elif json:
        console.machine([asdict(line) for line in found])
    else:
        console.listed([{name: cell(line, name) for name in HEADS} for line in found], "no recalls", json=False)


@app.command(
    "show",
    help="""Show one recall: what was shown (the Provenance of each view), what is called back, what was answered.

Examples:

  gateway recall show R-5B2E41C7-1B0F
""",
)
def show(number: Number, json: AsJson = False, config: Config = DEFAULT) -> None:  # noqa: FBT002 - as above
    """Run the verb."""
    with opened(config) as deployment:
        line = meant(number, deployment)
    if json:
        console.machine(asdict(line))
        return
    for name, value in asdict(line).items():
        text = ", ".join(value) if isinstance(value, tuple) else value
        sys.stdout.write(f"{name:9} {text or '-'}\n")


@app.command(
    "record",
    help="""Record what a recipient said to a recall by telephone, letter, fax or on a visit (a proxy entry).

Without --keeps it has deleted or locked the data; with --keeps it says why it does not.

Examples:

  gateway recall record R-5B2E41C7-1B0F --said-by "Frau Lohmann" --entered-by "Sander, Kümmerin" --medium phone
  --text "gelöscht am 13.03."

  gateway recall record R-5B2E41C7-1B0F --said-by "Frau Lohmann" --entered-by "Sander, Kümmerin" --medium letter
  --keeps "Aufbewahrungspflicht nach SGB XI"
""",
)
def record(  # noqa: PLR0913, PLR0917 - options of the command line
    number: Number,
    said_by: SaidBy,
    entered_by: EnteredBy,
    medium: Medium,
    text: Annotated[str, typer.Option("--text", help="Their words, without a person's data.")] = "gelöscht",
    keeps: Annotated[str, typer.Option("--keeps", metavar="WHY", help="They keep it, and why.")] = "",
    at: At = "",
    json: AsJson = False,  # noqa: FBT002 - a flag of the command line
    config: Config = DEFAULT,
) -> None:
    """Run the verb."""
    heard = Heard(medium, said_by, entered_by, spoken_at(at)).checked()
    with opened(config) as deployment:
        before = deployment.store.read("Task", meant(number, deployment).task)
        if before is None:
            console.wrong_call(f"there is no recall {number}")
        entered(heard, before, after(before.resource, text, keeps), deployment, as_json=json)


def after(task: dict[str, Any], text: str, keeps: str) -> dict[str, Any]:
    """The Task as its owner would send it back."""
    kept = {key: value for key, value in task.items() if key not in ("businessStatus", "statusReason")}
    if keeps.strip():
        return {**kept, "status": "rejected", "statusReason": {"text": keeps.strip()}}
    return {**kept, "status": "completed", "output": [{"type": {"text": "Bestätigung"}, "valueString": text.strip()}]}


def meant(number: str, deployment: Opened) -> "Line":
    """The recall of a number, or a wrong call."""
    from gateway.pipeline.agreeing.ledger import found  # noqa: PLC0415 - with the store

    line = found(number, deployment.rooms)
    if line is None:
        console.wrong_call(f"there is no recall {number}, or several begin so; `gateway recall list` names them")
    return line


def written(found: "list[Line]", file: Path) -> None:
    """A table for the files of the site: no names, our numbers."""
    from gateway.adapters.delimited.formula import escape  # noqa: PLC0415 - only a table needs it

    made = io.StringIO(newline="")
    rows = csv.writer(made, delimiter=";")
    rows.writerow([*HEADS, "consent", "answer"])
    cells = ([*(cell(line, name) for name in HEADS), line.consent, line.answer] for line in found)
    rows.writerows([escape(text) for text in row] for row in cells)
    console.write_output(file, made.getvalue().encode("utf-8-sig"))
    sys.stdout.write(f"{len(found)} recalls\n")


def cell(line: "Line", name: str) -> str:
    """One cell of a table."""
    value = getattr(line, name)
    return ", ".join(value) if isinstance(value, tuple) else str(value)
