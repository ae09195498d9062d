"""Whom a commit concerns: an event for each Subscription that a saved resource fits, numbered in the same commit."""

from collections.abc import Iterator, Sequence

from gateway.domain.ledger import Announce, Change, Save
from gateway.pipeline.rooms import Rooms
from gateway.pipeline.subscribing.ears import By


def announcements(changes: Sequence[Change], rooms: Rooms) -> list[Change]:
    """The events to commit behind these changes; [] where nobody wants to hear of them."""
    ears = rooms.ears.by_type(rooms.store)
    return list(concerned(changes, ears)) if ears else []


def concerned(changes: Sequence[Change], ears: By) -> Iterator[Change]:
    """An event for each who wants to hear of a saved resource."""
    from gateway.pipeline.subscribing.fits import Seen, fits  # noqa: PLC0415 - most gateways have no subscriber

    for change in changes:
        listeners = ears.get(change.resource["resourceType"], ()) if isinstance(change, Save) else ()
        if listeners and isinstance(change, Save):
            seen, version = Seen(change.resource), 0 if change.expected is None else change.expected + 1
            focus = f"{change.resource['resourceType']}/{change.resource['id']}"
            for ear in listeners:
                if fits(seen, ear.where):
                    yield Announce(ear.subscription, focus, change.at, version, change.message)
