"""`gateway link`: the pages of parties without a system, for the Kümmerer who tells them their code."""

import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from gateway.cli import console
from gateway.cli.deployment import DEFAULT, AsJson, Config, Opened, one, opened, operator

if TYPE_CHECKING:
    from gateway.pipeline.link.post import Desk
    from gateway.pipeline.link.record import Link

app = typer.Typer(no_args_is_help=True, help="Links of parties without a system: show, letter, list, revoke.")
Id = Annotated[str, typer.Argument(metavar="TASK", help="`Task/<id>` of a measure, its id, or the beginning of it.")]


@app.command(
    "show",
    help="""Show the link and the code of a measure, this one time; what was shown is written down nowhere.

Tell the party the code by telephone or letter, and never by the way the link goes. Where a notice carries the link
(`notify: folder`), only the code is shown. May be called while the gateway runs.

Examples:

  gateway link show Task/9c01d7aa

  gateway link show 9c01d7aa --new
""",
)
def show(
    task: Id,
    new: Annotated[bool, typer.Option("--new", help="New secrets; the old ones and open pages end.")] = False,  # noqa: FBT002 - a flag
    json: AsJson = False,  # noqa: FBT002 - a flag of the command line
    config: Config = DEFAULT,
) -> None:
    """Run the verb."""
    from gateway.pipeline.link.issue import shown  # noqa: PLC0415 - with the store

    with opened(config) as deployment:
        key = meant(task, deployment)
        base = deployment.settings.link.reached()
        if not base:
            console.wrong_call("no page is served: `link.listen` is empty in gateway.yaml")
        told = shown(key, deployment.settings.link.days, operator(), deployment.rooms, anew=new)
    if told is None:
        console.wrong_call("it was shown before, and is written down nowhere; `--new` makes new secrets")
    rows = {"link": f"{base}#{told.key}" if told.key else "", "code": told.code, "until": told.link.expires}
    if json:
        console.machine(rows)
        return
    sys.stdout.write(f"link   {rows['link'] or 'as in the notice or letter that was sent'}\n")
    sys.stdout.write(f"code   {rows['code']}\nuntil  {rows['until'][:10]}\n")


@app.command(
    "list",
    help="""List the links: for whom, whether they were shown and opened, until when they count.

Examples:

  gateway link list

  gateway link list --json
""",
)
def list_(
    json: AsJson = False,  # noqa: FBT002 - a flag of the command line
    config: Config = DEFAULT,
) -> None:
    """Run the verb."""
    from gateway.pipeline.link.record import all_of  # noqa: PLC0415 - with the store

    with opened(config) as deployment:
        tries = deployment.settings.link.tries
        rows = [row(link, tries) for link in all_of(deployment.rooms)]
    console.listed(rows, "no links", json=json)


def row(link: "Link", tries: int) -> dict[str, str]:
    """One line of the list."""
    return {
        "task": link.id,
        "partner": link.partner,
        "state": state(link, tries),
        "opened": link.opened,
        "until": link.expires[:10],
    }


def state(link: "Link", tries: int) -> str:
    """Where a link is, in a word."""
    said = (
        ("taken back", bool(link.revoked)),
        ("expired", link.is_over(datetime.now(UTC))),
        ("locked", link.tries >= tries),
        ("opened", bool(link.opened)),
        ("shown", bool(link.code)),
    )
    return next((word for word, is_it in said if is_it), "to be shown")


@app.command(
    "letter",
    help="""Write the code of a link as a letter (PDF/A), this one time; the link itself goes another way.

The letter goes into the folder of the partner's road `letter`, or `--into`. Refused where the link travels by letter
too: link and code never go the same way.

Examples:

  gateway link letter Task/9c01d7aa --into /srv/letters
""",
)
def letter(
    task: Id,
    into: Annotated[str, typer.Option("--into", help="Folder to write into; left out: of its road `letter`.")] = "",
    config: Config = DEFAULT,
) -> None:
    """Run the verb."""
    from gateway.pipeline.link.code import by_letter  # noqa: PLC0415 - with the store

    with opened(config) as deployment:
        key = meant(task, deployment)
        link = deployment.settings.link
        if not link.reached():
            console.wrong_call("no page is served: `link.listen` is empty in gateway.yaml")
        sent = by_letter(key, into, desk(link.reached(), link.days), deployment.rooms, operator())
    if sent.outcome != "delivered":
        console.wrong_call(f"{sent.detail} ({sent.code})")
    sys.stdout.write(f"the letter with the code of Task/{key} lies in the folder\n")


def desk(base: str, days: float) -> "Desk":
    """What letters are written with."""
    from gateway.adapters.pdf.render import pdf  # noqa: PLC0415 - with the store
    from gateway.pipeline.link.post import Desk  # noqa: PLC0415 - as above
    from gateway.transports.folder import drop  # noqa: PLC0415 - as above

    return Desk(base, days, pdf, drop.send)


@app.command(
    "revoke",
    help="""Take a link back: the page opens no more, and one that is open closes with the next click.

Examples:

  gateway link revoke Task/9c01d7aa
""",
)
def revoke(task: Id, config: Config = DEFAULT) -> None:
    """Run the verb."""
    from gateway.pipeline.link.issue import revoked  # noqa: PLC0415 - with the store

    with opened(config) as deployment:
        link = revoked(meant(task, deployment), operator(), deployment.rooms)
    if link is None:
        console.wrong_call("this task has no link; `gateway link list` names them")
    sys.stdout.write(f"the link of {link.task} counts no more\n")


def meant(start: str, deployment: Opened) -> str:
    """The measure's Task of a link, by its id, the beginning of it, or an id of no link yet; or a wrong call."""
    from gateway.pipeline.link.issue import measure_of  # noqa: PLC0415 - as above
    from gateway.pipeline.link.record import all_of  # noqa: PLC0415 - as above
    from gateway.pipeline.tasks.family import owner_of  # noqa: PLC0415 - with the store

    name = start.removeprefix("Task/")
    known = {link.id for link in all_of(deployment.rooms) if link.id.startswith(name)}
    key = one(known, name, lambda found: found) or name
    task = measure_of(key, deployment.rooms)
    party = deployment.rooms.directory.get(owner_of(task)) if task else None
    if not task:
        console.wrong_call(f"there is no measure {start}; `gateway cases show` names the tasks of a case")
    if party is None or not any(road.road in {"link", "letter"} for road in party.receives):
        console.wrong_call("its owner has neither a road `link` nor `letter` in its partner.yaml")
    return str(task["id"])
