"""Which stored person a Patient is: the rules of docs/why/0007-who-is-it.md, as tables."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from gateway.domain.system import PERSON
from gateway.pipeline.person.desk import Desk, Person
from gateway.pipeline.person.likeness import Likeness, likeness
from gateway.pipeline.person.portrait import Portrait, Resource, portrait
from gateway.pipeline.person.terms import INSURED, insured, known_as, ours, own_numbers, series

Answer = Literal["same", "doubt", "new"]

CONTRADICTS = {
    ("same", "differs"), ("alike", "differs"), ("partly", "differs"), ("unknown", "differs"),
    ("renamed", "near"), ("renamed", "unknown"), ("renamed", "differs"),
    *((name, birth) for name in ("sibling", "wild") for birth in ("same", "near", "unknown", "differs")),
}  # fmt: skip
"""(name, birth date) that make somebody ask although the number is the same; all others do not contradict it."""

NAMES = ("same", "alike")
KNOWN_PLACES = ("same", "near")
ANY_PLACE = ("same", "near", "unknown", "differs")
NOT_ELSEWHERE = ("same", "near", "unknown")

ALIKE: dict[tuple[str, str, str], Answer] = {
    **{(name, "same", place): "doubt" for name in NAMES for place in ANY_PLACE},
    **{(name, "near", place): "doubt" for name in NAMES for place in NOT_ELSEWHERE},
    **{(name, "unknown", place): "doubt" for name in NAMES for place in NOT_ELSEWHERE},
    **{("renamed", "same", place): "doubt" for place in KNOWN_PLACES},
    **{("partly", "same", place): "doubt" for place in KNOWN_PLACES},
    ("partly", "near", "same"): "doubt",
    ("unknown", "same", "same"): "doubt",
    ("same", "same", "same"): "same",
}
"""(name, birth date, address) where no number says who it is; all that is not here is somebody new."""

FEWER: dict[Answer, Answer] = {"same": "doubt", "doubt": "new", "new": "new"}
"""Two different numbers of the insured are two persons, unless everything else says it is one."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A stored person beside the one that is looked for.

    kvnr    `same`, `differs` or `unknown`
    number  `same`: the sender's own number; `differs`: it has another of the same kind; else `unknown`
    said    the very same was said before, however little
    """

    person: Person
    likeness: Likeness
    kvnr: str
    number: str
    said: bool

    def contradicts(self) -> bool:
        """Whether name, birth date or another number of the insured speak against the same number."""
        return self.kvnr == "differs" or (self.likeness.name, self.likeness.birth) in CONTRADICTS

    def alike(self) -> Answer:
        """The answer of name, birth date and address alone."""
        levels = (self.likeness.name, self.likeness.birth, self.likeness.address)
        found = ALIKE.get(levels, "doubt" if self.said else "new")
        if self.kvnr == "differs":
            return FEWER[found]
        unsure = self.number == "differs" or self.likeness.gender == "differs"
        return "doubt" if found == "same" and unsure else found

    def shown(self) -> dict[str, Any]:
        """The candidate for the person who decides: ids and names of elements only."""
        numbers = {"kvnr": self.kvnr, "identifier": self.number}
        return {
            "person": self.person.reference,
            "score": self.likeness.score,
            "agrees": [*(key for key, level in numbers.items() if level == "same"), *self.likeness.agrees()],
            "differs": [*(key for key, level in numbers.items() if level == "differs"), *self.likeness.differs()],
        }


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer for one Patient; `person` where it is the same, `why` a sentence for a doubt.

    ends     persons that a merge ends
    decided  a person said so once before
    """

    answer: Answer
    person: Person | None = None
    candidates: tuple[Candidate, ...] = ()
    why: str = ""
    ends: tuple[Person, ...] = ()
    decided: bool = False


NEW = Verdict("new")


