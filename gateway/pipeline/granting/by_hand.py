"""What a Kümmerer writes down for a person: a Consent given, one withdrawn; as changes of the FHIR interface."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from gateway.consent.decide import decide
from gateway.consent.ending import is_urgent
from gateway.consent.vocabulary import DATA_CLASS, PURPOSE
from gateway.domain.problem import Problem
from gateway.mapping.runtime import every
from gateway.pipeline.agreeing.change import MANY, reached
from gateway.pipeline.granting.emergency import SCOPE
from gateway.pipeline.policies.asked import asking, stored
from gateway.pipeline.policies.load import standard
from gateway.pipeline.rest.asked import Asked
from gateway.pipeline.rooms import Rooms
from gateway.pipeline.tasks.family import kind_of

Resource = dict[str, Any]

CATEGORY = {"coding": [{"system": "http://loinc.org", "code": "59284-0"}]}
ACTOR = ("provision", "actor", "reference", "reference")


@dataclass(frozen=True, slots=True)
class Words:
    """What the person says: `Patient/<id>`, partners, classes (none: whatever its role may see), purpose, until when.

    paper  `DocumentReference/<id>` of what was signed, empty for none; ways: how it was said, in words
    """

    person: str
    to: tuple[str, ...]
    data: tuple[str, ...] = ()
    purpose: str = "CAREMGT"
    until: date | None = None
    paper: str = ""
    way: str = "mündlich"


def problems(words: Words, rooms: Rooms) -> list[Problem]:
    """What is wrong with what was said: nobody known, no such party, no such class."""
    found = []
    if rooms.store.read("Patient", words.person.partition("/")[2]) is None:
        repair = "name the person as Patient/<id>; `gateway cases show` names it"
        found.append(Problem("consent.person", "person", "this person is not known here", repair))
    unknown = Problem("consent.party", "to", "there is no such partner", "`gateway partner` names them")
    found += [unknown for name in words.to if rooms.directory.get(name) is None]
    policy = rooms.policy or standard()
    for name in words.data:
        if name not in policy.classes:
            repair = f"name one of: {', '.join(policy.classes)}"
            found.append(Problem("consent.class", "data", "the policy knows no such class of data", repair))
    return found


def given(words: Words, rooms: Rooms) -> list[Asked]:
    """The Consent that says so."""
    return [Asked("create", "Consent", resource=consent(words, rooms))]


def consent(words: Words, rooms: Rooms, kind: str = "permit") -> Resource:
    """A Consent (chapter 6.2): who permits or refuses what to whom, for what, until when."""
    now = rooms.now()
    period = {"start": now.isoformat(timespec="seconds")}
    period |= {"end": words.until.isoformat()} if words.until else {}
    actors = [{"role": {"text": "Empfänger"}, "reference": {"reference": f"Organization/{name}"}} for name in words.to]
    return {
        "resourceType": "Consent",
        "status": "active",
        "scope": {"coding": [SCOPE]},
        "category": [CATEGORY],
        "patient": {"reference": words.person},
        "dateTime": now.isoformat(timespec="seconds"),
        "policyRule": {"text": words.way},
        **({"sourceReference": {"reference": words.paper}} if words.paper else {}),
        "provision": {
            "type": kind,
            **({"period": period} if kind == "permit" else {}),
            "actor": actors,
            **({"purpose": [{"system": PURPOSE, "code": words.purpose}]} if kind == "permit" else {}),
            **({"class": [{"system": DATA_CLASS, "code": name} for name in words.data]} if words.data else {}),
        },
    }


def withdrawn(words: Words, rooms: Rooms, *, refuse: bool = False) -> list[Asked]:
    """The changes by which it is taken back: Consents that permit it, and a refusal where they leave it shown.

    What is shown by law stays, unless the person refuses that too (`refuse`); who refuses and names nobody means all
    but those who have the case and who referred it: these are refused by name.
    """
    back = list(taken_back(words, rooms))
    changed = {asked.id: asked.resource for asked in back}
    after = [changed.get(one["id"], one) for one in stored(words.person, rooms)]
    meant = words.to or (everybody(words.person, rooms) if refuse else [])
    names = tuple(name for name in meant if is_shown(name, words, after, rooms, by_law=refuse))
    return [
        *back,
        *(Asked("create", "Consent", resource=consent(replace(words, to=(n,)), rooms, "deny")) for n in names),
    ]


def everybody(person: str, rooms: Rooms) -> list[str]:
    """All parties that something of a person went to, but those who have its cases and who referred them."""
    owned = [version.resource for version in rooms.store.find("Task", [("for", person)], MANY)]
    first = [task for task in owned if kind_of(task) == "referral"]
    kept = {str(ref) for task in first for end in ("owner", "requester") for ref in every(task, (end, "reference"))}
    return [name for name in reached(person, owned, rooms) if f"Organization/{name}" not in kept]


def is_shown(name: str, words: Words, consents: Sequence[Resource], rooms: Rooms, *, by_law: bool) -> bool:
    """Whether a party would still be shown what is taken back: by a contract, or by the law if that counts."""
    party, policy = rooms.directory.get(name), rooms.policy or standard()
    if party is None:
        return False
    decision = decide(policy, consents, asking(party, words.person), rooms.now())
    grounds = {"contract", "consent", *(["law"] if by_law else [])}
    shown = {v.data for v in decision.verdicts if v.reason in grounds} if not decision.closed else set()
    wide = "everything" in shown  # a class is part of it
    return bool(shown if not words.data or wide else shown & set(words.data))


def taken_back(words: Words, rooms: Rooms) -> Iterator[Asked]:
    """Every Consent in force that permits it, without it."""
    for found in permitting(words, rooms):
        others = set(every(found, ACTOR)) - {f"Organization/{name}" for name in words.to}
        version = rooms.store.read("Consent", found["id"])
        if version and not (words.data and others):  # what others may see of a class stays
            yield Asked("update", "Consent", found["id"], without(found, words), match=str(version.version))


def permitting(words: Words, rooms: Rooms) -> list[Resource]:
    """The person's Consents in force that permit somebody of `to` something; without `to` all of them."""
    own = {f"Organization/{name}" for name in words.to}
    active = (c for c in stored(words.person, rooms) if c.get("status") == "active" and not is_urgent(c))
    permits = [one for one in active if every(one, ("provision", "type")) != ["deny"]]
    return [one for one in permits if not own or own & set(every(one, ACTOR))]


def without(found: Resource, words: Words) -> Resource:
    """A Consent without the classes, else the recipients, that are taken out; inactive where nothing is left."""
    provision, own = dict(found.get("provision", {})), {f"Organization/{name}" for name in words.to}
    listed, key = provision.get("class", []), "class"
    left = [one for one in listed if one.get("code") not in words.data]
    if not words.data:
        key, listed = "actor", provision.get("actor", [])
        left = [one for one in listed if str(one.get("reference", {}).get("reference", "")) not in own]
    if words.data and len(left) == len(listed):
        return found
    if not left or not words.to:
        return {**found, "status": "inactive"}
    return {**found, "provision": {**provision, key: left}}
