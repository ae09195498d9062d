"""The FHIR API's interactions that write: checked, taken along the line's later steps, committed at once (3.1.0)."""

import logging
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from hashlib import sha256
from threading import Lock
from typing import Any

from gateway.domain.ledger import Audit, Change, Entry, Keep, Note, Save, Version
from gateway.domain.message import Message
from gateway.domain.problem import Problem
from gateway.fhir.json import dumps
from gateway.pipeline.agreeing import actors
from gateway.pipeline.announcing.announce import announcements
from gateway.pipeline.case.steady import steady
from gateway.pipeline.line import AFTER, broken, place
from gateway.pipeline.rest.actions import actions
from gateway.pipeline.rest.asked import Asked, Caller, Told
from gateway.pipeline.rest.compose import composed
from gateway.pipeline.rest.laid import laid
from gateway.pipeline.rest.linking import link
from gateway.pipeline.rest.naming import ID, named, twice
from gateway.pipeline.rest.wanted import Wanted, refusals, status_of
from gateway.pipeline.rooms import Rooms
from gateway.pipeline.stored.glance import at_a_glance
from gateway.store.port import ConflictError, StoreError, UnavailableError

DESK = "desk"
"""How the audit calls the desk of the gateway."""
WORKFLOW = frozenset({"Task", "ServiceRequest"})
"""Types whose change others hear of; what stood in the way is told with the first of them."""
TRIES = 5
"""How often changes are made again when somebody else was faster; one with If-Match then meets the newer version."""

