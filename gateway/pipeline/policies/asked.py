"""What a policy lets a party see of a person: the decision from what is stored."""

from collections.abc import Sequence
from typing import Any

from gateway.consent.decide import Asking, Decision, decide
from gateway.consent.policy import Policy
from gateway.directory.party import Party
from gateway.pipeline.rooms import Rooms

CONSENTS = 200
"""How many Consents of a person are read at most; with more nothing is shown, for a refusal may be among the rest."""


def asking(party: Party, person: str, *, restricted: bool = False) -> Asking:
    """A party that is to be shown something of a person."""
    return Asking(party.id, party.role, party.kind, person, restricted=restricted)


def decided(policy: Policy, party: Party, person: str, rooms: Rooms) -> Decision:
    """The decision for a party, from the stored Consents of a person as they are now."""
    consents = stored(person, rooms)
    asked = asking(party, person, restricted=len(consents) > CONSENTS)
    return decide(policy, consents, asked, rooms.now())


def stored(person: str, rooms: Rooms) -> Sequence[dict[str, Any]]:
    """The Consents of a person."""
    found = rooms.store.find("Consent", [("subject", person)], CONSENTS + 1) if person else []
    return [version.resource for version in found]
