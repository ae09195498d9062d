"""As whom a caller speaks of a Task: its owner, its requester, or a proxy for the owner (workflow.md, "Actors")."""

from dataclasses import dataclass
from typing import Any, Literal

from gateway.domain.message import Message
from gateway.pipeline.proof.agents import behind, is_proxy
from gateway.pipeline.rest.asked import Caller
from gateway.pipeline.rooms import Rooms
from gateway.pipeline.stored.view import current
from gateway.pipeline.tasks.family import root
from gateway.pipeline.tasks.sides import acts_for, organizations, sides_of

Resource = dict[str, Any]
Actor = Literal["R", "O", "P", "G"]


@dataclass(frozen=True, slots=True)
class Voice:
    """Who makes a move (R O P), and the grade of evidence that it is."""

    actor: Actor
    evidence: str


def voices(task: Resource, caller: Caller, message: Message, rooms: Rooms) -> tuple[Voice, ...]:
    """As whom the caller may speak of a Task, the likeliest first; empty: it is none of its business.

    The desk of the gateway speaks for either side (E3), a partner's own system for its own side (E4); whoever enters
    what somebody said speaks as a proxy (E3), and may where it may speak at all or has the case.
    """
    grade = caller.evidence or ("E4" if caller.party else "E3")
    sides = ("O", "R") if not caller.party else tuple(sides_of(task, caller.party, message, rooms))
    if is_proxy(caller.provenance):
        case = current(f"Task/{root(task)}", message, rooms)
        return (Voice("P", "E3"),) if sides or acts_for(case, "owner", caller.party, message, rooms) else ()
    return tuple(Voice(side, grade) for side in sides)


def is_for_owner(task: Resource, caller: Caller, message: Message, rooms: Rooms) -> bool:
    """Whether a proxy entry may be the owner's word: whoever is named with an organisation is of the owner's."""
    named = (str(whom.get("reference", "")) for whom in behind(caller.provenance))
    found = (name for reference in named for name in organizations(reference, lambda r: current(r, message, rooms)))
    parties = [name.partition("/")[2] for name in found]
    return not parties or "owner" not in task or any(acts_for(task, "owner", p, message, rooms) for p in parties)
