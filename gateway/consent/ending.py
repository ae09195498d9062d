"""Consents that were taken back as a whole, and those for an emergency: what they are to a decision."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from gateway.consent.given import WITHDRAWN, Wanted, heard, is_of_kind
from gateway.consent.paths import leaves
from gateway.consent.vocabulary import EMERGENCY

Resource = Mapping[str, Any]
HOLDERS = frozenset({"site", "hospital", "practice"})
"""Kinds of parties that have the case: what is taken back of everybody still has to be wound up by them."""


def ended(consents: Iterable[Resource], wanted: Wanted, kind: str) -> bool:
    """Whether the person took back what a contract with a party rests on: its Consent, or the one that names nobody.

    One that names classes of data or resources takes back no more than those.
    """
    whole = [consent for consent in consents if not names(consent, "class", "data")]
    if heard(whole, replace(wanted, data="", item="")).said == "withdrawn":
        return True
    about = [c for c in whole if not names(c, "actor") and leaves(c, ("patient", "reference")) == {wanted.person}]
    said = {c.get("status") for c in about if leaves(c, ("provision", "type")) <= {"permit"}}
    return kind not in HOLDERS and "active" not in said and bool(said & WITHDRAWN)


def names(consent: Resource, *words: str) -> bool:
    """Whether a provision of a Consent, however deep, has one of these elements (Consent.provision, chapter 6.2.3)."""
    waiting = [consent.get("provision")]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            if any(node.get(word) for word in words):
                return True
            waiting.append(node.get("provision"))
        elif isinstance(node, list):
            waiting += node
    return False


def is_urgent(consent: Resource) -> bool:
    """Whether a Consent is the gateway's own note of an emergency (Consent.category)."""
    return is_of_kind(consent, EMERGENCY)
