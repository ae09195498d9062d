"""What is to be told to a subscriber next, and when: the life of a Subscription as a table (chapter 2.46.5)."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from gateway.delivery.retry import Chance, Policy, wait
from gateway.domain.road import Sent
from gateway.fhir.subscription import Wanted

Job = Literal["handshake", "events", "heartbeat", "end"]
Verdict = Literal["told", "again", "error", "off"]
GONE = "HTTP 410"
"""The receiver says that there is nobody any more (RFC 9110, 15.5.11)."""


@dataclass(frozen=True, slots=True)
class Turn:
    """How it stands with a subscriber; may be lost at any moment.

    spoken  when something reached it last, or since when we know it
    tries   attempts in a row that failed, the first of them at `failing`
    until   not before this moment
    """

    spoken: datetime
    tries: int = 0
    failing: datetime | None = None
    until: datetime | None = None


def next_job(wanted: Wanted, turn: Turn, now: datetime, *, behind: bool) -> Job | None:
    """What is to be done now; None where nothing is."""
    if wanted.status not in {"requested", "active"}:
        return None
    if wanted.end is not None and wanted.end <= now:
        return "end"
    if turn.until is not None and now < turn.until:
        return None
    if wanted.status == "requested":
        return "handshake"
    if behind:
        return "events"
    return "heartbeat" if wanted.heartbeat and now >= turn.spoken + timedelta(seconds=wanted.heartbeat) else None


def moments(wanted: Wanted, turn: Turn) -> list[datetime]:
    """When there may be something to do without anything having happened."""
    beat = [turn.spoken + timedelta(seconds=wanted.heartbeat)] if wanted.heartbeat else []
    return [moment for moment in (wanted.end, turn.until, *beat) if moment is not None]


def verdict(sent: Sent, turn: Turn, now: datetime, policy: Policy) -> Verdict:
    """What an attempt means: only 410 and a forbidden address end it at once, all else is tried again for a while."""
    if sent.outcome == "delivered":
        return "told"
    if sent.code.startswith(GONE):
        return "off"
    if sent.code == "address":
        return "error"
    tries = turn.tries + 1
    old = turn.failing is not None and (now - turn.failing).total_seconds() > policy.age
    return "error" if tries >= policy.attempts or (old and tries > len(policy.waits)) else "again"


def after(sent: Sent, turn: Turn, now: datetime, policy: Policy, chance: Chance) -> Turn:
    """How it stands after an attempt."""
    if sent.outcome == "delivered":
        return Turn(now)
    tries = turn.tries + 1
    later = now + timedelta(seconds=wait(tries, sent.wait, policy, chance))
    return replace(turn, tries=tries, failing=turn.failing or now, until=later)
