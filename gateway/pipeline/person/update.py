"""What a message says of a person, laid over what is stored.

A better source (hospital, site) replaces what it states; any other only fills up what is missing. What is left unsaid
stays. `explicitly-empty` (HL7 v2 `""`, chapter 2.5.3) takes away what it stands for, and is itself never stored.
"""

import operator
from collections.abc import Callable, Hashable, Iterable
from typing import Any

from gateway.domain.system import CANONICAL
from gateway.mapping.runtime import every
from gateway.pipeline.person import normal_form
from gateway.pipeline.person.portrait import Resource, texts

EXPLICITLY_EMPTY = f"{CANONICAL}/StructureDefinition/explicitly-empty"
APART = frozenset({"resourceType", "id", "meta", "identifier", "active", "link", "fullUrl", "text"})
"""Elements that are no statement about the person, or have rules of their own."""
CHOICES = ("deceased", "multipleBirth")

Key = Callable[[Resource], Hashable]


def laid_over(stored: Resource, said: Resource, *, better: bool) -> Resource:
    """The person after the message; equal to `stored` where it says nothing new."""
    person = dict(stored)
    for name in dict.fromkeys(key.removeprefix("_") for key in said):
        if name not in APART:
            _element(person, said, name, better=better)
    numbers = united(every(stored, ("identifier",)), every(said, ("identifier",)))
    return {**person, "identifier": numbers} if numbers else person


def _element(person: Resource, said: Resource, name: str, *, better: bool) -> None:
    """One element of Patient."""
    kept = {key: person[key] for key in (name, f"_{name}") if key in person}
    given = {key: said[key] for key in (name, f"_{name}") if key in said}
    choice = next((word for word in CHOICES if name.startswith(word)), "")
    if name not in LISTS and emptied(given):
        if better:
            _without(person, name, choice)
        return
    if name in LISTS:
        person.update(_list(kept.get(name, []), given.get(name, []), LISTS[name], better=better, name=name))
        if not person.get(name):
            person.pop(name, None)
        return
    value = clean(given)
    known = name in kept or any(choice and key.startswith(choice) for key in person)
    if value and not (known and (not better or _says_less(value, kept, person, name))):
        _without(person, name, choice)
        person.update(value)


def _without(person: Resource, name: str, choice: str) -> None:
    for key in [key for key in person if key.removeprefix("_") == name or (choice and key.startswith(choice))]:
        del person[key]


def _says_less(value: Resource, kept: Resource, person: Resource, name: str) -> bool:
    """Whether what is stored says the same more exactly: a whole date, the day of death, or any value at all."""
    if name not in value:
        return True
    stated, known = value[name], kept.get(name)
    shorter = isinstance(stated, str) and isinstance(known, str) and stated != known and known.startswith(stated)
    return (shorter and name == "birthDate") or (stated is True and f"{name[:-7]}DateTime" in person)


# --- lists -----------------------------------------------------------------------------------------------------------


def _list(kept: list[Any], given: list[Any], key: Key, *, better: bool, name: str) -> Resource:
    """A list whose items stand for something (home address, mobile telephone): by what they stand for."""
    groups: dict[Hashable, list[Any]] = {}
    if not better:
        given = [item for item in given if not any(_within(item, old) for old in kept)]
    for item in kept:
        groups.setdefault(key(item), []).append(item)
    for mark in dict.fromkeys(key(item) for item in given):
        items = [item for item in given if key(item) == mark]
        if not better:
            if not (kept if name in WHOLE else groups.get(mark)):
                groups[mark] = [made for item in items if (made := clean(item)) and not hollow(made)]
        elif all(emptied(item) for item in items):
            meant = _meant if name == "telecom" else operator.eq
            groups = {old: rest for old, rest in groups.items() if not meant(mark, old)}
        else:
            groups[mark] = _items(groups.get(mark, []), items, name)
    return {name: [item for items in groups.values() for item in items]}


def _within(item: Any, kept: Any) -> bool:
    """Whether an item says nothing that one which is there does not say too."""
    both = isinstance(item, dict) and isinstance(kept, dict)
    return both and all(kept.get(key) == value for key, value in item.items())


def _meant(mark: Any, old: Any) -> bool:
    """Whether an emptied telecom `(system, use)` means this one; one without use is not that of work."""
    (system, use), (old_system, old_use) = mark, old
    return system in ("", "other", old_system) and (use == old_use if use else old_use != "work")


def _items(kept: list[Any], given: list[Any], name: str) -> list[Any]:
    """The items of one group: one over one keeps what is left unsaid, several replace all."""
    if len(kept) == len(given) == 1 and FILLS.get(name, _never)(kept[0], given[0]):
        return [item for item in (_filled(kept[0], given[0]),) if not hollow(item)]
    return [item for item in map(clean, given) if not hollow(item)]


