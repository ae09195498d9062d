"""Answers that are no Tasks: documents and orders that name the number of a question, or come while one is open."""

import re
from base64 import b64decode
from binascii import Error
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from gateway.domain.ledger import Save
from gateway.domain.message import Message, Moved
from gateway.domain.system import TASK
from gateway.mapping.runtime import every
from gateway.pipeline.case.candidate import events
from gateway.pipeline.case.question import not_asked, of_another
from gateway.pipeline.case.question_row import in_rows
from gateway.pipeline.case.reply import case_of, is_open
from gateway.pipeline.proof.old_word import is_overtaken
from gateway.pipeline.rooms import Rooms
from gateway.pipeline.tasks.family import kind_of, owner_of
from gateway.pipeline.tasks.moves import moved
from gateway.pipeline.tasks.walk import Report, walk

Resource = dict[str, Any]

IN_WORDS = re.compile(r"\bQ-[0-9A-F]{8}-[0-9A-F]{4}\b")
"""The number of a question, where somebody writes it into title or text."""
CARRIERS = ("DocumentReference", "ServiceRequest")
"""What has numbers: a document (TXA-12 to TXA-15, chapter 9.6.1), an order (ORC-2, ORC-3, chapter 4.5.1)."""
PATHS = (
    ("relatesTo", "target", "identifier", "value"),
    ("identifier", "value"),
    ("context", "related", "identifier", "value"),
)
ANSWER, MAYBE = "Antwort", "Mögliche Antwort"
UPDATE = "A08"
UNREAD = frozenset({"requested", "received"})
"""Statuses of a question in which something that comes may be its answer."""


def answered(message: Message, rooms: Rooms) -> Message:
    """The message with the questions that it answers by their number; else what may be the answer to the only one."""
    message = in_rows(message, rooms)
    if any(kind_of(move.task) == "question" for move in message.moved) or "Task" in message.tree:
        return message
    named = dict(by_number(message, rooms))
    for question in named.values():
        message = settled(question, message, rooms)
        if message.stopped:
            return message
    return message if named else perhaps(message, rooms)


def by_number(message: Message, rooms: Rooms) -> Iterator[tuple[str, Resource]]:
    """The questions that a message names, each by its id; in words only those that its sender was asked."""
    items = [item for kind in CARRIERS for item in message.tree.get(kind, ())]
    for value in dict.fromkeys(str(v) for item in items for path in PATHS for v in every(item, path)):
        for question in numbered(value, rooms):
            yield question["id"], question
    for value in dict.fromkeys(v for item in items for v in IN_WORDS.findall(words(item))):
        for question in numbered(value, rooms):
            if owner_of(question) == message.entry.partner:
                yield question["id"], question


def numbered(value: str, rooms: Rooms) -> list[Resource]:
    """The question of one number."""
    found = rooms.store.find("Task", [("identifier", f"{TASK}|{value.strip()}")], 2) if value.strip() else []
    return [version.resource for version in found if kind_of(version.resource) == "question"]


def words(item: Resource) -> str:
    """Title, description and text of a document."""
    attached = every(item, ("content", "attachment"))
    said = [str(a.get("title", "")) for a in attached] + [text(a) for a in attached]
    return " ".join([str(item.get("description", "")), *said])


def text(attachment: Resource) -> str:
    """The text of an attachment, empty where it is none."""
    if not str(attachment.get("contentType", "")).startswith("text/plain"):
        return ""
    try:
        return b64decode(str(attachment.get("data", "")), validate=True).decode("utf-8", "replace").strip()
    except (Error, ValueError):
        return ""


def settled(question: Resource, message: Message, rooms: Rooms) -> Message:
    """A question with its answer; one that has ended keeps what it has, and the document goes to the case."""
    if owner_of(question) != message.entry.partner:
        return message.stop("record", not_asked())
    if every(question, ("for", "reference")) != [person(message)]:
        return message.stop("record", of_another())
    message = message.of_case(case_of(question))
    if not is_open(question):
        return message
    output = [*every(question, ("output",)), *outputs(ANSWER, message)]
    made, problems = walk(question, Report("completed", "", "O", "E4", "", {"output": output}), rooms.now())
    return replace(message, moved=(*message.moved, *made)).with_problems(*problems)


def person(message: Message) -> str:
    """The one person that a message is about."""
    subjects = {
        str(s) for kind in CARRIERS for i in message.tree.get(kind, ()) for s in every(i, ("subject", "reference"))
    }
    return subjects.pop() if len(subjects) == 1 else message.person


def outputs(name: str, message: Message) -> list[Resource]:
    """What a message brings, as Task.output: its documents by reference, its texts in words."""
    documents = message.tree.get("DocumentReference", ())
    texts = [*(text(a) for d in documents for a in every(d, ("content", "attachment"))), *values(message)]
    typed = {"type": {"text": name}}
    said = [{**typed, "valueString": one} for one in dict.fromkeys(texts) if one]
    return [*said, *({**typed, "valueReference": {"reference": d["fullUrl"]}} for d in documents)]


def values(message: Message) -> Iterator[str]:
    """Findings that are text (OBX-5 of type ST, chapter 7.4.2)."""
    yield from (str(value) for item in message.tree.get("Observation", ()) for value in every(item, ("valueString",)))


def perhaps(message: Message, rooms: Rooms) -> Message:
    """What came without a number while exactly one question waits: the asker sees it, and says whether that is it."""
    about = person(message)
    found = list(waiting(about, message, rooms)) if about and brings(message) else []
    if len(found) != 1:
        return message
    (question,) = found
    told = outputs(MAYBE, message) or [{"type": {"text": MAYBE}, "valueReference": {"reference": about}}]
    fresh = [output for output in told if output not in every(question, ("output",))]
    if not fresh:
        return message
    full = {**question, "output": [*every(question, ("output",)), *fresh]}
    read = moved(full, "received", "under-review", reason="", at=rooms.now())
    made = Moved(read, str(question["status"]), "E3", "O")
    return replace(message, moved=(*message.moved, made)).of_case(case_of(question))


def waiting(about: str, message: Message, rooms: Rooms) -> Iterator[Resource]:
    """The questions about a person that the sender has not answered yet."""
    owner = ("owner", f"Organization/{message.entry.partner}")
    for version in rooms.store.find("Task", [owner, ("for", about)]):
        task = version.resource
        unread = kind_of(task) == "question" and task.get("status") in UNREAD and version.message != message.entry.id
        if unread and not is_overtaken(version, message, rooms):  # a message run late answers no later question
            yield task


def brings(message: Message) -> bool:
    """Whether a message brings something that was not known: a document, or an update of the record (ADT^A08)."""
    written = {item["resourceType"] for item in message.written.values()} - {"Provenance"}
    persons = any(isinstance(change, Save) for change in message.changes)
    return "DocumentReference" in written or (UPDATE in events(message) and (bool(written) or persons))
