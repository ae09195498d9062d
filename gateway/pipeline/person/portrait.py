"""What of a Patient tells people apart, in normal form (chapter 8.1: name, birthDate, gender, address)."""

from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from gateway.mapping.runtime import every
from gateway.pipeline.person import normal_form

Resource = dict[str, Any]
PARTS, LETTERS = 20, 200
"""Names and addresses of one person that are looked at, and the letters of each: nobody has more."""


@dataclass(frozen=True, slots=True)
class Place:
    """One address."""

    street: str
    house: str
    postcode: str
    city: str


@dataclass(frozen=True, slots=True)
class Portrait:
    """families: every family name the person has or had; givens: the given names of each name.

    birth may be a year or a month only.
    """

    families: tuple[str, ...]
    givens: tuple[tuple[str, ...], ...]
    birth: str
    gender: str
    places: tuple[Place, ...]

    def sounds(self) -> tuple[str, ...]:
        """Family name and given name as they sound, for each pair: what a misspelt name is found by."""
        names = sorted({name for names in self.givens for name in names})
        heard = ["".join(normal_form.sound(part) for part in family.split()) for family in self.families]
        return tuple(dict.fromkeys(f"{family}|{normal_form.sound(name)}" for family in heard for name in names))

    def dated(self) -> tuple[str, ...]:
        """The sounds with the year, and with the day and month: one of both is right where the other is mistyped."""
        parts = [self.birth[:4] or "-", *([self.birth[5:]] if len(self.birth) == 10 else [])]
        return tuple(f"{sound}|{part}" for sound in self.sounds() for part in parts)

    def full(self) -> bool:
        """Whether name and whole birth date are there."""
        return bool(self.families and self.givens and len(self.birth) == 10)

    def said(self) -> str:
        """All of it as a hash, the same whenever a source says the same of a person; empty for nothing."""
        names = [*sorted(self.families), *sorted(" ".join(names) for names in self.givens)]
        places = sorted(f"{place.street} {place.house} {place.postcode} {place.city}" for place in self.places)
        text = "|".join([*names, self.birth, self.gender, *places])
        return sha256(text.encode()).hexdigest()[:24] if text.strip("|") else ""


def portrait(patient: Resource) -> Portrait:
    """The portrait of a Patient."""
    names = [name for name in every(patient, ("name",)) if isinstance(name, dict)][:PARTS]
    families = [normal_form.family(text) for text in texts(names, "family")]
    givens = [normal_form.given(texts([name], "given")) for name in names]
    places = [_place(address) for address in every(patient, ("address",))[:PARTS] if isinstance(address, dict)]
    gender = patient.get("gender")
    return Portrait(
        tuple(dict.fromkeys(family for family in families if family and family not in normal_form.NO_FAMILY)),
        tuple(dict.fromkeys(names for names in givens if names)),
        normal_form.date(patient.get("birthDate")),
        gender if gender in ("female", "male") else "",
        tuple(place for place in places if place.street or place.postcode or place.city),
    )


def texts(items: Any, key: str) -> list[str]:
    """The texts at a key of some objects."""
    return [text[:LETTERS] for text in every(items, (key,))[:PARTS] if isinstance(text, str)]


def _place(address: Resource) -> Place:
    lines = [normal_form.street(line) for line in texts(address, "line")]
    street = next((pair for pair in lines if pair[1]), lines[0] if lines else ("", ""))
    return Place(*street, _said(address, "postalCode"), _said(address, "city"))


def _said(address: Resource, key: str) -> str:
    value = address.get(key)
    return "".join(normal_form.words(value)) if isinstance(value, str) else ""
