"""The line: every message takes the same steps, problems inside it, and ends in one commit."""

import logging
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from gateway.domain.ledger import Archive, Audit, Change, Entry, Note, Queue, Settle
from gateway.domain.message import Message
from gateway.domain.problem import Problem
from gateway.mapping.pack import pack
from gateway.pipeline.acknowledge import acknowledge
from gateway.pipeline.announcing.announce import announcements
from gateway.pipeline.answer.acknowledgement import answered, application_answer
from gateway.pipeline.case.steady import steady
from gateway.pipeline.chronicle import chronicle
from gateway.pipeline.decode import decode
from gateway.pipeline.deliver import deliver
from gateway.pipeline.disclose import disclose
from gateway.pipeline.encode import encode
from gateway.pipeline.follow import follow
from gateway.pipeline.hold import hold
from gateway.pipeline.kind import kind
from gateway.pipeline.map import map as map_step
from gateway.pipeline.match import match
from gateway.pipeline.record import record
from gateway.pipeline.rooms import Rooms
from gateway.pipeline.route import route
from gateway.pipeline.stored.glance import at_a_glance
from gateway.pipeline.validate import validate
from gateway.store.port import ConflictError, UnavailableError

Step = Callable[[Message, Rooms], Message]

STEPS: tuple[Step, ...] = (
    decode, map_step, validate, match, record, hold, follow, route, disclose, acknowledge, encode, chronicle, deliver,
)  # fmt: skip
"""What happens to a message once `receive` has kept it (pipeline/receive.py); one file each."""

AFTER: tuple[Step, ...] = STEPS[STEPS.index(follow) :]
"""What follows from any change, wherever it came from: a message, the FHIR API, the result of a delivery."""

TRIES = 5
"""How often a message is run again when somebody else changed what it was about to change."""

log = logging.getLogger(__name__)


def run(entry: Entry, rooms: Rooms) -> Message:
    """A message through all steps; nothing is written. What a step cannot go on with leaves the line there."""
    message, seen = Message(entry), at_a_glance(rooms)
    for step in STEPS:
        try:
            message = step(message, seen)
        except Exception as fault:  # noqa: BLE001 - a fault of ours must cost one message only, not the line
            return failed(message, step.__name__, fault)
        if message.stopped and message.stopped != "encode":
            return message
    return replace(message, changes=(*steady(message, seen), *message.changes))


def process(entry: Entry, rooms: Rooms) -> Message:
    """A message through all steps, and the commit; run again where somebody else was faster.

    `UnavailableError` where nothing can be written; whatever else cannot be written waits for a person.
    """
    for _ in range(TRIES):
        message = run(entry, rooms)
        try:
            made = changes(message, rooms)
            made += announcements(made, rooms)
            rooms.store.commit(made).result()
        except ConflictError:
            current = rooms.store.entry(entry.id)
            if current is None or current.state != entry.state:
                return message  # a person or another process has settled it
            entry = current
        except UnavailableError:
            raise
        except Exception as fault:  # noqa: BLE001 - as in `run`
            return aside(failed(message, "record", fault), rooms)
        else:
            rooms.archived.update(change.hash for change in made if isinstance(change, Archive))
            return message
    return aside(Message(entry).stop("record", contested()), rooms)


def failed(message: Message, step: str, fault: Exception) -> Message:
    """A message that met a fault of ours: nothing of it is written but that it waits, with the findings so far."""
    told = {"step": step, "tracking": message.entry.id, "fault": place(fault)}
    log.error("a step failed", extra=told)
    kept = Message(message.entry, person=message.person, map_hash=message.map_hash, problems=message.problems)
    return kept.stop(step, broken(step, fault))


def aside(message: Message, rooms: Rooms) -> Message:
    """The message put aside in a commit that holds nothing of its content, so that it cannot fail the same way."""
    last = message.problems[-1:]
    fields = {"state": "parked", "step": message.stopped, "problems": last, "settled": rooms.now(), "replay": ""}
    settle = Settle(message.entry.id, fields, expected=message.entry.state)
    rooms.store.commit([settle, noted(message, "parked", rooms)]).result()
    return message


def changes(message: Message, rooms: Rooms) -> list[Change]:
    """All that a message writes: its own changes, its standing in the journal, its answers, the audit.

    What an earlier run found out of person, case and maps stays known where this one got less far.
    """
    state, entry = "parked" if message.stopped else "done", message.entry
    settle = Settle(
        entry.id,
        {
            "state": state,
            "step": message.stopped or "deliver",
            "kind": entry.kind or kind(message),
            "problems": message.problems,
            "map_hash": message.map_hash or entry.map_hash,
            "person": message.person or entry.person,
            "case": message.case or entry.case,
            "outcome": message.outcome,
            "settled": rooms.now(),
            "replay": "",
            **answered(message, rooms),
        },
        expected=entry.state,
    )
    kept = message.changes if not message.stopped or message.stopped == "encode" else ()
    later = application_answer(message, rooms)
    queued = [Queue(later)] if later else []
    return [settle, *kept, *queued, *archived(message, rooms), noted(message, state, rooms)]


def noted(message: Message, state: str, rooms: Rooms) -> Note:
    """The line of the audit about a message that the line has run."""
    return Note(Audit(rooms.now(), message.entry.partner, "message", message.entry.id, state, message.stopped))


def archived(message: Message, rooms: Rooms) -> list[Archive]:
    """The maps that read it, kept for a replay, when they are met for the first time."""
    if not message.map_hash or message.map_hash in rooms.archived:
        return []
    if rooms.store.archived(message.map_hash):
        rooms.archived.add(message.map_hash)
        return []
    packed = pack(rooms.shelf, message.entry.format, message.map_hash)
    return [Archive(message.map_hash, message.entry.format, packed)] if packed else []


def place(fault: Exception) -> str:
    """Kind of fault, file and line; the text of a fault may quote the message and is never logged."""
    trace = fault.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    where = f" {Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else ""
    return f"{type(fault).__name__}{where}"


def broken(step: str, fault: Exception) -> Problem:
    """The finding about a step that failed: the kind of fault, never its text, which may quote the message."""
    repair = "report it with this code and the kind of fault; after a mend, `gateway messages replay`"
    return Problem("line.fault", step, f"this step failed with {type(fault).__name__}", repair)


def contested() -> Problem:
    """The finding about a message that found its resources changed each time."""
    repair = "`gateway messages replay` once it is calmer"
    return Problem("line.conflict", "record", "others kept changing what this message changes", repair)
