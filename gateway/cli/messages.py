"""`gateway messages`: what came in, why it waits, and what a person decides."""

import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gateway.cli import console, side_by_side
from gateway.cli.deployment import DEFAULT, AsJson, Config, Opened, found_delivery, found_message, opened, operator
from gateway.domain.ledger import Audit, Change, Delivery, Entry, Note
from gateway.domain.problem import Problem

if TYPE_CHECKING:
    from gateway.delivery.by_hand import Decided as DecidedDelivery
    from gateway.pipeline.by_hand import Decided

app = typer.Typer(no_args_is_help=True, help="What came in, why it waits, and what a person decides.")
SHORT = 8
Id = Annotated[str, typer.Argument(metavar="ID", help="Tracking id of a message, or its beginning.")]
AnyId = Annotated[str, typer.Argument(metavar="ID", help="Id of a message or a delivery, or its beginning.")]


@app.command(
    "list",
    help="""List messages, the newest first; with --deliveries what goes out.

Examples:

  gateway messages list --state parked

  gateway messages list --deliveries --state dead

  gateway messages list --partner senneklinik --json
""",
)
def list_(
    state: Annotated[
        str, typer.Option("--state", help="received, done, parked, refused, dropped; deliveries: dead …")
    ] = "",
    partner: Annotated[str, typer.Option("--partner", help="Only of this partner.")] = "",
    limit: Annotated[int, typer.Option("--limit", help="At most so many.")] = 50,
    out: Annotated[bool, typer.Option("--deliveries", help="What goes out.")] = False,  # noqa: FBT002 - a flag of the command line
    json: AsJson = False,  # noqa: FBT002 - as above
    config: Config = DEFAULT,
) -> None:
    """Run the verb."""
    with opened(config) as deployment:
        word = "standing" if out else "state"
        wanted = {name: value for name, value in ((word, state), ("partner", partner)) if value}
        store = deployment.store
        rows = [of_delivery(d) for d in store.deliveries(wanted, 0, limit)] if out else [
            of_message(e) for e in store.entries(wanted, 0, limit)
        ]  # fmt: skip
    if json:
        machine(rows)
        return
    heads = list(rows[0]) if rows else ["nothing"]
    console.table("", heads, [[short(name, value) for name, value in row.items()] for row in rows])


def of_message(entry: Entry) -> dict[str, str]:
    """One line of the list."""
    first = next((p.code for p in entry.problems if p.severity == "error"), "")
    return {
        "tracking": entry.id,
        "received": entry.received.astimezone().isoformat(sep=" ", timespec="seconds"),
        "partner": entry.partner,
        "road": entry.road,
        "kind": entry.kind,
        "state": entry.state,
        "step": entry.step,
        "problem": first,
        "outcome": said(entry),
    }


def of_delivery(delivery: Delivery) -> dict[str, str]:
    """One line of the list of deliveries."""
    return {
        "delivery": delivery.id,
        "created": delivery.created.astimezone().isoformat(sep=" ", timespec="seconds"),
        "partner": delivery.partner,
        "road": delivery.road,
        "about": delivery.about,
        "standing": delivery.standing,
        "grade": delivery.grade,
        "attempts": str(delivery.attempts),
        "code": delivery.code,
    }


def said(entry: Entry) -> str:
    """What came of a message, in a few words."""
    sent = entry.outcome.get("sent") or ()
    moved = entry.outcome.get("moved") or ()
    words = [f"{m['from'] or 'new'} -> {m['to']}" for m in moved[-1:]]
    words += [f"{s['about']} to {s['to']}" for s in sent[:2]]
    return ", ".join(words) + (f" and {len(sent) - 2} more" if len(sent) > 2 else "")


def short(name: str, value: str) -> str:
    """Ids by their beginning, the rest as it is."""
    return value[:SHORT] if name in ("tracking", "delivery") else value


def machine(value: Any) -> None:
    """JSON on standard output."""
    sys.stdout.buffer.write(console.dumped(value) + b"\n")
    sys.stdout.flush()


@app.command(
    "show",
    help="""Show a message: as it came, as it was read, what was made of it, what its sender was told.

The message is a patient's; looking at it stands in the audit.

Examples:

  gateway messages show 1f0c2a9e

  gateway messages show 1f0c2a9e --part result | jq
""",
)
def show(
    message: Id,
    part: Annotated[str, typer.Option("--part", help="Only raw, tree, result or answer.")] = "",
    config: Config = DEFAULT,
) -> None:
    """Run the verb."""
    with opened(config) as deployment:
        entry = existing(deployment, message)
        note = Note(Audit(datetime.now(UTC), operator(), "show", entry.id, "shown"))
        deployment.store.commit([note]).result()
        parts = side_by_side.parts(entry, deployment.rooms)
    if part and part not in parts:
        console.wrong_call(f"there is no part `{part}`; known: {', '.join(parts)}")
    if part:
        sys.stdout.write(parts[part].rstrip("\n") + "\n")
    else:
        side_by_side.show(parts)


def existing(deployment: Opened, start: str) -> Entry:
    """A message, or a wrong call."""
    entry = found_message(deployment.store, start)
    if entry is None:
        console.wrong_call(f"there is no message {start}; `gateway messages list` names them")
    return entry


