"""What a message was, for lists that people read: the types in it and the statuses it reports, codes only."""

from collections.abc import Iterable

from gateway.domain.message import Message
from gateway.domain.task import statuses

TELLING = ("CarePlan", "Task", "ServiceRequest", "DocumentReference", "Encounter", "Patient")
"""The types that say most of a message, the first that is there names it."""
REQUEST = frozenset({"draft", "active", "on-hold", "revoked", "completed", "entered-in-error", "unknown"})
"""ServiceRequest.status (value set request-status); what is not in it may be anything and is not shown."""
MOST = 3


def kind(message: Message) -> str:
    """`CarePlan`, `Task accepted`, `ServiceRequest completed, revoked`; empty for what was not read so far."""
    found = next((name for name in TELLING if message.tree.get(name)), "")
    shown = {"Task": frozenset(statuses()), "ServiceRequest": REQUEST}.get(found, frozenset())
    said = sorted({str(item.get("status")) for item in message.tree.get(found, ())} & shown)
    return " ".join([found, listed(said)]).strip()


def listed(words: Iterable[str]) -> str:
    """Some words, the rest as dots."""
    first = [*words]
    return ", ".join([*first[:MOST], *(["..."] if first[MOST:] else [])])
