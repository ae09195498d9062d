"""A Patient as a message states it, made ready to be compared and kept."""

from collections.abc import Iterator, Mapping
from typing import Any

from gateway.domain.problem import Problem
from gateway.domain.system import PERSON
from gateway.fhir.references import renamed
from gateway.pipeline.person.desk import Desk
from gateway.pipeline.person.kvnr import kvnr
from gateway.pipeline.person.portrait import Resource
from gateway.pipeline.person.terms import INSURED, authority, is_own, remembered

NOT_SAID = frozenset({"fullUrl", "link", "active"})
"""What is about the record at the sender, not about the person."""


def stated(patient: Resource, names: Mapping[str, str], desk: Desk) -> Resource:
    """A Patient without its identity in the tree; references by their stored names; each number with who gave it.

    A number of our system that we never gave is a number of the sender. Nobody else says what we know a person as.
    """
    kept = renamed({key: value for key, value in patient.items() if key not in NOT_SAID}, names)
    named = list(_named(patient, kept, desk))
    rest = {key: value for key, value in kept.items() if key not in ("identifier", "id")}
    return remembered({**rest, **({"identifier": named} if named else {})}, {})


def _named(patient: Resource, kept: Resource, desk: Desk) -> Iterator[Resource]:
    key = kept.get("id")
    if isinstance(key, str) and not patient.get("fullUrl", "").endswith(key) and desk.read(key):
        yield {"system": PERSON, "value": key}
    for identifier in kept.get("identifier", ()):
        yield _whose(identifier, desk)


def _whose(identifier: Any, desk: Desk) -> Any:
    if not isinstance(identifier, dict) or not isinstance(identifier.get("value"), str):
        return identifier
    if identifier.get("system") == PERSON and not any(desk.numbered([f"{PERSON}|{identifier['value']}"])):
        identifier = {key: value for key, value in identifier.items() if key != "system"}
    if is_own(identifier) and not authority(identifier):
        return {**identifier, "assigner": {**identifier.get("assigner", {}), "display": desk.partner}}
    return identifier


def findings(patient: Resource, place: str) -> list[Problem]:
    """Numbers of the insured that cannot be right; they stay, but identify nobody."""
    found = []
    for number, identifier in enumerate(patient.get("identifier", ())):
        value = identifier.get("value")
        if identifier.get("system") in INSURED and isinstance(value, str) and not kvnr(value):
            sentence = "the number of the insured (KVNR) has a wrong form or check digit; it identifies nobody"
            repair = "compare it with the insurance card: a letter and nine digits"
            found.append(Problem("match.kvnr", f"{place}.identifier[{number}]", sentence, repair, "warning"))
    return found
