"""What a person's Consents say (chapter 6.2): permitted, refused, withdrawn, over, or meant for somebody else.

A permission names recipient, purpose and data; what it leaves open it does not permit. A refusal that leaves something
open refuses all of it. Of nested provisions the inner one is the exception to the outer.
"""

from calendar import monthrange
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Literal

from gateway.consent.paths import leaves
from gateway.consent.vocabulary import CONSENT_KIND, DATA_CLASS, PURPOSE, SECRECY_RELEASE

Resource = Mapping[str, Any]
Said = Literal["permit", "deny", "withdrawn", "expired", "purpose", "data", "recipient", ""]
NEAREST: tuple[Said, ...] = ("deny", "permit", "withdrawn", "expired", "purpose", "data", "recipient", "")
"""Of several Consents the first of these counts: a refusal, then a permission, then the nearest that is none."""
WITHDRAWN = frozenset({"inactive", "rejected"})
DAY = len("2026-04-01")
LATE = time(23, 59, 59)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked of a Consent.

    person, party  `Patient/<id>`, `Organization/<id>`; purpose: a code of v3-ActReason
    data           a class of the policy; item: `Type/id` of one resource; both empty: whether anything may be shown
    """

    person: str
    party: str
    purpose: str
    now: datetime
    data: str = ""
    item: str = ""


@dataclass(frozen=True, slots=True)
class Heard:
    """What the Consents say of it together, and the id of the one that decides."""

    said: Said
    consent: str = ""


def heard(consents: Iterable[Resource], wanted: Wanted) -> Heard:
    """What all Consents of a person say."""
    found = [Heard(said(consent, wanted), str(consent.get("id", ""))) for consent in consents]
    return min(found, key=lambda one: NEAREST.index(one.said), default=Heard(""))


def said(consent: Resource, wanted: Wanted) -> Said:
    """What one Consent says."""
    status, provision = consent.get("status"), consent.get("provision")
    about = leaves(consent, ("patient", "reference"))
    if about != {wanted.person} or not isinstance(provision, dict) or status not in {"active", *WITHDRAWN}:
        return ""
    found = _said(provision, wanted, frozenset())
    if status == "active":
        return found
    return "withdrawn" if found == "permit" else ""


def frees(consents: Iterable[Resource], wanted: Wanted) -> str:
    """The id of a release from professional secrecy (§ 203 StGB) for a recipient, empty where there is none."""
    found = (c for c in consents if is_of_kind(c, SECRECY_RELEASE))
    return next((str(c.get("id", "")) for c in found if said(c, wanted) == "permit"), "")


def is_of_kind(consent: Resource, code: str) -> bool:
    """Whether it is of a kind of our own code system (Consent.category)."""
    codings = (coding for one in _coded(consent.get("category")) for coding in _coded(one.get("coding")))
    return any((coding.get("system"), coding.get("code")) == (CONSENT_KIND, code) for coding in codings)


def items(consents: Iterable[Resource]) -> Iterator[str]:
    """`Type/id` of all resources that Consents name (Consent.provision.data, meaning `instance`)."""
    for consent in consents:
        waiting = [consent.get("provision")]
        while waiting:
            node = waiting.pop()
            if isinstance(node, dict):
                yield from sorted(_items(node))
                below = node.get("provision", [])
                waiting += below if isinstance(below, list) else []


def _said(provision: dict[str, Any], wanted: Wanted, named: frozenset[str]) -> Said:
    """What a provision says, its exceptions included; `named`: what those around it have named already."""
    miss = _miss(provision, wanted)
    if miss:
        return miss
    named |= {word for word, values in _stated(provision).items() if values}
    below = provision.get("provision", [])
    inner = [_said(one, wanted, named) for one in below if isinstance(one, dict)] if isinstance(below, list) else []
    for word in ("deny", "permit"):
        if word in inner:
            return word
    if provision.get("type", "permit") == "deny":
        return "deny"
    return _permitted(wanted, named)


def _permitted(wanted: Wanted, named: frozenset[str]) -> Said:
    """A permission counts for what it names."""
    if "recipient" not in named:
        return "recipient"
    if "purpose" not in named:
        return "purpose"
    anything = not wanted.data and not wanted.item
    return "permit" if anything or ("item" if wanted.item else "data") in named else "data"


def _stated(provision: dict[str, Any]) -> dict[str, set[str]]:
    """What a provision names."""
    purposes, classes = provision.get("purpose", []), provision.get("class", [])
    return {
        "recipient": leaves(provision, ("actor", "reference", "reference")),
        "purpose": {str(c.get("code")) for c in _coded(purposes) if c.get("system") == PURPOSE},
        "data": {str(c.get("code")) for c in _coded(classes) if c.get("system") == DATA_CLASS},
        "item": _items(provision),
    }


def _miss(provision: dict[str, Any], wanted: Wanted) -> Said:
    """Why a provision is about something else, empty where it is not."""
    stated, refuses = _stated(provision), provision.get("type", "permit") == "deny"
    if provision.get("actor") and wanted.party not in stated["recipient"]:
        return "recipient"
    if provision.get("purpose") and wanted.purpose not in stated["purpose"]:
        return "purpose"
    named = stated["data"] | stated["item"]
    if (named or provision.get("class") or provision.get("data")) and not (
        {wanted.data, wanted.item} & (named - {""}) or (not wanted.data and not wanted.item and not refuses)
    ):
        return "data"
    covered = covers(provision.get("period"), wanted.now)
    return "expired" if covered is False or (covered is None and not refuses) else ""


def _items(provision: dict[str, Any]) -> set[str]:
    data = provision.get("data", [])
    named = [one for one in data if isinstance(one, dict) and one.get("meaning") == "instance"]
    return leaves(named, ("reference", "reference")) if isinstance(data, list) else set()


def _coded(value: Any) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def covers(period: Any, now: datetime) -> bool | None:
    """Whether a Period (chapter 2.24.0.9) covers a moment, None where it cannot be read; a date lasts its whole day."""
    if period is None:
        return True
    if not isinstance(period, dict):
        return None
    try:
        begun = "start" not in period or _order(period["start"], now) <= 0
        over = "end" in period and _order(period["end"], now) < 0
    except (TypeError, ValueError):
        return None
    return begun and not over


def over(period: Any, now: datetime) -> datetime | None:
    """The last moment of a Period that has ended; None where it holds on, is open, or cannot be read."""
    end = period.get("end") if isinstance(period, dict) else None
    try:
        if not isinstance(end, str) or _order(end, now) >= 0:
            return None
        return datetime.fromisoformat(end) if len(end) > DAY else datetime.combine(_last(end), LATE, now.tzinfo)
    except (TypeError, ValueError):
        return None


def _last(text: str) -> date:
    """The last day of a year, a month, a day."""
    first = date.fromisoformat((text + "-12-01")[:DAY])
    return first if len(text) == DAY else first.replace(day=monthrange(first.year, first.month)[1])


def _order(text: str, now: datetime) -> int:
    """-1, 0, 1: a FHIR dateTime lies before, at or after a moment; a date is compared as far as it goes."""
    if len(text) > DAY:
        at = datetime.fromisoformat(text)
        return (at > now) - (at < now)
    datetime.fromisoformat((text + "-01-01")[:DAY])
    said = now.date().isoformat()[: len(text)]
    return (text > said) - (text < said)
