"""How a link comes about and ends: made when a part is due to its party, shown to the Kümmerer once, taken back."""

from dataclasses import dataclass, replace
from datetime import timedelta

from gateway.domain.ledger import Audit, Note
from gateway.domain.task import FINAL
from gateway.pipeline.cookie import hashed
from gateway.pipeline.link import secret
from gateway.pipeline.link.record import Link, read, saved
from gateway.pipeline.rooms import Rooms
from gateway.pipeline.tasks.family import about, kind_of, owner_of
from gateway.store.port import ConflictError

TRIES = 5


@dataclass(frozen=True, slots=True)
class Shown:
    """What is told once: the key of the address, empty where it travels in a notice, and the code."""

    link: Link
    key: str = ""
    code: str = ""


def measure_of(task: str, rooms: Rooms) -> dict[str, object]:
    """The measure's Task that a Task is or is about, which is what a link leads to; empty where there is none."""
    stored = rooms.store.read("Task", task)
    if stored is None or kind_of(stored.resource) == "measure":
        return stored.resource if stored else {}
    above = rooms.store.read("Task", about(stored.resource))
    return above.resource if above and kind_of(above.resource) == "measure" else {}


def is_open(task: str, rooms: Rooms) -> bool:
    """Whether a Task may still be answered."""
    stored = rooms.store.read("Task", task)
    return stored is not None and stored.resource.get("status") not in FINAL


def made(task: str, partner: str, days: float, rooms: Rooms) -> Link:
    """The link of a Task, a new one where there is none or it is over; not written yet."""
    now, before = rooms.now(), read(task, rooms)
    if before and not before.is_over(now) and before.partner == partner:
        return before
    number = before.version if before else 0
    return Link(task, partner, now.isoformat(), (now + timedelta(days=days)).isoformat(), version=number)


def invited(link: Link, road: str, rooms: Rooms) -> str:
    """Sees to it that there is a link; gives its key where a road (`folder`, `letter`) has to carry one, else empty.

    What is sent again carries a new key as long as nobody has redeemed the one before. `StoreError` as in the store.
    """
    key = secret.fresh_key() if road and not link.opened else ""
    if not key and link.version and link == read(link.id, rooms):
        return ""
    written(replace(link, key=hashed(key), road=road) if key else link, "link made", link.partner, rooms)
    return key


def shown(task: str, days: float, who: str, rooms: Rooms, *, anew: bool = False) -> Shown | None:
    """The secrets of a Task's link, which are told this one time; None where they were told before.

    `anew`: new ones, which end those before. Where a notice carries the key, only the code is told.
    """
    partner = owner_of(measure_of(task, rooms))
    before = read(task, rooms)
    link = made(task, partner, days, rooms)
    if anew:
        link = replace(link, key="", code="", device="", until="", opened="", road="", told="", tries=0)
    if link.code:
        return None
    noticed = bool(link.key) and link == before
    key, code = "" if noticed else secret.fresh_key(), secret.fresh_code()
    link = replace(link, key=hashed(key) or link.key, code=secret.scrambled(code))
    return Shown(written(link, "link shown", who, rooms), key, code)


def revoked(task: str, who: str, rooms: Rooms) -> Link | None:
    """Takes a link back, its open pages too; None where there is none."""
    for _ in range(TRIES):
        link = read(task, rooms)
        if link is None or link.revoked:
            return link
        try:
            return written(replace(link, revoked=rooms.now().isoformat(), until=""), "link revoked", who, rooms)
        except ConflictError:
            continue
    raise ConflictError("others keep using the link")


def written(link: Link, action: str, who: str, rooms: Rooms, outcome: str = "done") -> Link:
    """Stores a link with a line in the audit; `ConflictError` where somebody else changed it meanwhile."""
    now = rooms.now()
    rooms.store.commit([saved(link, now), Note(Audit(now, who, action, link.task, outcome))]).result()
    return replace(link, version=link.version + 1)
