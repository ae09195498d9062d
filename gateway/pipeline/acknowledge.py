"""Step 9: whoever asked hears how far it is: the source of a referral, and for a measure the site that planned it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from gateway.directory.parties import Party
from gateway.domain.ledger import Entry
from gateway.domain.message import Message, Moved, Part
from gateway.domain.task import Stand
from gateway.mapping.runtime import every
from gateway.pipeline.answer.ask import ROW, manner_of, said
from gateway.pipeline.answer.news import News
from gateway.pipeline.case.awaiting import WAITS
from gateway.pipeline.disclose import in_a_row
from gateway.pipeline.policies.shown import by_policy
from gateway.pipeline.rooms import Rooms
from gateway.pipeline.stored.terms import source
from gateway.pipeline.stored.view import current
from gateway.pipeline.tasks.family import CODES, kind_of, root
from gateway.pipeline.tasks.walk import stand

MILESTONES: Mapping[str, str] = {
    "received": "received",
    "accepted": "accepted",
    "rejected": "declined",
    "cancelled": "declined",
    "completed": "completed",
    "failed": "completed",
    "on-hold": "paused",
}
"""Task.status -> the word of partner.yaml (`answers.tell`) under which a party asks to hear of it."""
OF_THE_REPORT = frozenset({"outcome-sent", "outcome-acknowledged"})
"""Business statuses that say what became of a report; they are no news for the one it was for."""
SETTLED = frozenset({"completed", "declined"})
"""What an asker always hears of its question."""
PAUSES = frozenset({"paused", "resumed"})
"""Both are told under the word `paused`."""
SUBJECTS: Mapping[str, str] = {"referral": "answer", "measure": "task"}
"""Kind of Task -> the first word of `about` of the news of it; others are called by their kind."""
UNDELIVERABLE = Stand("requested", "dispatch-failed")


def acknowledge(message: Message, rooms: Rooms) -> Message:
    """The message with an answer for everybody who waits for news of a Task it moved, as each of them may see it."""
    return by_policy(replace(message, parts=(*message.parts, *told(message, rooms))), rooms)


def answers(moved: Sequence[Moved], rooms: Rooms, cause: Entry) -> list[Part]:
    """The answers to moves that something else than the line has caused, by the message it goes back to."""
    return told(Message(cause, moved=tuple(moved)), rooms)


def told(message: Message, rooms: Rooms) -> list[Part]:
    """One answer per Task and party: of several moves in one message the last that is news."""
    parts: dict[tuple[str, str], Part] = {}
    for move in message.moved:
        party = audience(move, message, rooms)
        milestone = (news_of(move, party) or settled(move, party, rooms)) if party else ""
        if party and milestone:
            parts[party.id, move.task["id"]] = part(News(move, party, message, rooms), milestone)
    return list(parts.values())


def audience(move: Moved, message: Message, rooms: Rooms) -> Party | None:
    """Who asked: of a referral its source, of a measure the owner of the referral it carries out."""
    if kind_of(move.task) == "referral":
        return rooms.directory.get(source(move.task))
    asker = next(organizations(move.task, "requester"), "") if kind_of(move.task) in CODES else ""
    owner = next(organizations(current(f"Task/{root(move.task)}", message, rooms), "owner"), "")
    return rooms.directory.get(asker or owner or source(move.task))


def organizations(task: dict[str, Any], name: str) -> Iterator[str]:
    """The partner that owns a Task or asked for it, by its organisation."""
    for reference in every(task, (name, "reference")):
        kind, _, key = str(reference).partition("/")
        if kind == "Organization":
            yield key


def news_of(move: Moved, party: Party) -> str:
    """The word for what a party is told of a move; empty where it is no news for it."""
    now = stand(move.task)
    if now == UNDELIVERABLE:
        return "undeliverable" if kind_of(move.task) in {"measure", "question"} and party.manner else ""
    if now == WAITS:
        return "waiting" if kind_of(move.task) == "measure" and reads(party) else ""
    milestone = MILESTONES.get(now.status, "")
    if kind_of(move.task) == "abort" and (now.status == "cancelled" or not (milestone in SETTLED or reads(party))):
        return ""
    if (move.before, now.status) == ("on-hold", "in-progress"):
        milestone = "resumed"
    own_doing = move.actor == "R" or (move.actor == "O" and party.id in organizations(move.task, "owner"))
    wanted = (milestone in party.answers.tell or pauses(milestone, move, party)) and party.manner != ""
    return milestone if wanted and not own_doing and now.business not in OF_THE_REPORT else ""


def reads(party: Party) -> bool:
    """Whether a party hears of Tasks as Tasks."""
    return party.manner == "Task"


def pauses(milestone: str, move: Moved, party: Party) -> bool:
    """Whether a Task stands still, or goes on: whose measure rests hears of it, and that its owner goes on."""
    if milestone not in PAUSES:
        return False
    measure = kind_of(move.task) == "measure" and (milestone == "paused" or move.actor in {"O", "P"})
    return measure or "paused" in party.answers.tell


def settled(move: Moved, party: Party, rooms: Rooms) -> str:
    """The word for what became of a question, for an asker with whom nothing is agreed for answers."""
    milestone = MILESTONES.get(str(move.task["status"]), "")
    silent = kind_of(move.task) != "question" or move.actor == "R" or party.manner != ""
    return milestone if not silent and milestone in SETTLED and manner_of(party, rooms) else ""


def part(news: News, milestone: str) -> Part:
    """The answer, still as resources; `encode` writes it by the road its party has for answers."""
    task = news.task
    subject = SUBJECTS.get(kind_of(task), kind_of(task))
    person = next(iter(every(task, ("for", "reference"))), "")
    above = f"Task/{root(task)}"
    made = Part(news.party.id, f"{subject} {milestone}", {}, person=str(person), case=str(above))
    in_row = kind_of(task) == "question" and manner_of(news.party, news.rooms) == ROW
    return replace(made, tree=in_a_row(task, made, news.message, news.rooms) if in_row else said(news))
