"""A recipient that loses only a part, or gains one, is sent its work anew, as it may see it now."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from gateway.domain.ledger import Change, Conclude, Delivery, Queue, Save
from gateway.domain.message import Message, Part
from gateway.domain.task import FINAL
from gateway.mapping.run import urn
from gateway.pipeline.agreeing.change import Changed, changes, tasks
from gateway.pipeline.agreeing.recall import dropped, unsent
from gateway.pipeline.disclose import VIEWS, disclose
from gateway.pipeline.encode import attempt
from gateway.pipeline.policies.asked import decided, stored
from gateway.pipeline.policies.load import standard
from gateway.pipeline.proof.communications import outgoing
from gateway.pipeline.rooms import Rooms
from gateway.pipeline.stored.terms import terms
from gateway.pipeline.tasks.family import kind_of, owner_of, root


def parts(message: Message, rooms: Rooms) -> list[Part]:
    """What goes out because Consents changed, beside what goes out anyway."""
    there = {(part.partner, part.about, part.task) for part in message.parts}
    made = {
        (p.partner, p.about, p.task): p for change in changes(message, rooms) for p in of_change(change, message, rooms)
    }
    return [part for key, part in made.items() if key not in there]


def of_change(change: Changed, message: Message, rooms: Rooms) -> Iterator[Part]:
    """The open measures of everybody who sees more or less than before, and what waited to be sent to them."""
    partly = [loss for loss in change.losses if not loss.whole]
    for loss in partly:
        for delivery in unsent(change, loss, rooms):
            if delivery.about in VIEWS:
                yield Part(loss.party, delivery.about, {}, delivery.task, change.person, delivery.case)
    concerned = {*(loss.party for loss in partly), *change.gainers}
    for task in tasks(change.person, message, rooms):
        if kind_of(task) == "measure" and owner_of(task) in concerned and task["status"] not in {*FINAL, "draft"}:
            yield Part(owner_of(task), "measures", {}, f"Task/{task['id']}", change.person, f"Task/{root(task)}")


# --- an attempt that failed ------------------------------------------------------------------------------------------


def renewed(delivery: Delivery, said: Mapping[str, Any], rooms: Rooms) -> Sequence[Change]:
    """What was being sent when Consents changed, and did not get through, is not tried again but made anew."""
    person = delivery.lane.partition(" ")[2]
    if said.get("standing") not in {"waiting", "dead"} or not is_overtaken(delivery, person, rooms):
        return []
    if delivery.about not in VIEWS and not is_shut(delivery.partner, person, rooms):
        return []  # an answer is told once; it is told to whoever may be told anything
    ended = [replace(c, expected=None) if isinstance(c, Conclude) else c for c in dropped(delivery, rooms)]
    return [*ended, *again(delivery, person, rooms)]


def is_shut(name: str, person: str, rooms: Rooms) -> bool:
    """Whether a party may be shown nothing of a person."""
    party = rooms.directory.get(name)
    return party is None or bool(decided(rooms.policy or standard(), party, person, rooms).closed)


def is_overtaken(delivery: Delivery, person: str, rooms: Rooms) -> bool:
    """Whether a Consent of the person was written after a delivery was made."""
    found = stored(person, rooms) if person.startswith("Patient/") else ()
    versions = (rooms.store.read("Consent", consent["id"]) for consent in found)
    return any(version is not None and version.updated > delivery.created for version in versions)


def again(delivery: Delivery, person: str, rooms: Rooms) -> list[Change]:
    """The delivery as its party may see it now; nothing where it may not, or where it is no view of a Task."""
    cause = rooms.store.entry(delivery.message)
    if cause is None or delivery.about not in VIEWS:
        return []
    part = Part(delivery.partner, delivery.about, {}, delivery.task, person, delivery.case)
    bare = Message(replace(cause, map_hash=""), parts=(part,), person=person, case=delivery.case)
    message = disclose(bare, rooms)
    made = attempt(message.parts[0], message, rooms).delivery if message.parts else None
    key = urn("anew", delivery.id)[9:]
    if made is None or rooms.store.delivery(key):
        return []
    made = replace(made, id=key, key=key)
    communication = outgoing(part, made, message, rooms)
    return [Queue(made), Save(communication, 0, terms(communication, ""), rooms.now(), delivery.message)]
