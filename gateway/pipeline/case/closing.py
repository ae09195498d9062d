"""What the closure guard looks at before a referral's Task ends (workflow.md, phase 11 "Closure")."""

from collections.abc import Iterator
from typing import Any

from gateway.domain.closure import Closing, Override
from gateway.domain.message import Message
from gateway.mapping.runtime import every
from gateway.pipeline.proof.agents import agents, who
from gateway.pipeline.rooms import Rooms
from gateway.pipeline.stored.terms import source
from gateway.pipeline.stored.view import current
from gateway.pipeline.tasks.family import case_task, family
from gateway.pipeline.tasks.walk import stand

Resource = dict[str, Any]

NO_PLAN = frozenset({"entered-in-error", "revoked"})
"""CarePlan.status of what was never agreed, or is no longer."""
NO_GOAL = frozenset({"entered-in-error", "rejected", "cancelled", "proposed"})
"""Goal.lifecycleStatus of what nobody works towards."""
GIVEN_UP = frozenset({"client-declined", "ended-by-death"})
"""Ends after which nobody is asked how far the person's goals were reached: the person no longer has any."""
REASONS = (("reason", "text"), ("reason", "coding", "display"))


def closing(task: Resource, message: Message, rooms: Rooms) -> Closing:
    """The Tasks of the case, its goals with their achievement, and whether its source will hear how it ended."""
    tasks = tuple(case_task(one) for one in family(task["id"], message, rooms))
    said = stand(task).business != "" or bool(task.get("output")) or "statusReason" in task
    aims = {} if stand(task).business in GIVEN_UP else goals(task, message, rooms)
    return Closing(tasks, aims, report=hears(task, rooms), outcome=said)


def goals(task: Resource, message: Message, rooms: Rooms) -> dict[str, str]:
    """Id of each goal of the case's plans -> the code of its achievement, empty where nobody has said it."""
    names = (str(name) for plan in plans(task, message, rooms) for name in every(plan, ("goal", "reference")))
    found = (current(name, message, rooms) for name in dict.fromkeys(names))
    alive = (goal for goal in found if goal and goal.get("lifecycleStatus") not in NO_GOAL)
    codes = {goal["id"]: every(goal, ("achievementStatus", "coding", "code")) for goal in alive}
    return {key: str(next(iter(code), "")) for key, code in codes.items()}


def plans(task: Resource, message: Message, rooms: Rooms) -> Iterator[Resource]:
    """The agreements made for the referral, and the needs that are part of them."""
    request = str(task.get("focus", {}).get("reference", ""))
    for plan in found("supportingInfo", request, message, rooms):
        yield plan
        yield from found("partOf", f"CarePlan/{plan['id']}", message, rooms)


def found(term: str, name: str, message: Message, rooms: Rooms) -> list[Resource]:
    """The CarePlans that refer to something, as the message leaves them."""
    stored = [f"CarePlan/{version.id}" for version in rooms.store.find("CarePlan", [(term, name)], 1000)]
    fresh = [key for key, item in message.written.items() if name in every(item, (term, "reference"))]
    names = [key for key in dict.fromkeys([*stored, *fresh]) if key.startswith("CarePlan/")]
    seen = (current(key, message, rooms) for key in names)
    return [plan for plan in seen if plan.get("status") not in NO_PLAN and name in every(plan, (term, "reference"))]


def hears(task: Resource, rooms: Rooms) -> bool:
    """Whether the report goes to the source with the move; a referral made at the desk has its source here."""
    party = rooms.directory.get(source(task))
    return not source(task) or bool(party and party.manner and party.receiving("answers"))


def override(provenance: Resource | None) -> Override | None:
    """Closing all the same: the reason, who wants it, and the verifier as second person; None where nobody verifies."""
    said = [*agents(provenance)]
    second = next((who(agent) for kind, agent in said if kind == "verifier"), None)
    if second is None:
        return None
    reason = next((str(text) for path in REASONS for text in every(provenance or {}, path)), "")
    return Override(reason, next((who(agent) for kind, agent in said if kind != "verifier"), ""), second)
