"""The ladder: what does not get through on one road of a partner goes by the next one, in the order of its roads.

A rung is an entry of `receives` in partner.yaml; a road of any kind is one. The Task is the same on every rung, so
whoever gets it twice knows it by its identifier.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from gateway.directory.parties import Directory, Party, Receives
from gateway.domain.ledger import Audit, Change, Conclude, Delivery, Note, Queue, Save
from gateway.domain.message import Message, Part
from gateway.mapping.run import urn
from gateway.pipeline.disclose import VIEWS, disclose
from gateway.pipeline.encode import PURPOSES, attempt
from gateway.pipeline.ladder.waiting import is_over
from gateway.pipeline.proof.communications import outgoing
from gateway.pipeline.rooms import Rooms
from gateway.pipeline.stored.terms import terms

UNSEEN = frozenset({"draft", "requested"})
"""Statuses of a Task that nobody has taken note of."""
LADDERED = frozenset(VIEWS)
"""What can be written anew for another road; an answer is told once, in the manner agreed for it."""


def climbed(delivery: Delivery, changes: Mapping[str, Any], rooms: Rooms) -> Sequence[Change]:
    """What an attempt leads to that failed for good, or for longer than a rung lasts; empty where no road is left."""
    standing, now = str(changes.get("standing", "")), rooms.now()
    if standing != "dead" and not (standing == "waiting" and is_given_up(delivery, changes, rooms)):
        return []
    if is_answered(delivery, rooms):
        return []
    following = next_rung(delivery, rooms)
    return [*given_up(delivery, standing, now), *onward(delivery, following, rooms)] if following else []


def is_answered(delivery: Delivery, rooms: Rooms) -> bool:
    """Whether its Task was taken note of or answered since; news of a Task that was answered before climbs on."""
    listed = rooms.store.history("Task", delivery.task.partition("/")[2]) if delivery.task else []
    left = [version.updated for version in listed if version.resource.get("status") not in UNSEEN]
    return bool(left) and min(left) >= delivery.created


def onward(delivery: Delivery, following: Delivery, rooms: Rooms) -> Sequence[Change]:
    """The next rung, queued and written down."""
    told = Audit(rooms.now(), "delivery", "next road", delivery.id, following.road, following.id)
    return [Queue(following), *chronicled(following, rooms), Note(told)]


def chronicled(following: Delivery, rooms: Rooms) -> Sequence[Change]:
    """The next rung is said to the party like any other word: a Communication, completed when it has come."""
    cause = rooms.store.entry(following.message)
    if cause is None or not following.case or rooms.store.delivery(following.id):
        return []
    part = Part(
        following.partner, following.about, {}, following.task, following.lane.partition(" ")[2], following.case
    )
    said = outgoing(part, following, Message(cause), rooms)
    return [Save(said, 0, terms(said, ""), rooms.now(), following.message)]


def is_given_up(delivery: Delivery, changes: Mapping[str, Any], rooms: Rooms) -> bool:
    """Whether a rung has lasted its time without the receiver having seen anything."""
    return changes.get("grade", delivery.grade) == "E0" and is_over(delivery, rooms)


def given_up(delivery: Delivery, standing: str, now: datetime) -> Sequence[Change]:
    """The rung ends although it might have been tried again."""
    if standing == "dead":
        return []
    said = {"standing": "dead", "until": None, "settled": now, "reason": "It took too long; it goes by the next road."}
    return [Conclude(delivery.id, said)]


def next_rung(delivery: Delivery, rooms: Rooms) -> Delivery | None:
    """The delivery by the next road that can carry it; None where this was the last one."""
    cause, party = rooms.store.entry(delivery.message), rooms.directory.get(delivery.partner)
    if cause is None or party is None or delivery.about not in LADDERED:
        return None
    person = delivery.lane.partition(" ")[2]
    part = Part(delivery.partner, delivery.about, {}, delivery.task, person, delivery.case)
    message = disclose(Message(replace(cause, map_hash=""), parts=(part,), person=person, case=delivery.case), rooms)
    for road in left(delivery, party):
        made = attempt(message.parts[0], message, by_road(road, party, rooms)).delivery if message.parts else None
        key = rung_id(delivery.id, road.road, road.format)
        if made is not None and not is_spent(key, rooms):
            return replace(made, id=key, key=key)
    return None


def rung_id(before: str, road: str, form: str) -> str:
    """The id and key of the delivery that follows another one on the ladder; the same whenever it is asked."""
    return urn("rung", before, road, form)[9:]


def is_spent(key: str, rooms: Rooms) -> bool:
    """Whether this rung was tried before and led nowhere."""
    known = rooms.store.delivery(key)
    return known is not None and known.standing in {"dead", "dropped"}


def left(delivery: Delivery, party: Party) -> tuple[Receives, ...]:
    """The roads after the one that failed, each kind of road in a format once."""
    roads = [r for purpose in PURPOSES.get(delivery.about, ()) for r in party.receiving(purpose)]
    names = [(road.road, road.format) for road in roads]
    tried = (delivery.road, delivery.format)
    after = roads[names.index(tried) + 1 :] if tried in names else []
    before = set(names[: names.index(tried) + 1]) if tried in names else set()
    fresh = {(road.road, road.format): road for road in reversed(after)}
    return tuple(fresh[name] for name in dict.fromkeys(names) if name in fresh and name not in before)


def by_road(road: Receives, party: Party, rooms: Rooms) -> Rooms:
    """The rooms as if a partner had this road alone."""
    alone = party.model_copy(update={"receives": (road,)})
    others = (alone if each.id == party.id else each for each in rooms.directory.parties)
    return replace(rooms, directory=Directory.of(others, rooms.directory.fallback.id))
