"""What a decision rested on must hold when its result is written: a Consent that comes between makes it anew."""

from collections.abc import Collection, Iterable, Iterator

from gateway.domain.ledger import Change, Counted, Unchanged
from gateway.pipeline.given import CONSENTS
from gateway.pipeline.policies.asked import stored_versions
from gateway.pipeline.rooms import Rooms

MANY = 1000
HEARS: tuple[tuple[str, str], ...] = (("Task", "for"), ("Communication", "subject"))
"""Type and term by which whoever has to do with a person is found: who owns a Task, who is sent anything."""


def rested(persons: Iterable[str], own: Collection[str], rooms: Rooms) -> list[Change]:
    """For each `Patient/<id>`: its Consents are as they were read, and no other has come.

    `own`: names of resources that the commit itself writes, each against the version it was made from. Stands before
    the other changes of the commit; `rooms` are those in which the decision was made (stored/glance.py).
    """
    return [change for person in dict.fromkeys(persons) if person for change in _consents(person, own, rooms)]


def unheard(persons: Iterable[str], own: Collection[str], rooms: Rooms) -> list[Change]:
    """For each person whose Consents a commit changes: nobody has come to its case, or was sent anything, since."""
    return [change for person in dict.fromkeys(persons) if person for change in _recipients(person, own, rooms)]


def _consents(person: str, own: Collection[str], rooms: Rooms) -> Iterator[Change]:
    found = stored_versions(person, rooms)
    if len(found) <= CONSENTS:  # with more of them nothing is shown, however many there are
        yield Counted("Consent", ("subject", person), len(found))
    yield from (Unchanged("Consent", v.id, v.version) for v in found if f"Consent/{v.id}" not in own)


def _recipients(person: str, own: Collection[str], rooms: Rooms) -> Iterator[Change]:
    for kind, term in HEARS:
        found = rooms.store.find(kind, [(term, person)], MANY)
        if len(found) < MANY:
            yield Counted(kind, (term, person), len(found))
        if kind == "Task":
            yield from (Unchanged(kind, v.id, v.version) for v in found if f"Task/{v.id}" not in own)
