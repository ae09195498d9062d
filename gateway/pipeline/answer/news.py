"""What a party is told of a Task: the resources of an answer, as far as its source knows them itself."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from gateway.directory.parties import Party
from gateway.domain.codec import Tree
from gateway.domain.ledger import Entry
from gateway.domain.message import Message, Moved
from gateway.domain.system import CANONICAL, SID, TRACKING
from gateway.mapping.runtime import every
from gateway.pipeline.answer.acknowledgement import greeted, number
from gateway.pipeline.person.terms import INSURED, is_own, shown
from gateway.pipeline.rooms import Rooms
from gateway.pipeline.stored.terms import source
from gateway.pipeline.stored.view import bundled, current
from gateway.pipeline.tasks.walk import stand

Resource = dict[str, Any]

FACILITY = f"{SID}/hl7v2-facility"
APPLICATION = f"{SID}/hl7v2-application"
"""How a party calls itself in its messages (MSH-4, MSH-3), so that the answer finds it."""
MOMENT = f"{CANONICAL}/StructureDefinition/moment-in-words"
"""Extension of Task: `lastModified` as a German reader writes it."""
HERE = ZoneInfo("Europe/Berlin")

PERSON_KEEPS = ("resourceType", "id", "identifier", "name", "birthDate", "gender")
TASK_KEEPS = (
    "resourceType", "id", "identifier", "status", "statusReason", "businessStatus", "intent", "code", "focus", "for",
    "encounter", "authoredOn", "lastModified", "requester", "owner", "output", "executionPeriod",
    "description",
)  # fmt: skip
REQUEST_KEEPS = (
    "resourceType", "id", "identifier", "status", "intent", "category", "code", "subject", "encounter", "authoredOn",
)  # fmt: skip
PARTY_KEEPS = ("resourceType", "id", "identifier", "name", "telecom")
VISIT_KEEPS = ("resourceType", "id", "identifier", "status", "class", "subject", "period")


@dataclass(frozen=True)
class News:
    """One move and whom it is told to, with all that an answer is made from."""

    move: Moved
    party: Party
    message: Message
    rooms: Rooms

    @property
    def task(self) -> Resource:
        """The Task as it is now."""
        return self.move.task

    @cached_property
    def first(self) -> Entry | None:
        """The message with which the party began it, as far as the journal still has it."""
        tracking = (i["value"] for i in every(self.task, ("identifier",)) if i.get("system") == TRACKING)
        named = next(tracking, "")
        mine = self.message.entry
        return mine if named == mine.id else self.rooms.store.entry(named)

    @property
    def number(self) -> str:
        """The control id of the answer: the same for the same move, at most 20 characters."""
        return self.named(self.message.entry.id, self.task)

    def named(self, cause: str, task: Resource) -> str:
        """The control id of the answer about a Task as one message left it."""
        now = stand(task)
        return number("answer", cause, self.party.id, task["id"], now.status, now.business)

    @property
    def replaced(self) -> str:
        """The control id of the answer that this one replaces: it told the same status, less closely; else empty."""
        if self.move.before != self.task["status"]:
            return ""
        versions = self.rooms.store.history("Task", self.task["id"])
        told = next((v for v in versions if v.resource.get("status") == self.move.before and v.message), None)
        return self.named(told.message, told.resource) if told else ""

    def read(self, reference: str) -> Resource:
        """A resource as it stands now."""
        return current(reference, self.message, self.rooms)


# --- what the answers are made of ------------------------------------------------------------------------------------


def case(news: News) -> Tree:
    """The referral as its source knows it, and how far it is: Task, order, person, visit, who has it in hand."""
    request = own(news.read(link(news.task, "focus")), news, REQUEST_KEEPS)
    visit = own(news.read(link(news.task, "encounter") or link(request, "encounter")), news, VISIT_KEEPS)
    person = known_person(link(news.task, "for"), news)
    owner = organization(link(news.task, "owner"), news)
    told = task(news)
    if owner:
        told["owner"] = {"reference": f"Organization/{owner['id']}"}
    return envelope(news) | bundled([person, request, visit, told, owner, addressee(news)])


def task(news: News) -> Resource:
    """The Task without what is not for its requester, with its moment in words."""
    kept = only(news.task, TASK_KEEPS)
    note = fresh_notes(news)
    words = []
    if "lastModified" in kept:
        moment = local(datetime.fromisoformat(kept["lastModified"]))
        kept["lastModified"] = moment.isoformat(timespec="seconds")
        words = [{"url": MOMENT, "valueString": moment.strftime("%d.%m.%Y, %H:%M Uhr")}]
    asker = {"reference": f"Organization/{news.party.id}", "display": news.party.title or news.party.id}
    named = {"note": note} if note else {}
    return {**kept, **named, "requester": asker, **({"extension": words} if words else {})}


def fresh_notes(news: News) -> list[Resource]:
    """Notes that came with this move; older ones, its source's own among them, were told or are not for it."""
    stored = news.rooms.store.read("Task", news.task["id"])
    if stored is None:
        return []
    known = every(stored.resource, ("note",))
    return [note for note in every(news.task, ("note",)) if note not in known]


