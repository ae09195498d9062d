"""What is written down of a delivery: the parcel it becomes, and the changes that one attempt leaves behind."""

import hashlib
from collections.abc import Mapping
from typing import Any

from gateway.delivery.retry import Attempt, Step, Verdict
from gateway.domain.ledger import Audit, Change, Conclude, Delivery, Evidence, Note, Prove
from gateway.domain.road import Parcel, Sent

ACTOR = "delivery"
KEY_HONOURED = frozenset({"mllp", "folder"})
"""Roads whose receivers know a repeat unless partner.yaml says otherwise: by MSH-10 (chapter 2.9.2), by file name."""

CRASH = Sent("uncertain", "E1", "crash", "The gateway stopped between sending and writing down what became of it.")

NOTED: Mapping[Verdict, str] = {"repeat": "repeat", "refused": "dead", "exhausted": "dead", "unknown": "uncertain"}
"""The verdicts that the audit hears of."""


def lane(partner: str, person: str) -> str:
    """What goes to one receiver about one person is sent in order; lanes do not wait for each other."""
    return f"{partner} {person}"


def honours_key(delivery: Delivery, address: Mapping[str, Any] | None) -> bool:
    """Whether the receiver promises that a repeat under the same key has no second effect (`honours_key:`)."""
    return bool((address or {}).get("honours_key", delivery.road in KEY_HONOURED))


def parcel(delivery: Delivery, address: Mapping[str, Any]) -> Parcel:
    """The delivery as a road takes it; equal on every attempt."""
    return Parcel(
        delivery.key,
        delivery.partner,
        delivery.data,
        delivery.media_type,
        address,
        delivery.headers,
        delivery.about,
        delivery.created,
    )


def result(attempt: Attempt, step: Step) -> list[Change]:
    """What one attempt leaves behind: the delivery's new standing, the evidence, and a word in the audit if need be."""
    delivery, sent = attempt.delivery, attempt.sent
    crashed = sent.code == CRASH.code
    evidence = Evidence(
        delivery=delivery.id,
        at=attempt.at,
        attempt=step.changes["attempts"],
        outcome=sent.outcome,
        grade=sent.grade,
        code=sent.code,
        detail=f"{sent.detail} Next: {step.verdict} after a crash." if crashed else sent.detail,
        hash=hashlib.sha256(delivery.data).hexdigest(),
        reply=sent.reply,
    )
    changes: list[Change] = [Conclude(delivery.id, step.changes, delivery.token), Prove(evidence)]
    if outcome := NOTED.get(step.verdict):
        detail = f"{outcome} after a crash" if crashed else step.changes["reason"]
        changes.append(Note(Audit(attempt.at, ACTOR, "deliver", delivery.id, outcome, detail)))
    if step.changes["standing"] == "delivered":
        changes.append(arrived(attempt, evidence))
    return changes


def arrived(attempt: Attempt, evidence: Evidence) -> Note:
    """The audit says who got what: the hash of the bytes ties the evidence to its chain."""
    delivery = attempt.delivery
    detail = f"{delivery.about} to {delivery.partner}, {evidence.grade}, sha256 {evidence.hash}"
    return Note(Audit(attempt.at, ACTOR, "deliver", delivery.id, "delivered", detail))


def without_aftermath(attempt: Attempt, why: str) -> Note:
    """A result was kept, but what follows from it could not be written: the audit says so, and a person must look."""
    return Note(Audit(attempt.at, ACTOR, "aftermath", attempt.delivery.id, "parked", why))


def handed_back(delivery: Delivery) -> Conclude:
    """A claimed delivery that was not begun waits again, as if it had not been claimed."""
    return Conclude(delivery.id, {"standing": "waiting", "until": None}, delivery.token)