TURNS = Lock()
"""Whoever has met a conflict tries again while nobody else does, so that a crowd at one case does not starve it."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Request:
    """Changes that are made together, who asks for them, and the bytes they came in."""

    asked: tuple[Asked, ...]
    caller: Caller
    raw: bytes


@dataclass(frozen=True, slots=True)
class Done:
    """What became of a request: its changes one by one, and all that is to be committed, empty where it is refused.

    `notices` are what the steps of the line found: who could not be told, whose site is not sure.
    """

    wanted: Sequence[Wanted]
    changes: tuple[Change, ...] = ()
    notices: tuple[Problem, ...] = ()


def perform(asked: Sequence[Asked], caller: Caller, rooms: Rooms, *, whole: bool, raw: bytes = b"") -> list[Told]:
    """What became of each change: all or none of them (`whole`, a transaction), or each for itself (a batch).

    Where a transaction is refused, every change is told the status; the problems stand with those that have them.
    """
    units = [tuple(asked)] if whole else [(one,) for one in asked]
    bodies = [raw if whole or len(units) == 1 else b"" for _ in units]
    requests = (Request(unit, caller, body) for unit, body in zip(units, bodies, strict=True))
    return [told for request in requests for told in together(request, rooms)]


def together(request: Request, rooms: Rooms) -> list[Told]:
    """Changes that are made all or none, made again where somebody else was faster."""
    for number in range(TRIES):
        with TURNS if number else nullcontext():
            told = once(request, rooms)
        if told is not None:
            return told
    return told_off(request, [contested()])


def once(request: Request, rooms: Rooms) -> list[Told] | None:
    """One attempt; None where somebody else was faster."""
    try:
        done = made(request, at_a_glance(rooms))
    except Exception as fault:  # noqa: BLE001 - a fault of ours must cost one request only, and its text may quote it
        log.error("a request failed", extra={"step": "perform", "fault": place(fault)})  # noqa: TRY400 - see above
        return told_off(request, [broken("perform", fault)])
    if not done.changes:
        return answered(done, rooms) if not refusals(done.wanted) else refused(request, done, rooms)
    try:
        rooms.store.commit(done.changes).result()
    except ConflictError:
        return None
    except UnavailableError:
        return told_off(request, [full()])
    except StoreError as fault:
        log.error("a request cannot be stored", extra={"fault": type(fault).__name__})  # noqa: TRY400 - as above
        return told_off(request, [broken("commit", fault)])
    return answered(done, rooms)


def made(request: Request, rooms: Rooms) -> Done:
    """The changes of a request and all that follows from them; nothing is written yet."""
    wanted = [named(one, rooms) for one in request.asked]
    twice(wanted)
    link(wanted, request.caller, rooms)
    for one in wanted:
        if not one.refused and not one.found:
            addressed(one, wanted, rooms)
            laid(one, request.caller, rooms)
    if refusals(wanted) or not any(one.changes for one in wanted):
        return Done(wanted)
    message = composed(wanted, request.caller, begun(request, wanted, rooms), rooms)
    if refusals(wanted):
        return Done(wanted)
    for step in AFTER:
        message = step(message, rooms)
    kept = chained(merged(message))
    said = (*announcements(kept, rooms), *notes(request, wanted, rooms))
    still = [one.absent for one in wanted if one.absent and one.changes]
    changes = (*still, *steady(message, rooms), Keep(settled(message, rooms)), *kept, *said)
    return Done(wanted, changes, tuple(replace(p, severity="warning") for p in message.problems))


def addressed(one: Wanted, wanted: Sequence[Wanted], rooms: Rooms) -> None:
    """A Consent with its recipients as parties of the directory, named by what came with it or is stored."""
    if one.asked.type == "Consent":
        came = {each.name: each.after for each in wanted}
        one.after = actors.named(one.after, lambda name: came.get(name) or stored(name, rooms), rooms.directory)
        one.problems += actors.strangers(one.after, rooms.directory)


def stored(name: str, rooms: Rooms) -> dict[str, Any]:
    """A resource by `Type/id`, empty where there is none."""
    kind, _, key = name.partition("/")
    found = rooms.store.read(kind, key) if key else None
    return found.resource if found else {}


def begun(request: Request, wanted: Sequence[Wanted], rooms: Rooms) -> Message:
    """The message that a request is, as the journal keeps it."""
    raw = request.raw or b"".join(dumps(one.asked.resource or list(one.asked.patch)) for one in wanted)
    kind = "Bundle" if len(wanted) > 1 else wanted[0].asked.type
    entry = Entry(
        rooms.new_id(), request.caller.party, "fhir", "fhir", raw, sha256(raw).hexdigest(), rooms.now(),
        kind=f"{kind} {wanted[0].asked.how}",
        content_type="application/fhir+xml" if raw.lstrip().startswith(b"<") else "application/fhir+json",
    )  # fmt: skip
    return Message(entry, provenance=request.caller.provenance)


def settled(message: Message, rooms: Rooms) -> Entry:
    """The entry of the journal: dealt with; what could not be sent stands in its problems."""
    return replace(
        message.entry, state="done", step=message.stopped or "deliver", problems=message.problems,
        person=message.person, case=message.case, outcome=message.outcome, settled=rooms.now(),
    )  # fmt: skip


def merged(message: Message) -> list[Change]:
    """The changes without the version of a Task that a move of the same Task says again, with the move in it."""
    moved = {f"Task/{move.task['id']}" for move in message.moved}
    doubled = [item for name, item in message.written.items() if name in moved]
    return [c for c in message.changes if not (isinstance(c, Save) and any(c.resource is item for item in doubled))]


def chained(changes: Sequence[Change]) -> list[Change]:
    """Several versions of one resource in one commit, each against the one before it."""
    last: dict[tuple[str, str], int] = {}
    made: list[Change] = []
    for change in changes:
        if isinstance(change, Save) and change.expected is not None:
            name = (change.resource["resourceType"], change.resource["id"])
            last[name] = last[name] + 1 if name in last else change.expected
            change = replace(change, expected=last[name])  # noqa: PLW2901 - the same change, in its place
        made.append(change)
    return made


# --- what is told ----------------------------------------------------------------------------------------------------


def answered(done: Done, rooms: Rooms) -> list[Told]:
    """What was written, each as it is now."""
    counts: dict[str, int] = {}
    for change in done.changes:
        if isinstance(change, Save):
            name = f"{change.resource['resourceType']}/{change.resource['id']}"
            counts[name] = (change.expected or 0) + 1
    told = [as_written(one, counts.get(one.name, 0), rooms) for one in done.wanted]
    first = next((n for n, one in enumerate(done.wanted) if one.asked.type in WORKFLOW), 0)
    noticed = replace(told[first], problems=(*told[first].problems, *done.notices))
    return [noticed if n == first else one for n, one in enumerate(told)]


def as_written(wanted: Wanted, number: int, rooms: Rooms) -> Told:
    """One change that was made, or needed not to be."""
    if wanted.found:
        return Told(304, wanted.before, tuple(wanted.problems))
    version: Version | None = wanted.before
    if number:
        version = rooms.store.read(wanted.asked.type, wanted.id, number)
    return Told(200 if wanted.before else 201, version, tuple(wanted.problems))


def refused(request: Request, done: Done, rooms: Rooms) -> list[Told]:
    """Every change with what speaks against it; the state is as it was, and the audit has a line."""
    status = status_of(refusals(done.wanted))
    codes = " ".join(dict.fromkeys(problem.code for problem in refusals(done.wanted)))
    lines = [noted(request, one, f"refused {status}", rooms, codes) for one in done.wanted if one.refused]
    try:
        rooms.store.commit(lines).result()
    except StoreError as fault:
        log.error("a refusal cannot be noted", extra={"fault": type(fault).__name__})  # noqa: TRY400 - nothing to trace
    return [Told(status, one.before, tuple(one.problems), may(one, request.caller, rooms)) for one in done.wanted]


def may(wanted: Wanted, caller: Caller, rooms: Rooms) -> tuple[dict[str, object], ...]:
    """What the caller may do instead with a Task that he may not move so."""
    if wanted.asked.type != "Task" or wanted.before is None or not wanted.refused:
        return ()
    return actions(wanted.before.resource, caller, rooms)


def told_off(request: Request, problems: list[Problem]) -> list[Told]:
    """The same for every change of a request."""
    return [Told(status_of(problems), None, tuple(problems)) for _ in request.asked]


def notes(request: Request, wanted: Sequence[Wanted], rooms: Rooms) -> list[Note]:
    """A line of the audit for each change that is made."""
    return [noted(request, one, "201" if one.before is None else "200", rooms) for one in wanted if one.changes]


def noted(request: Request, wanted: Wanted, outcome: str, rooms: Rooms, detail: str = "") -> Note:
    """Who asked for what, and what came of it: ids and codes only."""
    who, action = request.caller.who or DESK, f"fhir {wanted.asked.how}"
    about = wanted.name if ID.fullmatch(wanted.id) else wanted.asked.type
    return Note(Audit(rooms.now(), who, action, about, outcome, detail))


def full() -> Problem:
    """The finding where nothing can be written."""
    sentence = "Nothing can be stored at the moment, and nothing was changed."
    return Problem("rest.full", "store", sentence, "Send it again in a while.")


def contested() -> Problem:
    """The finding about a change that found its resources changed each time."""
    sentence = "Others keep changing what this changes; nothing was written."
    return Problem("rest.conflict", "store", sentence, "Read it again, then send the change once more.")
