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
    from gateway import wiring  # noqa: PLC0415 - as above
    from gateway.cli import checkup  # noqa: PLC0415 - as above
    from gateway.cli.reach import Tester  # noqa: PLC0415 - as above
    from gateway.mapping.shelf import Shelf  # noqa: PLC0415 - as above

    party = deployment.directory.get(partner)
    own = [problem for problem in deployment.problems if f"partners/{partner}/" in problem.place]
    if deployment.settings is None:
        console.show_problems(deployment.problems, as_json=False)
        raise typer.Exit(console.FINDINGS)
    if party is None and not own:
        known = ", ".join(party.id for party in deployment.directory.parties)
        console.wrong_call(f"there is no partner `{partner}`; known: {known or 'none'}")
    yield from checkup.of_problems("partner.yaml", own, "read, and sound")
    if party:
        shelf = Shelf(wiring.folders(deployment.settings.mappings), wiring.Codecs(), Path.cwd())
        yield from Tester(deployment.settings, shelf, deployment.secrets).partner(party)
