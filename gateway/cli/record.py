"""`gateway cases record`: a Kümmerer writes down what the owner of a task said by telephone, by letter, on a visit."""

import sys
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from gateway.cli import console
from gateway.cli.deployment import DEFAULT, AsJson, Config, Opened, one, opened, operator

if TYPE_CHECKING:
    from gateway.domain.ledger import Version
    from gateway.pipeline.rest.asked import Caller, Told
    from gateway.pipeline.rooms import Rooms

Resource = dict[str, Any]

HELP = """Record what the owner of a task said by telephone, letter, fax or on a visit (a proxy entry, evidence E3).

The task moves as if its owner had answered, and whoever waits for it is told. What the owner may not do, a proxy entry
may not either: then the moves that are possible are listed, and nothing is changed. A partner is named by its id, a
person by name. May be called while the gateway runs.

Examples:

  gateway cases record Task/9c01d7aa --status accepted --medium phone --said-by Organization/fahrdienst-ravensberg
  --entered-by "Sander, Kümmerin"

  gateway cases record 9c01d7aa --status rejected --business no-capacity --reason "erst ab Mai" --medium letter
  --said-by "Frau Lohmann, Fahrdienst" --entered-by "Sander, Kümmerin" --at 2026-11-20T09:30
"""
MEDIA = ("phone", "letter", "fax", "visit")
OF_THE_STATUS = ("businessStatus", "statusReason")
LOOKED_AT = 20_000
"""In how many open cases the beginning of an id is looked for."""
MANY = 1000

Id = Annotated[str, typer.Argument(metavar="TASK", help="`Task/<id>`, the id, or the beginning of an open task's.")]
SaidBy = Annotated[str, typer.Option("--said-by", help="Who said it: `Organization/<id>`, or a name.")]
EnteredBy = Annotated[str, typer.Option("--entered-by", help="The name of who writes it down.")]
Medium = Annotated[str, typer.Option("--medium", help="How it was said: phone, letter, fax or visit.")]
At = Annotated[str, typer.Option("--at", metavar="MOMENT", help="When it was said (ISO 8601); else now.")]


def record(  # noqa: PLR0913, PLR0917 - options of the command line
    task: Id,
    status: Annotated[str, typer.Option("--status", help="What the task is now: accepted, rejected, in-progress ...")],
    medium: Medium,
    said_by: SaidBy,
    entered_by: EnteredBy,
    business: Annotated[str, typer.Option("--business", help="Business status, such as no-capacity.")] = "",
    reason: Annotated[str, typer.Option("--reason", help="Why; needed for rejected, cancelled, on-hold, failed.")] = "",
    at: At = "",
    json: AsJson = False,  # noqa: FBT002 - a flag of the command line
    config: Config = DEFAULT,
) -> None:
    """Run the verb."""
    heard = Heard(medium, said_by, entered_by, spoken_at(at)).checked()
    with opened(config) as deployment:
        before = meant(task.removeprefix("Task/"), deployment)
        entered(heard, before, moved(before.resource, status, business, reason), deployment, as_json=json)


class Heard(NamedTuple):
    """What somebody was told: by which means, by whom, who writes it down, and when it was said."""

    medium: str
    said_by: str
    entered_by: str
    at: datetime

    def checked(self) -> "Heard":
        """The same, or a wrong call."""
        if self.medium not in MEDIA:
            console.wrong_call(f"nothing is said by `{self.medium}`; known: {', '.join(MEDIA)}")
        if not self.said_by.strip() or not self.entered_by.strip():
            console.wrong_call("--said-by and --entered-by name who said it and who writes it down")
        return self

    def caller(self, rooms: "Rooms") -> "Caller":
        """On whose behalf it is written."""
        from gateway.pipeline.proof.proxy import Call, provenance  # noqa: PLC0415 - with the store
        from gateway.pipeline.rest.asked import Caller  # noqa: PLC0415 - as above

        call = Call(self.medium, named(self.said_by, rooms), {"display": self.entered_by.strip()}, self.at)
        return Caller(provenance=provenance(call))


def entered(heard: Heard, before: "Version", after: Resource, deployment: Opened, *, as_json: bool) -> None:
    """Write a Task as its owner said it, as a proxy entry, and say what became of it."""
    from gateway.pipeline.rest.asked import Asked  # noqa: PLC0415 - with the store
    from gateway.pipeline.rest.perform import perform  # noqa: PLC0415 - as above

    asked = Asked("update", "Task", before.id, after, match=str(before.version))
    (told,) = perform([asked], heard.caller(deployment.rooms), deployment.rooms, whole=True)
    console.show_problems(told.problems, as_json=False)
    if told.status not in (200, 201):
        refused(told, before, as_json=as_json)
    noted("record", f"Task/{before.id}", str(after["status"]), deployment)
    done(told, before, deployment, as_json=as_json)


