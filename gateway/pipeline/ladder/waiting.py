"""How long a rung may take: as its partner, its site or the table of rungs says."""

from datetime import datetime
from typing import Any

from gateway.directory.parties import Party
from gateway.domain.ledger import Delivery
from gateway.domain.rungs import USUAL, rung
from gateway.domain.working_time import Duration, due
from gateway.pipeline.rooms import Rooms
from gateway.pipeline.tasks.family import root
from gateway.pipeline.tasks.parties import Concerned, concerned
from gateway.store.port import Store

Task = dict[str, Any]
MEASURES = "measures"
"""What a delivery is about that carries a measure."""
MOST = 200
"""Deliveries of a case that are looked at, the newest first."""


def length(road: str, form: str, party: Party | None, times: dict[str, str]) -> Duration:
    """How long one road of a partner may take; `times` are the site's own."""
    said = [each for each in (party.receives if party else ()) if (each.road, each.format) == (road, form)]
    return rung(road).length(said[0].wait if said else "", times)


def is_over(delivery: Delivery, rooms: Rooms) -> bool:
    """Whether the time of the rung that a delivery is on is up."""
    return rooms.now() >= ends(delivery, rooms)


def ends(delivery: Delivery, rooms: Rooms) -> datetime:
    """When the time of a rung is up, on the calendar and by the times of the site that has the case."""
    case, task = read(delivery.case, rooms), read(delivery.task, rooms)
    parties = concerned(task, case, rooms.store, rooms.directory)
    wait = length(delivery.road, delivery.format, rooms.directory.get(delivery.partner), parties.times)
    return due(delivery.created, wait, parties.calendar) or delivery.created


def read(name: str, rooms: Rooms) -> Task:
    """A Task by `Task/<id>`, empty where there is none."""
    stored = rooms.store.read("Task", name.partition("/")[2]) if name else None
    return stored.resource if stored else {}


def times(current: Delivery | None, parties: Concerned) -> dict[str, str]:
    """The times of the site, with that of the rung a measure is on: until then nobody is told that it is late."""
    if current is None:
        return parties.times
    wait = length(current.road, current.format, parties.owner, parties.times)
    return {**parties.times, USUAL: str(wait)}


def current(task: Task, store: Store) -> Delivery | None:
    """The newest delivery that carries a measure."""
    name, case = f"Task/{task['id']}", f"Task/{root(task)}"
    listed = store.deliveries({"case": case}, 0, MOST)
    return next((each for each in listed if each.task == name and each.about == MEASURES), None)
