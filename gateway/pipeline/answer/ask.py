"""A question, and what became of it, in the manner of a party: who asks what about whom, and how to answer."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from gateway.domain.codec import Tree
from gateway.domain.system import CANONICAL, TASK, TRACKING
from gateway.mapping.runtime import every
from gateway.pipeline.answer import stop
from gateway.pipeline.answer.manners import SAYS, US, listing, report, response
from gateway.pipeline.answer.news import News, link
from gateway.pipeline.rooms import Rooms
from gateway.pipeline.tasks.family import about, kind_of, owner_of

if TYPE_CHECKING:
    from gateway.directory.parties import Party, Purpose

Resource = dict[str, Any]

ASKS = "Rückfrage: "
HOW = "So antworten Sie: telefonisch oder als Dokument (MDM T02) mit dieser Nummer in TXA-13 oder im Text."
CONFIRM = " Schreiben Sie dazu: gelöscht - oder: gesperrt."
ROW = "row"
"""The manner of whoever is sent measures in a list and no answers: the row of the measure says it."""
ROADS: "tuple[Purpose, ...]" = ("answers", "measures", "referrals")
TALK = f"{CANONICAL}/StructureDefinition/row-talk"
SETTLED: Mapping[str, str] = {
    "completed": "beantwortet",
    "rejected": "nicht beantwortet, abgelehnt",
    "cancelled": "zurückgezogen, eine Antwort ist nicht mehr nötig",
    "failed": "ohne Antwort beendet",
    "entered-in-error": "irrtümlich gestellt",
}
"""Task.status of a question that has ended -> what that is in German; any other is open."""


def said(news: News) -> Tree:
    """What a party is told of a Task: of questions and stops in words of their own, else how far it is."""
    if kind_of(news.task) == "abort" and news.party.manner != "Task":
        return SAYS[news.party.manner](stop.answered(news))
    if kind_of(news.task) == "recall" and news.party.manner != "Task":
        words = {**news.task, "statusReason": {"text": str(news.task.get("description", ""))}}
        return SAYS[news.party.manner](replace(news, move=replace(news.move, task=words)))
    asks = kind_of(news.task) == "question"
    manner = manner_of(news.party, news.rooms) if asks else news.party.manner
    made = QUESTIONS.get(manner) if asks else None
    return (made or SAYS[manner])(news)


def manner_of(party: "Party", rooms: Rooms) -> str:
    """How a party hears of its questions: as agreed for answers, else by Task or in a row of what it is sent anyway."""
    if party.manner:
        return party.manner
    road = next((road for purpose in ROADS for road in party.receiving(purpose)), None)
    form = rooms.shelf.get(road.format) if road else None
    if form is None:
        return ""
    if form.is_fhir:
        return "Task"
    return ROW if form.file.codec == "delimited" else ""


def by_document(news: News) -> Tree:
    """MDM^T02: the question is a document under its own number; what became of it replaces this one."""
    tree, own = report(seen(news)), number(news.task)
    (document,) = tree["DocumentReference"]
    if is_open(news.task):
        document["masterIdentifier"] = {"assigner": {"display": US}, "value": own}
        document.pop("relatesTo", None)
    elif is_asked(news):
        named = {"assigner": {"display": US}, "value": own}
        document["relatesTo"] = [{"code": "replaces", "target": {"identifier": named}}]
    return tree


def by_response(news: News) -> Tree:
    """RRI^I12: the referral stays where it is, and says in words what is asked (NTE)."""
    task, told = news.task, seen(news)
    above = news.read(f"Task/{about(task)}")
    kept = {name: value for name, value in above.items() if name not in ("statusReason", "output", "note")}
    numbers: Resource = {"identifier": told.task["identifier"], "owner": told.task["owner"]}
    view = {**kept, **numbers, "businessStatus": {"text": in_words(task)}}
    return response(replace(news, move=replace(news.move, task=view)))


def by_row(news: News) -> Tree:
    """A row of a list: the number of the question, its words, room for the answer."""
    return listing(seen(news))


def seen(news: News) -> News:
    """The question as a party sees it: by our short number, with the other side as whom to talk to."""
    task = news.task
    above = news.read(f"Task/{about(task)}")
    numbers = [i for i in every(task, ("identifier",)) if i.get("system") == TASK][:1]
    first = [i for i in every(above, ("identifier",)) if i.get("system") == TRACKING]
    other = task.get("requester", {}) if is_asked(news) else task.get("owner", {})
    view = {**task, "identifier": [*numbers, *first], "owner": other, "description": words(task)}
    view.pop("businessStatus", None)
    return replace(news, move=replace(news.move, task=view))


def talk(task: Resource, partner: str) -> Resource:
    """A question and its answer as the extension that a row of a list is made of."""
    answers = [str(text) for text in every(task, ("output", "valueString"))]
    stand = SETTLED.get(str(task.get("status")), "")
    told = "; ".join(answers) or ": ".join(filter(None, (stand, str(task.get("statusReason", {}).get("text", "")))))
    own = owner_of(task) == partner
    asks = f"{number(task)}: {words(task)}" if is_open(task) else f"{number(task)}: {stand}"
    asks += CONFIRM if kind_of(task) == "recall" and is_open(task) else ""
    cells = {"asked": asks} if own else {"question": words(task), "reply": told}
    return {"url": TALK, "extension": [{"url": name, "valueString": text} for name, text in cells.items() if text]}


def is_asked(news: News) -> bool:
    """Whether the party is who was asked."""
    return link(news.task, "owner") == f"Organization/{news.party.id}"


def is_open(task: Resource) -> bool:
    """Whether a question waits for its answer."""
    return task.get("status") not in SETTLED


def number(task: Resource) -> str:
    """Our number of a question."""
    return next((str(i["value"]) for i in every(task, ("identifier",)) if i.get("system") == TASK), task["id"])


def words(task: Resource) -> str:
    """What is asked: the description, else what a form of the asker has in its inputs."""
    said = [str(task.get("description", "")), *(str(text) for text in every(task, ("input", "valueString")))]
    return next((text.removeprefix(ASKS) for text in said if text), "")


def in_words(task: Resource) -> str:
    """A question in one line, with its number and what is to be done."""
    answers = "; ".join(str(text) for text in every(task, ("output", "valueString")))
    reason = str(task.get("statusReason", {}).get("text", ""))
    told = answers or reason
    stand = SETTLED.get(str(task.get("status")))
    rest = f"{stand}{f': {told}' if told else ''}" if stand else HOW
    return f"{ASKS.removesuffix(': ')} {number(task)}: {words(task)} - {rest}"


QUESTIONS: Mapping[str, Callable[[News], Tree]] = {
    "MDM^T02": by_document,
    "RRI^I12": by_response,
    "list": by_row,
}
