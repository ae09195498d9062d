"""What a change of a case was decided from: the other Tasks of the case, which must not move meanwhile."""

from gateway.domain.ledger import Change, Counted, Save, Unchanged
from gateway.domain.message import Message
from gateway.pipeline.case.family import family, root
from gateway.pipeline.rooms import Rooms


def steady(message: Message, rooms: Rooms) -> list[Change]:
    """For each case in which a Task moved: no Task came to it, and those that are not written are as they were read.

    Whether a referral is on hold, or may end, depends on all its Tasks; two who move different Tasks of one case at
    the same time would each see the other's as it was before. Stands before the other changes of the commit.
    """
    written = {
        c.resource["id"] for c in message.changes if isinstance(c, Save) and c.resource["resourceType"] == "Task"
    }
    found = cases(message)
    tasks = {t["id"]: t for case in found for t in family(case, message, rooms) if t["id"] not in written}
    stored = (rooms.store.read("Task", key) for key in tasks)
    same = [Unchanged("Task", version.id, version.version) for version in stored if version]
    return [*(members(case, rooms) for case in found), *same]


def members(case: str, rooms: Rooms) -> Counted:
    """As many Tasks as the case has now."""
    term = ("case", case)
    return Counted("Task", term, len(rooms.store.find("Task", [term], 1000)))


def cases(message: Message) -> list[str]:
    """Ids of T0 of the cases in which a Task moved."""
    return list(dict.fromkeys(root(move.task) for move in message.moved))
