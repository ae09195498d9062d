"""Whose consent a message changes, and what each recipient loses or gains by it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from gateway.consent.ending import is_urgent, names
from gateway.consent.given import over
from gateway.domain.events import Event
from gateway.domain.message import Happened, Message
from gateway.domain.task import FINAL
from gateway.mapping.runtime import every
from gateway.pipeline.agreeing.losses import Loss, gains, loss
from gateway.pipeline.policies.asked import asking, stored
from gateway.pipeline.policies.load import standard
from gateway.pipeline.policies.shown import of_person
from gateway.pipeline.rooms import Rooms
from gateway.pipeline.stored.view import current, written
from gateway.pipeline.tasks.family import kind_of, owner_of, root

Resource = dict[str, Any]
MANY = 1000
OVER = frozenset({"inactive", "rejected", "entered-in-error"})
"""Consent.status of one that holds no more (chapter 6.2)."""


@dataclass(frozen=True, slots=True)
class Changed:
    """What a message changes of the Consents of a person (`Patient/<id>`): losses and gains by recipient."""

    person: str
    consents: tuple[str, ...]
    losses: tuple[Loss, ...] = ()
    gainers: tuple[str, ...] = ()


def changes(message: Message, rooms: Rooms) -> tuple[Changed, ...]:
    """Per person whose Consents the message changes."""
    about: dict[str, list[str]] = {}
    for name, consent in written(message).items():
        if consent["resourceType"] == "Consent" and not is_urgent(consent):
            person = str(next(iter(every(consent, ("patient", "reference"))), ""))
            about.setdefault(person, []).append(name)
    return tuple(changed(person, tuple(names), message, rooms) for person, names in about.items() if person)


def changed(person: str, consents: tuple[str, ...], message: Message, rooms: Rooms) -> Changed:
    """What becomes of everybody who is shown something of a person."""
    before, after = list(stored(person, rooms)), of_person(person, message, rooms)
    policy, now, then = rooms.policy or standard(), rooms.now(), held_until(consents, rooms)
    held = [one for one in before if not is_urgent(one)] if then else before  # an emergency ends by itself
    losses, gainers = [], []
    for name in recipients(person, message, rooms):
        party = rooms.directory.get(name)
        if party is None:
            continue
        asked = asking(party, person)
        found = loss(policy, (held, after), asked, now, then)
        losses += [found] if found.classes else []
        gainers += [name] if gains(policy, (before, after), asked, now) else []
    return Changed(person, consents, tuple(losses), tuple(gainers))


def held_until(consents: tuple[str, ...], rooms: Rooms) -> datetime | None:
    """The last moment at which the first of some stored Consents held that has run out; None where none has."""
    versions = (rooms.store.read("Consent", name.partition("/")[2]) for name in consents)
    active = (version.resource for version in versions if version and version.resource.get("status") == "active")
    ends = (over(period, rooms.now()) for one in active for period in every(one, ("provision", "period")))
    return min((end for end in ends if end), default=None)


def recipients(person: str, message: Message, rooms: Rooms) -> tuple[str, ...]:
    """Ids of all parties that own a Task of a person, or to which anything of its cases was sent."""
    return reached(person, tasks(person, message, rooms), rooms)


def reached(person: str, owned: Iterable[Resource], rooms: Rooms) -> tuple[str, ...]:
    """Ids of the owners of some Tasks of a person, and of all to whom anything of its cases was sent."""
    owners = [owner_of(task) for task in owned]
    sent = (d.partner for case in cases(person, rooms) for d in rooms.store.deliveries({"case": case}, 0, MANY))
    return tuple(dict.fromkeys(name for name in [*owners, *sent] if name))


def tasks(person: str, message: Message, rooms: Rooms) -> list[Resource]:
    """All Tasks of a person, each as the message leaves it."""
    known = [f"Task/{version.id}" for version in rooms.store.find("Task", [("for", person)], MANY)]
    fresh = [f"Task/{m.task['id']}" for m in message.moved if person in every(m.task, ("for", "reference"))]
    return [task for name in dict.fromkeys([*known, *fresh]) if (task := current(name, message, rooms))]


def cases(person: str, rooms: Rooms) -> tuple[str, ...]:
    """`Task/<id>` of the referral of every case of a person, those that have ended too."""
    found = rooms.store.find("Task", [("for", person)], MANY)
    return tuple(dict.fromkeys(f"Task/{root(version.resource)}" for version in found))


# --- what has happened by it -----------------------------------------------------------------------------------------


def revoked(message: Message, rooms: Rooms) -> Message:
    """The message with the withdrawals that its Consents are; run again after it was recorded it says nothing new."""
    return replace(message, happened=(*message.happened, *withdrawals(message, rooms)))


def withdrawals(message: Message, rooms: Rooms) -> Iterator[Happened]:
    """Withdrawn: for a whole case where the Consent to it is gone, else for the work of those who lose everything."""
    for change in changes(message, rooms):
        if any(is_taken_back(name, message, rooms) for name in change.consents):
            yield Happened(Event("consent-withdrawn"), person=change.person)
            continue
        gone = {found.party for found in change.losses if found.whole}
        for task in tasks(change.person, message, rooms):
            if owner_of(task) in gone and task.get("status") not in FINAL:
                whose = "" if kind_of(task) == "referral" else str(task["id"])
                yield Happened(Event("consent-withdrawn", whose), f"Task/{root(task)}")


def is_taken_back(name: str, message: Message, rooms: Rooms) -> bool:
    """Whether a Consent that names no recipient, the one to the case, was in force and is not any more."""
    version = rooms.store.read("Consent", name.partition("/")[2])
    before: Mapping[str, Any] = version.resource if version else {}
    after = current(name, message, rooms)
    return before.get("status") == "active" and after.get("status") in OVER and not names(after, "actor")
