"""Which sides of a Task a party is: its owner, its requester (workflow.md, "Actors")."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal

from gateway.domain.message import Message
from gateway.mapping.runtime import every
from gateway.pipeline.rooms import Rooms
from gateway.pipeline.stored.terms import source
from gateway.pipeline.stored.view import current
from gateway.pipeline.tasks.family import kind_of, root

Resource = dict[str, Any]
Side = Literal["O", "R"]

BEHIND: Mapping[str, str] = {"PractitionerRole": "organization", "HealthcareService": "providedBy"}
"""Types that act for an organisation, and the element that names it."""


def as_whom(task: Resource, party: str, message: Message, rooms: Rooms) -> Literal["", "R", "O"]:
    """As whom a party speaks of a Task: its owner before its requester; empty: it is none of its business."""
    return next(sides_of(task, party, message, rooms), "")


def sides_of(task: Resource, party: str, message: Message, rooms: Rooms) -> Iterator[Side]:
    """The sides of a Task that a partner is, its owner first; whoever has the case has asked for all its measures."""
    if acts_for(task, "owner", party, message, rooms):
        yield "O"
    if (
        source(task) == party
        or acts_for(task, "requester", party, message, rooms)
        or has_asked(task, party, message, rooms)
    ):
        yield "R"


def has_asked(task: Resource, party: str, message: Message, rooms: Rooms) -> bool:
    """Whether a Task is a measure of a case that a partner has."""
    case = current(f"Task/{root(task)}", message, rooms) if kind_of(task) == "measure" else {}
    return acts_for(case, "owner", party, message, rooms)


def acts_for(task: Resource, name: str, party: str, message: Message, rooms: Rooms) -> bool:
    """Whether a partner is meant by `owner` or `requester`: its organisation, or a role or service of it."""
    named = (str(reference) for reference in every(task, (name, "reference")))
    return any(f"Organization/{party}" in organizations(each, lambda r: current(r, message, rooms)) for each in named)


def organizations(reference: str, read: Callable[[str], Resource]) -> Iterator[str]:
    """`Organization/<id>` that a reference is, or that the role or service behind it belongs to."""
    kind = reference.partition("/")[0]
    if kind == "Organization":
        yield reference
    elif kind in BEHIND:
        yield from (str(name) for name in every(read(reference), (BEHIND[kind], "reference")))
