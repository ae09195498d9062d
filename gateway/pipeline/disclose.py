"""Step 8: what a party may see: a site the whole referral, a recipient the measures addressed to it and no more."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from gateway.domain.message import Message, Moved, Part
from gateway.mapping.runtime import every
from gateway.pipeline.answer.ask import ROW, manner_of, said, talk
from gateway.pipeline.answer.news import News
from gateway.pipeline.formats import is_told, reads_tasks
from gateway.pipeline.policies.shown import by_policy
from gateway.pipeline.rooms import Rooms
from gateway.pipeline.stored.terms import source
from gateway.pipeline.stored.view import bundled, current, links, referring, written
from gateway.pipeline.tasks.family import CODES, about, family, kind_of
from gateway.pipeline.tasks.withdrawal import is_asked_to_stop

Resource = dict[str, Any]
Seen = dict[str, Resource]

NOT_FOLLOWED = frozenset({"Task", "CarePlan", "Consent", "Provenance"})
"""What a referral's content does not lead to: these belong to the case, not to what the source sent."""
OF_THE_PERSON = ("RelatedPerson", "Coverage", "Consent")
"""What a recipient's format may need beside the measure: contacts, the payer, what the person agreed to."""
BY_KIND: Mapping[str, tuple[str, ...]] = {"care-service": ("Observation",)}
"""And what only some kinds of party need: a care service the Pflegegrad."""
ABOUT_THE_PERSON = ("DocumentReference", "Observation", "Condition", "AllergyIntolerance", "RelatedPerson", "Coverage")
"""What a source may have sent of the person beside the referral."""


def disclose(message: Message, rooms: Rooms) -> Message:
    """The parts with the resources their party may see."""
    made = tuple(replace(p, tree=VIEWS[p.about](p, message, rooms)) if p.about in VIEWS else p for p in message.parts)
    return by_policy(replace(message, parts=made), rooms)


def of_referral(part: Part, message: Message, rooms: Rooms) -> dict[str, Any]:
    """The site: the referral's Task, the referral, and all its source sent of it."""
    task = current(part.case, message, rooms)
    seen: Seen = {part.case: task}
    follow(current(task["focus"]["reference"], message, rooms), seen, message, rooms)
    follow(current(part.person, message, rooms), seen, message, rooms)
    for party in ("requester", "owner"):
        follow(current(str(task.get(party, {}).get("reference", "")), message, rooms), seen, message, rooms)
    sender = source(task)
    for kind in ABOUT_THE_PERSON:
        for resource in of_person(kind, part.person, message, rooms):
            if source(resource) == sender:
                follow(resource, seen, message, rooms)
    return bundled([r for r in seen.values() if source(r) in {"", sender}], part.partner, sender)


def of_handover(part: Part, message: Message, rooms: Rooms) -> dict[str, Any]:
    """The site that takes a case over: the referral, and all that was planned and done for it so far."""
    tree = of_referral(part, message, rooms)
    seen: Seen = {}
    for task in family(part.case.partition("/")[2], message, rooms):
        for name in (f"Task/{task['id']}", str(task["focus"]["reference"])):
            seen[name] = current(name, message, rooms)
        for plan in plans_of(str(task["focus"]["reference"]), task, message, rooms):
            seen[f"CarePlan/{plan['id']}"] = plan
            seen |= {str(goal): current(str(goal), message, rooms) for goal in every(plan, ("goal", "reference"))}
    told = {(kind, item["id"]) for kind, items in tree.items() for item in items}
    more = [r for r in seen.values() if r and (r["resourceType"], r["id"]) not in told]
    return merged(tree, bundled([*more, current(part.person, message, rooms)], part.partner))


