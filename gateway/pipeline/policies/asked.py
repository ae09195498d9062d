"""What a policy lets a party see of a person: the decision from what is stored."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from gateway.consent.decide import Asking, Decision, decide
from gateway.consent.policy import Policy
from gateway.directory.party import Party
from gateway.domain.ledger import Version
from gateway.pipeline.given import CONSENTS
from gateway.pipeline.policies.restricted import restricted
from gateway.pipeline.rooms import Rooms
from gateway.pipeline.tasks.family import kind_of


def asking(party: Party, person: str) -> Asking:
    """A party that is to be shown something of a person."""
    return Asking(party.id, party.role, party.kind, person)


def decided(policy: Policy, party: Party, person: str, rooms: Rooms) -> Decision:
    """The decision for a party, from the stored Consents of a person as they are now."""
    return of_consents(policy, asking(party, person), stored(person, rooms), rooms)


def of_consents(policy: Policy, asked: Asking, consents: Sequence[dict[str, Any]], rooms: Rooms) -> Decision:
    """The decision by some Consents; with too many of them, or while processing is restricted, nothing is shown."""
    shut = asked.restricted or len(consents) > CONSENTS or is_restricted(asked, rooms)
    return decide(policy, consents, replace(asked, restricted=shut), rooms.now())


def is_restricted(asked: Asking, rooms: Rooms) -> bool:
    """Whether nothing of a person is shown to a party because of Art. 18 GDPR; the site of its case goes on seeing."""
    return restricted(asked.person, rooms) and not (asked.kind == "site" and has_case(asked.party, asked.person, rooms))


def has_case(party: str, person: str, rooms: Rooms) -> bool:
    """Whether a party is the site of a case of a person."""
    owned = rooms.store.find("Task", [("for", person), ("owner", f"Organization/{party}")], 1000)
    return any(kind_of(version.resource) == "referral" for version in owned)


def stored(person: str, rooms: Rooms) -> Sequence[dict[str, Any]]:
    """The Consents of a person."""
    return [version.resource for version in stored_versions(person, rooms)]


def stored_versions(person: str, rooms: Rooms) -> Sequence[Version]:
    """The same with their versions; at most one more than are read."""
    return rooms.store.find("Consent", [("subject", person)], CONSENTS + 1) if person else []