@dataclass(frozen=True, slots=True)
class Sought:
    """A Patient of the message with all it is looked for by."""

    patient: Resource
    portrait: Portrait
    kvnr: frozenset[str]
    numbers: tuple[str, ...]

    @classmethod
    def of(cls, patient: Resource, partner: str) -> "Sought":
        """What is looked for by, of a Patient as `stated.py` gives it."""
        return cls(patient, portrait(patient), insured(patient), own_numbers(patient, partner))

    def sure(self) -> list[str]:
        """Identifier terms that mean one person everywhere."""
        everywhere = [f"{system}|{number}" for number in sorted(self.kvnr) for system in INSURED]
        return everywhere + [f"{PERSON}|{number}" for number in ours(self.patient)]

    def beside(self, person: Person) -> Candidate:
        """A stored person compared with this one."""
        stored = known_as(person.now)
        kinds = {series(key) for key in stored} & {series(key) for key in self.numbers if "|said|" not in key}
        number = "same" if not stored.keys().isdisjoint(self.numbers) else "differs" if kinds else "unknown"
        seen = portrait(person.now)
        kvnr = _kvnr(self.kvnr, insured(person.now))
        return Candidate(person, likeness(self.portrait, seen), kvnr, number, seen.said() == self.portrait.said())


def _kvnr(one: frozenset[str], other: frozenset[str]) -> str:
    return "unknown" if not one or not other else "same" if one & other else "differs"


def who_is_it(sought: Sought, desk: Desk, before: str = "") -> Verdict:
    """The stored person, somebody new, or a doubt; `before` is the person an earlier run of the message found."""
    found = by_number(sought, desk, before)
    return found if found.answer != "new" else by_likeness(sought, desk)


def by_number(sought: Sought, desk: Desk, before: str = "") -> Verdict:
    """Rules 1 to 5: numbers first, and what contradicts them."""
    decided = [person for person in desk.numbered(sought.numbers) if _is_decided(person, sought)]
    if len(decided) == 1:
        return Verdict("same", decided[0], decided=True)
    persons = list(desk.numbered([*sought.sure(), *sought.numbers]))
    if not persons and before and (earlier := desk.read(before.removeprefix("Patient/"))):
        persons = [earlier]
    candidates = ranked(sought.beside(person) for person in persons)
    if len(sought.kvnr) > 1:
        return Verdict("doubt", None, candidates, "two different numbers of the insured are stated")
    if not candidates:
        return NEW
    if len(candidates) > 1:
        return Verdict("doubt", None, candidates, "its numbers belong to different persons")
    if candidates[0].contradicts():
        return Verdict("doubt", None, candidates, "the number is known, but what else is said does not fit the person")
    return Verdict("same", candidates[0].person, candidates)


def _is_decided(person: Person, sought: Sought) -> bool:
    stored = known_as(person.now)
    return any(stored.get(number) for number in sought.numbers)


def by_likeness(sought: Sought, desk: Desk) -> Verdict:
    """Rules 6 to 9: name, birth date and address, among persons the message did not bring itself."""
    if not (sought.kvnr or sought.numbers or sought.portrait.said()):
        return Verdict("doubt", why="nothing is said by which a person could be known again")
    persons = {person.id: person for terms in _searches(sought.portrait) for person in desk.find(terms)}
    compared = [sought.beside(person) for person in persons.values() if person.version]
    likely = [candidate for candidate in compared if candidate.alike() != "new"]
    if not likely:
        return NEW
    if len(likely) == 1 and likely[0].alike() == "same":
        return Verdict("same", likely[0].person, tuple(likely))
    return Verdict("doubt", None, ranked(likely), "somebody known is alike, but not surely the same person")


def _searches(seen: Portrait) -> Iterable[Sequence[tuple[str, str]]]:
    """What candidates are found by: the birth date, also with day and month swapped; else how the name sounds."""
    for heard in (*seen.dated(), *(f"{sound}|-" for sound in seen.sounds())) if seen.birth else seen.sounds():
        yield [("sound", heard)]
    if seen.said():
        yield [("said", seen.said())]
    if len(seen.birth) == 10:
        yield [("birthdate", seen.birth)]
        swapped = f"{seen.birth[:5]}{seen.birth[8:]}-{seen.birth[5:7]}"
        if swapped != seen.birth:
            yield [("birthdate", swapped)]
    if not seen.givens or len(seen.birth) < 10:
        yield from ([("family", name), ("postcode", p.postcode)] for name in seen.families for p in seen.places)


def ranked(candidates: Iterable[Candidate]) -> tuple[Candidate, ...]:
    """The likeliest first."""
    return tuple(sorted(candidates, key=lambda c: (-c.likeness.score, c.person.id)))


def forced(verdict: Verdict, person: Person | None) -> Verdict:
    """The verdict as a person decided it; None: somebody new, and then nobody ends."""
    ends = tuple(end for end in verdict.ends if person and end.id != person.id)
    return replace(verdict, answer="same" if person else "new", person=person, why="", ends=ends)
