"""Emergency access (break the glass): a party opens the classes its role may open, for a day, with a reason.

What it opens is a Consent of the gateway's own making: a note of who, when, why and how long, not the person's word.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from gateway.consent.decide import Decision
from gateway.consent.ending import is_urgent
from gateway.consent.given import covers
from gateway.consent.policy import Role
from gateway.consent.vocabulary import CONSENT_KIND, DATA_CLASS, EMERGENCY, OFFICER, PURPOSE
from gateway.directory.party import Party
from gateway.domain.ledger import Audit, Change, Note
from gateway.domain.message import Part
from gateway.domain.problem import Problem
from gateway.mapping.run import urn
from gateway.mapping.runtime import every
from gateway.pipeline.granting import looking
from gateway.pipeline.granting.looking import Own
from gateway.pipeline.policies.asked import decided, stored
from gateway.pipeline.policies.load import standard
from gateway.pipeline.rooms import Rooms
from gateway.pipeline.stored.glance import at_a_glance
from gateway.store.port import StoreError

Resource = dict[str, Any]

LASTS = timedelta(hours=24)
SHORTEST = 10
"""Characters of a reason; less says nothing."""
REASONS = ("BTG", "ETREAT")
"""v3-ActReason: break the glass; emergency treatment."""
SCOPE = {"system": "http://terminology.hl7.org/CodeSystem/consentscope", "code": "patient-privacy"}


@dataclass(frozen=True, slots=True)
class Wish:
    """Who wants to see whose data, and why: `Patient/<id>`, a partner's id, the words of the one who asks.

    who      writes it down at the desk; empty where the partner asks itself
    account  under which that is done, for the audit, which names no private person
    """

    person: str
    party: str
    reason: str
    why: str = "BTG"
    who: str = ""
    account: str = ""

    @property
    def actor(self) -> str:
        """Who did it, as the audit calls it."""
        return self.account or self.who or self.party


@dataclass(frozen=True, slots=True)
class Granted:
    """The Consent that was made, or why there is none."""

    consent: Resource | None = None
    problems: tuple[Problem, ...] = ()


def granted(wish: Wish, rooms: Rooms) -> Granted:
    """The access, committed with its notices and its line in the audit; a refusal has a line there too."""
    seen = at_a_glance(rooms)
    problem = against(wish, seen)
    if problem:
        return refused(wish, problem, rooms)
    consent = note_of(wish, seen)
    try:
        rooms.store.commit(changes(wish, consent, seen)).result()
    except StoreError:
        return Granted(problems=(busy(),))
    after = decided(rooms.policy or standard(), partner(wish, rooms), wish.person, rooms)
    return Granted(consent) if opens(after) else refused(wish, not_open(), rooms)


def against(wish: Wish, rooms: Rooms) -> Problem | None:
    """What speaks against it, the gravest first."""
    role = role_of(wish.party, rooms)
    if role is None or not role.emergency:
        repair = "ask the site of the case; `emergency:` of the role in the policy says who may"
        return Problem("emergency.role", "role", "the policy gives this role no access in an emergency", repair)
    if len(wish.reason.strip()) < SHORTEST or wish.why not in REASONS:
        repair = "say in a sentence what the emergency is; the code is BTG or ETREAT"
        return Problem("emergency.reason", "reason", "nothing says what the emergency is", repair)
    if rooms.store.read("Patient", wish.person.partition("/")[2]) is None:
        return Problem("emergency.person", "Patient", "this person is not known here", "look for the person by $match")
    if any(every(one, ("policyRule", "text")) == [wish.reason.strip()] for one in earlier(wish, rooms)):
        return Problem("emergency.again", "reason", "this reason was given before", "give the reason of today")
    before = decided(rooms.policy or standard(), partner(wish, rooms), wish.person, rooms)
    return not_open() if before.closed in {"refused", "restricted", "purpose"} else None


def not_open() -> Problem:
    """The finding where the person refused, or processing is restricted: an emergency does not open that."""
    repair = "ask the person, or the site of the case; what has to be done all the same is done by hand, with a reason"
    return Problem("emergency.refused", "Patient", "an emergency does not open this", repair)


def busy() -> Problem:
    """The finding where nothing could be written."""
    return Problem("emergency.store", "store", "it cannot be written down at the moment, so nothing opens", "ask again")


def refused(wish: Wish, problem: Problem, rooms: Rooms) -> Granted:
    """Nothing is opened; the audit has a line. Where it cannot be written the answer is the same."""
    line = Audit(rooms.now(), wish.actor, "emergency", wish.person, "refused", problem.code)
    try:
        rooms.store.commit([Note(line)]).result()
    except StoreError:
        return Granted(problems=(busy(),))
    return Granted(problems=(problem,))


def role_of(party: str, rooms: Rooms) -> Role | None:
    """The role of a partner in the policy."""
    found = rooms.directory.get(party)
    return (rooms.policy or standard()).role(found.role, found.kind) if found else None


def partner(wish: Wish, rooms: Rooms) -> Party:
    """The partner that asks; it is known, for it has a role."""
    found = rooms.directory.get(wish.party)
    assert found is not None  # noqa: S101 - for the types; `against` looked
    return found


# --- the note --------------------------------------------------------------------------------------------------------


def note_of(wish: Wish, rooms: Rooms) -> Resource:
    """The Consent: for this party, the classes of its role, from now for a day."""
    now, role = rooms.now(), role_of(wish.party, rooms)
    period = {"start": said(now), "end": said(now + LASTS)}
    return {
        "resourceType": "Consent",
        "id": rooms.new_id(),
        "status": "active",
        "scope": {"coding": [SCOPE]},
        "category": [{"coding": [{"system": CONSENT_KIND, "code": EMERGENCY}]}],
        "patient": {"reference": wish.person},
        "dateTime": said(now),
        "performer": [{"display": wish.who} if wish.who else {"reference": f"Organization/{wish.party}"}],
        "policyRule": {"coding": [{"system": PURPOSE, "code": wish.why}], "text": wish.reason.strip()},
        "provision": {
            "type": "permit",
            "period": period,
            "actor": [{"role": {"text": "Notfall"}, "reference": {"reference": f"Organization/{wish.party}"}}],
            "purpose": [{"system": PURPOSE, "code": code} for code in ("CAREMGT", wish.why)],
            "class": [{"system": DATA_CLASS, "code": name} for name in (role.emergency if role else ())],
        },
    }


def said(moment: datetime) -> str:
    """A moment as FHIR has it."""
    return moment.isoformat(timespec="seconds")


def earlier(wish: Wish, rooms: Rooms) -> list[Resource]:
    """The emergency accesses of a party to a person, those that are over too."""
    own = [f"Organization/{wish.party}"]
    found = [consent for consent in stored(wish.person, rooms) if is_urgent(consent)]
    return [one for one in found if every(one, ("provision", "actor", "reference", "reference")) == own]


def standing(wish: Wish, rooms: Rooms) -> Resource | None:
    """The access that holds now, the latest of them; None where there is none."""
    now = rooms.now()
    held = [
        one for one in earlier(wish, rooms) if covers(one["provision"]["period"], now) and one["status"] == "active"
    ]
    return max(held, key=lambda one: str(one["dateTime"]), default=None)


def opens(decision: Decision) -> tuple[Any, ...]:
    """The verdicts by which an emergency opens something."""
    return tuple(verdict for verdict in decision.verdicts if verdict.reason == "emergency")


# --- what follows ----------------------------------------------------------------------------------------------------


def changes(wish: Wish, consent: Resource, rooms: Rooms) -> Sequence[Change]:
    """The Consent, a Task for the site of each open case, a notice to the officer, the audit: one commit."""
    party = rooms.directory.get(wish.party)
    why = f"Notfallzugriff durch {party.title or party.id if party else wish.party}; Grund in der Einwilligung"
    doing, told = "" if wish.who else wish.party, tuple(notices(wish, consent, rooms))
    own = Own(consent, wish.person, why, "fhir", "Consent emergency", doing, told)
    detail = f"for {wish.party}, Consent/{consent['id']}, until {consent['provision']['period']['end']}"
    return looking.changes(own, Audit(rooms.now(), wish.actor, "emergency", wish.person, "opened", detail), rooms)


def notices(wish: Wish, consent: Resource, rooms: Rooms) -> list[Part]:
    """A notice to each data protection officer of the directory: ids and the moment, nothing of the person."""
    officers = [party.id for party in rooms.directory.parties if party.role == OFFICER]
    text = (
        f"Notfallzugriff: {wish.party}, Consent/{consent['id']}, bis {consent['provision']['period']['end']}; "
        "siehe gateway audit search --action emergency"
    )
    made: Resource = {
        "resourceType": "Communication",
        "id": urn("emergency", str(consent["id"]))[9:],
        "fullUrl": urn("emergency", str(consent["id"])),
        "status": "completed",
        "category": [{"text": "Notfallzugriff"}],
        "payload": [{"contentString": text}],
    }
    return [Part(name, "notice", {"Communication": [made]}, policy="urn:kuemmerer:no-person") for name in officers]
