"""Whose view of a case has changed: only they hear of a change, and of nothing else (workflow.md, phase 7 "Amend")."""

from collections.abc import Collection, Iterator
from typing import Any

from gateway.domain.ledger import Save
from gateway.domain.message import Message, Part
from gateway.pipeline.case.reply import is_open
from gateway.pipeline.disclose import of_measures
from gateway.pipeline.policies.shown import seen_by
from gateway.pipeline.rooms import Rooms
from gateway.pipeline.tasks.family import measures, open_cases, owner_of, root

Tree = dict[str, Any]

SEEN_BY_OTHERS = frozenset({"Patient", "CarePlan", "Goal", "RelatedPerson", "Coverage", "Observation", "Organization"})
"""Types that the view of a measure may contain beside the measure itself."""
UNSEEN = frozenset({"meta", "lastModified", "authoredOn", "created"})
"""Elements that say when something was written down."""
OWN = frozenset({"Task", "ServiceRequest"})
"""What the measure's own moves and amendments tell."""


def others(message: Message, told: Collection[str], rooms: Rooms) -> Iterator[Part]:
    """A part for the owner of each open measure whose view changed; `told` are the measures that go out anyway."""
    if not changes_views(message):
        return
    for case in concerned(message, rooms):
        for task in measures(case, message, rooms):
            owner = owner_of(task)
            if owner and owner != message.entry.partner and is_open(task) and task["focus"]["reference"] not in told:
                part = Part(owner, "measures", {}, f"Task/{task['id']}", task["for"]["reference"], f"Task/{root(task)}")
                if view(part, message, rooms) != view(part, Message(message.entry), rooms):
                    yield part


def changes_views(message: Message) -> bool:
    """Whether a message writes anything that the view of a measure may contain."""
    saved = (c.resource["resourceType"] for c in message.changes if isinstance(c, Save))
    return any(kind in SEEN_BY_OTHERS for kind in saved)


def concerned(message: Message, rooms: Rooms) -> list[str]:
    """The cases of the message, and all open ones of the persons it changes."""
    saved = [c.resource for c in message.changes if isinstance(c, Save)]
    persons = [f"Patient/{r['id']}" for r in saved if r["resourceType"] == "Patient"]
    more = (case for person in persons for case in open_cases(person, message, rooms))
    return list(dict.fromkeys([*(case.partition("/")[2] for case in message.cases), *more]))


def view(part: Part, message: Message, rooms: Rooms) -> Tree:
    """What the party may see, without what says when: a change of something withheld is none."""
    tree = seen_by(part.partner, part.person, of_measures(part, message, rooms), message, rooms)
    return {
        kind: [{key: value for key, value in item.items() if key not in UNSEEN} for item in items]
        for kind, items in tree.items()
        if kind not in OWN
    }
