"""As whom a caller speaks of a Task: its owner, its requester, or a proxy for the owner (workflow.md, "Actors")."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from gateway.domain.closure import Override
from gateway.domain.message import Message
from gateway.mapping.runtime import every
from gateway.pipeline.case.family import kind_of, root
from gateway.pipeline.rest.asked import Caller
from gateway.pipeline.rooms import Rooms
from gateway.pipeline.stored.terms import source
from gateway.pipeline.stored.view import current

Resource = dict[str, Any]
Actor = Literal["R", "O", "P", "G"]

BEHIND: Mapping[str, str] = {"PractitionerRole": "organization", "HealthcareService": "providedBy"}
"""Types of owners that act for an organisation, and the element that names it."""
FOR_OTHERS = frozenset({"author", "informant", "performer"})
"""Provenance.agent.type of whoever said what an enterer writes down (value set provenance-agent-type)."""


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
    sides = ("O", "R") if not caller.party else sides_of(task, caller.party, message, rooms)
    if is_proxy(caller.provenance):
        case = current(f"Task/{root(task)}", message, rooms)
        return (Voice("P", "E3"),) if sides or acts_for(case, "owner", caller.party, message, rooms) else ()
    return tuple(Voice(side, grade) for side in sides)


def sides_of(task: Resource, party: str, message: Message, rooms: Rooms) -> tuple[Literal["O", "R"], ...]:
    """The sides of a Task that a partner is."""
    owns = acts_for(task, "owner", party, message, rooms)
    asks = source(task) == party or acts_for(task, "requester", party, message, rooms)
    if not asks and kind_of(task) == "measure":  # whoever has the case has asked for all its measures
        asks = acts_for(current(f"Task/{root(task)}", message, rooms), "owner", party, message, rooms)
    sides: tuple[tuple[Literal["O", "R"], bool], ...] = (("O", owns), ("R", asks))
    return tuple(side for side, is_it in sides if is_it)


def acts_for(task: Resource, name: str, party: str, message: Message, rooms: Rooms) -> bool:
    """Whether a partner is meant by `owner` or `requester`: its organisation, or a role or service of it."""
    named = (str(reference) for reference in every(task, (name, "reference")))
    return any(f"Organization/{party}" in organizations(reference, message, rooms) for reference in named)


def organizations(reference: str, message: Message, rooms: Rooms) -> Iterator[str]:
    """The organisation that a reference is or belongs to."""
    yield reference
    kind = reference.partition("/")[0]
    if kind in BEHIND:
        found = current(reference, message, rooms)
        yield from (str(name) for name in every(found, (BEHIND[kind], "reference")))


# --- what a Provenance says ------------------------------------------------------------------------------------------


def agents(provenance: Resource | None) -> Iterator[tuple[str, Resource]]:
    """(Type code, agent) of a Provenance."""
    for agent in every(provenance or {}, ("agent",)):
        if isinstance(agent, dict):
            yield str(next(iter(every(agent, ("type", "coding", "code"))), "")), agent


def is_proxy(provenance: Resource | None) -> bool:
    """Whether somebody enters what somebody else said (workflow.md, proxy entry)."""
    said = [*agents(provenance)]
    others = any("onBehalfOf" in agent or kind in FOR_OTHERS for kind, agent in said)
    return others and any(kind == "enterer" for kind, _ in said)


def behind(provenance: Resource | None) -> Iterator[Resource]:
    """References to who said what an enterer writes down: on whose behalf, else who is named as an informant."""
    said = [*agents(provenance)]
    yield from (agent["onBehalfOf"] for _, agent in said if isinstance(agent.get("onBehalfOf"), dict))
    yield from (agent["who"] for kind, agent in said if kind in FOR_OTHERS and isinstance(agent.get("who"), dict))


def is_for_owner(task: Resource, caller: Caller, message: Message, rooms: Rooms) -> bool:
    """Whether a proxy entry may be the owner's word: whoever is named with an organisation is of the owner's."""
    named = (str(whom.get("reference", "")) for whom in behind(caller.provenance))
    found = (name for reference in named for name in organizations(reference, message, rooms))
    parties = [name.partition("/")[2] for name in found if name.startswith("Organization/")]
    return not parties or "owner" not in task or any(acts_for(task, "owner", p, message, rooms) for p in parties)


def override(provenance: Resource | None) -> Override | None:
    """Closing all the same: the reason, who wants it, and the verifier as second person; None where nobody verifies."""
    said = [*agents(provenance)]
    second = next((who(agent) for kind, agent in said if kind == "verifier"), None)
    if second is None:
        return None
    reason = next((str(text) for path in REASONS for text in every(provenance or {}, path)), "")
    return Override(reason, next((who(agent) for kind, agent in said if kind != "verifier"), ""), second)


REASONS = (("reason", "text"), ("reason", "coding", "display"))


def who(agent: Resource) -> str:
    """Who an agent is: its reference, else its identifier."""
    paths = (("who", "reference"), ("who", "identifier", "value"))
    return next((str(found) for path in paths for found in every(agent, path)), "")
