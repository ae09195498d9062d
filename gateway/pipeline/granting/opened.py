"""What a party sees of a person by an emergency access: the classes it opened, and no others."""

from dataclasses import replace
from typing import Any

from gateway.consent.project import project
from gateway.domain.ledger import Audit, Note, Save
from gateway.mapping.run import urn
from gateway.pipeline.granting.emergency import Wish, opens, partner, standing
from gateway.pipeline.policies.asked import decided
from gateway.pipeline.policies.load import standard
from gateway.pipeline.policies.table import KINDS
from gateway.pipeline.rooms import Rooms
from gateway.pipeline.stored.terms import terms
from gateway.pipeline.stored.view import bundled

Resource = dict[str, Any]
MANY = 1000
NOT_SHOWN = frozenset({"Consent"})


def opened(wish: Wish, rooms: Rooms) -> Resource | None:
    """A Bundle (collection) of what is open to a party now; None where nothing is. Each look is in the audit."""
    consent = standing(wish, rooms)
    stored = rooms.store.read("Patient", wish.person.partition("/")[2])
    if consent is None or stored is None:
        return None
    decision = decided(rooms.policy or standard(), partner(wish, rooms), wish.person, rooms)
    found = [stored, *(v for kind in KINDS if kind not in NOT_SHOWN for v in of(kind, wish.person, rooms))]
    tree = bundled([version.resource for version in found], wish.party)
    shown = project(tree, replace(decision, verdicts=opens(decision), items={})).tree
    kept = {str(item["id"]) for items in shown.values() for item in items}
    names = [f"{v.type}/{v.id}/_history/{v.version}" for v in found if v.id in kept]
    noted(wish, consent, names, rooms)
    entries = [
        {"fullUrl": item["fullUrl"], "resource": {key: value for key, value in item.items() if key != "fullUrl"}}
        for items in shown.values()
        for item in items
    ]
    return {"resourceType": "Bundle", "type": "collection", **({"entry": entries} if entries else {})}


def of(kind: str, person: str, rooms: Rooms) -> list[Any]:
    """The resources of a type about a person."""
    return rooms.store.find(kind, [("subject", person)], MANY)


def noted(wish: Wish, consent: Resource, names: list[str], rooms: Rooms) -> None:
    """The view as a Provenance, and its line of the audit: in one commit, before anything is shown."""
    key = urn("emergency view", rooms.new_id())[9:]
    proof = {
        "resourceType": "Provenance",
        "id": key,
        "target": [{"reference": f"Consent/{consent['id']}"}],
        "recorded": rooms.now().isoformat(timespec="milliseconds"),
        "reason": consent["policyRule"].get("coding", []) and [{"coding": consent["policyRule"]["coding"]}],
        "agent": [{"who": {"reference": f"Organization/{wish.party}"}}],
        "entity": [{"role": "source", "what": {"reference": name}} for name in names],
    }
    proof = {name: value for name, value in proof.items() if value}
    detail = f"by {wish.party}, Consent/{consent['id']}; Provenance/{key}"
    line = Audit(rooms.now(), wish.actor, "emergency", wish.person, "shown", detail)
    rooms.store.commit([Save(proof, 0, terms(proof, ""), rooms.now()), Note(line)]).result()
