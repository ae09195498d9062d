"""A partner that cannot be reached is left alone for a while, then asked with one delivery: the probe.

So a dead partner costs one attempt per pause and holds up nobody else.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from gateway.domain.road import Sent

ANSWERED = "HTTP "
"""An HTTP status is an answer even without a body (RFC 9110, chapter 15)."""
OVERLOADED = frozenset({"HTTP 429", "HTTP 502", "HTTP 503", "HTTP 504"})
"""These speak for the whole receiver and not for one message (RFC 6585, chapter 4; RFC 9110, 15.6.3 to 15.6.5)."""
OWN_FAULTS = frozenset({"error", "crash"})
"""The road raised; the gateway stopped: neither tells anything about the partner."""


@dataclass(frozen=True, slots=True)
class Fuse:
    """When a partner is paused: after so many failures in a row; for `first` seconds, growing up to `longest`."""

    failures: int = 3
    first: float = 5
    growth: float = 2
    longest: float = 300


@dataclass(frozen=True, slots=True)
class Health:
    """What is known of a partner: failures in a row, the length of its pause in seconds and when it ends."""

    failures: int = 0
    pause: float = 0
    until: datetime | None = None


def reached(sent: Sent) -> bool | None:
    """Whether an attempt reached the partner; None where it says nothing about that, as a fault of our own."""
    if sent.code in OVERLOADED:
        return False
    if sent.outcome == "delivered" or sent.reply or sent.code.startswith(ANSWERED):
        return True
    return None if sent.outcome == "refused" or sent.code in OWN_FAULTS else False


def after(health: Health, came_through: bool, now: datetime, fuse: Fuse) -> Health:  # noqa: FBT001 - a fact, no switch
    """A partner's health after an attempt; what fails during a pause was begun before it and does not count."""
    if came_through:
        return Health()
    if paused(health, now):
        return health
    failures = health.failures + 1
    if failures < fuse.failures:
        return Health(failures)
    pause = min(health.pause * fuse.growth or fuse.first, fuse.longest)
    return Health(failures, pause, now + timedelta(seconds=pause))


def paused(health: Health, now: datetime) -> bool:
    """Whether the partner is left alone now; an end farther away than the pause is long means a clock set back."""
    return health.until is not None and timedelta(0) < health.until - now <= timedelta(seconds=health.pause)


@dataclass(slots=True)
class Circuit:
    """The health of all partners that failed lately."""

    fuse: Fuse = field(default_factory=Fuse)
    partners: dict[str, Health] = field(default_factory=dict)

    def record(self, partner: str, sent: Sent, now: datetime) -> bool:
        """Note what an attempt says about a partner; true if that begins a pause."""
        came_through = reached(sent)
        if came_through is None:
            return False
        before = self.partners.pop(partner, Health())
        health = after(before, came_through, now, self.fuse)
        if health != Health():
            self.partners[partner] = health
        return health.until is not None and health.until != before.until

    def paused(self, now: datetime) -> Mapping[str, datetime]:
        """The partners to leave out, each with the end of its pause."""
        return {name: health.until for name, health in self.partners.items() if health.until and paused(health, now)}

    def on_trial(self, partner: str) -> bool:
        """Whether the partner was paused and has not been reached since: one delivery at a time, then."""
        return self.partners.get(partner, Health()).until is not None
