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
from gateway.pipeline.answer import answered, application_answer
from gateway.pipeline.decode import decode
from gateway.pipeline.deliver import deliver
from gateway.pipeline.disclose import disclose
from gateway.pipeline.encode import encode
from gateway.pipeline.map import map as map_step
from gateway.pipeline.match import match
from gateway.pipeline.record import record
from gateway.pipeline.rooms import Rooms
from gateway.pipeline.route import route
from gateway.pipeline.validate import validate
from gateway.store.port import ConflictError

Step = Callable[[Message, Rooms], Message]

STEPS: tuple[Step, ...] = (
    decode, map_step, validate, match, record, route, disclose, acknowledge, encode, deliver,
)  # fmt: skip
"""What happens to a message once `receive` has kept it (pipeline/receive.py); one file each."""

TRIES = 5
"""How often a message is run again when somebody else changed what it was about to change."""

log = logging.getLogger(__name__)


def run(entry: Entry, rooms: Rooms) -> Message:
    """A message through all steps; nothing is written. What a step cannot go on with leaves the line there."""
    message = Message(entry)
    for step in STEPS:
        try:
            message = step(message, rooms)
        except Exception as fault:  # noqa: BLE001 - a fault of ours must cost one message only, not the line
            told = {"step": step.__name__, "tracking": entry.id, "fault": place(fault)}
            log.error("a step failed", extra=told)  # noqa: TRY400 - a trace may quote the message
            return replace(Message(entry), stopped=step.__name__, problems=(*message.problems, broken(step, fault)))
        if message.stopped and message.stopped != "encode":
            return message
    return message


def process(entry: Entry, rooms: Rooms) -> Message:
    """A message through all steps, and the commit; run again where somebody else was faster."""
    for _ in range(TRIES):
        message = run(entry, rooms)
        try:
            rooms.store.commit(changes(message, rooms)).result()
        except ConflictError:
            continue
        return message
    message = Message(entry).stop("record", contested())
    rooms.store.commit(changes(message, rooms)).result()
    return message


def changes(message: Message, rooms: Rooms) -> list[Change]:
    """All that a message writes: its own changes, its standing in the journal, its answers, the audit."""
    state = "parked" if message.stopped else "done"
    settle = Settle(
        message.entry.id,
        {
            "state": state,
            "step": message.stopped or "deliver",
            "problems": message.problems,
            "map_hash": message.map_hash,
            "person": message.person,
            "case": message.case,
            "outcome": message.outcome,
            "settled": rooms.now(),
            "replay": "",
            **answered(message, rooms),
        },
        expected="received",
    )
    audit = Note(Audit(rooms.now(), message.entry.partner, "message", message.entry.id, state, message.stopped))
    kept = message.changes if not message.stopped or message.stopped == "encode" else ()
    later = application_answer(message, rooms)
    return [settle, *kept, *([Queue(later)] if later else []), *archived(message, rooms), audit]


def archived(message: Message, rooms: Rooms) -> list[Archive]:
    """The maps that read it, kept for a replay, when they are met for the first time."""
    if not message.map_hash or rooms.store.archived(message.map_hash):
        return []
    packed = pack(rooms.shelf, message.entry.format)
    return [Archive(message.map_hash, message.entry.format, packed)] if packed else []


def place(fault: Exception) -> str:
    """Kind of fault, file and line; the text of a fault may quote the message and is never logged."""
    trace = fault.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    where = f" {Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else ""
    return f"{type(fault).__name__}{where}"


def broken(step: Step, fault: Exception) -> Problem:
    """The finding about a step that failed: the kind of fault, never its text, which may quote the message."""
    repair = "report it with this code and the kind of fault; after a mend, `gateway messages replay`"
    return Problem("line.fault", step.__name__, f"this step failed with {type(fault).__name__}", repair)


def contested() -> Problem:
    """The finding about a message that found its resources changed each time."""
    repair = "`gateway messages replay` once it is calmer"
    return Problem("line.conflict", "record", "others kept changing what this message changes", repair)
