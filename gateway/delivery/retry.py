"""What becomes of a delivery after an attempt: a table of outcomes and a table of waits (design: reliability, R2, R5).

| the attempt said | it may go out again | it may not            |
|------------------|---------------------|-----------------------|
| delivered        | delivered           | delivered             |
| retry            | later               | exhausted, or unknown |
| refused          | refused             | refused               |
| uncertain        | repeat              | unknown               |

What may have arrived goes out again only to a receiver that honours the key; and once an attempt had no answer, giving
up never says that the receiver has nothing.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from gateway.domain.ledger import Delivery, Standing
from gateway.domain.road import Sent

Verdict = Literal["delivered", "later", "repeat", "refused", "exhausted", "unknown"]
Chance = Callable[[], float]
"""A random number from 0 up to, but not including, 1."""


@dataclass(frozen=True, slots=True)
class Policy:
    """How long to wait, and when to give up; all in seconds.

    waits     the longest wait after the first, second, ... attempt; after the last entry it stays the same. The wait is
              drawn anywhere between `shortest` and it, so that many who failed together do not return together
    attempts  given up after so many
    age       given up when it is older, but not before `waits` was walked through once: a gateway that was off over a
              weekend, or a delivery that a person released, gets its chances
    longest   a receiver that asks for a longer wait than this (Retry-After) is asked again after this
    """

    waits: tuple[float, ...] = (1, 5, 30, 120, 600, 1800, 3600)
    attempts: int = 100
    age: float = 3 * 86_400
    shortest: float = 0.1
    longest: float = 6 * 3600

    def __post_init__(self) -> None:
        if not self.waits or self.attempts < 1:
            raise ValueError("a policy needs at least one wait and one attempt")


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt, over: which delivery, what the road said, when, and whether a repeat is recognised by its key."""

    delivery: Delivery
    sent: Sent
    at: datetime
    honours_key: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """What is to become of the delivery: the verdict, and the fields of `Delivery` that change."""

    verdict: Verdict
    changes: Mapping[str, Any]


TABLE: Mapping[str, tuple[Verdict, Verdict, Verdict]] = {
    # (it may go out again, it may not, it may not and an earlier attempt had no answer)
    "delivered": ("delivered", "delivered", "delivered"),
    "retry": ("later", "exhausted", "unknown"),
    "refused": ("refused", "refused", "refused"),
    "uncertain": ("repeat", "unknown", "unknown"),
}

STANDINGS: Mapping[Verdict, tuple[Standing, str]] = {
    "delivered": ("delivered", ""),
    "later": ("waiting", "It did not get through ({code}) and is sent again."),
    "repeat": ("waiting", "No answer came ({code}); it is sent again under the same key, which the receiver honours."),
    "refused": ("dead", "It will never be taken like this ({code})."),
    "exhausted": ("dead", "Given up after {attempts} attempts; the last ended with {code}."),
    "unknown": ("uncertain", "It was sent, but an answer never came ({code}); the receiver may or may not have it."),
}


def next_step(attempt: Attempt, policy: Policy, chance: Chance) -> Step:
    """The step after an attempt; `delivery.attempts` counts those before it."""
    delivery, sent = attempt.delivery, attempt.sent
    attempts = delivery.attempts + 1
    again = chances_left(attempt, policy) and (sent.outcome != "uncertain" or attempt.honours_key)
    verdict = TABLE[sent.outcome][0 if again else 2 if may_have_arrived(delivery) else 1]
    standing, sentence = STANDINGS[verdict]
    waits = standing == "waiting"
    changes: dict[str, Any] = {
        "standing": standing,
        "attempts": attempts,
        "grade": grade(delivery, sent),
        "code": sent.code,
        "reason": " ".join(filter(None, (sentence.format(code=sent.code, attempts=attempts), sent.detail))),
        "until": None,
        "settled": None if waits else attempt.at,
    }
    if waits:
        changes["due"] = attempt.at + timedelta(seconds=wait(attempts, sent.wait, policy, chance))
    return Step(verdict, changes)


def chances_left(attempt: Attempt, policy: Policy) -> bool:
    """Whether another attempt is allowed after this one."""
    attempts = attempt.delivery.attempts + 1
    old = (attempt.at - attempt.delivery.created).total_seconds() > policy.age
    return attempts < policy.attempts and not (old and attempts > len(policy.waits))


def may_have_arrived(delivery: Delivery) -> bool:
    """Whether an earlier attempt handed it over without an answer (evidence E1 of something not delivered)."""
    return delivery.grade != "E0"


def grade(delivery: Delivery, sent: Sent) -> str:
    """The evidence that the delivery has now; without an answer it was handed over at most (E1)."""
    stated = {"delivered": sent.grade, "uncertain": "E1"}.get(sent.outcome, "E0")
    return stated if sent.outcome == "delivered" else max(delivery.grade, stated)


def wait(attempts: int, asked: float | None, policy: Policy, chance: Chance) -> float:
    """Seconds until the next attempt: what the receiver asked for (RFC 9110, 10.2.3), else drawn from the table."""
    if asked is not None and math.isfinite(asked):
        return min(max(asked, policy.shortest), policy.longest)
    most = policy.waits[min(attempts, len(policy.waits)) - 1]
    return policy.shortest + chance() * max(most - policy.shortest, 0)
