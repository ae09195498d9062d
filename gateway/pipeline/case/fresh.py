"""A new Task about another one as every Task of its kind begins: its numbers, its place in the case, its focus."""

from collections.abc import Mapping
from typing import Any

from gateway.domain.message import Message
from gateway.pipeline.case.referral import numbers
from gateway.pipeline.rooms import Rooms
from gateway.pipeline.tasks.family import CODES, group, root

Task = dict[str, Any]

LETTERS: Mapping[str, str] = {
    "question": "Q",
    "abort": "X",
    "change": "C",
    "approve": "H",
    "decision": "D",
    "recall": "R",
}
"""Kind of Task -> what its number begins with."""
OF_THE_CASE = frozenset({"decision", "approve"})
"""Kinds that are part of the referral's Task; the others are part of the one they are about."""
OF_THE_REQUEST = frozenset({"question", "change"})
"""Kinds whose focus is the request behind the Task they are about (workflow.md, "Resources")."""


def fresh(kind: str, key: str, about: Task, message: Message, rooms: Rooms) -> Task:
    """The Task before its first move, asked for now; who asks and who is asked is not in it."""
    system, code = CODES[kind]
    return {
        "resourceType": "Task",
        "id": key,
        "identifier": numbers(short(kind, key), message.entry.id),
        "groupIdentifier": group(root(about)),
        "intent": "order",
        "code": {"coding": [{"system": system, "code": code}]},
        **placed(kind, about),
        "authoredOn": rooms.now().isoformat(timespec="seconds"),
    }


def placed(kind: str, about: Task) -> Task:
    """What a Task is part of, what it focuses, and whom it is for, as the Task that it is about says."""
    above = root(about) if kind in OF_THE_CASE else about["id"]
    meant = above if kind == "approve" else about["id"]
    focus = about["focus"] if kind in OF_THE_REQUEST else {"reference": f"Task/{meant}"}
    return {"partOf": [{"reference": f"Task/{above}"}], "focus": focus, "for": about["for"]}


def short(kind: str, key: str) -> str:
    """Our number of such a Task, short enough for a list, a letter or TXA-12 (chapter 9.6.1)."""
    return f"{LETTERS[kind]}-{key[:13].upper()}"
