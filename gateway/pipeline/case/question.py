"""A question in a case (workflow.md, phase 2): who waits for whom, and what the asker itself says of it."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from gateway.domain.events import Event
from gateway.domain.message import Happened, Message, Moved
from gateway.domain.problem import Problem
from gateway.domain.system import BUSINESS_STATUS
from gateway.domain.task import Stand
from gateway.mapping.run import urn
from gateway.mapping.runtime import every
from gateway.pipeline.case.reply import FULFILS, case_of, is_open, report, reported, task_meant
from gateway.pipeline.rooms import Rooms
from gateway.pipeline.stored.terms import source
from gateway.pipeline.stored.view import current
from gateway.pipeline.tasks.family import about, family, kind_of, owner_of, root
from gateway.pipeline.tasks.walk import Report, stand, walk

Task = dict[str, Any]

WAITS = "awaiting-information"
UNSAID = "Es fehlen Angaben; bitte melden Sie sich."


def asked(message: Message, rooms: Rooms) -> Message:
    """The message with what its questions mean for the Tasks they are about: their owner waits for an answer."""
    message = noted(message, rooms)
    events = [*by_task(message, rooms), *by_status(message, rooms)]
    return replace(message, happened=(*message.happened, *dict.fromkeys(events)))


def by_task(message: Message, rooms: Rooms) -> Iterator[Happened]:
    """Questions that came as Tasks; one of the requester keeps no owner waiting."""
    for move in message.moved:
        if kind_of(move.task) == "question" and not move.before:
            key = about(move.task)
            if is_of_owner(move.task, current(f"Task/{key}", message, rooms)):
                yield Happened(Event("asked", key, "E4"), case_of(move.task))


def by_status(message: Message, rooms: Rooms) -> Iterator[Happened]:
    """Owners that report a Task as waiting for information: the question is opened with what they say of it."""
    for item, task, _ in reported(message, rooms):
        if owner_of(task) == message.entry.partner and waits(item) and kind_of(task) in FULFILS and is_open(task):
            said = report(item, "", "O").reason if has_words(item) else UNSAID
            if not is_opened(task, said, message, rooms):
                yield Happened(Event("asked", task["id"], "E4", said), case_of(task))


def by_move(move: Moved) -> Iterator[Happened]:
    """An owner moved its Task to where it waits for information: asked in the words that stand in it last."""
    task = move.task
    if kind_of(task) in FULFILS and stand(task) == Stand("received", WAITS) and move.actor in {"O", "P"}:
        notes = every(task, ("note", "text"))
        said = [*every(task, ("statusReason", "text")), *notes[-1:], UNSAID]
        yield Happened(Event("asked", task["id"], move.evidence, str(said[0])), case_of(task))


def waits(item: Task) -> bool:
    """Whether a Task is said to wait for information."""
    codings = every(item, ("businessStatus", "coding"))
    return any(c.get("system") == BUSINESS_STATUS and c.get("code") == WAITS for c in codings)


def has_words(item: Task) -> bool:
    """Whether somebody says in words what is missing."""
    paths = (("statusReason", "text"), ("statusReason", "coding", "display"), ("note", "text"))
    return any(every(item, path) for path in paths)


def is_opened(task: Task, said: str, message: Message, rooms: Rooms) -> bool:
    """Whether this question is open already in these words, or was opened by an earlier run of the message."""
    if rooms.store.read("Task", urn("question", "", task["id"], message.entry.id)[9:]):
        return True
    return any(question.get("description", "").endswith(said) for question in open_about(task["id"], message, rooms))


def open_about(key: str, message: Message, rooms: Rooms) -> Iterator[Task]:
    """The open questions about one Task."""
    case = root(current(f"Task/{key}", message, rooms) or {"id": key})
    for task in family(case, message, rooms):
        if kind_of(task) == "question" and about(task) == key and is_open(task):
            yield task


def is_of_owner(question: Task, task: Task) -> bool:
    """Whether a question is asked by the owner of the Task it is about, who therefore waits."""
    asker = every(question, ("requester", "reference"))
    return bool(asker) and asker == every(task, ("owner", "reference"))


def is_waited_for(key: str, message: Message, rooms: Rooms) -> bool:
    """Whether the owner of a Task still waits for the answer to another question about it."""
    task = current(f"Task/{key}", message, rooms)
    return any(is_of_owner(question, task) for question in open_about(key, message, rooms))


def noted(message: Message, rooms: Rooms) -> Message:
    """The message with the answers that an asker enters itself: by telephone, by letter, out of a document (P, E3)."""
    for item in message.tree.get("Task", ()):
        question = task_meant(item, rooms)
        if question is not None and is_noted(item, question, message.entry.partner):
            made, problems = walk(question, entered(item), rooms.now())
            message = replace(message, moved=(*message.moved, *made)).with_problems(*problems)
            message = message.of_case(case_of(question))
    return message


def is_noted(item: Task, question: Task, partner: str) -> bool:
    """Whether the asker of an open question says that it was answered."""
    if kind_of(question) != "question" or owner_of(question) == partner or source(question) != partner:
        return False
    return item.get("status") == "completed" and is_open(question)


def entered(item: Task) -> Report:
    """The answer as its asker wrote it down for whoever gave it."""
    also: Task = {name: item[name] for name in ("output", "note") if name in item}
    return Report("completed", "", "P", "E3", "", also)


def not_asked() -> Problem:
    """The finding about an answer by somebody else than who was asked."""
    sentence = "this answers a question that another party was asked"
    return Problem("record.owner", "Task.owner", sentence, "answer the questions sent to you")


def of_another() -> Problem:
    """The finding about an answer that is about another person than the question."""
    sentence = "this answers a question about another person"
    repair = "name the person of the question, or leave out its number"
    return Problem("record.question.person", "DocumentReference.subject", sentence, repair)
