"""What a party sees of a plan: the Bundle that the line would send it now, of all its open measures together."""

from collections.abc import Iterator
from typing import Any

from gateway.domain.codec import Tree
from gateway.domain.ledger import Entry
from gateway.domain.message import Message, Part
from gateway.domain.task import FINAL
from gateway.fhir import json
from gateway.mapping.runtime import every
from gateway.pipeline.disclose import disclose, merged
from gateway.pipeline.encode import to_bytes
from gateway.pipeline.policies.asked import has_case
from gateway.pipeline.rooms import Rooms
from gateway.pipeline.tasks.family import kind_of, root

Resource = dict[str, Any]
UNSENT = frozenset({"draft", *FINAL})
"""Statuses in which its owner is shown nothing of a measure."""


def disclosed(plan: Resource, partner: str, rooms: Rooms) -> Resource:
    """The Bundle (chapter 2.36) of a party; without entries where it is shown nothing."""
    found = tree(plan, partner, rooms)
    bundle: Resource = {"resourceType": "Bundle", "timestamp": rooms.now().isoformat(timespec="seconds")}
    form = rooms.shelf.get("fhir")
    written = to_bytes({**found, "Bundle": [bundle]}, form, rooms.base).data if form else b""
    value, _ = json.loads(written)
    return value if isinstance(value, dict) else bundle


def tree(plan: Resource, partner: str, rooms: Rooms) -> Tree:
    """What a party is shown: the site of the case all of it, others their measures and what is around them."""
    person = next((str(name) for name in every(plan, ("subject", "reference"))), "")
    asked = tuple(parts(plan, partner, person, rooms))
    message = Message(Entry("", "", "fhir", "fhir", b"", "", rooms.now()), parts=asked, person=person)
    whole: Tree = {}
    for part in disclose(message, rooms).parts:
        whole = together(whole, part.tree)
    return whole


def parts(plan: Resource, partner: str, person: str, rooms: Rooms) -> Iterator[Part]:
    """The parts that the line would make for a party of a plan."""
    own = [v.resource for v in rooms.store.find("Task", [("for", person), ("owner", f"Organization/{partner}")], 1000)]
    cases = dict.fromkeys(root(task) for task in of_plan(plan, person, rooms))
    if has_case(partner, person, rooms):
        yield from (Part(partner, "handover", {}, person=person, case=f"Task/{case}") for case in cases)
        return
    for task in own:
        if kind_of(task) == "measure" and task.get("status") not in UNSENT and root(task) in cases:
            yield Part(partner, "measures", {}, f"Task/{task['id']}", person, f"Task/{root(task)}")


def of_plan(plan: Resource, person: str, rooms: Rooms) -> Iterator[Resource]:
    """The measures that a plan names, those based on it, and the referral that it answers."""
    named = {str(name) for name in every(plan, ("activity", "reference", "reference"))}
    named |= {str(name) for name in every(plan, ("supportingInfo", "reference"))}
    for version in rooms.store.find("Task", [("for", person)], 1000):
        task = version.resource
        based = f"CarePlan/{plan['id']}" in every(task, ("basedOn", "reference"))
        if based or named & {str(name) for name in every(task, ("focus", "reference"))}:
            yield task


def together(first: Tree, second: Tree) -> Tree:
    """Two trees of one party as one; a plan that both cut down has the activities and goals of both."""
    made = merged(first, second)
    plans = {item["fullUrl"]: item for item in second.get("CarePlan", ())}
    shown = [joined(item, plans.get(item["fullUrl"], item)) for item in made.get("CarePlan", ())]
    return {**made, **({"CarePlan": shown} if shown else {})}


def joined(plan: Resource, other: Resource) -> Resource:
    """One plan that was cut down twice."""
    both = {name: [*plan.get(name, ()), *other.get(name, ())] for name in ("activity", "goal")}
    once = {name: [item for at, item in enumerate(found) if item not in found[:at]] for name, found in both.items()}
    return {**plan, **{name: found for name, found in once.items() if found}}
