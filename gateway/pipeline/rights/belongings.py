"""What is kept about a person: resources, messages and deliveries, found by what refers to the person and to those."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from gateway.domain.ledger import Delivery, Entry, Version
from gateway.domain.task import FINAL
from gateway.mapping.run import urn
from gateway.mapping.runtime import every
from gateway.pipeline.rooms import Rooms
from gateway.pipeline.tasks.family import kind_of, root

Resource = dict[str, Any]
MOST = 100_000
PAGE = 500
SUBJECTS = ("for", "subject", "patient", "beneficiary")
"""Elements that say whom a resource is about."""
BESIDE = frozenset({
    "Organization", "Practitioner", "PractitionerRole", "HealthcareService", "Location", "Subscription", "Deletion",
    "StaffAccount", "StaffSession",
})  # fmt: skip
"""Types that are about no person who is cared for."""


@dataclass(frozen=True, slots=True)
class Belongings:
    """All of one person (its merged records too), by `Type/id`, tracking id, and id of the delivery.

    `shared` are the messages that are about others too.
    """

    persons: tuple[str, ...]
    resources: Mapping[str, Resource]
    messages: Mapping[str, Entry] = field(default_factory=dict)
    deliveries: Mapping[str, Delivery] = field(default_factory=dict)
    shared: frozenset[str] = frozenset()

    @property
    def cases(self) -> list[Resource]:
        """The Tasks of the person's referrals."""
        tasks = (one for one in self.resources.values() if one["resourceType"] == "Task")
        return [task for task in tasks if kind_of(task) == "referral" and root(task) == task["id"]]

    @property
    def open(self) -> list[Resource]:
        """Tasks that have not ended."""
        return [r for r in self.resources.values() if r["resourceType"] == "Task" and r.get("status") not in FINAL]


def belongings(person: str, rooms: Rooms) -> Belongings:
    """Everything about a person (`Patient/<id>`)."""
    persons = records(person, rooms)
    found = dict(about(persons, rooms))
    found |= referring(found, persons, rooms)
    messages = {entry.id: entry for entry in (*told(found, persons, rooms), *strays(persons, found, rooms))}
    shared = frozenset(key for key, entry in messages.items() if is_shared(entry, persons, found, rooms))
    return Belongings(persons, found, messages, {d.id: d for d in sent(found, messages, rooms)}, shared)


def is_shared(entry: Entry, persons: Iterable[str], found: Mapping[str, Resource], rooms: Rooms) -> bool:
    """Whether a message is about others too: it was matched to one of them, or its proof names what is theirs."""
    proof = f"Provenance/{urn('read', entry.id, entry.map_hash)[9:]}"
    return (entry.person != "" and entry.person not in persons) or (proof not in found and bool(stored(proof, rooms)))


def records(person: str, rooms: Rooms) -> tuple[str, ...]:
    """The person and all records that were merged into one with it (Patient.link)."""
    known: dict[str, None] = {}
    waiting = [person]
    while waiting:
        name = waiting.pop()
        for version in stored(name, rooms) if name not in known and name.startswith("Patient/") else ():
            known[name] = None
            waiting += [str(other) for other in every(version.resource, ("link", "other", "reference"))]
    return tuple(known)


def about(persons: Iterable[str], rooms: Rooms) -> Iterator[tuple[str, Resource]]:
    """The records themselves, and all that says it is about them."""
    kinds = [kind for kind in rooms.store.kinds() if kind not in BESIDE]
    for person in persons:
        for version in stored(person, rooms):
            yield person, version.resource
        for kind in kinds:
            for term in ("for",) if kind == "Task" else ("subject", "patient"):
                for version in rooms.store.find(kind, [(term, person)], MOST):
                    yield f"{kind}/{version.id}", version.resource


