"""The persons a message is about, as they lie on the desk: read once, changed in memory, written all together."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from gateway.domain.ledger import Save
from gateway.mapping.runtime import every
from gateway.pipeline.person.portrait import Resource
from gateway.pipeline.person.terms import Terms, terms
from gateway.store.port import Store, Term

MANY = 200
"""More persons than this under one term (a frequent name) are not compared."""


@dataclass(slots=True)
class Person:
    """A stored person (version 0: a new one) and how the message leaves it; `terms` once it was laid down anew."""

    id: str
    version: int
    before: Resource
    now: Resource
    terms: Terms = ()

    @property
    def reference(self) -> str:
        """`Patient/<id>`."""
        return f"Patient/{self.id}"


@dataclass(slots=True)
class Desk:
    """What one message sees of the stored persons, with its own changes laid over.

    asked    what the store answered to terms; changed: term -> persons that the message left with it
    """

    store: Store
    partner: str
    persons: dict[str, Person] = field(default_factory=dict)
    asked: dict[frozenset[Term], tuple[str, ...]] = field(default_factory=dict)
    changed: dict[Term, dict[str, None]] = field(default_factory=dict)

    def read(self, key: str) -> Person | None:
        """A person by id; one that was merged away is the person that replaced it."""
        seen: set[str] = set()
        while key and key not in seen:
            seen.add(key)
            person = self._read(key)
            if person is None:
                return None
            key = replaced_by(person.now)
            if not key:
                return person
        return None

    def _read(self, key: str) -> Person | None:
        if key not in self.persons:
            version = self.store.read("Patient", key)
            if version is None:
                return None
            return self._lay(version.id, version.version, version.resource)
        return self.persons[key]

    def _lay(self, key: str, version: int, resource: Resource) -> Person:
        return self.persons.setdefault(key, Person(key, version, resource, resource))

    def find(self, wanted: Iterable[Term]) -> list[Person]:
        """Active persons that have all these terms, those of this message included."""
        all_of = frozenset(wanted)
        if all_of not in self.asked:
            stored = self.store.find("Patient", sorted(all_of), MANY)
            self.asked[all_of] = tuple(self._lay(v.id, v.version, v.resource).id for v in stored)
        untouched = [self.persons[key] for key in self.asked[all_of] if not self.persons[key].terms]
        first, *others = (self.changed.get(term, {}) for term in all_of)
        changed = [self.persons[key] for key in first if all(key in other for other in others)]
        return [person for person in (*untouched, *changed) if person.now.get("active") is not False]

    def numbered(self, numbers: Iterable[str]) -> Iterator[Person]:
        """Active persons known by one of these identifier terms, each once."""
        seen: set[str] = set()
        for number in numbers:
            for person in self.find([("identifier", number)]):
                if person.id not in seen:
                    seen.add(person.id)
                    yield person

    def put(self, key: str, resource: Resource) -> Person:
        """A person as it is from now on."""
        person = self.persons.get(key) or self._lay(key, 0, {})
        person.now = {**resource, "resourceType": "Patient", "id": key}
        for term in person.terms:
            self.changed[term].pop(key)
        person.terms = terms(person.now, self.partner)
        for term in person.terms:
            self.changed.setdefault(term, {})[key] = None
        return person

    def saves(self, at: datetime, message: str) -> list[Save]:
        """What is to be written: the persons that changed, each against the version it was read at."""
        changed = [person for person in self.persons.values() if person.now != person.before]
        return [Save(person.now, person.version, person.terms, at, message) for person in changed]


def replaced_by(patient: Resource) -> str:
    """The id of the person that replaced a merged one (Patient.link, chapter 8.1.3), empty where none did."""
    for link in every(patient, ("link",)):
        if patient.get("active") is False and link.get("type") == "replaced-by":
            return str(link.get("other", {}).get("reference", "")).rpartition("/")[2]
    return ""