def _filled(kept: Resource, given: Resource) -> Resource:
    """An item with the parts replaced that are stated; its whole text goes when a part changes."""
    parts = dict.fromkeys(key.removeprefix("_") for key in given)
    said = {part: {key: given[key] for key in (part, f"_{part}") if key in given} for part in parts}
    gone = {part for part, value in said.items() if emptied(value) or clean(value)}
    rest = {key: value for key, value in kept.items() if key.removeprefix("_") not in gone}
    made = {**rest, **(clean(given) or {})}
    if "text" not in given and any(made.get(key) != kept.get(key) for key in {*made, *kept} - {"text"}):
        made.pop("text", None)
    return {key: made[key] for key in [*(k for k in kept if k in made), *(k for k in made if k not in kept)]}


def _never(_kept: Resource, _given: Resource) -> bool:
    return False


def _always(_kept: Resource, _given: Resource) -> bool:
    return True


def _same_place(kept: Resource, given: Resource) -> bool:
    """Whether an address says no more than another has: then it completes it, else the person moved."""
    lines, others = _lines(kept), _lines(given)
    said = [(_part(kept, key), _part(given, key)) for key in ("postalCode", "city")]
    return all(not one or not other or one == other for one, other in [*said, (lines, others)])


def _part(address: Resource, key: str) -> str:
    return "".join(normal_form.words(str(address.get(key, ""))))


def _lines(address: Resource) -> list[tuple[str, str]]:
    return [normal_form.street(line) for line in texts(address, "line")]


def _use(item: Resource) -> Hashable:
    return item.get("use") or "official"


def _where(item: Resource) -> Hashable:
    return item.get("use") or "home"


def _line(item: Resource) -> Hashable:
    return (item.get("system", ""), item.get("use", ""))


def _url(item: Resource) -> Hashable:
    about = (part.get("valueString") for part in every(item, ("extension",)) if part.get("url") == "element")
    return (item.get("url"), next(about, None))


def _one(_item: Resource) -> Hashable:
    return ""


LISTS: dict[str, Key] = {
    "name": _use, "address": _where, "telecom": _line, "extension": _url, "communication": _one, "contact": _one,
    "generalPractitioner": _one, "photo": _one,
}  # fmt: skip
"""What the items of a list stand for."""
WHOLE = frozenset({"name", "address", "contact", "communication", "generalPractitioner", "photo"})
"""Lists that a lesser source fills only where they are empty."""
FILLS: dict[str, Callable[[Resource, Resource], bool]] = {"name": _always, "address": _same_place}


# --- values ----------------------------------------------------------------------------------------------------------


def emptied(value: Any) -> bool:
    """Whether the source says that nothing stands here: a mark of it, and nothing beside."""
    return _marked(value) and hollow(clean(value))


def _marked(value: Any) -> bool:
    if isinstance(value, list):
        return any(_marked(item) for item in value)
    if not isinstance(value, dict):
        return False
    return value.get("url") == EXPLICITLY_EMPTY or any(_marked(item) for item in value.values())


def clean(value: Any) -> Any:
    """A value without the marks of emptiness and what they leave behind; None where nothing is left."""
    if isinstance(value, list):
        items = [clean(item) for item in value]
        return items if any(item is not None for item in items) else None
    if not isinstance(value, dict):
        return value
    if value.get("url") == EXPLICITLY_EMPTY:
        return None
    kept = {key: made for key, item in value.items() if (made := clean(item)) is not None}
    return {key: _dense(key, item, kept) for key, item in kept.items()} or None


def _dense(key: str, item: Any, beside: Resource) -> Any:
    """A list without gaps, unless they keep it in step with its companion (2.6.2.3)."""
    partner = key[1:] if key.startswith("_") else f"_{key}"
    if not isinstance(item, list) or partner in beside:
        return item
    return item if key.startswith("_") else [one for one in item if one is not None]


def hollow(value: Any) -> bool:
    """Whether nothing stands here but what a statement would be about (`use`, `system`)."""
    if isinstance(value, list):
        return all(hollow(item) for item in value)
    if isinstance(value, dict):
        return all(key in LABELS or hollow(item) for key, item in value.items())
    return value is None


LABELS = frozenset({"use", "system", "type", "rank", "period", "url"})


# --- identifiers -----------------------------------------------------------------------------------------------------


def united(kept: Iterable[Any], given: Iterable[Any]) -> list[Any]:
    """All identifiers of both, each once; the later statement of one and the same counts, what it leaves out stays."""
    found: dict[Hashable, dict[str, Any]] = {}
    for item in (*kept, *given):
        if isinstance(item, dict):
            found[number(item)] = {**found.get(number(item), {}), **item}
    return [made for item in found.values() if (made := clean(item)) and "value" in made]


def number(item: Resource) -> Hashable:
    """What makes an identifier this one: system and value; without a system value, assigner and type."""
    if item.get("system"):
        return (item["system"], item.get("value"))
    kinds = tuple(map(str, every(item, ("type", "coding", "code"))))
    return (item.get("system"), item.get("value"), *map(str, every(item, ("assigner", "display"))), kinds)
