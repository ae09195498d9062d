"""What a change of a case was decided from, and must not move meanwhile: the other Tasks of the case, the Consents."""

from gateway.domain.ledger import Change, Counted, Save, Unchanged
from gateway.domain.message import Message
from gateway.mapping.runtime import every
from gateway.pipeline.policies.rested import rested, unheard
from gateway.pipeline.rooms import Rooms
from gateway.pipeline.tasks.family import family, root

PATIENT, FOR = ("patient", "reference"), ("for", "reference")


def steady(message: Message, rooms: Rooms) -> list[Change]:
    """For each case a message speaks of: no Task came to it, and those that are not written are as they were read.

    Whether a referral is on hold, or may end, depends on all its Tasks; two who move different Tasks of one case at
    the same time would each see the other's as it was before; and that a message says nothing new holds only for what
    it was compared with (proof/old_word.py). In the same way what is sent rests on the Consents of the person, and what
    a Consent takes away on who was sent anything. Stands before the other changes of the commit.
    """
    saved = (change.resource for change in message.changes if isinstance(change, Save))
    written = {f"{resource['resourceType']}/{resource['id']}": resource for resource in saved}
    found = cases(message)
    tasks = dict.fromkeys(t["id"] for case in found for t in family(case, message, rooms))
    stored = (rooms.store.read("Task", key) for key in tasks if f"Task/{key}" not in written)
    same = [Unchanged("Task", version.id, version.version) for version in stored if version]
    said = [of for name, one in written.items() if name.startswith("Consent/") for of in every(one, PATIENT)]
    shown = [part.person for part in message.parts]
    moved = [str(of) for move in message.moved for of in every(move.task, FOR)]
    consents = [*rested([*said, *shown, *moved], written, rooms), *unheard(said, written, rooms)]
    return [*dict.fromkeys([*(members(case, rooms) for case in found), *same, *consents])]


def members(case: str, rooms: Rooms) -> Counted:
    """As many Tasks as the case has now."""
    term = ("case", case)
    return Counted("Task", term, len(rooms.store.find("Task", [term], 1000)))


def cases(message: Message) -> list[str]:
    """Ids of T0 of the cases in which a Task moved, and of those the message belongs to."""
    named = (case.partition("/")[2] for case in message.cases)
    return list(dict.fromkeys([*(root(move.task) for move in message.moved), *named]))
