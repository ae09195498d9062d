"""What partners report of Tasks in codes of their own: the moves it means, and what it asks for besides."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, cast

from gateway.domain.events import Event, Name
from gateway.domain.foreign import OF_THE_PERSON, Foreign, translate, walk
from gateway.domain.message import Happened, Message, Moved
from gateway.domain.problem import Problem, worst
from gateway.domain.task import FINAL, REASONED, Move
from gateway.mapping.runtime import every
from gateway.pipeline.case import reply
from gateway.pipeline.case.foreign_inside import looked_inside
from gateway.pipeline.case.foreign_news import of_the_message
from gateway.pipeline.rooms import Rooms
from gateway.pipeline.stored.view import current
from gateway.pipeline.tasks.family import kind_of
from gateway.pipeline.tasks.foreign_words import Said, beside, has, spoken, vocabulary
from gateway.pipeline.tasks.moves import moved
from gateway.pipeline.tasks.sides import as_whom
from gateway.pipeline.tasks.walk import stand

Resource = dict[str, Any]
Actor = Literal["R", "O", "P", "G"]

ASKED: Mapping[str, Name] = {"abort": "withdrawn-by-requester", "question": "asked"}
"""What a foreign status asks for besides -> the event that opens the Task for it; the same code asks once."""
THE_OTHER: Mapping[str, str] = {"R": "its requester", "O": "its owner"}


@dataclass(frozen=True, slots=True)
class Word:
    """One foreign status of a Task: what it means, who said it as whom, and the resource it was said with."""

    said: Said
    meant: Foreign
    actor: Actor
    item: Resource


def heard(message: Message, rooms: Rooms) -> Message:
    """The message with the moves that its Tasks report in codes of others, and with what these ask for besides."""
    for item, task, words in reports(message, rooms):
        actor = as_whom(task, message.entry.partner, message, rooms)
        if not actor:
            message = message.with_problems(reply.not_yours())
        elif (old := reply.unheeded(task, message, rooms)) is not None:
            message = old
        else:
            for said in words:
                message = one(message, said, (item, task["id"], actor), rooms)
    system = vocabulary(message, rooms)
    return looked_inside(of_the_message(message, system), system, rooms)


def reports(message: Message, rooms: Rooms) -> Iterator[tuple[Resource, Resource, list[Said]]]:
    """(Task of the message, our Task it is about, what it says in codes of others); a referral's own comes last.

    What is said of questions, stops and the like is said in FHIR's own words.
    """
    system = vocabulary(message, rooms)
    for item in sorted(message.tree.get("Task", ()), key=lambda told: kind_of(told) == "referral"):
        words = spoken(item, system)
        task = reply.task_meant(item, rooms) if words else None
        if task and kind_of(task) in reply.FULFILS:
            yield item, task, words


def one(message: Message, said: Said, about: tuple[Resource, str, Actor], rooms: Rooms) -> Message:
    """One foreign status of one Task, walked from where the message has brought the Task so far."""
    item, key, actor = about
    task = current(f"Task/{key}", message, rooms)
    meant = translate(said.system, said.code, str(task.get("status", "")))
    if isinstance(meant, Problem):
        return message.with_problems(meant)
    if actor == "R" and meant.stand.status in reply.UNSPOKEN:
        return message
    word = Word(said, meant, actor, item)
    if not may_say(word, task):
        return message.with_problems(not_theirs(word))
    made, problems = walked(task, word, rooms)
    unclosed = reply.guarded(made, item, message, rooms)
    case = reply.case_of(task)
    message = message.with_problems(*problems, *unclosed).of_case(case)
    if problems or worst(unclosed) == "error":
        return message
    return besides(replace(message, moved=(*message.moved, *made)), word, task, case)


def may_say(word: Word, task: Resource) -> bool:
    """Whether the sender is who makes such a move; what the Task is already anybody may repeat."""
    if word.meant.actor in {"", "P", "G", word.actor}:
        return True
    return word.meant.stand.status == task.get("status") and not word.meant.also


def walked(task: Resource, word: Word, rooms: Rooms) -> tuple[list[Moved], list[Problem]]:
    """The moves to where the word says; the last one takes over what else the sender's Task has."""
    told = reply.report(word.item, "", "O" if word.actor == "O" else "R")
    reason = "" if told.reason == reply.UNSAID else told.reason
    wish = Move("", actor=word.actor, evidence=told.evidence, reason=reason)
    steps, problems = walk(stand(task), word.meant, wish)
    if problems:
        return [], problems
    made: list[Moved] = []
    for number, step in enumerate(steps, 1):
        before = str(task.get("status", ""))
        full = {**task, **told.also} if number == len(steps) else task
        why = step.reason if step.to in REASONED and step.to != before else ""
        task = moved(full, step.to, step.business, reason=why, at=rooms.now())
        made.append(Moved(task, before, step.evidence, cast("Actor", step.actor)))
    return made, []


