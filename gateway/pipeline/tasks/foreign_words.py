"""What a Task says in the codes of another system, and what we say of it in theirs (domain/foreign.py)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from gateway.domain.codec import Tree
from gateway.domain.foreign import said, system_of, translate, uri_of
from gateway.domain.message import Message
from gateway.domain.problem import Problem
from gateway.domain.system import BUSINESS_STATUS
from gateway.domain.task import ACTORS, Stand, display, legal
from gateway.mapping.runtime import every
from gateway.pipeline.rooms import Rooms
from gateway.pipeline.tasks.walk import stand

Resource = dict[str, Any]

BESIDE = frozenset({"cow"})
"""Systems whose codes stand beside Task.status; those of all others stand in its place."""
PLAIN = "fhir-r4"


@dataclass(frozen=True, slots=True)
class Said:
    """One status as it was said: of which system, in which code."""

    system: str
    code: str

    @property
    def coding(self) -> dict[str, str]:
        """The code as it is kept beside ours."""
        return {"system": uri_of(self.system), "code": self.code}


def vocabulary(message: Message, rooms: Rooms) -> str:
    """The system whose codes the sender uses (`statuses:` of partner.yaml); empty for none."""
    sender = rooms.directory.get(message.entry.partner)
    return sender.statuses if sender else ""


def spoken(item: Resource, system: str) -> list[Said]:
    """The statuses a Task says in codes of others, in the order in which they are walked.

    `system` is that of the sender (`statuses:` of partner.yaml, empty for none). A code that a party got from us and
    sends back with ours beside it says nothing of its own.
    """
    coded = list(dict.fromkeys(coded_words(item, system)))
    if not coded and not system:
        return []
    now = stand(item)
    ours = any(coding.get("system") == BUSINESS_STATUS for coding in every(item, ("businessStatus", "coding")))
    if ours and all(word.code == said(word.system, now) for word in coded):
        return []
    instead = [word for word in coded if word.system not in BESIDE]
    if instead:
        return instead[:1]
    plain = Said(system, now.status) if system and is_known(system, now.status) else Said(PLAIN, now.status)
    return [plain, *coded] if coded or plain.system == system else []


def coded_words(item: Resource, system: str) -> Iterator[Said]:
    """The codes of Task.businessStatus and Task.statusReason that are of a foreign system; the sender's may name none.

    A business status without a code may be one of the sender's in words.
    """
    for place in ("businessStatus", "statusReason"):
        codings = every(item, (place, "coding"))
        for coding in codings:
            named = str(coding.get("system", ""))
            usual = system if place == "businessStatus" and not named else ""
            found = system if system and named == uri_of(system) else system_of(named) or usual
            if found and coding.get("code"):
                yield Said(found, str(coding["code"]))
    text = str(next(iter(every(item, ("businessStatus", "text"))), ""))
    if system and text and not every(item, ("businessStatus", "coding")) and is_known(system, text):
        yield Said(system, text)


def is_known(system: str, code: str) -> bool:
    """Whether the table knows the code, of whatever Task it is said."""
    found = translate(system, code)
    return not isinstance(found, Problem) or found.code == "foreign.when"


# --- what we keep and say --------------------------------------------------------------------------------------------


def has(task: Resource, word: Said) -> bool:
    """Whether a Task has the code beside ours already."""
    return any(is_same(coding, word) for coding in every(task, ("businessStatus", "coding")))


def is_same(coding: Resource, word: Said) -> bool:
    """Whether a coding is this code of this system."""
    return (coding.get("system"), coding.get("code")) == (word.coding["system"], word.code)


def beside(task: Resource, word: Said) -> Resource:
    """The Task with the code as they wrote it beside ours, ours first."""
    if has(task, word):
        return task
    status = task.get("businessStatus", {})
    return {**task, "businessStatus": {**status, "coding": [*status.get("coding", ()), word.coding]}}


def with_ours(task: Resource, before: str, system: str) -> Resource:
    """A Task whose sender wrote its status and a code of a foreign system, with our business status for it in front.

    For who moves a Task itself (FHIR API): the status is the sender's, only what goes with it is added; `before` is the
    status the Task has now.
    """
    word = next(coded_words(task, system), None)
    found = translate(word.system, word.code, before) if word else None
    if found is None or isinstance(found, Problem) or stand(task).business:
        return task
    to, business = str(task.get("status", "")), found.stand.business
    rows = (row for actor in ACTORS for row in legal(before, actor) if row.to == to == found.stand.status)
    if not business or not any(business in row.business for row in rows):
        return task
    status = task.get("businessStatus", {})
    ours = {"system": BUSINESS_STATUS, "code": business, "display": display(business)}
    return {**task, "businessStatus": {**status, "coding": [ours, *status.get("coding", ())]}}


def in_their_words(tree: Tree, system: str) -> Tree:
    """What a party is sent, each Task with the party's own code for where it is beside ours; no code of a third."""
    if not system or "Task" not in tree:
        return tree
    return {**tree, "Task": [told(task, system) for task in tree["Task"]]}


def told(task: Resource, system: str) -> Resource:
    """One Task as a party is told it."""
    own = stand(task)
    code = said(system, Stand(own.status, own.business))
    codings = [c for c in every(task, ("businessStatus", "coding")) if c.get("system") == BUSINESS_STATUS]
    codings += [Said(system, code).coding] if code else []
    status = {**task.get("businessStatus", {}), "coding": codings}
    rest = {key: value for key, value in task.items() if key != "businessStatus"}
    return {**rest, "businessStatus": status} if codings else rest
