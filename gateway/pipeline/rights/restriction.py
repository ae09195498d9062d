"""Restriction of processing, and of deletion (Art. 18, 17 (3) GDPR), put and lifted, never without a reason."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from gateway.domain.ledger import Audit, Change, Hold, Note, Save, Settle, Version
from gateway.domain.problem import Problem
from gateway.mapping.run import urn
from gateway.pipeline.by_hand import FRESH
from gateway.pipeline.hold import STEP
from gateway.pipeline.policies.restricted import ARTICLE, CODES, RESTRICTION, TO_KEEP, restrictions
from gateway.pipeline.proof.provenance import ITSELF, PROFILE, kind
from gateway.pipeline.rights.belongings import records
from gateway.pipeline.rooms import Rooms
from gateway.pipeline.stored.terms import terms

Resource = dict[str, Any]
Verb = Literal["restrict", "release", "suspend", "resume"]
MOST = 10_000
"""Messages of one person that may wait."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks for what of which person (`Patient/<id>`), and why; the reason stands in the Provenance only."""

    person: str
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class Answered:
    """The changes to commit, or why there are none. `ConflictError` on commit: somebody was faster."""

    changes: tuple[Change, ...] = ()
    problems: tuple[Problem, ...] = ()


def restrict(asked: Asked, rooms: Rooms) -> Answered:
    """From the commit on nothing of the person is sent: deliveries wait in their lanes, messages are parked."""
    begun = begin(asked, ARTICLE, rooms)
    if begun.problems:
        return begun
    at = rooms.now()
    return Answered((*begun.changes, Hold(asked.person, on=True, at=at), noted("restrict", asked, at)))


def release(asked: Asked, rooms: Rooms) -> Answered:
    """What was held goes on, in the order it came."""
    over = end(asked, ARTICLE, rooms)
    if over.problems:
        return over
    at, names = rooms.now(), records(asked.person, rooms)
    parked = [one for name in names for one in rooms.store.entries({"state": "parked", "person": name}, 0, MOST)]
    waiting = sorted((one for one in parked if one.step == STEP), key=lambda one: one.number)
    again = [Settle(entry.id, FRESH, expected="parked") for entry in waiting]
    held = [Hold(name, on=False, at=at) for name in names]
    return Answered((*over.changes, *held, *again, noted("release", asked, at)))


def suspend(asked: Asked, rooms: Rooms) -> Answered:
    """From the commit on nothing of the person is deleted, whatever the periods say (Art. 17 (3) GDPR)."""
    begun = begin(asked, TO_KEEP, rooms)
    return begun if begun.problems else Answered((*begun.changes, noted("suspend", asked, rooms.now())))


def resume(asked: Asked, rooms: Rooms) -> Answered:
    """The periods of deletion count again."""
    over = end(asked, TO_KEEP, rooms)
    return over if over.problems else Answered((*over.changes, noted("resume", asked, rooms.now())))


def begin(asked: Asked, article: str, rooms: Rooms) -> Answered:
    """A Flag that becomes active."""
    found = [*problems(asked, rooms)]
    known = restrictions(asked.person, rooms, article)
    if not found and any(is_active(version) for version in known):
        found.append(Problem("rights.already", asked.person, "This is so already.", "Nothing is left to do."))
    if found:
        return Answered(problems=tuple(found))
    made, at = flag(asked.person, article, rooms.now()), rooms.now()
    before = next((version.version for version in known if version.id == made["id"]), 0)
    return Answered(tuple(saved(made, before, asked, at)))


def end(asked: Asked, article: str, rooms: Rooms) -> Answered:
    """All active Flags end, also one of a record that was merged into this one."""
    found = [*problems(asked, rooms)]
    active = [version for version in restrictions(asked.person, rooms, article) if is_active(version)]
    if not found and not active:
        found.append(Problem("rights.not-so", asked.person, "This is not so.", "Nothing is left to do."))
    at = rooms.now()
    changes = [saved(ended(version.resource, at), version.version, asked, at) for version in active]
    return Answered(problems=tuple(found)) if found else Answered(tuple(one for some in changes for one in some))


def is_active(version: Version) -> bool:
    """Whether it holds."""
    return version.resource.get("status") == "active"


def problems(asked: Asked, rooms: Rooms) -> Iterator[Problem]:
    """What is wrong with what was asked: no such person, no reason."""
    name, _, key = asked.person.partition("/")
    if name != "Patient" or rooms.store.read("Patient", key) is None:
        sentence, repair = (
            "There is no such person.",
            "Name it as `gateway trace` does: Patient/<id>.",
        )
        yield Problem("rights.person", asked.person if name == "Patient" else "PERSON", sentence, repair)
    if not asked.reason.strip():
        sentence, repair = "Nobody could tell later why it was done.", "Give a reason."
        yield Problem("rights.reason", "--reason", sentence, repair)


SAID: Mapping[str, tuple[str, str]] = {
    ARTICLE: ("restricted", "Verarbeitung eingeschränkt (Art. 18 DSGVO)"),
    TO_KEEP: ("to-keep", "Löschung ausgesetzt (Art. 17 Abs. 3 DSGVO)"),
}
"""Article -> code and words of its Flag."""


def flag(person: str, article: str, at: datetime) -> Resource:
    """The Flag of a restriction that begins now."""
    code, text = SAID[article]
    return {
        "resourceType": "Flag",
        "id": urn("restriction", article, person)[9:],
        "identifier": [{"system": RESTRICTION, "value": article}],
        "status": "active",
        "code": {"coding": [{"system": CODES, "code": code}], "text": text},
        "subject": {"reference": person},
        "period": {"start": at.isoformat(timespec="milliseconds")},
    }


def ended(made: Resource, at: datetime) -> Resource:
    """The Flag once the restriction is lifted."""
    end = max(at.isoformat(timespec="milliseconds"), str(made["period"]["start"]))
    return {**made, "status": "inactive", "period": {**made["period"], "end": end}}


def saved(made: Resource, before: int, asked: Asked, at: datetime) -> list[Change]:
    """The Flag and its Provenance, against the version that was read."""
    proof = provenance(made, before + 1, asked, at)
    return [Save(one, known, terms(one, ""), at) for one, known in ((made, before), (proof, 0))]


def provenance(made: Resource, version: int, asked: Asked, at: datetime) -> Resource:
    """Who restricted or released, when and why (chapter 6.3)."""
    moment = at.isoformat(timespec="milliseconds")
    return {
        "resourceType": "Provenance",
        "id": urn("restriction", made["id"], str(version))[9:],
        "meta": {"profile": [PROFILE]},
        "target": [{"reference": f"Flag/{made['id']}/_history/{version}"}],
        "occurredDateTime": moment,
        "recorded": moment,
        "reason": [{"text": asked.reason.strip()}],
        "activity": {"text": f"{made['code']['coding'][0]['code']}: {made['status']}"},
        "agent": [
            {"type": kind("author"), "who": {"display": asked.by}},
            {"type": kind("assembler"), "who": ITSELF},
        ],
    }


def noted(verb: Verb, asked: Asked, at: datetime) -> Note:
    """Into the audit: ids only, the reason may be about the person."""
    return Note(Audit(at, asked.by, verb, asked.person, "done"))


VERBS: Mapping[Verb, Callable[[Asked, Rooms], Answered]] = {
    "restrict": restrict,
    "release": release,
    "suspend": suspend,
    "resume": resume,
}
