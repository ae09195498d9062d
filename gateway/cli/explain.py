"""`gateway explain`: where every value of a result came from."""

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from gateway import wiring
from gateway.cli import console
from gateway.cli.deployment import DEFAULT, Config
from gateway.domain.problem import worst
from gateway.mapping import explain as lineage
from gateway.mapping.explain import Explanation
from gateway.pipeline.translate import read

HELP = """Say of every value of the result where it came from: rule, place in the source, value before.

Then what was ignored (with the written reason) and what no rule used. Of a stored resource, named instead of a file:
the message that each value came from, or who moved or entered it.

Examples:

  gateway explain entlassung.hl7 --from hl7v2-de

  gateway explain entlassung.hl7 --from hl7v2-de --path birthDate

  gateway explain plan.json --from evp --json | jq '.unmapped'

  gateway explain Patient/9b1c6a2f-7e10-4d0e-9d2c-5a1c6a2f7e10 --path birthDate --config gateway.yaml
"""


def explain(  # noqa: PLR0913, PLR0917 - the options of the verb
    file: Annotated[str, typer.Argument(metavar="FILE", help="The message; - is standard input. Or `Type/<id>`.")],
    source: Annotated[str, typer.Option("--from", metavar="FORMAT", help="Format of the message.")] = "",
    json: Annotated[bool, typer.Option("--json", help="For machines.")] = False,  # noqa: FBT002 - a flag of the command line
    path: Annotated[str, typer.Option("--path", metavar="TEXT", help="Only values whose path holds this text.")] = "",
    mappings: console.Mappings = None,
    config: Config = DEFAULT,
) -> None:
    """Run the verb."""
    if not source:
        stored(file, path, config, as_json=json)
        return
    form = console.open_format(wiring.shelf(mappings or ()), source)
    reading = read(console.read_input(file), form, "lineage")
    errors = [problem for problem in reading.problems if problem.severity == "error"]
    if errors:
        console.show_problems(errors, as_json=False)
    if worst(reading.problems) == "error":
        raise typer.Exit(console.FINDINGS)
    found = joined([lineage.explain(form, result) for result in reading.results])
    found.values[:] = [origin for origin in found.values if path in origin.path]
    if json:
        sys.stdout.buffer.write(console.dumped(machine(found)) + b"\n")
        sys.stdout.flush()
    else:
        person(found)


def stored(name: str, path: str, config: Path, *, as_json: bool) -> None:
    """A resource of the store, named as `Type/<id>`; anything else needs its format."""
    from gateway.cli.origin import NAME, explain_stored  # noqa: PLC0415 - with the store

    if not NAME.fullmatch(name):
        console.wrong_call("name the format of the message with --from, or a stored resource as Type/<id>")
    explain_stored(name, path, config, as_json=as_json)


def joined(parts: list[Explanation]) -> Explanation:
    """The explanations of all messages of a file."""
    whole = Explanation([], [], [])
    for part in parts:
        whole.values.extend(part.values)
        whole.ignored.extend(part.ignored)
        whole.unmapped.extend(part.unmapped)
    return whole


def machine(found: Explanation) -> dict[str, Any]:
    """The form documented in docs/reference/cli.md."""
    return {
        "values": [
            {"path": o.path, "value": o.value, "rule": o.rule, "source": o.source, "before": o.before}
            for o in found.values
        ],
        "ignored": [{"source": source, "reason": reason} for source, reason in found.ignored],
        "unmapped": [{"source": source, "before": before} for source, before in found.unmapped],
    }


def person(found: Explanation) -> None:
    """Three tables."""
    rows = [
        [o.path, console.shown_value(o.value), o.source or "(constant)", console.shown_value(o.before), o.rule]
        for o in found.values
    ]
    console.table(f"{len(rows)} values", ["path", "value", "from", "before", "rule"], rows)
    if found.ignored:
        console.table(f"\n{len(found.ignored)} ignored", ["source", "reason"], [list(row) for row in found.ignored])
    if found.unmapped:
        unmapped = [[source, console.shown_value(before)] for source, before in found.unmapped]
        console.table(f"\n{len(unmapped)} unmapped: no rule uses them", ["source", "value"], unmapped)
