"""Deletion of all that is kept about a person (Art. 17 GDPR), with a certificate that holds nothing of the person."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from gateway import __version__
from gateway.domain.ledger import Audit, Change, Empty, Erase, Hold, Note, Save
from gateway.domain.problem import Problem
from gateway.fhir import json
from gateway.mapping.run import urn
from gateway.pipeline.hold import word_of
from gateway.pipeline.policies.restricted import restricted, to_keep
from gateway.pipeline.rights.belongings import Belongings, belongings
from gateway.pipeline.rights.restriction import Answered, Asked, problems
from gateway.pipeline.rooms import Rooms

Resource = dict[str, Any]
KIND = "Deletion"
"""The store's type for a certificate. It is no type of FHIR, so no FHIR interface shows it."""


@dataclass(frozen=True, slots=True)
class Doomed:
    """What goes: `Type/id` and ids. `shared` messages are about others too: their content goes, their row stays."""

    resources: tuple[str, ...]
    messages: tuple[str, ...]
    shared: tuple[str, ...]
    deliveries: tuple[str, ...]
    words: tuple[str, ...]

    @property
    def names(self) -> list[str]:
        """All of it, sorted."""
        groups = (("Message", self.messages), ("SharedMessage", self.shared), ("Delivery", self.deliveries))
        return sorted([*self.resources, *(f"{kind}/{key}" for kind, keys in groups for key in keys)])

    @property
    def counts(self) -> dict[str, int]:
        """How many of each kind."""
        return dict(sorted(Counter(name.partition("/")[0] for name in self.names).items()))


def doomed(found: Belongings) -> Doomed:
    """What of a person's belongings goes, and how."""
    own = [key for key in found.messages if key not in found.shared]
    words = tuple(word_of(found.messages[key]) for key in own if found.messages[key].key)
    return Doomed(tuple(found.resources), tuple(own), tuple(sorted(found.shared)), tuple(found.deliveries), words)


def delete(asked: Asked, rooms: Rooms) -> Answered:
    """All of a person goes in one commit; refused while a case is open, or it has to be kept."""
    wrong = [*problems(asked, rooms)]
    found = belongings(asked.person, rooms) if not wrong else Belongings((), {})
    wrong += hindrances(asked.person, found, rooms) if not wrong else ()
    return Answered(problems=tuple(wrong)) if wrong else Answered(changes(asked, found, rooms))


def hindrances(person: str, found: Belongings, rooms: Rooms) -> Iterator[Problem]:
    """Why a person's data cannot be deleted now."""
    if any(task["status"] != "draft" for task in found.open):
        sentence, repair = "A case of this person is open.", "Close it first (`gateway cases show`)."
        yield Problem("rights.open", person, sentence, repair)
    if to_keep(person, rooms):
        sentence, repair = "The deletion is suspended (Art. 17 (3) GDPR).", "`gateway person resume` lifts it."
        yield Problem("rights.to-keep", person, sentence, repair)
    if restricted(person, rooms):
        sentence = "The processing is restricted, and a deletion is processing (Art. 18 GDPR)."
        yield Problem("rights.kept-restricted", person, sentence, "`gateway person release` lifts it.")
    if any(entry.state == "received" for entry in found.messages.values()):
        sentence, repair = "A message about this person is on its way.", "Try again in a moment."
        yield Problem("rights.on-its-way", person, sentence, repair)


def changes(asked: Asked, found: Belongings, rooms: Rooms) -> tuple[Change, ...]:
    """The certificate, then what it is about, then the line of the audit that holds its hash."""
    at, going = rooms.now(), doomed(found)
    made = certificate(asked, found.persons, going, rooms)
    terms = tuple(("person", name) for name in found.persons)
    return (
        Save(made, 0, terms, at),
        Erase(at, going.resources, going.messages, going.deliveries, going.words),
        Empty(going.shared),
        *(Hold(name, on=False, at=at) for name in found.persons),
        Note(Audit(at, asked.by, "erase", asked.person, "done", f"{len(going.names)} things, sha256 {digest(made)}")),
    )


def certificate(asked: Asked, persons: Sequence[str], going: Doomed, rooms: Rooms) -> Resource:
    """What was deleted: how many of which kind, when, by whom, why, and a hash over the ids, one a line, sorted."""
    return {
        "resourceType": KIND,
        "id": urn("deletion", rooms.new_id())[9:],
        "person": list(persons),
        "at": rooms.now().isoformat(timespec="seconds"),
        "by": asked.by,
        "reason": asked.reason.strip(),
        "counts": going.counts,
        "total": len(going.names),
        "ids": sha256("\n".join(going.names).encode()).hexdigest(),
        "gateway": __version__,
    }


def certificates(person: str, rooms: Rooms) -> list[Resource]:
    """The certificates of a person, the oldest first; the record is empty where there are none."""
    return [version.resource for version in rooms.store.find(KIND, [("person", person)])]


def written(made: Mapping[str, Any]) -> bytes:
    """A certificate as JSON, the same bytes each time."""
    return json.dumps({key: made[key] for key in sorted(made) if key not in {"resourceType", "meta"}}, pretty=True)


def digest(made: Mapping[str, Any]) -> str:
    """SHA-256 of a certificate's JSON, as it stands in the audit."""
    return sha256(written(made)).hexdigest()
