"""A new agreement takes the place of the old (workflow.md, "Resources": CP; CarePlan.replaces, chapter 9.5)."""

from collections.abc import Sequence
from typing import Any

from gateway.mapping.runtime import every

Resource = dict[str, Any]
ENDED = frozenset({"completed", "revoked", "entered-in-error"})
"""CarePlan.status of what has ended already."""


def replaced(new: Resource, old: Sequence[Resource]) -> list[Resource]:
    """The plans that `new` replaces, and their needs, as they are from then on: revoked. Unchanged ones are left out.

    `old` are CarePlans and needs as they stand. A draft replaces nothing yet. A need that is part of the new plan
    stays, and what has ended stays as it ended. Measures and goals are not touched: the new plan says what becomes
    of them.
    """
    if new.get("status") in {"draft", "entered-in-error"} or new.get("partOf"):
        return []
    plans = {str(reference) for reference in every(new, ("replaces", "reference"))} - {_named(new)}
    ending = [resource for resource in old if _named(resource) in plans or _is_need_of(resource, plans, new)]
    return [{**resource, "status": "revoked"} for resource in ending if resource.get("status") not in ENDED]


def _is_need_of(resource: Resource, plans: set[str], new: Resource) -> bool:
    """Whether it is a need of one of the plans and none of the new one."""
    above = {str(reference) for reference in every(resource, ("partOf", "reference"))}
    return bool(above & plans) and _named(new) not in above


def _named(resource: Resource) -> str:
    return f"{resource.get('resourceType')}/{resource.get('id')}"
