"""The numbers a person is known by, and the terms under which a Patient is found again.

Whose number it is decides what it means: a sender's own number counts only among those of the same sender. A stored
Patient remembers them as `meta.tag` of system `KNOWN_AS`; `userSelected` there means that a person decided it.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from gateway.domain.system import PERSON, SID
from gateway.mapping.runtime import every
from gateway.pipeline.person.kvnr import kvnr
from gateway.pipeline.person.portrait import Resource, portrait

KNOWN_AS = f"{SID}/known-as"
INSURED = ("http://fhir.de/sid/gkv/kvid-10", "http://fhir.de/sid/pkv/kvid-10")
"""Systems of the number of the insured; it is one number space for both insurances."""
OWN_TYPES = frozenset({"", "PI", "MR", "PT", "U"})
"""Identifier types (table 0203) that number persons; others number cases, accounts, cards and contracts."""

Terms = tuple[tuple[str, str], ...]


def terms(patient: Resource, partner: str) -> Terms:
    """Search terms of a Patient: identifier, number, birthdate, family, sound, said, postcode, active.

    `partner` says whose numbers they are where the Patient does not say it itself (`KNOWN_AS`).
    """
    keys = tuple(known_as(patient)) or own_numbers(patient, partner)
    seen = portrait(patient)
    found = [
        *(("identifier", f"{system}|{number}") for number in sorted(insured(patient)) for system in INSURED),
        *(("identifier", f"{PERSON}|{number}") for number in ours(patient)),
        *(("identifier", key) for key in keys),
        *(("number", without) for key in keys if (without := anybodys(key))),
        *(("birthdate", date) for date in (seen.birth,) if date),
        *(("family", family) for family in seen.families),
        *(("sound", heard) for heard in (*seen.sounds(), *seen.dated())),
        *(("said", hashed) for hashed in (seen.said(),) if hashed),
        *(("postcode", place.postcode) for place in seen.places if place.postcode),
        ("active", "false" if patient.get("active") is False else "true"),
    ]
    return tuple(dict.fromkeys(found))


def identifiers(patient: Resource) -> Iterator[Resource]:
    """The identifiers that have a value."""
    for identifier in every(patient, ("identifier",)):
        if isinstance(identifier, dict) and isinstance(identifier.get("value"), str):
            yield identifier


def insured(patient: Resource) -> frozenset[str]:
    """The valid numbers of the insured."""
    stated = (kvnr(item["value"]) for item in identifiers(patient) if item.get("system") in INSURED)
    return frozenset(number for number in stated if number)


def ours(patient: Resource) -> tuple[str, ...]:
    """Our numbers of a person: its id and those of persons merged into it."""
    stated = [item["value"] for item in identifiers(patient) if item.get("system") == PERSON]
    return tuple(dict.fromkeys([*([patient["id"]] if "id" in patient else []), *stated]))


def own_numbers(patient: Resource, partner: str) -> tuple[str, ...]:
    """`partner|system or assigner|type|value` of each number by which the sender itself knows the person.

    A sender without numbers is known to mean the same person only if it says the very same of it (name, whole birth
    date, address): `partner|said||hash`.
    """
    keys = [own_number(item, partner) for item in identifiers(patient) if is_own(item)]
    if not keys and not insured(patient):
        seen = portrait(patient)
        keys = [f"{partner}|said||{seen.said()}"] if seen.full() else []
    return tuple(dict.fromkeys(keys))


def is_own(identifier: Resource) -> bool:
    """Whether an identifier is a sender's own number of a person."""
    kinds = [str(code) for code in every(identifier, ("type", "coding", "code"))] or [""]
    return identifier.get("system") not in (*INSURED, PERSON) and not OWN_TYPES.isdisjoint(kinds)


def own_number(identifier: Resource, partner: str) -> str:
    """One number of a sender as a term."""
    kinds = (str(code) for code in every(identifier, ("type", "coding", "code")))
    kind = next((code for code in kinds if code in OWN_TYPES), "")
    return "|".join([partner, *map(_part, (authority(identifier), kind, identifier["value"]))])


def authority(identifier: Resource) -> str:
    """Who gave a number: its system, else its assigner (chapter 2.24.0.12)."""
    paths = (("system",), ("assigner", "display"), ("assigner", "identifier", "value"))
    return next((str(found[0]) for path in paths if (found := every(identifier, path))), "")


def _part(text: str) -> str:
    return " ".join(text.replace("|", "%7C").split())


def anybodys(key: str) -> str:
    """A number without the partner that told it, empty where nobody else could mean it."""
    _, _, number = key.partition("|")
    return "" if number.startswith(("|", "said|")) else number


def series(key: str) -> str:
    """What is alike in all numbers of one kind from one sender."""
    return key.rpartition("|")[0]


# --- what a stored Patient remembers ---------------------------------------------------------------------------------


def known_as(patient: Resource) -> dict[str, bool]:
    """The senders' numbers of a stored Patient, and whether a person decided that they mean it."""
    tags = [tag for tag in every(patient, ("meta", "tag")) if tag.get("system") == KNOWN_AS and "code" in tag]
    return {tag["code"]: tag.get("userSelected") is True for tag in tags}


def remembered(patient: Resource, keys: dict[str, bool]) -> Resource:
    """A Patient that is known by exactly these numbers; `meta` is otherwise as it was."""
    meta: dict[str, Any] = dict(patient.get("meta", {}))
    others = [tag for tag in meta.pop("tag", ()) if tag.get("system") != KNOWN_AS]
    decided = {"userSelected": True}
    marks = [{"system": KNOWN_AS, "code": key, **(decided if keys[key] else {})} for key in keys]
    if others or marks:
        meta["tag"] = [*others, *marks]
    rest = {key: value for key, value in patient.items() if key != "meta"}
    return {**rest, "meta": meta} if meta else rest


def shown(patient: Resource, *partners: str) -> Resource:
    """A stored Patient as partners may see it: no marks of ours, and no number that another sender gave it.

    What stays: numbers of the insured, our own, and those that one of the partners itself told.
    """
    own = set(known_as(patient))
    kept = [
        item
        for item in every(patient, ("identifier",))
        if not isinstance(item.get("value"), str) or not is_own(item) or _told(item, partners, own)
    ]
    bare = remembered(patient, {})
    rest = {key: value for key, value in bare.items() if key != "identifier"}
    return {**rest, "identifier": kept} if kept else rest


def _told(identifier: Resource, partners: Iterable[str], known: set[str]) -> bool:
    return any(own_number(identifier, partner) in known for partner in partners)
