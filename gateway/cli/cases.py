"""`gateway cases`: the open cases, the Tasks of one, and what is overdue; ids, codes and moments only."""

import sys
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gateway.cli import console, record
from gateway.cli.deployment import DEFAULT, AsJson, Config, one, opened

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gateway.domain.timers import Clock
    from gateway.pipeline.watch.cases import Late, Node
    from gateway.store.port import Store

app = typer.Typer(no_args_is_help=True, help="The open cases, what is overdue, and what was said by phone.")
app.command("record", help=record.HELP)(record.record)
Site = Annotated[str, typer.Option("--site", help="Only of this site.")]
Id = Annotated[str, typer.Argument(metavar="TASK", help="`Task/<id>`, an id, or its beginning; any task of the case.")]
DAY = timedelta(days=1)
LOOKED_AT = 20_000
"""How many open cases the beginning of an id is looked for in."""


@app.command(
    "list",
    help="""List the open cases: since when each is where it is, and what has to happen next by when.

Examples:

  gateway cases list

  gateway cases list --site kuemmererstelle-senne --json
""",
)
def list_(
    site: Site = "",
    limit: Annotated[int, typer.Option("--limit", min=1, help="At most so many.")] = 50,
    json: AsJson = False,  # noqa: FBT002 - a flag of the command line
    config: Config = DEFAULT,
) -> None:
    """Run the verb."""
    from gateway.pipeline.watch import cases  # noqa: PLC0415 - with the store

    with opened(config) as deployment:
        names = islice(cases.open_cases(deployment.store, site), limit)
        trees = [found for name in names if (found := cases.tree(name, deployment.rooms))]
        rows = [of_case(found) for found in trees]
    console.listed(rows, "no open cases", json=json)


def of_case(nodes: "Sequence[Node]") -> dict[str, str]:
    """One line of the list; what is next is asked of all Tasks of the case."""
    first = nodes[0]
    clocks = [clock for node in nodes if (clock := node.next)]
    following = min(clocks, key=lambda clock: clock.due or datetime.max.replace(tzinfo=UTC), default=None)
    return {
        "case": first.id,
        "site": first.owner,
        "status": first.stand.status,
        "business status": first.stand.business,
        "since": shown(first.steps[-1].at),
        "tasks": str(len(nodes)),
        "next due": shown(following.due) if following else "",
        "what": following.timer.name if following else "",
    }


@app.command(
    "show",
    help="""Show one case: every task with its owner, its moves with moments, movers and evidence, and what is due when.

Examples:

  gateway cases show Task/5b2e41c7-0a8e-4d0e-9d2c-5a1c6a2f7e10

  gateway cases show 5b2e41c7 --json | jq '.[].due'
""",
)
def show(
    task: Id,
    json: AsJson = False,  # noqa: FBT002 - a flag of the command line
    config: Config = DEFAULT,
) -> None:
    """Run the verb."""
    from gateway.pipeline.watch import cases  # noqa: PLC0415 - with the store

    with opened(config) as deployment:
        nodes = cases.tree(meant(task.removeprefix("Task/"), deployment.store), deployment.rooms)
    if json:
        console.machine([as_dict(node) for node in nodes])
        return
    for node in nodes:
        of_node(node)


def meant(start: str, store: "Store") -> str:
    """The case of a Task, by its id or the beginning of it; or a wrong call."""
    from gateway.pipeline.watch import cases  # noqa: PLC0415 - with the store

    found = cases.case_of(start, store)
    if found:
        return found
    known = {name for name in islice(cases.open_cases(store), LOOKED_AT) if name.startswith(start)}
    begun = one(known, start, lambda name: name)
    if begun is None:
        console.wrong_call(f"there is no task {start}; `gateway cases list` names the open cases")
    return begun


def of_node(node: "Node") -> None:
    """One Task as lines."""
    told = f" about {node.about[: console.SHORT]}" if node.about else ""
    whose = f", for {node.person}" if node.kind == "referral" and node.person else ""
    sys.stdout.write(f"{node.kind} Task/{node.id}{told}, owner {node.owner or 'nobody'}{whose}\n")
    for step in node.steps:
        stand = " ".join(filter(None, (step.stand.status, step.stand.business)))
        proof = ", ".join(filter(None, (step.who, step.evidence)))
        sys.stdout.write(
            f"  {shown(step.at)}  {console.printable(stand)}{f'  ({console.printable(proof)})' if proof else ''}\n"
        )
    for clock in node.clocks:
        sys.stdout.write(f"  due {shown(clock.due) or 'paused'}  {clock.timer.name}, by {clock.party}\n")
    sys.stdout.write("\n")


def as_dict(node: "Node") -> dict[str, Any]:
    """One Task for machines."""
    return {
        "task": f"Task/{node.id}",
        "kind": node.kind,
        "about": f"Task/{node.about}" if node.about else "",
        "owner": node.owner,
        "person": node.person,
        "status": node.stand.status,
        "business status": node.stand.business,
        "moves": [
            {"at": step.at.isoformat(), "status": step.stand.status, "business status": step.stand.business,
             "who": step.who, "evidence": step.evidence}
            for step in node.steps
        ],
        "due": [of_clock(clock) for clock in node.clocks],
    }  # fmt: skip


def of_clock(clock: "Clock") -> dict[str, str]:
    """A clock for machines; one that stands still is due at no moment."""
    return {"timer": clock.timer.name, "by": clock.party, "due": clock.due.isoformat() if clock.due else ""}


@app.command(
    "overdue",
    help="""List what is overdue: of which task, since when, how long in working time, and who has been told.

Kept up to date by a running gateway. What is overdue changes no status; a `closed, unacknowledged` case is one whose
report was sent and never confirmed.

Examples:

  gateway cases overdue

  gateway cases overdue --site kuemmererstelle-senne --json
""",
)
def overdue(
    site: Site = "",
    json: AsJson = False,  # noqa: FBT002 - a flag of the command line
    config: Config = DEFAULT,
) -> None:
    """Run the verb."""
    from gateway.pipeline.watch import cases  # noqa: PLC0415 - with the store

    with opened(config) as deployment:
        found = cases.overdue(deployment.rooms, datetime.now(UTC), site)
    rows = [of_late(late) for late in found]
    console.listed(rows, "nothing is overdue", json=json)


def of_late(late: "Late") -> dict[str, str]:
    """One line of what is overdue."""
    from gateway.pipeline.watch.words import what  # noqa: PLC0415 - as above

    return {
        "task": late.task,
        "case": late.case,
        "site": late.site,
        "timer": late.timer,
        "what": what(late.timer).en,
        "since": shown(late.since),
        "working time": length(late.worked),
        "told": ", ".join(late.told),
    }


def length(time: timedelta) -> str:
    """A stretch of working time: whole days and hours, minutes where it is less than an hour."""
    days, hours = time // DAY, time % DAY // timedelta(hours=1)
    if not days and not hours:
        return f"{time // timedelta(minutes=1)} min"
    return f"{days} d {hours} h" if days else f"{hours} h"


def shown(moment: datetime | None) -> str:
    """A moment on the clock of this machine, with its zone."""
    return moment.astimezone().isoformat(sep=" ", timespec="seconds") if moment else ""