def referring(found: Mapping[str, Resource], persons: Iterable[str], rooms: Rooms) -> dict[str, Resource]:
    """What has the id of one of those, as a link has of its Task, and the proofs of nothing but those."""
    names, whose = set(found), set(persons)
    keys = dict.fromkeys(name.partition("/")[2] for name in found)
    same = (f"{kind}/{key}" for kind in rooms.store.kinds() if kind not in {*BESIDE, "Provenance"} for key in keys)
    more = {name: version.resource for name in same if name not in names for version in stored(name, rooms)}
    found_too = {**found, **{name: one for name, one in more.items() if is_theirs(one, names, whose)}}
    proofs = {f"Provenance/{v.id}": v.resource for name in found_too for v in proofs_of(name, rooms)}
    kept = {name: one for name, one in proofs.items() if is_theirs(one, set(found_too), whose)}
    return {**found_too, **kept}


def proofs_of(name: str, rooms: Rooms) -> Iterator[Version]:
    """The Provenances of a resource and of each of its versions."""
    targets = [name, *(f"{name}/_history/{number}" for number in range(1, newest(name, rooms) + 1))]
    for target in targets:
        yield from rooms.store.find("Provenance", [("target", target)], MOST)


def stored(name: str, rooms: Rooms) -> list[Version]:
    """A resource by `Type/id`, as a list of none or one."""
    kind, _, key = name.partition("/")
    found = rooms.store.read(kind, key)
    return [found] if found else []


def newest(name: str, rooms: Rooms) -> int:
    """How many versions a resource has."""
    return sum(version.version for version in stored(name, rooms))


def is_theirs(resource: Resource, names: set[str], persons: set[str]) -> bool:
    """Whether a resource is about nobody else, and a proof of nothing else."""
    subjects = {str(name) for word in SUBJECTS for name in every(resource, (word, "reference"))}
    if subjects:
        return subjects <= persons
    if resource["resourceType"] == "Provenance":
        targets = {bare(str(name)) for name in every(resource, ("target", "reference"))}
        return all(name in names or name.partition("/")[0] in {*BESIDE, "Provenance"} for name in targets)
    return True


def bare(reference: str) -> str:
    """A reference without its version."""
    return reference.partition("/_history/")[0]


def told(found: Mapping[str, Resource], persons: Iterable[str], rooms: Rooms) -> Iterator[Entry]:
    """Messages: of the person, of its cases, and those that wrote a version of what is about it."""
    cases = [name for name, one in found.items() if one["resourceType"] == "Task" and kind_of(one) == "referral"]
    for wanted in (*({"person": name} for name in persons), *({"case": name} for name in cases)):
        yield from paged(rooms.store.entries, wanted)
    seen: set[str] = set()
    for name in found:
        kind, _, key = name.partition("/")
        for version in rooms.store.history(kind, key):
            if version.message and version.message not in seen:
                seen.add(version.message)
                entry = rooms.store.entry(version.message)
                if entry is not None:
                    yield entry


def strays(persons: Iterable[str], found: Mapping[str, Resource], rooms: Rooms) -> Iterator[Entry]:
    """Messages that nobody assigned to a person, with a number of this one in their bytes: parked, refused, dropped."""
    numbers = {str(one) for name in persons for one in every(found.get(name, {}), ("identifier", "value"))}
    telling = [number.encode() for number in numbers if len(number) >= TELLING]
    for state in ("parked", "refused", "dropped"):
        for listed in paged(rooms.store.entries, {"state": state}):
            entry = rooms.store.entry(listed.id) if not listed.person else None
            if entry is not None and any(number in entry.data for number in telling):
                yield entry


TELLING = 6
"""Characters from which on a number tells whose it is."""


def sent(found: Mapping[str, Resource], messages: Iterable[str], rooms: Rooms) -> Iterator[Delivery]:
    """Deliveries of the person's cases, and of its messages."""
    cases = [name for name, one in found.items() if one["resourceType"] == "Task" and kind_of(one) == "referral"]
    for wanted in (*({"case": name} for name in cases), *({"message": key} for key in messages)):
        yield from paged(rooms.store.deliveries, wanted)


def paged(ask: Any, wanted: dict[str, str]) -> Iterator[Any]:
    """Entries or deliveries, page by page."""
    before = 0
    while page := ask(wanted, before, PAGE):
        yield from page
        before = page[-1].number