def merged(tree: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    """Two trees as one; what both have is there once."""
    names = {item["fullUrl"] for items in tree.values() for item in items}
    fresh = {kind: [item for item in items if item["fullUrl"] not in names] for kind, items in more.items()}
    return {kind: [*tree.get(kind, ()), *fresh.get(kind, ())] for kind in dict.fromkeys([*tree, *fresh])}


def follow(resource: Resource, seen: Seen, message: Message, rooms: Rooms) -> None:
    """A resource and what it refers to."""
    waiting = [resource]
    while waiting:
        item = waiting.pop()
        name = f"{item.get('resourceType')}/{item.get('id')}"
        if item and name not in seen and item["resourceType"] not in NOT_FOLLOWED:
            seen[name] = item
            waiting += [current(link, message, rooms) for link in links(item)]


def of_person(kind: str, person: str, message: Message, rooms: Rooms) -> list[Resource]:
    """Resources of a type about a person, stored or just written."""
    stored = {f"{kind}/{v.id}": v.resource for v in rooms.store.find(kind, [("subject", person)])}
    about = referring(person, written(message), message)
    return list({**stored, **{name: r for name, r in about.items() if r["resourceType"] == kind}}.values())


def of_measures(part: Part, message: Message, rooms: Rooms) -> dict[str, Any]:
    """A recipient: its Task, its measure, the needs, goals and plan around it cut down to it, and whom to ask."""
    task = current(part.task, message, rooms)
    request = str(task["focus"]["reference"])
    measure = current(request, message, rooms)
    seen: Seen = {part.task: only(task, TASK_KEEPS), request: as_asked(measure, task, part, message, rooms)}
    plans = plans_of(request, task, message, rooms)
    names = {f"CarePlan/{plan['id']}" for plan in plans}
    seen |= {f"CarePlan/{plan['id']}": cut(plan, request, names) for plan in plans}
    goals = {str(g): None for name in names for g in every(seen[name], ("goal", "reference"))}
    for name in [part.person, *sorted(goals), *around(measure, plans)]:
        add(name, seen, message, rooms)
    party = rooms.directory.get(part.partner)
    for kind in (*OF_THE_PERSON, *BY_KIND.get(party.kind if party else "", ())):
        for resource in of_person(kind, part.person, message, rooms):
            if source(resource) == source(task):
                add(f"{kind}/{resource['id']}", seen, message, rooms)
    return bundled(seen.values(), part.partner)


TASK_KEEPS = frozenset({
    "resourceType", "id", "meta", "identifier", "status", "statusReason", "businessStatus", "intent", "priority",
    "code", "focus", "for", "authoredOn", "lastModified", "requester", "owner", "basedOn", "restriction",
})  # fmt: skip
MEASURE_KEEPS = frozenset({
    "resourceType", "id", "meta", "identifier", "status", "intent", "category", "priority", "code", "orderDetail",
    "quantityQuantity", "subject", "occurrenceDateTime", "occurrencePeriod", "occurrenceTiming", "authoredOn",
    "requester", "performer", "performerType", "locationCode", "note", "patientInstruction",
})  # fmt: skip
PLAN_KEEPS = frozenset({
    "resourceType", "id", "meta", "identifier", "status", "intent", "category", "title", "subject", "period", "created",
    "author", "contributor", "partOf", "activity", "goal", "extension",
})  # fmt: skip
"""What of a Task, a measure and a plan is about the recipient's own work; the rest is somebody else's."""


def only(resource: Resource, keeps: Iterable[str]) -> Resource:
    """A resource with some of its elements."""
    return {key: value for key, value in resource.items() if key in keeps}


def as_asked(measure: Resource, task: Resource, part: Part, message: Message, rooms: Rooms) -> Resource:
    """A measure as its recipient may see it: revoked or wrong once it is taken back, a draft until it is accepted.

    Draft only for whom no Task says how far it is: a list that comes back untouched accepts nothing.
    """
    shown = only(measure, MEASURE_KEEPS)
    if task.get("status") in TAKEN_BACK:
        return {**shown, "status": TAKEN_BACK[task["status"]]}
    if is_asked_to_stop(task, message, rooms):
        return {**shown, "status": "revoked"}
    if task.get("status") in UNANSWERED and shown.get("status") == "active" and not reads_tasks(part.partner, rooms):
        return {**shown, "status": "draft"}
    return shown


TAKEN_BACK: Mapping[str, str] = {"cancelled": "revoked", "entered-in-error": "entered-in-error"}
UNANSWERED = frozenset({"requested", "received"})


def cut(plan: Resource, request: str, plans: set[str]) -> Resource:
    """A plan with this measure alone."""
    kept = only(plan, PLAN_KEEPS)
    activity = [a for a in every(plan, ("activity",)) if a.get("reference", {}).get("reference") in {request, *plans}]
    whole = not any(p.get("reference") in plans for p in every(plan, ("partOf",)))
    goals = [] if whole else every(plan, ("goal",))
    shown = {**kept, "activity": activity, "goal": goals}
    return {key: value for key, value in shown.items() if value}


def plans_of(request: str, task: Resource, message: Message, rooms: Rooms) -> list[Resource]:
    """The plan of the agreement and the need that the measure answers."""
    agreed = [current(str(name), message, rooms) for name in every(task, ("basedOn", "reference"))]
    named = rooms.store.find("CarePlan", [("activity", request)])
    about = referring(request, written(message), message)
    fresh = [r for r in about.values() if r["resourceType"] == "CarePlan"]
    needs = {v.id: v.resource for v in named} | {r["id"]: r for r in fresh}
    return list({p["id"]: p for p in [*agreed, *needs.values()] if p}.values())


def around(measure: Resource, plans: Iterable[Resource]) -> list[str]:
    """Who asks for the measure, who carries it out, who wrote the plan."""
    paths = (("requester", "reference"), ("performer", "reference"))
    people = (("author", "reference"), ("contributor", "reference"))
    found = [every(measure, path) for path in paths] + [every(plan, path) for plan in plans for path in people]
    return list(dict.fromkeys(str(name) for names in found for name in names))


def add(name: str, seen: Seen, message: Message, rooms: Rooms) -> None:
    """A resource with the people and organisations it names."""
    resource = current(name, message, rooms)
    if resource and name not in seen:
        seen[name] = resource
        for link in links(resource):
            if link.partition("/")[0] in PEOPLE:
                add(link, seen, message, rooms)


PEOPLE = frozenset({"Organization", "Practitioner", "PractitionerRole", "HealthcareService"})


def of_asked(part: Part, message: Message, rooms: Rooms) -> dict[str, Any]:
    """A question, stop, amendment, approval or decision to whom it is for, with the Task and the request it is about.

    Whoever reads no FHIR is told of it in the manner agreed for answers.
    """
    task = current(part.task, message, rooms)
    party = rooms.directory.get(part.partner)
    move = next((m for m in reversed(message.moved) if m.task["id"] == task["id"]), Moved(task, "", "E1", "R"))
    if party is not None and is_told(party, rooms):
        return said(News(move, party, message, rooms))
    if kind_of(task) in IN_A_ROW and about(task) and party is not None and manner_of(party, rooms) == ROW:
        return in_a_row(task, part, message, rooms)
    seen: Seen = {part.task: task}
    whole = party is not None and party.kind == "site"
    named = [f"Task/{about(task)}" if about(task) else "", str(task["focus"]["reference"]), part.person]
    for name in named:
        found = current(name, message, rooms) if name else {}
        if found and (whole or is_for(found, part.partner, message, rooms)):
            seen[name] = found if whole else only(found, CUT.get(found["resourceType"], frozenset(found)))
    add(str(task.get("requester", {}).get("reference", "")), seen, message, rooms)
    return bundled(seen.values(), part.partner)


IN_A_ROW = frozenset({"question", "recall"})
"""Kinds of Tasks that a list says in the row of the measure they are about."""


def in_a_row(task: Resource, part: Part, message: Message, rooms: Rooms) -> dict[str, Any]:
    """A question of or to whoever is sent lists: the row of its measure, with what is asked and answered."""
    tree = of_measures(replace(part, task=f"Task/{about(task)}"), message, rooms)
    requests = [{**item, "extension": [talk(task, part.partner)]} for item in tree.get("ServiceRequest", ())]
    return {**tree, "ServiceRequest": requests}


def is_for(resource: Resource, partner: str, message: Message, rooms: Rooms) -> bool:
    """Whether a party has a resource already: it sent it, owns it, is asked to carry it out, or knows the person."""
    name = f"{resource['resourceType']}/{resource['id']}"
    owner = [f"Organization/{partner}"]
    if resource["resourceType"] == "Patient" or source(resource) == partner or every(resource, OWNER) == owner:
        return True
    carried = rooms.store.find("Task", [("focus", name), ("owner", owner[0])], 1)
    return bool(carried) or any(every(m.task, OWNER) == owner and links(m.task)[:1] == [name] for m in message.moved)


OWNER = ("owner", "reference")
CUT = {"ServiceRequest": MEASURE_KEEPS, "Task": TASK_KEEPS}
"""What of the request and the Task it is about is shown to whoever is not the site that has the case."""

VIEWS: Mapping[str, Callable[[Part, Message, Rooms], dict[str, Any]]] = {
    "referral": of_referral,
    "handover": of_handover,
    "measures": of_measures,
    **dict.fromkeys(CODES, of_asked),
}