@app.command(
    "why",
    help="""Say why a message waits or was refused: the step, the problem with its place, the repair.

Examples:

  gateway messages why 1f0c2a9e
""",
)
def why(message: Id, config: Config = DEFAULT) -> None:
    """Run the verb."""
    with opened(config) as deployment:
        entry = existing(deployment, message)
        out = deployment.store.deliveries({"message": entry.id})
        proofs = {d.id: deployment.store.evidence(d.id) for d in out if d.standing not in ("delivered", "waiting")}
    sys.stdout.write(f"{entry.id} from {entry.partner}: {entry.state} at {entry.step or 'receive'}\n")
    for problem in entry.problems:
        sys.stdout.write(f"  {console.MARK[problem.severity]} {problem.place}: {problem.sentence}  [{problem.code}]\n")
        sys.stdout.write(f"          -> {problem.repair}\n")
    for candidate in entry.outcome.get("candidates", ()):
        agrees, differs = (", ".join(candidate.get(word, ())) or "nothing" for word in ("agrees", "differs"))
        sys.stdout.write(f"  candidate {candidate['person']}: agrees in {agrees}; differs in {differs}\n")
    for delivery in out:
        sys.stdout.write(
            f"  delivery {delivery.id[:SHORT]} to {delivery.partner} ({delivery.about}): {delivery.standing}\n"
        )
        for proof in proofs.get(delivery.id, ()):
            sys.stdout.write(f"    attempt {proof.attempt} at {proof.at:%H:%M:%S}: {proof.code} {proof.detail}\n")


@app.command(
    "replay",
    help="""Run a message again from the journal. What it says a second time changes nothing and is not sent again.

Examples:

  gateway messages replay 1f0c2a9e

  gateway messages replay 1f0c2a9e --old-map
""",
)
def replay(
    message: Id,
    old_map: Annotated[bool, typer.Option("--old-map", help="With the maps that read it then.")] = False,  # noqa: FBT002 - a flag
    config: Config = DEFAULT,
) -> None:
    """Run the verb."""
    from gateway.pipeline import by_hand  # noqa: PLC0415 - with the store

    with opened(config) as deployment:
        entry = existing(deployment, message)
        done(
            deployment, by_hand.replay(entry, by_hand.Person(operator(), datetime.now(UTC)), old_map=old_map), entry.id
        )


@app.command(
    "release",
    help="""Let a parked message go on, or send a dead or uncertain delivery again (with the same key).

Examples:

  gateway messages release 1f0c2a9e --person 5b2e…      the doubtful message is about this person

  gateway messages release 1f0c2a9e --new-person        it is about somebody new

  gateway messages release 7d1a44c0                     a delivery
""",
)
def release(
    key: AnyId,
    person: Annotated[str, typer.Option("--person", metavar="ID", help="Who a doubtful message is about.")] = "",
    new: Annotated[bool, typer.Option("--new-person", help="It is about somebody new.")] = False,  # noqa: FBT002 - a flag
    config: Config = DEFAULT,
) -> None:
    """Run the verb."""
    from gateway.delivery import by_hand as deliveries  # noqa: PLC0415 - with the store
    from gateway.pipeline import by_hand  # noqa: PLC0415 - as above

    decision = "person=new" if new else f"person=Patient/{person.removeprefix('Patient/')}" if person else ""
    with opened(config) as deployment:
        entry, now = found_message(deployment.store, key), datetime.now(UTC)
        if entry:
            done(deployment, by_hand.release(entry, by_hand.Person(operator(), now), decision), entry.id)
            return
        delivery = known_delivery(deployment, key)
        done(deployment, deliveries.release(delivery, deliveries.Person(operator(), now)), delivery.id)


@app.command(
    "drop",
    help="""Put a message or a delivery aside for good; it stays in the journal, with the reason.

Examples:

  gateway messages drop 1f0c2a9e --reason "Testnachricht des KIS"
""",
)
def drop(
    key: AnyId,
    reason: Annotated[str, typer.Option("--reason", help="Why, without a person's data.")] = "",
    config: Config = DEFAULT,
) -> None:
    """Run the verb."""
    from gateway.delivery import by_hand as deliveries  # noqa: PLC0415 - with the store
    from gateway.pipeline import by_hand  # noqa: PLC0415 - as above

    with opened(config) as deployment:
        entry, now = found_message(deployment.store, key), datetime.now(UTC)
        if entry:
            done(deployment, by_hand.drop(entry, by_hand.Person(operator(), now), reason), entry.id)
            return
        delivery = known_delivery(deployment, key)
        done(deployment, deliveries.drop(delivery, deliveries.Person(operator(), now, reason)), delivery.id)


def known_delivery(deployment: Opened, start: str) -> Delivery:
    """A delivery, or a wrong call."""
    delivery = found_delivery(deployment.store, start)
    if delivery is None:
        console.wrong_call(f"there is no message or delivery {start}; `gateway messages list` names them")
    return delivery


def done(deployment: Opened, decided: "Decided | DecidedDelivery", key: str) -> None:
    """Commit what was decided, or say why it cannot be."""
    refused(decided.problems)
    commit(deployment, decided.changes)
    sys.stdout.write(f"{key}: done; a running gateway takes it up within a second\n")


def refused(problems: Sequence[Problem]) -> None:
    """Findings end the verb."""
    if problems:
        console.show_problems(problems, as_json=False)
        raise typer.Exit(console.FINDINGS)


def commit(deployment: Opened, changes: Sequence[Change]) -> None:
    """One transaction; somebody who was faster is told."""
    from gateway.store.port import ConflictError  # noqa: PLC0415 - with the store

    try:
        deployment.store.commit(changes).result()
    except ConflictError:
        console.wrong_call("it changed meanwhile; look again")
