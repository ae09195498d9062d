"""The format a message is read with: the current one, or on a replay the one that is named by its content hash."""

from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from gateway.domain.ledger import Entry
from gateway.mapping.format import Format
from gateway.mapping.pack import unpack
from gateway.pipeline.rooms import Rooms

if TYPE_CHECKING:
    from gateway.directory.parties import Party, Purpose


def source_of(entry: Entry, rooms: Rooms) -> Format | None:
    """The format of a message, None where it is not there or has errors."""
    current = rooms.shelf.get(entry.format)
    if not entry.replay or (current and current.hash == entry.replay):
        return current
    archived = rooms.store.archived(entry.replay)
    return restored(archived[1], archived[0], rooms) if archived else None


def restored(data: bytes, name: str, rooms: Rooms) -> Format | None:
    """An archived format; the last few stay ready."""
    return _restored(data, name, Held(rooms))


class Held:
    """Rooms as a cache key: any rooms will do, the files decide."""

    def __init__(self, rooms: Rooms) -> None:
        self.codecs = rooms.shelf.codecs

    def __hash__(self) -> int:
        return 0

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Held)


@lru_cache(maxsize=8)
def _restored(data: bytes, name: str, held: Held) -> Format | None:
    with TemporaryDirectory() as folder:
        found = unpack(data, name, held.codecs, Path(folder))
        if found:  # compiled now: its files are gone afterwards
            found.ready("to_fhir", "account")
        return found


def reads_tasks(partner: str, rooms: Rooms) -> bool:
    """Whether the format agreed for measures is FHIR."""
    form = format_of(partner, rooms)
    return form is None or form.is_fhir


def takes_tasks(partner: str, rooms: Rooms) -> bool:
    """Whether a Task of its own can be written to a partner: in plain FHIR, or where a map of its format makes one."""
    form = format_of(partner, rooms)
    made = {scope.target for scope in form.plan.maps.values()} if form and form.plan else {"Task"}
    return reads_tasks(partner, rooms) and "Task" in made


def format_of(partner: str, rooms: Rooms) -> Format | None:
    """The format in which a partner is sent measures, else whatever it is sent."""
    party = rooms.directory.get(partner)
    purposes: tuple[Purpose, ...] = ("measures", "referrals", "answers")
    roads = (road for purpose in purposes for road in (party.receiving(purpose) if party else ()))
    return next((rooms.shelf.get(road.format) for road in roads), None)


def is_told(party: "Party", rooms: Rooms) -> bool:
    """Whether a party that reads no Tasks is asked in the manner agreed for answers, and by their road."""
    return party.manner != "" and not reads_tasks(party.id, rooms)


def is_told_by_measure(owner: str, rooms: Rooms) -> bool:
    """Whether a party reads FHIR without Tasks (the EVP): its format has no word for a Task, only for the plan."""
    party = rooms.directory.get(owner)
    return reads_tasks(owner, rooms) and not takes_tasks(owner, rooms) and not (party and is_told(party, rooms))
