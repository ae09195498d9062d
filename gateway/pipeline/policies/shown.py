"""What the line discloses, as the policy lets it be seen: the policy takes away and never adds."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from gateway.consent.decide import Asking, Decision
from gateway.consent.project import Projected, project
from gateway.domain.codec import Tree
from gateway.domain.message import Message, Part
from gateway.pipeline.policies.asked import asking, of_consents, stored
from gateway.pipeline.policies.load import standard
from gateway.pipeline.policies.stopping import stopping
from gateway.pipeline.rooms import Rooms
from gateway.pipeline.stored.view import referring, written

ENVELOPE = frozenset({"Bundle"})
"""What holds the resources of an answer, and is nothing by itself."""


def by_policy(message: Message, rooms: Rooms) -> Message:
    """The parts as their parties may see them; the outcome says which paths were withheld from whom, and why."""
    parts: list[Part] = []
    notes: dict[str, dict[str, Any]] = {}
    for part in message.parts:
        if not part.tree or part.delivery or part.policy:
            parts.append(part)
            continue
        decision = decided(part, message, rooms)
        meant = stopping(part, decision, message, rooms)
        if meant is None:
            continue
        found = project(meant[0].tree, meant[1])
        stop = "" if meant[1] is decision else "#stop"
        named = f"urn:kuemmerer:policy:{decision.policy}:{decision.policy_hash}{stop}"
        parts.append(replace(part, tree=found.tree if found.tree.keys() - ENVELOPE else {}, policy=named))
        if found.withheld:
            notes[part.partner] = noted(notes.get(part.partner, {}), decision, found)
    known = message.outcome.get("withheld", {})
    outcome = {**message.outcome, "withheld": {**known, **notes}} if notes else message.outcome
    return replace(message, parts=tuple(parts), outcome=outcome)


def decided(part: Part, message: Message, rooms: Rooms) -> Decision:
    """The decision for the party of a part; one that the directory does not know is shown nothing."""
    party = rooms.directory.get(part.partner)
    policy = rooms.policy or standard()
    asked = asking(party, part.person) if party else Asking(part.partner, "", "", part.person)
    return of_consents(policy, asked, of_person(part.person, message, rooms), rooms)


def seen_by(party: str, person: str, tree: Tree, message: Message, rooms: Rooms) -> Tree:
    """What a party may see of some resources of a person, once the message is written."""
    return project(tree, decided(Part(party, "", tree, person=person), message, rooms)).tree


def of_person(person: str, message: Message, rooms: Rooms) -> list[dict[str, Any]]:
    """The Consents of a person, each as the message leaves it."""
    known = {f"Consent/{found['id']}": found for found in stored(person, rooms)}
    about = referring(person, written(message), message)
    return list({**known, **{name: r for name, r in about.items() if r["resourceType"] == "Consent"}}.values())


def noted(before: Mapping[str, Any], decision: Decision, found: Projected) -> dict[str, Any]:
    """What was withheld from a party: paths and reasons, by which policy, with which Consents."""
    fates = {(one["path"], one["reason"]): None for one in before.get("paths", ())}
    fates |= {(fate.path, fate.reason): None for fate in found.withheld}
    return {
        "policy": f"{decision.policy} {decision.policy_hash}",
        "consents": sorted({*before.get("consents", ()), *(f"Consent/{key}" for key in decision.consents)}),
        "paths": [{"path": path, "reason": reason} for path, reason in sorted(fates)],
    }
