"""Who wants to hear of what: the Subscriptions of a store by the type of resource, read again when one is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:  # `gateway convert` has rooms without a store
    from gateway.domain.question import Condition
    from gateway.store.port import Store

ALL = 100_000
"""Subscriptions of one gateway."""
LISTENING = frozenset({"requested", "active", "error"})
"""Statuses in which events are counted: who was in error and asks again has missed nothing."""


class Ear(NamedTuple):
    """A Subscription and what a resource of a type must be for it."""

    subscription: str
    where: tuple[Condition, ...]


By = Mapping[str, tuple[Ear, ...]]
"""Type -> who wants to hear of it."""
NOBODY: By = MappingProxyType({})


@dataclass(slots=True)
class Ears:
    """What is known of a store's Subscriptions: as of which of their versions, and who wants to hear of what."""

    known: tuple[int, By] = field(default=(0, NOBODY))

    def by_type(self, store: Store) -> By:
        """Who wants to hear of what, as it is in the store now; any number of threads may ask."""
        number = store.newest("Subscription")
        seen, found = self.known
        if seen != number:
            found = listening(store)
            self.known = (number, found)
        return found


def listening(store: Store) -> By:
    """All Subscriptions that are not off, by the type they are about; one that nobody can read hears nothing."""
    from gateway.fhir.subscription import wanted  # noqa: PLC0415 - most gateways have no subscriber
    from gateway.pipeline.subscribing.asked import asked  # noqa: PLC0415 - as above

    found: dict[str, list[Ear]] = {}
    for version in store.find("Subscription", [], ALL):
        wish = wanted(version.resource)
        if wish.status in LISTENING:
            question, problems = asked(wish)
            if question is not None and not problems:
                found.setdefault(question.type, []).append(Ear(version.id, question.where))
    return {kind: tuple(ears) for kind, ears in found.items()}