def besides(message: Message, word: Word, task: Resource, case: str) -> Message:
    """The message with what the word asks for beyond its moves."""
    also = word.meant.also
    reason = reply.report(word.item, "", "O").reason
    reason = "" if reason == reply.UNSAID else reason
    if also in ASKED and not has(task, word.said):
        event = Event(ASKED[also], str(task["id"]), "E4", reason)
        return replace(message, happened=(*message.happened, Happened(event, case)))
    if also in OF_THE_PERSON:
        person = str(task.get("for", {}).get("reference", ""))
        event = Event(cast("Name", also), evidence="E4", reason=reason)
        return replace(message, happened=(*message.happened, Happened(event, person=person)))
    return OTHERWISE[also](message, word) if also in OTHERWISE else message


def recalled(message: Message, _: Word) -> Message:
    """A document was taken back: whoever was shown it is not told by itself."""
    sentence = "the sender takes back what it sent before; who was shown it has to be told"
    repair = "look with `gateway trace` who got it, and tell them"
    return message.with_problems(Problem("foreign.recall", "Task.businessStatus", sentence, repair, "warning"))


OTHERWISE: Mapping[str, Callable[[Message, Word], Message]] = {"recall": recalled}


# --- their code beside ours ------------------------------------------------------------------------------------------


def kept(message: Message, rooms: Rooms) -> Message:
    """The message with each code as it was written beside ours, on the Tasks it has moved or asked something of."""
    for item in message.tree.get("Task", ()):
        words = spoken(item, vocabulary(message, rooms))
        task = meant(item, message, rooms) if words else None
        if task:
            for word in words:
                message = noted(message, word, task["id"], rooms)
    return message


def meant(item: Resource, message: Message, rooms: Rooms) -> Resource | None:
    """Our Task that is meant: one that is stored, or that the message begins."""
    focus = every(item, ("focus", "reference"))
    begun = (m.task for m in message.moved if not m.before and every(m.task, ("focus", "reference")) == focus)
    return next(begun, None) or reply.task_meant(item, rooms)


def noted(message: Message, word: Said, key: str, rooms: Rooms) -> Message:
    """One code on one Task: on its last move, else on a version of its own where it has asked for something."""
    task = current(f"Task/{key}", message, rooms)
    found = translate(word.system, word.code, str(task.get("status", "")))
    if isinstance(found, Problem) or found.stand.status not in {"", task.get("status")}:
        begins = any(move.task["id"] == key and not move.before for move in message.moved)
        return message.with_problems(begins_elsewhere(found)) if begins else message
    moves = [number for number, move in enumerate(message.moved) if move.task["id"] == key]
    if moves:
        last = message.moved[moves[-1]]
        now = replace(last, task=beside(last.task, word))
        return replace(message, moved=(*message.moved[: moves[-1]], now, *message.moved[moves[-1] + 1 :]))
    asks = any(h.event.about == key and h.event.name in ASKED.values() for h in message.happened)
    if not asks or task.get("status") in FINAL:
        return message
    stays = Moved(beside(task, word), str(task["status"]), "E4", "O")
    return replace(message, moved=(*message.moved, stays))


def not_theirs(word: Word) -> Problem:
    """The finding about a status that only the other side can say."""
    who = THE_OTHER[word.meant.actor]
    sentence = f"{word.meant.title}: this status of a Task is said by {who}, and the sender is not"
    return Problem("foreign.actor", "Task.businessStatus", sentence, f"let {who} say it, or use another status")


def begins_elsewhere(found: Foreign | Problem) -> Problem:
    """The finding about a referral whose own Task says another status than a referral has that begins."""
    if isinstance(found, Problem):
        return replace(found, severity="warning")
    sentence = f"{found.title}: the Task of a referral that begins says {found.stand.status}; it begins as requested"
    repair = "nothing to do if it is new; else report on the Task that is there, by its id or number"
    return Problem("foreign.begins", "Task.businessStatus", sentence, repair, "warning")
