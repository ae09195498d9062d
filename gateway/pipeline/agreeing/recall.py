"""The recall (workflow.md, phase 8): whoever was shown what may not be shown any more is asked to delete it.

A Task of its own kind, owned by the recipient: focus the Consent, input the Provenance of each view that it was shown
and the classes it loses, output its confirmation.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from gateway.consent.policy import Policy
from gateway.consent.vocabulary import DATA_CLASS, SECRECY_RELEASE
from gateway.domain.events import Event
from gateway.domain.ledger import Audit, Change, Conclude, Delivery, Note
from gateway.domain.message import Message, Moved
from gateway.domain.problem import Problem
from gateway.domain.system import MEASURE, PARTNER
from gateway.mapping.run import urn
from gateway.mapping.runtime import every
from gateway.pipeline.agreeing.change import MANY, Changed, cases, changes, tasks
from gateway.pipeline.agreeing.losses import Loss
from gateway.pipeline.case.fresh import fresh
from gateway.pipeline.follow import apply
from gateway.pipeline.formats import is_told_by_measure
from gateway.pipeline.policies.load import standard
from gateway.pipeline.policies.stopping import GONE, was_shown
from gateway.pipeline.proof.communications import concluded
from gateway.pipeline.rooms import Rooms
from gateway.pipeline.stored.view import current
from gateway.pipeline.tasks.family import kind_of, owner_of, root
from gateway.pipeline.tasks.walk import Report, walk

Resource = dict[str, Any]
WHY = "consent changed"
UNSENT = ("waiting", "dead")
"""Standings of a delivery that has not been seen and could still be sent; one that is being sent is not called back."""
STOP = "#stop"
"""Ends the policy's name in the Provenance of a view that only asks to stop."""
ALL = "alles"


@dataclass(frozen=True, slots=True)
class Recall:
    """What one recipient is asked for one case (`Task/<id>`): the id of its Task, the change, what is lost."""

    key: str
    case: str
    change: Changed
    loss: Loss


def recalled(message: Message, rooms: Rooms) -> Message:
    """The message with the recalls that its changed Consents need, and without what still waits to be sent."""
    for change in changes(message, rooms):
        for loss in change.losses:
            message = message.with_changes(*held_back(change, loss, rooms))
            for case in cases(change.person, rooms):
                message = with_recall(change, loss, case, message, rooms)
    return message


def with_recall(change: Changed, loss: Loss, case: str, message: Message, rooms: Rooms) -> Message:
    """The message with the recall of one recipient and case; a person calls whom no format can tell it."""
    moves = called_back(change, loss, case, message, rooms)
    message = replace(message, moved=(*message.moved, *moves)).of_case(case) if moves else message
    if moves and is_told_by_measure(loss.party, rooms):
        event = Event("not-delivered", moves[-1].task["id"])
        message, _ = apply(event, case.partition("/")[2], message, rooms)
        message = message.with_problems(by_word(loss.party))
    return message


def by_word(party: str) -> Problem:
    """The finding about a recall that no message can carry."""
    sentence = "the format of this partner cannot say that it is to stop and to delete without naming the person"
    repair = "call it; `gateway recall record` writes down what it says"
    return Problem("consent.called", party, sentence, repair, "warning")


def called_back(change: Changed, loss: Loss, case: str, message: Message, rooms: Rooms) -> list[Moved]:
    """The Task by which one recipient is asked for one case; none where it was shown none of it."""
    views = shown_to(loss.party, case, rooms)
    key = urn("recall", loss.party, case, message.entry.id)[9:]
    if not was_shown(loss.party, case, rooms) or rooms.store.read("Task", key):
        return []
    lost = loss.classes if loss.whole else tuple(name for name in loss.classes if has(name, views, rooms))
    if not lost:
        return []
    sent = "dispatch-failed" if is_told_by_measure(loss.party, rooms) else "dispatched"
    report = Report("requested", sent, "R", "E1")
    task = asked(Recall(key, case, change, replace(loss, classes=lost)), message, rooms)
    return walk({**task, "input": [*inputs(views), *classes(lost)]}, report, rooms.now())[0]


def asked(recall: Recall, message: Message, rooms: Rooms) -> Resource:
    """The Task before it is sent."""
    key, case, change, loss = recall.key, recall.case, recall.change, recall.loss
    own = [t for t in tasks(change.person, message, rooms) if owner_of(t) == loss.party and root(t) == case[5:]]
    measures = [task for task in own if kind_of(task) == "measure"]
    asker = current(case, message, rooms).get("owner", {})
    source = str(asker.get("reference", "")).partition("/")[2]
    return {
        **fresh("recall", key, measures[0] if measures else current(case, message, rooms), message, rooms),
        **({"meta": {"source": f"{PARTNER}{source}"}} if source else {}),
        "focus": {"reference": change.consents[0]},
        "for": {"reference": change.person},
        **({"requester": asker} if asker else {}),
        "owner": {"reference": f"Organization/{loss.party}"},
        "description": words(loss, measures, message, rooms),
    }


