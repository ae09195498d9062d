"""The worker that tells subscribers, built over the rooms of a house."""

from collections.abc import Sequence

from gateway.delivery.notify import Notifier, Settings
from gateway.delivery.notify_address import LOOPBACK, circle
from gateway.delivery.notify_words import Manner
from gateway.delivery.retry import Policy
from gateway.domain.ledger import Change, Version
from gateway.domain.road import Send
from gateway.pipeline.announcing.standing import restated, unserved
from gateway.pipeline.rooms import Rooms


def notifier(
    rooms: Rooms, send: Send, base: str, subscribers: Sequence[str] = LOOPBACK, policy: Policy | None = None
) -> Notifier:
    """A notifier, not started yet.

    send         the road http
    base         address under which our resources are found, ending in `/` (setting fhir.base, else fhir.listen)
    subscribers  the setting fhir.subscribers
    policy       waits and when it gives up, as for deliveries
    """

    def restate(version: Version, status: str, why: str) -> Sequence[Change]:
        return restated(version, status, why, rooms)  # announced to nobody: nobody is told of Subscriptions

    settings = Settings(Manner(base, circle(subscribers)), policy or Policy())
    return Notifier(rooms.store, send, restate, unserved, settings, rooms.now)
