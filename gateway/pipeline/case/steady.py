"""What a change of a case was decided from: the other Tasks of the case, which must not move meanwhile."""

from gateway.domain.ledger import Change, Save, Unchanged
from gateway.domain.message import Message
from gateway.pipeline.case.family import family, root
from gateway.pipeline.rooms import Rooms


def steady(message: Message, rooms: Rooms) -> list[Change]:
    """For every Task of each case in which a Task moved and that is not written itself: it is as it was read.

    Whether a referral is on hold, or may end, depends on all its Tasks; two who move different Tasks of one case at
    the same time would each see the other's as it was before.
    """
    written = {
        c.resource["id"] for c in message.changes if isinstance(c, Save) and c.resource["resourceType"] == "Task"
    }
    tasks = {t["id"]: t for case in cases(message) for t in family(case, message, rooms) if t["id"] not in written}
    stored = (rooms.store.read("Task", key) for key in tasks)
    return [Unchanged("Task", version.id, version.version) for version in stored if version]


def cases(message: Message) -> list[str]:
    """Ids of T0 of the cases in which a Task moved."""
    return list(dict.fromkeys(root(move.task) for move in message.moved))
