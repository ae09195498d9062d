"""`gateway messages`: what came in, why it waits, and what a person decides."""

import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, get_args

import typer

from gateway.cli import console, decide, reasons, side_by_side
from gateway.cli.deployment import (
    DEFAULT,
    AsJson,
    Config,
    Opened,
    existing,
    existing_delivery,
    found_message,
    opened,
    operator,
)
from gateway.domain.ledger import Audit, Change, Delivery, Entry, Note, Standing, State

if TYPE_CHECKING:
    from gateway.delivery.by_hand import Decided as DecidedDelivery
    from gateway.pipeline.by_hand import Decided

app = typer.Typer(no_args_is_help=True, help="What came in, why it waits, and what a person decides.")
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
def list_(  # noqa: PLR0913, PLR0917 - options of the command line
    state: Annotated[str, typer.Option("--state", help="Only in this state; of deliveries: standing.")] = "",
    partner: Annotated[str, typer.Option("--partner", help="Only of this partner.")] = "",
    limit: Annotated[int, typer.Option("--limit", min=1, help="At most so many.")] = 50,
    out: Annotated[bool, typer.Option("--deliveries", help="What goes out.")] = False,  # noqa: FBT002 - a flag of the command line
    json: AsJson = False,  # noqa: FBT002 - as above
    config: Config = DEFAULT,
) -> None:
    """Run the verb."""
    known = get_args(Standing if out else State)
    if state and state not in known:
        console.wrong_call(f"{'deliveries' if out else 'messages'} are never `{state}`; known: {', '.join(known)}")
    word = "standing" if out else "state"
    wanted = {name: value for name, value in ((word, state), ("partner", partner)) if value}
    with opened(config) as deployment:
        store = deployment.store
        if out:
            rows = [of_delivery(delivery) for delivery in store.deliveries(wanted, 0, limit)]
        else:
            rows = [of_message(entry) for entry in store.entries(wanted, 0, limit)]
    console.listed(rows, f"no {'deliveries' if out else 'messages'}", json=json)


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
        "message": delivery.message,
    }


def said(entry: Entry) -> str:
    """What came of a message, in a few words."""
    sent = entry.outcome.get("sent") or ()
    moved = entry.outcome.get("moved") or ()
    words = [f"{m['from'] or 'new'} -> {m['to']}" for m in moved[-1:]]
    words += [f"{s['about']} to {s['to']}" for s in sent[:2]]
    return ", ".join(words) + (f" and {len(sent) - 2} more" if len(sent) > 2 else "")


@app.command(
    "show",
    help="""Show a message: as it came, as it was read, what was made of it, what its sender was told.

The message is a patient's; looking at it stands in the audit.

Examples:

  gateway messages show 1f0c2a9e

  gateway messages show 1f0c2a9e --part result | jq

  gateway messages show 1f0c2a9e --part raw > nachricht.hl7
""",
)
def show(
    message: Id,
    part: Annotated[str, typer.Option("--part", help="Only raw, tree, result or answer.")] = "",
    config: Config = DEFAULT,
) -> None:
    """Run the verb."""
    if part and part not in side_by_side.PARTS:
        console.wrong_call(f"there is no part `{part}`; known: {', '.join(side_by_side.PARTS)}")
    with opened(config) as deployment:
        entry = existing(deployment.store, message)
        note = Note(Audit(datetime.now(UTC), operator(), "show", entry.id, "shown"))
        deployment.store.commit([note]).result()
        parts = side_by_side.parts(entry, deployment.rooms)
    if part:
        side_by_side.alone(part, parts, entry.data)
    else:
        side_by_side.show(parts)


@app.command(
    "why",
    help="""Say why a message or a delivery waits or was refused: the step, the problem with its place, the repair.

Examples:

  gateway messages why 1f0c2a9e

  gateway messages why 7d1a44c0                     a delivery
""",
)
def why(key: AnyId, config: Config = DEFAULT) -> None:
    """Run the verb."""
    with opened(config) as deployment:
        entry = found_message(deployment.store, key)
        if entry:
            reasons.of_message(entry, deployment.store)
        else:
            reasons.of_delivery(existing_delivery(deployment.store, key), deployment.store)


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
        entry = existing(deployment.store, message)
        person = by_hand.Person(operator(), datetime.now(UTC))
        done(deployment, by_hand.replay(entry, person, old_map=old_map), entry.id)


@app.command(
    "release",
    help="""Let a parked message go on, or send a dead or uncertain delivery again (with the same key).

Where it is in doubt who a message is about, `gateway messages why` names the candidates. If several persons of one
file are in doubt, each is decided by its number there.

Examples:

  gateway messages release 1f0c2a9e --person 5b2e41c7            it is about this person

  gateway messages release 1f0c2a9e --new-person                 it is about somebody new

  gateway messages release 1f0c2a9e --person 0=5b2e41c7 --person 2=new

  gateway messages release 7d1a44c0                              a delivery
""",
)
def release(
    key: AnyId,
    persons: Annotated[
        list[str] | None, typer.Option("--person", metavar="[N=]ID", help="Who a doubtful message is about.")
    ] = None,
    new: Annotated[bool, typer.Option("--new-person", help="It is about somebody new.")] = False,  # noqa: FBT002 - a flag
    config: Config = DEFAULT,
) -> None:
    """Run the verb."""
    from gateway.delivery import by_hand as deliveries  # noqa: PLC0415 - with the store
    from gateway.pipeline import by_hand  # noqa: PLC0415 - as above

    said = [*(persons or ()), *(["new"] if new else [])]
    with opened(config) as deployment:
        entry, now = found_message(deployment.store, key), datetime.now(UTC)
        if entry:
            decision = decide.about(entry, said)
            done(deployment, by_hand.release(entry, by_hand.Person(operator(), now), decision), entry.id)
            return
        delivery = existing_delivery(deployment.store, key)
        if said:
            console.wrong_call(f"{key} is a delivery; --person and --new-person decide about messages")
        done(deployment, deliveries.release(delivery, deliveries.Person(operator(), now)), delivery.id)


@app.command(
    "drop",
    help="""Put a message or a delivery aside for good; it stays in the journal, with the reason.

Examples:

  gateway messages drop 1f0c2a9e --reason "Testnachricht des KIS"

  gateway messages drop 7d1a44c0 --reason "telefonisch durchgegeben"
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
        delivery = existing_delivery(deployment.store, key)
        done(deployment, deliveries.drop(delivery, deliveries.Person(operator(), now, reason)), delivery.id)


def done(deployment: Opened, decided: "Decided | DecidedDelivery", key: str) -> None:
    """Commit what was decided, or say why it cannot be."""
    console.refused(decided.problems)
    commit(deployment, decided.changes)
    settled = any(getattr(change, "changes", {}).get("settled") for change in decided.changes)
    follows = "" if settled else "; a running gateway takes it up within a second"
    sys.stdout.write(f"{key}: done{follows}\n")


def commit(deployment: Opened, changes: Sequence[Change]) -> None:
    """One transaction; somebody who was faster is told."""
    from gateway.store.port import ConflictError  # noqa: PLC0415 - with the store

    try:
        deployment.store.commit(changes).result()
    except ConflictError:
        console.failed("it changed meanwhile; look again")
