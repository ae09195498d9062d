"""A measure or a referral that somebody declined: who could take it instead (workflow.md, phase 6 "Re-route")."""

from typing import Any

from gateway.directory.alternatives import alternatives
from gateway.directory.routing import Place
from gateway.domain.message import Message
from gateway.mapping.runtime import every
from gateway.pipeline.case.candidate import concerns
from gateway.pipeline.case.residence import residence
from gateway.pipeline.rooms import Rooms
from gateway.pipeline.stored.terms import source
from gateway.pipeline.stored.view import current
from gateway.pipeline.tasks.family import family, kind_of, request_of

Task = dict[str, Any]
MOST = 5
"""Alternatives that are named; more would be a list and no help."""
SUGGESTED = {"text": "Vorschlag"}


def suggestions(task: Task, case: str, message: Message, rooms: Rooms) -> list[dict[str, Any]]:
    """Task.input of a decision: the parties that could take a Task over, the likeliest first, each with the reason."""
    request = current(str(task["focus"]["reference"]), message, rooms)
    wanted = concerns(request) or concerns(current(request_of(case, message, rooms), message, rooms))
    kind = "site" if kind_of(task) == "referral" else ""
    asked = {owner for one in family(case, message, rooms) if same_request(one, task) for owner in owners(one)}
    asked.add(source(current(f"Task/{case}", message, rooms)))
    place = Place(*residence(current(str(task["for"]["reference"]), message, rooms)))
    found = alternatives(rooms.directory.parties, wanted, place, asked, kind)[:MOST]
    return [
        {
            "type": SUGGESTED,
            "valueReference": {"reference": f"Organization/{one.party.id}", "display": f"{one.party.title}: {one.why}"},
        }
        for one in found
    ]


def same_request(one: Task, task: Task) -> bool:
    """Whether two Tasks carry out the same request: who declined it once is not asked again."""
    return bool(one["focus"]["reference"] == task["focus"]["reference"])


def owners(task: Task) -> list[str]:
    """Ids of the partners that own a Task."""
    return [str(name).partition("/")[2] for name in every(task, ("owner", "reference"))]
