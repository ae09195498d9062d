"""For which persons a party may see more or less than usual: those whose Consents refuse, were taken back, or name it.

Kept as far as it was read, and read on when a Consent is written; who asks for a page would else read them all.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Any, NamedTuple

from gateway.consent.given import WITHDRAWN
from gateway.consent.paths import leaves
from gateway.consent.vocabulary import CONSENT_KIND

if TYPE_CHECKING:  # `gateway convert` has rooms without a store
    from collections.abc import Iterator, Mapping

    from gateway.consent.policy import Role
    from gateway.domain.ledger import Version
    from gateway.store.port import Store

CONSENTS = 200
"""How many Consents of a person are read at most; with more nothing is shown, for a refusal may be among the rest."""
CHUNK = 500


class Mark(NamedTuple):
    """What a Consent may change: of whom, for everybody (it refuses, or is of a kind of ours), else for whom.

    single  it names single resources
    """

    person: str
    all: bool
    parties: frozenset[str]
    single: bool

    def matters(self, party: str, role: Role | None) -> bool:
        """Whether a party may see anything else because of it."""
        if self.all or role is None:
            return self.all
        more = role.ground == "consent" or bool(role.consent) or role.secrecy == "released" or self.single
        return more and f"Organization/{party}" in self.parties


@dataclass(slots=True)
class Given:
    """The marks of all Consents of a store, as of one of their versions."""

    number: int = 0
    marks: dict[str, Mark] = field(default_factory=dict)
    told: dict[tuple[str, Role | None], frozenset[str]] = field(default_factory=dict)
    """What was asked since, by party and role."""
    usual: dict[tuple[str, Any], Any] = field(default_factory=dict)
    """What parties may see of persons without a Consent, by the hash of the policy and who asks; a few hundred."""

    lock: Lock = field(default_factory=Lock)

    def persons(self, party: str, role: Role | None, store: Store) -> frozenset[str]:
        """`Patient/<id>` of those for whom the decision may be another than without any Consent."""
        with self.lock:
            self.read_on(store)
            if (party, role) not in self.told:
                several = Counter(one.person for one in self.marks.values())
                many = {person for person, count in several.items() if count > CONSENTS}
                found = {one.person for one in self.marks.values() if one.matters(party, role)}
                self.told[party, role] = frozenset(found | many) - {""}
            return self.told[party, role]

    def read_on(self, store: Store) -> None:
        """The marks as of now."""
        newest = store.newest("Consent")
        if newest == self.number:
            return
        if newest < self.number:  # some were erased
            self.number, self.marks = 0, {}
        fresh: dict[str, Mark] = {}
        for version in _since(self.number, store):
            fresh.setdefault(version.id, mark(version.resource))
        self.marks, self.number, self.told = self.marks | fresh, newest, {}


def _since(number: int, store: Store) -> Iterator[Version]:
    """Versions of Consents behind a number, newest first."""
    before = 0
    while chunk := store.versions("Consent", before, CHUNK):
        for version in chunk:
            if version.number <= number:
                return
            yield version
        before = chunk[-1].number


def mark(consent: Mapping[str, Any]) -> Mark:
    """What of a Consent has to be known here."""
    person = next(iter(leaves(consent, ("patient", "reference"))), "")
    parties, refuses, single = set[str](), consent.get("status") in WITHDRAWN, False
    waiting: list[Any] = [consent.get("provision")]
    while waiting:
        node = waiting.pop()
        if isinstance(node, list):
            waiting += node
        elif isinstance(node, dict):
            refuses = refuses or node.get("type") == "deny"
            single = single or bool(node.get("data"))
            parties |= leaves(node, ("actor", "reference", "reference"))
            waiting.append(node.get("provision"))
    ours = CONSENT_KIND in leaves(consent, ("category", "coding", "system"))
    return Mark(str(person), refuses or ours, frozenset(parties), single)
