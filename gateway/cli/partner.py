"""`gateway partner list` and `gateway partner test`: who is known, and whether its roads can be gone."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gateway.cli import console
from gateway.cli.config import Deployment, read
from gateway.cli.deployment import DEFAULT, AsJson, Config

if TYPE_CHECKING:
    from gateway.cli.checkup import Finding
    from gateway.directory.party import Party
    from gateway.mapping.shelf import Shelf
    from gateway.settings import Settings

LIST = """List the partners of a deployment with their roads in and out.

Examples:

  gateway partner list

  gateway partner list --config docker/demo/gateway.yaml --json
"""
TEST = """Test the roads of a partner: formats, secrets, certificates, folders, and whether the other side answers.

No message is sent: MLLP is connected and shakes hands, HTTP is asked by HEAD. Exit 1 if something does not hold.

Examples:

  gateway partner test senneklinik

  gateway partner test pflegedienst-lutterbach --config docker/demo/gateway.yaml --json
"""

app = typer.Typer(help="List partners and test their roads.", no_args_is_help=True)


@app.command("list", help=LIST)
def list_(json: AsJson = False, config: Config = DEFAULT) -> None:  # noqa: FBT002 - a flag of the command line
    """Run the verb."""
    rows = [row(party) for party in read(config).directory.parties]
    if json:
        console.machine(rows)
        return
    console.table("", list(rows[0]) if rows else ["no partners"], [list(each.values()) for each in rows])


def row(party: "Party") -> dict[str, str]:
    """One line of the list."""
    return {
        "partner": party.id,
        "kind": party.kind,
        "title": party.title,
        "in": ", ".join(f"{road.road} {road.format}" for road in party.sends),
        "out": ", ".join(f"{road.road} {road.format} ({' '.join(road.for_)})" for road in party.receives),
    }


@app.command("test", help=TEST)
def tried(
    partner: Annotated[str, typer.Argument(metavar="ID", help="The partner, as its folder is called.")],
    json: AsJson = False,  # noqa: FBT002 - a flag of the command line
    config: Config = DEFAULT,
) -> None:
    """Run the verb."""
    from gateway.cli import checkup  # noqa: PLC0415 - only here

    checkup.tell(found(partner, read(config)), as_json=json)


def found(partner: str, deployment: Deployment) -> Iterator["Finding"]:
    """What its file says of itself, then road by road."""
    from gateway import wiring  # noqa: PLC0415 - only here
    from gateway.cli import checkup  # noqa: PLC0415 - as above
    from gateway.cli.reach import Tester  # noqa: PLC0415 - as above
    from gateway.mapping.shelf import Shelf  # noqa: PLC0415 - as above

    settings = deployment.settings
    if settings is None:
        console.show_problems(deployment.problems, as_json=False)
        raise typer.Exit(console.FINDINGS)
    shelf = Shelf(wiring.folders(settings.mappings), wiring.Codecs(), Path.cwd())
    parties = as_they_run(settings, shelf)
    own = [problem for problem in deployment.problems if f"partners/{partner}/" in problem.place]
    if partner not in parties and not own:
        console.wrong_call(f"there is no partner `{partner}`; known: {', '.join(parties) or 'none'}")
    broken = [p for p in deployment.problems if p.severity == "error" and "partners/" not in p.place]
    yield from checkup.of_problems("settings", broken, "") if broken else ()
    yield from checkup.of_problems("partner.yaml", own, "read, and sound")
    if partner in parties:
        yield from Tester(settings, shelf, deployment.secrets).partner(parties[partner])


def as_they_run(settings: "Settings", shelf: "Shelf") -> dict[str, "Party"]:
    """The partners that can be, even where a format or secret of theirs is missing; that is told road by road."""
    from gateway.directory.known import Known  # noqa: PLC0415 - only here
    from gateway.directory.load import load  # noqa: PLC0415 - as above

    directory, _ = load(shelf.folders, Path.cwd(), Known(settings.root, settings.routing.fallback))
    return {party.id: party for party in directory.parties}
