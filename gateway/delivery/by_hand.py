"""What a person may do with a delivery that the gateway gave up or is unsure of: release it, or drop it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gateway.domain.ledger import Audit, Change, Conclude, Delivery, Note
from gateway.domain.problem import Problem


@dataclass(frozen=True, slots=True)
class Person:
    """Who decides, when, and why."""

    name: str
    at: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Decided:
    """The changes to commit, or why there are none. `ConflictError` on commit: somebody was faster."""

    changes: tuple[Change, ...] = ()
    problems: tuple[Problem, ...] = ()


def release(delivery: Delivery, person: Person) -> Decided:
    """Send a dead or uncertain delivery again, under the same key, with all its attempts before it.

    The attempts so far stay in the evidence; the grade stays too, because what may have arrived still may have.
    """
    if delivery.standing not in {"dead", "uncertain"}:
        return Decided(problems=(unfit(delivery, "release"),))
    again = {"standing": "waiting", "due": person.at, "attempts": 0, "reason": "", "until": None, "settled": None}
    return decided(delivery, person, "release", again)


def drop(delivery: Delivery, person: Person) -> Decided:
    """Send it no more. The reason stands in the delivery and not in the audit, which holds no free text of persons."""
    problems = []
    if delivery.standing not in {"waiting", "dead", "uncertain"}:
        problems.append(unfit(delivery, "drop"))
    if not person.reason.strip():
        sentence, repair = "Nobody could tell later why it was dropped.", "Give a reason, without a person's data."
        problems.append(Problem("delivery.reason", delivery.id, sentence, repair))
    if problems:
        return Decided(problems=tuple(problems))
    dropped = {"standing": "dropped", "reason": person.reason.strip(), "until": None, "settled": person.at}
    return decided(delivery, person, "drop", dropped)


def decided(delivery: Delivery, person: Person, action: str, fields: Mapping[str, Any]) -> Decided:
    """The change with its word in the audit; nothing happens if a worker or another person was faster."""
    note = Note(Audit(person.at, person.name, action, delivery.id, str(fields["standing"]), f"was {delivery.standing}"))
    return Decided((Conclude(delivery.id, fields, expected=delivery.standing), note))


def unfit(delivery: Delivery, verb: str) -> Problem:
    """Why this verb does not fit the delivery's standing."""
    sentence = f"It is {delivery.standing}; {verb} does not apply."
    return Problem("delivery.standing", delivery.id, sentence, REPAIRS[delivery.standing])


REPAIRS = {
    "waiting": "It is sent by itself when it is due.",
    "sending": "A worker has it; wait until that attempt has ended.",
    "delivered": "Nothing needs mending.",
    "dropped": "Replay the message it came from.",
}
