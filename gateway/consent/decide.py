"""Policy x role x consent x purpose x legal basis x origin -> for each class of data released or withheld, and why."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from gateway.consent.ending import ended, is_urgent
from gateway.consent.given import Heard, Wanted, frees, heard, items
from gateway.consent.paths import Path
from gateway.consent.policy import Policy, Role
from gateway.consent.reasons import RELEASED, UNSAID

CARE = "CAREMGT"
"""v3-ActReason: to organise care for the person; what the gateway shows anything for, unless it says otherwise."""
Resource = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Asking:
    """Who is to see something of whom, and what for.

    party, role, kind  the recipient: id in the directory, the role it states (empty: none), the kind of party it is
    person             `Patient/<id>`; restricted: processing of its data is restricted (Art. 18 GDPR)
    """

    party: str
    role: str
    kind: str
    person: str
    purpose: str = CARE
    restricted: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """One path released or withheld: the class of data it belongs to, the reason's code, the Consent that decides."""

    path: Path
    reason: str
    data: str = ""
    consent: str = ""

    @property
    def released(self) -> bool:
        """Whether it is released."""
        return self.reason in RELEASED


@dataclass(frozen=True, slots=True)
class Decision:
    """What a recipient is shown of a person: what no verdict releases is withheld.

    closed  why nothing at all is shown, empty where something may be; items: `Type/id` -> verdict of a single resource
    freed   whether items under § 203 StGB may be shown; consents: ids of the Consents it rests on
    """

    asking: Asking
    policy: str
    policy_hash: str
    legal: tuple[str, ...] = ()
    closed: str = ""
    verdicts: tuple[Verdict, ...] = ()
    frame: tuple[Path, ...] = ()
    items: Mapping[str, str] = field(default_factory=dict)
    freed: bool = False
    consents: tuple[str, ...] = ()


def decide(policy: Policy, consents: Sequence[Resource], asking: Asking, now: datetime) -> Decision:
    """The decision for one recipient, from the person's Consents (zone of `now`: that of dates)."""
    role = policy.role(asking.role, asking.kind)
    made = Decision(asking, policy.name, policy.hash, role.legal if role else ())
    wanted = Wanted(asking.person, f"Organization/{asking.party}", asking.purpose, now)
    if role is None or asking.purpose not in role.purposes or asking.restricted:
        return replace(made, closed="role" if role is None else "restricted" if asking.restricted else "purpose")
    urgent = [consent for consent in consents if is_urgent(consent)]
    consents = [consent for consent in consents if not is_urgent(consent)]
    shared = heard(consents, wanted)
    closed = _closed(role, consents, wanted, asking.kind)
    opened = tuple(_urgent(policy, role, urgent, wanted)) if closed != "refused" else ()
    if closed and not opened:
        return replace(made, closed=closed)
    if closed:
        used = dict.fromkeys(verdict.consent for verdict in opened)
        bound = role.secrecy == "bound"
        return replace(made, verdicts=opened, frame=policy.frame, freed=bound, consents=tuple(used))
    kept = {verdict.data for verdict in opened}
    verdicts = (*opened, *(v for v in _verdicts(policy, role, consents, wanted) if v.data not in kept))
    single = {name: reason for name, reason in _single(consents, wanted) if reason}
    secret = frees(consents, wanted)
    used = {v.consent: None for v in verdicts if v.consent}
    used |= {secret: None} if secret else {}
    used |= {shared.consent: None} if role.ground == "consent" else {}
    freed = role.secrecy == "bound" or bool(secret)
    return replace(made, verdicts=verdicts, frame=policy.frame, items=single, freed=freed, consents=tuple(used))


def _closed(role: Role, consents: Sequence[Resource], wanted: Wanted, kind: str) -> str:
    """Why nothing is shown; empty where something may be."""
    said = heard(consents, wanted).said
    if said == "deny" or (role.ground == "consent" and said != "permit"):
        return UNSAID[said]
    return "withdrawn" if role.ground == "contract" and said != "permit" and ended(consents, wanted, kind) else ""


def _urgent(policy: Policy, role: Role, consents: Sequence[Resource], wanted: Wanted) -> Iterable[Verdict]:
    """The verdicts of the classes that an emergency opens."""
    for name in role.emergency:
        found = _of_data(consents, wanted, name)
        if found.said == "permit":
            yield from _of_class(policy, name, "emergency", found.consent)


def _verdicts(policy: Policy, role: Role, consents: Sequence[Resource], wanted: Wanted) -> Iterable[Verdict]:
    """The verdicts of all classes that a role names, and of those that the person refuses whatever names them."""
    for name in role.release:
        found = _of_data(consents, wanted, name)
        reason, consent = ("refused", found.consent) if found.said == "deny" else (role.ground, "")
        yield from _of_class(policy, name, reason, consent)
    for name in role.consent:
        found = _of_data(consents, wanted, name)
        reason = UNSAID.get(found.said, "consent")
        yield from _of_class(policy, name, reason, found.consent)
    for name in role.never:
        yield from _of_class(policy, name, "never", "")
    named = {*role.release, *role.consent, *role.never}
    for name in (name for name in policy.classes if name not in named):
        found = _of_data(consents, wanted, name)
        if found.said == "deny":  # what it refuses may be released as a part of another class
            yield from _of_class(policy, name, "refused", found.consent)


def _of_data(consents: Sequence[Resource], wanted: Wanted, name: str) -> Heard:
    """What the Consents say of one class; most referrals come without any."""
    return heard(consents, replace(wanted, data=name)) if consents else Heard("")


def _of_class(policy: Policy, name: str, reason: str, consent: str) -> Iterable[Verdict]:
    return (Verdict(path, reason, name, consent) for path in policy.classes[name].paths)


def _single(consents: Sequence[Resource], wanted: Wanted) -> Iterable[tuple[str, str]]:
    """Resources that a Consent names, with what it says of each."""
    said = {"permit": "item", "deny": "refused"}
    for name in dict.fromkeys(items(consents)):
        yield name, said.get(heard(consents, replace(wanted, item=name)).said, "")