def words(loss: Loss, measures: list[Resource], message: Message, rooms: Rooms) -> str:
    """What the recipient reads: which work it is about by our numbers, and which data; nobody's name."""
    requests = [current(str(task["focus"]["reference"]), message, rooms) for task in measures]
    found = [str(i.get("value")) for r in requests for i in every(r, ("identifier",)) if i.get("system") == MEASURE]
    work = f" zu {', '.join(found)}" if found else ""
    what = ALL if loss.whole else "; ".join(german(name, rooms.policy or standard()) for name in loss.classes)
    return (
        f"Einwilligung widerrufen oder eingeschränkt. Bitte löschen oder sperren Sie, was Sie{work} erhalten haben: "
        f"{what}. Bestätigen Sie es bitte."
    )


def german(name: str, policy: Policy) -> str:
    """What a class is called."""
    known = {SECRECY_RELEASE: "was der Schweigepflicht unterliegt"}
    return policy.classes[name].words.de if name in policy.classes else known.get(name, "einzeln Genanntes")


# --- who was shown what ----------------------------------------------------------------------------------------------


def shown_to(party: str, case: str, rooms: Rooms) -> list[Resource]:
    """The Provenances of what a party was shown of a case, oldest first; those that only asked to stop are none."""
    sent = rooms.store.deliveries({"partner": party, "case": case}, 0, MANY)
    views = (view_of(d, rooms) for d in reversed(sent) if d.standing in GONE)
    return [view for view in views if view and not is_stop(view)]


def view_of(delivery: Delivery, rooms: Rooms) -> Resource:
    """The Provenance of what a delivery shows, empty for none."""
    found = rooms.store.read("Provenance", urn("view", delivery.id)[9:])
    return found.resource if found else {}


def is_stop(view: Resource) -> bool:
    """Whether a view only asked to stop."""
    return any(str(name).endswith(STOP) for name in every(view, ("policy",)))


def has(name: str, views: list[Resource], rooms: Rooms) -> bool:
    """Whether a view had a resource of a type in which a class of data has elements; of a single resource: it."""
    policy = rooms.policy or standard()
    entities = [str(r) for view in views for r in every(view, ("entity", "what", "reference"))]
    kinds = {entity.partition("/")[0] for entity in entities}
    if name not in policy.classes:
        return name == SECRECY_RELEASE or any(entity.startswith(f"{name}/") for entity in entities) or not views
    wanted = {path.steps[0].name for path in policy.classes[name].paths}
    return "*" in wanted or bool(wanted & kinds) or not views


def inputs(views: list[Resource]) -> Iterator[Resource]:
    """Task.input: each view that was shown."""
    for view in views:
        yield {"type": {"text": "gezeigt"}, "valueReference": {"reference": f"Provenance/{view['id']}"}}


def classes(names: tuple[str, ...]) -> Iterator[Resource]:
    """Task.input: each class of data that is called back."""
    for name in names:
        yield {"type": {"text": "Daten"}, "valueCoding": {"system": DATA_CLASS, "code": name}}


# --- what still waits ------------------------------------------------------------------------------------------------


def unsent(change: Changed, loss: Loss, rooms: Rooms) -> list[Delivery]:
    """Deliveries to a party about a person that wait to be sent, but for those that only ask to stop."""
    wanted = [(case, standing) for case in cases(change.person, rooms) for standing in UNSENT]
    found = (
        delivery
        for case, standing in wanted
        for delivery in rooms.store.deliveries({"partner": loss.party, "case": case, "standing": standing}, 0, MANY)
    )
    return [delivery for delivery in found if not is_stop(view_of(delivery, rooms))]


def held_back(change: Changed, loss: Loss, rooms: Rooms) -> Iterator[Change]:
    """They are dropped in the same commit; whoever has begun to send one is not stopped, and its view is recalled."""
    for delivery in unsent(change, loss, rooms):
        yield from dropped(delivery, rooms)


def dropped(delivery: Delivery, rooms: Rooms) -> Iterator[Change]:
    """One delivery that is not sent any more: its standing, its Communication, a line of the audit."""
    said = {"standing": "dropped", "reason": WHY, "until": None, "settled": rooms.now()}
    yield Conclude(delivery.id, said, expected=delivery.standing)
    yield from concluded(delivery, "dropped", WHY, rooms)
    yield Note(Audit(rooms.now(), "gateway", "withhold", delivery.id, "dropped", f"to {delivery.partner}: {WHY}"))
