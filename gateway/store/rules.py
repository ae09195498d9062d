"""What every store decides alike: which fields may change, how lanes are called."""

from collections.abc import Iterable, Sequence
from dataclasses import fields, replace

from gateway.domain.ledger import Change, Conclude, Counted, Entry, Save, Settle, Unchanged
from gateway.domain.question import Absent
from gateway.fhir.searching.entries import entries
from gateway.store.port import ConflictError, StaleError, StoreError

OPEN = ("waiting", "sending", "uncertain", "dead")
"""Standings of deliveries that move with their person; the others are history."""

LARGEST = 512 * 1024 * 1024
"""Bytes of one message."""

CAME = {"id", "number", "partner", "road", "key", "data", "hash", "received"}
SETTLED = frozenset(each.name for each in fields(Entry)) - CAME
"""Fields of an entry that `Settle` may change; what came stays as it came."""

CONCLUDED = frozenset(["road", "due", "headers", "standing", "attempts", "grade", "code", "reason", "until", "settled"])
"""Fields of a delivery that `Conclude` may change."""

WANTED_ENTRIES = frozenset({"state", "partner", "key", "case", "person"})
WANTED_DELIVERIES = frozenset({"standing", "partner", "message", "case"})


def only(given: Iterable[str], allowed: frozenset[str], what: str) -> None:
    """Refuse fields that cannot be changed or asked for."""
    if wrong := sorted(set(given) - allowed):
        raise StoreError(f"{what} takes no {', '.join(wrong)}; it takes {', '.join(sorted(allowed))}")


def lane_of(partner: str, person: str) -> str:
    """The name of a lane: receiver and person."""
    return f"{partner} {person}"


def person_of(lane: str) -> str:
    """The person in the name of a lane, empty where it has none."""
    return lane.partition(" ")[2]


def may_keep(entry: Entry) -> None:
    """Check what a message is made of; a journal row without its bytes must not come to be."""
    if not isinstance(entry.data, bytes) or len(entry.data) > LARGEST:
        raise StoreError(f"a message is bytes, at most {LARGEST} of them")


def may_settle(change: Settle, entry_state: str | None) -> None:
    """Check a change of an entry that is in this state, None where there is no such entry."""
    only(change.changes, SETTLED, "a journal entry")
    if entry_state is None:
        raise StoreError(f"there is no message {change.message}")
    if change.expected is not None and entry_state != change.expected:
        raise ConflictError(f"message {change.message} is {entry_state}, not {change.expected}")


def may_conclude(change: Conclude, standing: str | None, token: int) -> None:
    """Check a change of a delivery that has this standing and was claimed with this token.

    A worker whose lease has ended still counts as long as nobody else took the delivery from it.
    """
    only(change.changes, CONCLUDED, "a delivery")
    if standing is None:
        raise StoreError(f"there is no delivery {change.delivery}")
    if change.token is not None and (standing != "sending" or token != change.token):
        raise StaleError(f"delivery {change.delivery} is {standing} and no longer held with token {change.token}")
    if change.expected is not None and standing != change.expected:
        raise ConflictError(f"delivery {change.delivery} is {standing}, not {change.expected}")
    if change.changes.get("standing") == "sending" and standing != "sending":
        raise StoreError(f"delivery {change.delivery} can only be claimed to be sent")


def may_save(change: Save, current: int) -> tuple[str, str]:
    """Check a new version of a resource whose current version is this, 0 for none; gives its type and id."""
    kind, key = change.resource.get("resourceType"), change.resource.get("id")
    if not (isinstance(kind, str) and kind and isinstance(key, str) and key):
        raise StoreError("a resource needs a resourceType and an id")
    if change.expected is not None and change.expected != current:
        raise ConflictError(f"{kind}/{key} is at version {current}, not {change.expected}")
    return kind, key


def indexed(changes: Sequence[Change]) -> list[Change]:
    """The changes with all that R4's search parameters find each resource by, beside the terms its writer gave."""
    return [_indexed(change) if isinstance(change, Save) else change for change in changes]


def _indexed(change: Save) -> Save:
    terms, spans = entries(change.resource)
    if not (terms or spans):
        return change
    return replace(change, terms=(*change.terms, *terms), spans=(*change.spans, *spans))


def must_be(change: Unchanged, current: int) -> None:
    """Check that a resource is still at the version from which the other changes were made."""
    if change.version != current:
        raise ConflictError(f"{change.type}/{change.id} is at version {current}, not {change.version}")


def must_count(change: Counted, found: int) -> None:
    """Check that nothing was added to what the other changes were made from."""
    if found != change.number:
        raise ConflictError(f"there are {found} resources of type {change.type} there by now, not {change.number}")


def must_be_none(change: Absent, found: int) -> None:
    """Check that still nothing fits what was looked for."""
    if found:
        raise ConflictError(f"there is a {change.question.type} by now that fits the condition")


def same(first: Entry, again: Entry) -> bool:
    """Whether a message with the same key has the same bytes."""
    return first.hash == again.hash
