"""What a change of the person's Consents takes from a recipient: the decision before compared with the one after."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gateway.consent.decide import Asking, Decision, decide
from gateway.consent.policy import Policy
from gateway.consent.vocabulary import SECRECY_RELEASE

Resource = Mapping[str, Any]
Consents = tuple[Sequence[Resource], Sequence[Resource]]
"""All of a person's, before and after a change."""


@dataclass(frozen=True, slots=True)
class Loss:
    """What one recipient loses.

    whole    everything: it may be shown nothing any more
    classes  classes of the policy it was shown and is not shown now, `Type/id` of single resources, and
             `schweigepflichtentbindung` where the release from professional secrecy is gone
    """

    party: str
    whole: bool
    classes: tuple[str, ...]


def loss(policy: Policy, consents: Consents, asking: Asking, now: datetime, then: datetime | None = None) -> Loss:
    """What a party loses by Consents that become others: (before, after); no classes where it loses nothing.

    `then` is the moment up to which those before held, where one of them has run out since.
    """
    moments = (then or now, now)
    before, after = (decide(policy, list(each), asking, at) for each, at in zip(consents, moments, strict=True))
    had, has = shown(before), shown(after)
    lost = tuple(name for name in had if name not in has)
    return Loss(asking.party, whole=bool(had) and not has, classes=lost)


def gains(policy: Policy, consents: Consents, asking: Asking, now: datetime) -> bool:
    """Whether a party is shown more by Consents that become others."""
    return bool(loss(policy, (consents[1], consents[0]), asking, now).classes)


def shown(decision: Decision) -> tuple[str, ...]:
    """What a decision shows, by the names of its classes, in the order of the policy."""
    if decision.closed:
        return ()
    names = [verdict.data for verdict in decision.verdicts if verdict.released]
    single = [name for name, said in decision.items.items() if said == "item"]
    secret = [SECRECY_RELEASE] if decision.freed else []
    return tuple(dict.fromkeys([*names, *single, *secret])) if names or single else ()
