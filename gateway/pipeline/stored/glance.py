"""What one run of a message sees of the store: each resource as it was first read, however often it is asked for."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, cast

from gateway.domain.ledger import Version
from gateway.pipeline.rooms import Rooms
from gateway.store.port import Store, Term


def at_a_glance(rooms: Rooms) -> Rooms:
    """The rooms for one run: what is made from a version is written against this version, or not at all."""
    return replace(rooms, store=cast("Store", Glance(rooms.store)))


@dataclass(slots=True)
class Glance:
    """A store that is read once. What others write meanwhile is not seen, and meets a `ConflictError` on commit."""

    store: Store
    seen: dict[tuple[str, str], Version | None] = field(default_factory=dict)
    found: dict[tuple[str, tuple[Term, ...], int], list[Version]] = field(default_factory=dict)

    def read(self, kind: str, key: str, version: int | None = None) -> Version | None:
        """A resource by type and id, the current one as it was when it was first met."""
        if version is not None:
            return self.store.read(kind, key, version)
        name = (kind, key)
        if name not in self.seen:
            self.seen[name] = self.store.read(kind, key)
        return self.seen[name]

    def find(self, kind: str, terms: Sequence[Term], limit: int = 100) -> list[Version]:
        """Current resources of a type that have all these terms, in the order they were first written."""
        question = (kind, tuple(terms), limit)
        if question not in self.found:
            self.found[question] = [self.met(version) for version in self.store.find(kind, terms, limit)]
        return list(self.found[question])

    def met(self, version: Version) -> Version:
        """A version that was found, or the one of the same resource that was read before."""
        return self.seen.setdefault((version.type, version.id), version) or version

    def __getattr__(self, name: str) -> Any:
        """All else a store can do."""
        return getattr(self.store, name)
