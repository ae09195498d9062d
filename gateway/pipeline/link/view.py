"""What a party sees by its link: exactly what the line would send it of this Task, and what was asked about it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from gateway.domain.codec import Tree
from gateway.domain.ledger import Entry
from gateway.domain.message import Message, Part
from gateway.domain.task import FINAL
from gateway.mapping.runtime import every
from gateway.pipeline.disclose import disclose
from gateway.pipeline.link.record import Link
from gateway.pipeline.rooms import Rooms
from gateway.pipeline.seeing.lens import Lens
from gateway.pipeline.tasks.family import kind_of, owner_of, root

Resource = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Talk:
    """A question about the Task: who asks, what, whether it is answered, and the answer's words."""

    ours: bool
    question: str
    answered: bool
    answer: str


@dataclass(frozen=True, slots=True)
class Ask:
    """A Task by which this party is asked something: its id and version, its kind, and what it says."""

    id: str
    version: int
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class View:
    """A Task as its party sees it.

    task     as it is stored, for its status; version: which one, shown again with an answer
    tree     the disclosed resources by type, as the step `disclose` gives them
    talks    questions of this party and to it, oldest first
    asks     what it is asked and has not answered: a question, to stop, to agree to a change, to delete data
    stopping whether it is asked to stop
    notes    what it has written down itself
    office   name and telephone number of the site that has the case, empty where they are not known
    """

    task: Resource
    version: int
    tree: Tree
    talks: tuple[Talk, ...] = ()
    asks: tuple[Ask, ...] = ()
    stopping: bool = False
    notes: tuple[tuple[str, str], ...] = ()
    office: tuple[str, str] = ("", "")


def view(link: Link, rooms: Rooms) -> View | None:
    """What the link shows now; None where the Task is not the party's any more."""
    stored = rooms.store.read("Task", link.id)
    if stored is None or owner_of(stored.resource) != link.partner:
        return None
    task, lens = stored.resource, Lens(link.partner, rooms)
    about = [v.resource for v in rooms.store.find("Task", [("partOf", link.task)])]
    stops = [v.resource for v in rooms.store.find("Task", [("focus", link.task)])]
    return View(
        task,
        stored.version,
        disclosed(link, task, rooms),
        tuple(talk(item, link.partner, lens) for item in about if is_between(item, link.partner)),
        tuple(asks(link, rooms)),
        any(kind_of(item) == "abort" and item.get("status") not in ENDED for item in stops),
        tuple((str(n.get("time", "")), str(n.get("text", ""))) for n in every(task, ("note",)) if is_own(n, link)),
        office(task, rooms),
    )


ENDED = frozenset({"rejected", "cancelled", "failed", "entered-in-error"})


def disclosed(link: Link, task: Resource, rooms: Rooms) -> Tree:
    """What the line sends this party of this Task."""
    nothing = Message(Entry("", "", "fhir", "fhir", b"", "", rooms.now()))
    person = next((str(name) for name in every(task, ("for", "reference"))), "")
    part = Part(link.partner, "measures", {}, link.task, person, f"Task/{root(task)}")
    message = Message(nothing.entry, parts=(part,), person=person, case=part.case)
    return next((made.tree for made in disclose(message, rooms).parts), {})


def office(task: Resource, rooms: Rooms) -> tuple[str, str]:
    """Whom to call: the site that has the case, as the directory knows it."""
    case = rooms.store.read("Task", root(task))
    party = rooms.directory.get(owner_of(case.resource)) if case else None
    return (party.title, party.phone) if party else ("", "")


def asks(link: Link, rooms: Rooms) -> Iterator[Ask]:
    """The open Tasks about a link's Task that its party owns, the oldest first."""
    lens = Lens(link.partner, rooms)
    found = {v.id: v for term in ("partOf", "focus") for v in rooms.store.find("Task", [(term, link.task)])}
    for version in sorted(found.values(), key=lambda one: one.number):
        task, kind = version.resource, kind_of(version.resource)
        own = owner_of(task) == link.partner
        if own and kind in REPLIED and task.get("status") not in FINAL:
            yield Ask(version.id, version.version, kind, text(lens.shown(task) or {}))


REPLIED = ("question", "abort", "change", "recall")
"""Kinds of Tasks that are answered on the page."""


def is_between(task: Resource, partner: str) -> bool:
    """Whether a Task is a question that the party asks or is asked."""
    named = [str(name) for path in ("owner", "requester") for name in every(task, (path, "reference"))]
    return kind_of(task) == "question" and f"Organization/{partner}" in named


def talk(task: Resource, partner: str, lens: Lens) -> Talk:
    """A question with its answer, as far as the policy shows them; its own words a party always knows."""
    shown, ours = lens.shown(task) or {}, owner_of(task) != partner
    texts = [*every(shown, ("output", "valueString")), *every(shown, ("note", "text"))]
    answer = "\n".join(str(words) for words in texts)
    return Talk(ours, text(task if ours else shown), task.get("status") == "completed", answer)


def text(task: Resource) -> str:
    """What a Task says."""
    return str(task.get("description", ""))


def is_own(note: Resource, link: Link) -> bool:
    """Whether the party has written a note."""
    return bool(note.get("authorReference", {}).get("reference") == f"Organization/{link.partner}")
