"""Restriction of processing (Art. 18 GDPR) put and lifted, never without a reason."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from gateway.domain.ledger import Audit, Change, Hold, Note, Save, Settle
from gateway.domain.problem import Problem
from gateway.mapping.run import urn
from gateway.pipeline.by_hand import FRESH
from gateway.pipeline.hold import STEP
from gateway.pipeline.policies.restricted import ARTICLE, CODES, RESTRICTION, restricted, restrictions
from gateway.pipeline.proof.provenance import ITSELF, PROFILE, kind
from gateway.pipeline.rooms import Rooms
from gateway.pipeline.stored.terms import terms

Resource = dict[str, Any]
Verb = Literal["restrict", "release"]
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
    found = [*problems(asked, rooms)]
    if not found and restricted(asked.person, rooms):
        sentence, repair = "The processing is restricted already.", "Nothing is left to do; `release` lifts it."
        found.append(Problem("rights.restricted", asked.person, sentence, repair))
    if found:
        return Answered(problems=tuple(found))
    at, known = rooms.now(), {version.id: version.version for version in restrictions(asked.person, rooms)}
    made = flag(asked.person, at)
    changes = saved(made, known.get(made["id"], 0), asked, at)
    return Answered((*changes, Hold(asked.person, on=True, at=at), noted("restrict", asked, at)))


def release(asked: Asked, rooms: Rooms) -> Answered:
    """What was held goes on; each restriction of the person ends, also one of a record that was merged into its own."""
    found = [*problems(asked, rooms)]
    active = [v for v in restrictions(asked.person, rooms) if v.resource.get("status") == "active"]
    if not found and not active:
        sentence, repair = "The processing is not restricted.", "Nothing is left to do."
        found.append(Problem("rights.not-restricted", asked.person, sentence, repair))
    if found:
        return Answered(problems=tuple(found))
    at = rooms.now()
    changes: list[Change] = []
    for version in active:
        changes += saved(ended(version.resource, at), version.version, asked, at)
    changes.append(Hold(asked.person, on=False, at=at))
    waiting = rooms.store.entries({"state": "parked", "person": asked.person}, 0, MOST)
    again = [Settle(entry.id, FRESH, expected="parked") for entry in reversed(waiting) if entry.step == STEP]
    return Answered((*changes, *again, noted("release", asked, at)))


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


def flag(person: str, at: datetime) -> Resource:
    """The Flag of a restriction that begins now."""
    coded = {"coding": [{"system": CODES, "code": "restricted"}], "text": "Verarbeitung eingeschränkt (Art. 18 DSGVO)"}
    return {
        "resourceType": "Flag",
        "id": urn("restriction", person)[9:],
        "identifier": [{"system": RESTRICTION, "value": ARTICLE}],
        "status": "active",
        "code": coded,
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
        "activity": {"text": "restrict" if made["status"] == "active" else "release"},
        "agent": [
            {"type": kind("author"), "who": {"display": asked.by}},
            {"type": kind("assembler"), "who": ITSELF},
        ],
    }


def noted(verb: Verb, asked: Asked, at: datetime) -> Note:
    """Into the audit: ids only, the reason may be about the person."""
    return Note(Audit(at, asked.by, verb, asked.person, "done", "Art. 18 GDPR"))
