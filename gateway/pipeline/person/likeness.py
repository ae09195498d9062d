"""How alike two Patients are, element by element; what follows from it stands in `who_is_it.py`."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import product
from typing import TypeVar

from rapidfuzz.distance import OSA, JaroWinkler

from gateway.pipeline.person.normal_form import sound
from gateway.pipeline.person.portrait import Place, Portrait

ALIKE = 0.92
"""Jaro-Winkler similarity from which two words are one word misspelt."""

LEVELS = ("same", "alike", "near", "differs")
"""From best to worst; `unknown` where one of the two says nothing."""

NAME = {
    ("same", "same"): "same", ("same", "alike"): "alike", ("same", "differs"): "sibling", ("same", "unknown"): "partly",
    ("alike", "same"): "same", ("alike", "alike"): "alike", ("alike", "differs"): "sibling",
    ("alike", "unknown"): "partly",
    ("differs", "same"): "renamed", ("differs", "alike"): "renamed", ("differs", "differs"): "wild",
    ("differs", "unknown"): "wild",
    ("unknown", "same"): "partly", ("unknown", "alike"): "partly", ("unknown", "differs"): "wild",
    ("unknown", "unknown"): "unknown",
}  # fmt: skip
"""(family name, given name) -> the name as a whole. sibling: only the family name; renamed: only the given name;
partly: what both say agrees, but one of the two is missing; wild: nothing agrees."""

WORTH = {"same": 1.0, "alike": 0.9, "near": 0.7, "unknown": 0.5, "differs": 0.0}
WEIGHT = {"family": 0.25, "given": 0.2, "birth": 0.35, "address": 0.2}


@dataclass(frozen=True, slots=True)
class Likeness:
    """Levels per element."""

    family: str
    given: str
    birth: str
    address: str
    gender: str

    @property
    def name(self) -> str:
        """The name as a whole, see `NAME`."""
        return NAME[self.family, self.given]

    @property
    def score(self) -> float:
        """0 to 1, to show the likeliest first; nothing is decided by it."""
        return round(sum(WORTH[getattr(self, key)] * weight for key, weight in WEIGHT.items()), 2)

    def agrees(self) -> list[str]:
        """The elements that agree."""
        return [shown for key, shown in SHOWN.items() if getattr(self, key) in ("same", "alike")]

    def differs(self) -> list[str]:
        """The elements that do not."""
        return [shown for key, shown in SHOWN.items() if getattr(self, key) in ("near", "differs")]


Item = TypeVar("Item")

SHOWN = {
    "family": "name.family", "given": "name.given", "birth": "birthDate", "address": "address", "gender": "gender",
}  # fmt: skip


def likeness(one: Portrait, other: Portrait) -> Likeness:
    """How alike two persons are."""
    family = best(_family, one.families, other.families)
    given = best(_given, one.givens, other.givens)
    if family == given == "differs" and _swapped(one, other) and _swapped(other, one):
        family = given = "alike"
    gender = "unknown" if not one.gender or not other.gender else "same" if one.gender == other.gender else "differs"
    if gender == "differs" and given == "alike":
        given = "differs"
    return Likeness(family, given, _birth(one.birth, other.birth), best(_place, one.places, other.places), gender)


def best(level: Callable[[Item, Item], str], one: Iterable[Item], other: Iterable[Item]) -> str:
    """The best level of all pairs."""
    found = {level(x, y) for x, y in product(one, other)}
    return next((name for name in LEVELS if name in found), "unknown")


def _family(one: str, other: str) -> str:
    if one == other or one.replace(" ", "") == other.replace(" ", ""):
        return "same"
    parts, others = set(one.split()), set(other.split())
    return "alike" if parts <= others or others <= parts or _misspelt(one, other) else "differs"


def _given(one: tuple[str, ...], other: tuple[str, ...]) -> str:
    if set(one) == set(other) or "".join(one) == "".join(other):
        return "same"
    short, long = sorted((one, other), key=len)
    if short[0] == long[0] and len(short[0]) > 1 and set(short) < set(long):
        return "same"
    return "alike" if any(_one_name(x, y) for x, y in product(one, other)) else "differs"


def _one_name(one: str, other: str) -> bool:
    """Whether two given names may be one: misspelt, or one of them an initial."""
    if len(one) == 1 or len(other) == 1:
        return one[0] == other[0]
    return one == other or _misspelt(one, other)


def _misspelt(one: str, other: str) -> bool:
    """Whether two words may be one, misheard or mistyped."""
    if OSA.distance(one, other) == 1 and min(len(one), len(other)) > 2:
        return True
    close = JaroWinkler.similarity(one, other)
    return close >= ALIKE or (close >= 0.8 and sound(one) == sound(other))


def _swapped(one: Portrait, other: Portrait) -> bool:
    """Whether the family name of one is a given name of the other."""
    return bool(set(one.families) & {name for names in other.givens for name in names})


def _birth(one: str, other: str) -> str:
    """near: one digit or two neighbours wrong, or day and month swapped."""
    if not one or not other:
        return "unknown"
    if one == other:
        return "same"
    if len(one) < 10 or len(other) < 10:
        return "unknown" if one.startswith(other) or other.startswith(one) else "differs"
    swapped = one[:5] + one[8:] + "-" + one[5:7]
    return "near" if swapped == other or OSA.distance(one, other, score_cutoff=1) == 1 else "differs"


def _place(one: Place, other: Place) -> str:
    """near: the street without the house, or the house under another postcode."""
    place = _both(one.postcode, other.postcode)
    if place == "unknown":
        place = _both(one.city, other.city)
    if not one.street or not other.street:
        return "differs" if place == "differs" else "unknown"
    street = one.street == other.street or _misspelt(one.street, other.street)
    house = one.house == other.house
    if street and house and place != "differs":
        return "same"
    return "near" if street and (house or place == "same") else "differs"


def _both(one: str, other: str) -> str:
    return "unknown" if not one or not other else "same" if one == other else "differs"
