"""`gateway retention`: what is kept no longer than its time."""

import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from gateway.cli import console
from gateway.cli.checkup import Finding
from gateway.cli.deployment import DEFAULT, AsJson, Config, opened, operator

if TYPE_CHECKING:
    from gateway.store.port import Store

LATE = timedelta(days=2)
"""Without a run for so long, somebody should look."""

app = typer.Typer(no_args_is_help=True, help="Delete what is kept no longer than its time.")


@app.callback()
def group() -> None:
    """Delete what is kept no longer than its time."""


@app.command(
    "plan",
    help="""Show the periods of deletion, and how much of each is over now; nothing is deleted.

Examples:

  gateway retention plan

  gateway retention plan --json
""",
)
def plan(
    json: AsJson = False,  # noqa: FBT002 - a flag of the command line
    config: Config = DEFAULT,
) -> None:
    """Run the verb."""
    from gateway.pipeline.rights.retention import last_run, over  # noqa: PLC0415 - with the store

    with opened(config) as deployment:
        days = deployment.settings.retention.days
        due = Counter(one.period for one in over(days, deployment.rooms))
        last = last_run(deployment.store)
    if json:
        rows = {period: {"days": kept, "over": due[period]} for period, kept in days.items()}
        console.machine({"last": last.isoformat() if last else None, "periods": rows})
        return
    shown = [[name, f"{kept:g} days" if kept else "for ever", told(name, due[name])] for name, kept in days.items()]
    console.table("", ["what", "kept", "over now"], shown)
    sys.stdout.write(f"last run: {last.astimezone():%Y-%m-%d %H:%M}\n" if last else "there was no run yet\n")


@app.command(
    "run",
    help="""Delete what is over now, instead of at its time of day; the gateway may run meanwhile.

Each person gets a certificate (`gateway person certificate`). What is deleted is overwritten in the database, and its
space goes back to the disk.

Examples:

  gateway retention run
""",
)
def run(config: Config = DEFAULT) -> None:
    """Run the verb."""
    from gateway.pipeline.rights.retention import run as deleted  # noqa: PLC0415 - with the store
    from gateway.store.sql.giving import give_back  # noqa: PLC0415 - as above

    with opened(config) as deployment:
        done = deleted(deployment.settings.retention.days, operator(), deployment.rooms, progress)
        given = give_back(deployment.settings.store.url)
    for period, number in done.items():
        sys.stdout.write(f"{period}: {number}\n")
    sys.stdout.write(f"{'nothing was over; ' if not done else ''}{given.before - given.after} bytes given back\n")
    if given.fixed or not given.emptied:
        sys.stdout.write("space is not given back yet: `gateway retention compact` while the gateway stands still\n")


@app.command(
    "compact",
    help="""Write the database anew, so that it gives back space by itself from then on; nobody else writes meanwhile.

Needed once for a database that is older than this verb. It takes as much room on the disk once more.

Examples:

  gateway retention compact --yes
""",
)
def compact(
    config: Config = DEFAULT,
    yes: Annotated[bool, typer.Option("--yes", help="The gateway stands still, or may wait.")] = False,  # noqa: FBT002 - a flag
) -> None:
    """Run the verb."""
    from gateway.store.sql.giving import give_back  # noqa: PLC0415 - with the store

    if not yes:
        console.wrong_call("nobody can write meanwhile; stop the gateway, then call it with --yes")
    with opened(config) as deployment:
        given = give_back(deployment.settings.store.url, whole=True)
    sys.stdout.write(f"{given.before} -> {given.after} bytes\n")


def looked_at(store: "Store", at: str) -> Finding:
    """For the doctor: whether a run is overdue; without a time of day it is nobody's but a person's."""
    from gateway.pipeline.rights.retention import last_run  # noqa: PLC0415 - with the store

    first, last = store.trail(0, 1), last_run(store)
    since = last or (datetime.fromisoformat(str(first[0][1])) if first else datetime.now(UTC))
    said = f"the last run was at {last.isoformat(timespec='seconds')}" if last else "there was no run yet"
    if at and datetime.now(UTC) - since > LATE:
        return Finding(
            "retention", "warn", f"{said}, and one is due each day", "gateway retention run; look at the log"
        )
    return Finding("retention", "ok", said if at else f"{said}, and none comes by itself")


def progress(period: str, number: int) -> bool:
    """What was deleted, on standard error; whether to go on."""
    sys.stderr.write(f"{period}: {number} deleted\n")
    return True


def told(period: str, number: int) -> str:
    """How many are over; of bytes and announcements only as many as are looked at."""
    return {"announcements": "-"}.get(period, f"{number} or more" if period == "bodies" and number else str(number))
