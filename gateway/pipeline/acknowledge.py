"""Step 9: whoever asked hears how far it is: the source of a referral, and for a measure the site that planned it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from gateway.directory.parties import Party
from gateway.domain.ledger import Entry
from gateway.domain.message import Message, Moved, Part
from gateway.domain.task import Stand
from gateway.mapping.runtime import every
from gateway.pipeline.answer.manners import SAYS
from gateway.pipeline.answer.news import News
from gateway.pipeline.case.walk import stand
from gateway.pipeline.rooms import Rooms
from gateway.pipeline.stored.terms import source
from gateway.pipeline.stored.view import current

MILESTONES: Mapping[str, str] = {
    "received": "received",
    "accepted": "accepted",
    "rejected": "declined",
    "cancelled": "declined",
    "completed": "completed",
    "failed": "completed",
}
"""Task.status -> the word of partner.yaml (`answers.tell`) under which a party asks to hear of it."""
OF_THE_REPORT = frozenset({"outcome-sent", "outcome-acknowledged"})
"""Business statuses that say what became of a report; they are no news for the one it was for."""
UNDELIVERABLE = Stand("requested", "dispatch-failed")


def acknowledge(message: Message, rooms: Rooms) -> Message:
    """The message with an answer for everybody who waits for news of a Task it moved."""
    return replace(message, parts=(*message.parts, *told(message, rooms)))


def answers(moved: Sequence[Moved], rooms: Rooms, cause: Entry) -> list[Part]:
    """The answers to moves that something else than the line has caused, by the message it goes back to."""
    return told(Message(cause, moved=tuple(moved)), rooms)


def told(message: Message, rooms: Rooms) -> list[Part]:
    """One answer per Task and party: of several moves in one message the last that is news."""
    parts: dict[tuple[str, str], Part] = {}
    for move in message.moved:
        party = audience(move, message, rooms)
        milestone = news_of(move, party) if party else ""
        if party and milestone:
            parts[party.id, move.task["id"]] = part(News(move, party, message, rooms), milestone)
    return list(parts.values())


def audience(move: Moved, message: Message, rooms: Rooms) -> Party | None:
    """Who asked: of a referral its source, of a measure the owner of the referral it carries out."""
    above = next(iter(every(move.task, ("partOf", "reference"))), "")
    if not above:
        return rooms.directory.get(source(move.task))
    owner = next(owners(current(str(above), message, rooms)), "")
    return rooms.directory.get(owner or source(move.task))


def owners(task: dict[str, Any]) -> Iterator[str]:
    """The partner that owns a Task, by its organisation."""
    for reference in every(task, ("owner", "reference")):
        kind, _, key = str(reference).partition("/")
        if kind == "Organization":
            yield key


def manner(party: Party) -> str:
    """What carries the answer to a party (`answers.as`); a site that says nothing hears by Task."""
    usual = "Task" if party.kind == "site" and party.receiving("answers") else ""
    return party.answers.as_ or usual


def news_of(move: Moved, party: Party) -> str:
    """The word for what a party is told of a move; empty where it is no news for it."""
    now = stand(move.task)
    if now == UNDELIVERABLE:
        return "undeliverable" if "partOf" in move.task and manner(party) else ""
    milestone = MILESTONES.get(now.status, "")
    own_doing = move.actor == "R"
    wanted = milestone in party.answers.tell and manner(party) != ""
    return milestone if wanted and not own_doing and now.business not in OF_THE_REPORT else ""


def part(news: News, milestone: str) -> Part:
    """The answer, still as resources; `encode` writes it by the road its party has for answers."""
    task = news.task
    subject = "task" if "partOf" in task else "answer"
    person = next(iter(every(task, ("for", "reference"))), "")
    above = next(iter(every(task, ("partOf", "reference"))), f"Task/{task['id']}")
    tree = SAYS[manner(news.party)](news)
    return Part(news.party.id, f"{subject} {milestone}", tree, person=str(person), case=str(above))
