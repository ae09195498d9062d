"""A plan is an agreement with the person: a new one takes the place of the old, and one without a yes is told."""

from dataclasses import replace
from typing import Any

from gateway.domain.message import Message
from gateway.domain.problem import Problem
from gateway.pipeline.plans.agreement import unagreed
from gateway.pipeline.plans.replacing import replaced
from gateway.pipeline.rooms import Rooms
from gateway.pipeline.stored.view import current, links

Resource = dict[str, Any]

RECORDS = ("Consent", "RelatedPerson", "Provenance")
"""Types that can record the person's yes."""


def agreed(message: Message, rooms: Rooms) -> Message:
    """The message with the plans that its plans replace, and a warning for each active one without the person's yes."""
    for plan in [item for item in message.written.values() if item["resourceType"] == "CarePlan"]:
        ended = replaced(plan, before(plan, message, rooms))
        written = {**message.written, **{f"CarePlan/{one['id']}": one for one in ended}}
        message = replace(message, written=written).with_problems(*silent(plan, message, rooms))
    return message


def before(plan: Resource, message: Message, rooms: Rooms) -> list[Resource]:
    """The plans that one replaces, with their needs, as they stand."""
    names = [name for reference in plan.get("replaces", ()) if (name := str(reference.get("reference", "")))]
    needs = [f"CarePlan/{v.id}" for name in names for v in rooms.store.find("CarePlan", [("partOf", name)])]
    found = (current(name, message, rooms) for name in dict.fromkeys([*names, *needs]))
    return [resource for resource in found if resource]


def silent(plan: Resource, message: Message, rooms: Rooms) -> list[Problem]:
    """The warning about a plan to which nobody recorded the person's agreement."""
    name = f"CarePlan/{plan['id']}"
    stored = [version.resource for version in rooms.store.find("Provenance", [("target", name)])]
    named = [current(link, message, rooms) for link in links(plan)]
    fresh = [item for item in message.written.values() if item["resourceType"] in RECORDS]
    related = [item for item in [*stored, *named, *fresh] if item.get("resourceType") in RECORDS]
    return unagreed(plan, [r for r in related if r["resourceType"] == "Provenance"], related)