def spoken_at(text: str) -> datetime:
    """A moment in the past, on the clock of this machine where it names no zone; or a wrong call."""
    now = datetime.now(UTC)
    try:
        found = datetime.fromisoformat(text).astimezone() if text else now.astimezone()
    except (ValueError, OverflowError):
        console.wrong_call("--at takes a moment such as 2026-11-20T09:30")
    if found > now:
        console.wrong_call("--at lies ahead; nobody can have said it yet")
    return found


def meant(start: str, deployment: Opened) -> "Version":
    """The Task of an id; else of the beginning of one in an open case; or a wrong call."""
    from gateway.pipeline.watch.cases import open_cases  # noqa: PLC0415 - with the store

    store = deployment.store
    found = store.read("Task", start)
    if found is None:
        names = islice(open_cases(store), LOOKED_AT)
        members = (version.id for case in names for version in store.find("Task", [("case", case)], MANY))
        known = {name for name in members if name.startswith((start, start.lower()))}  # as a letter has it
        found = one(known, start, lambda name: store.read("Task", name))
    if found is None:
        console.wrong_call(f"there is no task {start}; `gateway cases list` and `gateway cases show` name them")
    return found


def named(said: str, rooms: "Rooms") -> Resource:
    """A partner by its id, with or without `Organization/`; else a person by name."""
    name = said.strip()
    party = rooms.directory.get(name.removeprefix("Organization/"))
    if party:
        return {"reference": f"Organization/{party.id}", "display": party.title}
    return {"reference": name} if name.startswith("Organization/") else {"display": name}


def moved(task: Resource, status: str, business: str, reason: str) -> Resource:
    """The Task as its owner would send it back."""
    from gateway.domain.system import BUSINESS_STATUS  # noqa: PLC0415 - beside what reads it

    kept = {key: value for key, value in task.items() if key not in OF_THE_STATUS}
    coded = {"businessStatus": {"coding": [{"system": BUSINESS_STATUS, "code": business}]}} if business else {}
    why = {"statusReason": {"text": reason.strip()}} if reason.strip() else {}
    return {**kept, "status": status, **coded, **why}


def refused(told: "Told", before: "Version", *, as_json: bool) -> None:
    """What is possible instead, and the end of the call."""
    if as_json:
        console.machine({"task": f"Task/{before.id}", "status": told.status, "next": list(told.actions)})
    elif told.actions:
        sys.stdout.write(f"Task/{before.id} is {before.resource['status']}; its owner can say:\n")
        for action in told.actions:
            codes = "|".join(code["code"] for code in action["businessStatus"])
            needs = ["--reason TEXT"] if action["reason"] else []
            needs += [f"--business {codes}" if action["named"] else f"[--business {codes}]"] if codes else []
            sys.stdout.write(f"  --status {' '.join([action['status'], *needs])}\n")
    raise typer.Exit(console.FINDINGS)


def noted(action: str, what: str, status: str, deployment: Opened) -> None:
    """Into the audit: which account at this machine made the entry."""
    from gateway.domain.ledger import Audit, Note  # noqa: PLC0415 - with the store

    note = Note(Audit(datetime.now(UTC), operator(), action, what, status))
    deployment.store.commit([note]).result()


def done(told: "Told", before: "Version", deployment: Opened, *, as_json: bool) -> None:
    """How the Task moved, and who is told of it by what."""
    version = told.version or before
    rows = caused(version.message, deployment) if version.number > before.number else []
    stands = [stood(before.resource), stood(version.resource)]
    if as_json:
        console.machine({"task": f"Task/{before.id}", "from": stands[0], "to": stands[1], "told": rows})
        return
    sys.stdout.write(f"Task/{before.id}: {stands[0]} -> {stands[1]}\n")
    tell(rows)


def caused(message: str, deployment: Opened) -> list[dict[str, str]]:
    """What goes out because of a message."""
    sent = deployment.store.deliveries({"message": message}, 0, MANY)
    return [{"to": d.partner, "about": d.about, "road": d.road} for d in reversed(sent)]


def tell(rows: list[dict[str, str]]) -> None:
    """The same for people."""
    for row in rows:
        sys.stdout.write(f"  {row['about']} to {row['to']} ({row['road']})\n")
    if not rows:
        sys.stdout.write("  nobody waits to be told\n")


def stood(task: Resource) -> str:
    """Status and business status in one line."""
    from gateway.pipeline.tasks.walk import stand  # noqa: PLC0415 - with the store

    now = stand(task)
    return " ".join(filter(None, (now.status, now.business)))
