"""Questions, recalls and answers in rows: of a list of measures, and of a list of news with room for an answer."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from gateway.domain.events import Event
from gateway.domain.message import Happened, Message
from gateway.domain.problem import Problem
from gateway.mapping.runtime import every
from gateway.pipeline.answer.ask import TALK, number, words
from gateway.pipeline.case.question import is_opened, open_about
from gateway.pipeline.case.reply import UNSPOKEN, carrying_out, case_of, is_open, task_meant, told_before
from gateway.pipeline.rooms import Rooms
from gateway.pipeline.tasks.family import about, family, kind_of, owner_of, root
from gateway.pipeline.tasks.walk import Report, walk

Resource = dict[str, Any]

ANSWER, CONFIRMED = "Antwort", "Bestätigung"
DELETED = re.compile(r"\s*(ja\b\W*)?(gelöscht|gesperrt|vernichtet|deleted|blocked)\b", re.IGNORECASE)
"""How an answer to a recall begins that confirms it."""


def in_rows(message: Message, rooms: Rooms) -> Message:
    """The message with what its rows answer and ask; a row that comes back untouched does neither."""
    for question, text in answers(message, rooms):
        if told_before(question, message, rooms):
            continue  # a row run again answers no later question
        output = [*every(question, ("output",)), {"type": {"text": ANSWER}, "valueString": text}]
        made, problems = walk(question, Report("completed", "", "O", "E3", "", {"output": output}), rooms.now())
        message = replace(message, moved=(*message.moved, *made)).with_problems(*problems).of_case(case_of(question))
    for recall, text in confirmations(message, rooms):
        message = confirmed(recall, text, message, rooms)
    return replace(message, happened=(*message.happened, *asks(message, rooms)))


def answers(message: Message, rooms: Rooms) -> Iterator[tuple[Resource, str]]:
    """(Open question that the sender was asked, what its row answers)."""
    for task, cells in talked(message, rooms):
        if cells.get("answer"):
            yield from ((question, cells["answer"]) for question in meant(task, cells.get("asked", ""), message, rooms))
    for item in message.tree.get("Task", ()):
        stored = task_meant(item, rooms)
        if stored is not None and is_answerable(item, stored, message.entry.partner):
            yield from ((stored, str(text)) for text in every(item, ("output", "valueString"))[:1])


def confirmations(message: Message, rooms: Rooms) -> Iterator[tuple[Resource, str]]:
    """(Open recall of the sender, what its row answers); a row that only comes back says nothing."""
    for task, cells in talked(message, rooms):
        for other in family(root(task), message, rooms) if cells.get("answer") else ():
            mine = kind_of(other) == "recall" and owner_of(other) == message.entry.partner and is_open(other)
            if mine and number(other) in cells.get("asked", ""):
                yield other, cells["answer"]


def confirmed(recall: Resource, text: str, message: Message, rooms: Rooms) -> Message:
    """The message with the recall done; words that say something else leave it open, and a person reads them."""
    if not DELETED.match(text):
        return message.with_problems(unclear())
    output = [*every(recall, ("output",)), {"type": {"text": CONFIRMED}, "valueString": text}]
    made, problems = walk(recall, Report("completed", "", "O", "E3", "", {"output": output}), rooms.now())
    return replace(message, moved=(*message.moved, *made)).with_problems(*problems).of_case(case_of(recall))


def unclear() -> Problem:
    """The finding about an answer to a recall that may mean that something is kept."""
    sentence = "an answer to a recall does not begin by saying that it was deleted or blocked"
    repair = "read it in the list, ask, and write down what was said: gateway recall record"
    return Problem("recall.unclear", "Ihre Antwort", sentence, repair, "warning")


def asks(message: Message, rooms: Rooms) -> Iterator[Happened]:
    """Questions of the sender about its own measures; the same words were asked before."""
    for task, cells in talked(message, rooms):
        text = cells.get("question", "").strip()
        if text and is_open(task) and not was_asked(task, text, message, rooms):
            yield Happened(Event("asked", task["id"], "E3", text), case_of(task))


def talked(message: Message, rooms: Rooms) -> Iterator[tuple[Resource, dict[str, str]]]:
    """(Task of a measure that the sender carries out, what stands in the cells of its row)."""
    for item in message.tree.get("ServiceRequest", ()):
        cells = {
            str(cell.get("url")): str(cell.get("valueString", ""))
            for talk in every(item, ("extension",))
            if talk.get("url") == TALK
            for cell in every(talk, ("extension",))
        }
        task = carrying_out(item["fullUrl"], rooms) if cells else None
        if task is not None and owner_of(task) == message.entry.partner:
            yield task, cells


def meant(task: Resource, asked: str, message: Message, rooms: Rooms) -> list[Resource]:
    """The question a row answers: whose number stands in it, else the only one that is open."""
    mine = [q for q in open_about(task["id"], message, rooms) if owner_of(q) == message.entry.partner]
    named = [question for question in mine if number(question) in asked]
    return named or (mine if len(mine) == 1 and not asked.startswith("Q-") else [])


def is_answerable(item: Resource, question: Resource, partner: str) -> bool:
    """Whether a row of news about a question comes back with an answer, and says else what it said."""
    own = kind_of(question) == "question" and owner_of(question) == partner and is_open(question)
    return own and item.get("status") in UNSPOKEN


def was_asked(task: Resource, text: str, message: Message, rooms: Rooms) -> bool:
    """Whether the owner of a measure has asked this already; its list says so each time it comes."""
    if is_opened(task, text, message, rooms):
        return True
    return any(
        kind_of(other) == "question" and about(other) == task["id"] and words(other) == text
        for other in family(root(task), message, rooms)
    )