def known_person(reference: str, news: News) -> Resource:
    """The person as the party knows it: by the numbers it gave itself, else by the number of the insured."""
    person = only(shown(news.read(reference), news.party.id), PERSON_KEEPS)
    numbers = every(person, ("identifier",))
    kept = [n for n in numbers if is_own(n)] or [n for n in numbers if n.get("system") in INSURED]
    rest = {key: value for key, value in person.items() if key != "identifier"}
    return {**rest, "identifier": kept} if kept else rest


def own(resource: Resource, news: News, keeps: Iterable[str]) -> Resource:
    """What the party sent itself, cut down; nothing of what others sent."""
    return only(resource, keeps) if resource and source(resource) == news.party.id else {}


def organization(reference: str, news: News) -> Resource:
    """The organisation behind a reference: itself, or the one whose role or service it is."""
    found = news.read(reference)
    for name in ("organization", "providedBy"):
        if link(found, name):
            found = news.read(link(found, name))
    return only(found, PARTY_KEEPS) if found.get("resourceType") == "Organization" else {}


def addressee(news: News) -> Resource:
    """The party that is told, with the names it gives itself in messages."""
    facility, application = called(news)
    names = [{"system": FACILITY, "value": facility}, {"system": APPLICATION, "value": application}]
    made = {"resourceType": "Organization", "id": news.party.id, "name": news.party.title or news.party.id}
    said = [name for name in names if name["value"]]
    return {**made, "identifier": said} if said else made


def called(news: News) -> tuple[str, str]:
    """Facility and application of the party: as in its own message (MSH-4, MSH-3), else as in partner.yaml."""
    first = news.first
    greeting = greeted(first.data, news.rooms.shelf.get(first.format)) if first else None
    facility = next((road.facility for road in news.party.sends if road.facility), "")
    if greeting is None or not greeting.head:
        return facility, ""
    application = greeting.head["3"].split(greeting.head["2"][:1])[0]
    return greeting.sender or facility, application


def envelope(news: News) -> Tree:
    """The Bundle itself, with the number that a repeat carries again."""
    made = local(news.rooms.now()).isoformat(timespec="seconds")
    named = {"system": f"{SID}/answer", "value": news.number}
    return {"Bundle": [{"resourceType": "Bundle", "identifier": named, "timestamp": made}]}


# --- small words -----------------------------------------------------------------------------------------------------


def only(resource: Resource, keeps: Iterable[str]) -> Resource:
    """A resource with some of its elements."""
    return {key: resource[key] for key in keeps if key in resource}


def link(resource: Resource, name: str) -> str:
    """`Type/id` that an element refers to, empty for none."""
    return str(next(iter(every(resource, (name, "reference"))), ""))


def local(moment: datetime) -> datetime:
    """A moment on a German clock; readers of messages and lists look at no offset."""
    return moment.astimezone(HERE)
