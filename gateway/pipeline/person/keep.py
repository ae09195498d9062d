"""What becomes of a person once it is known who it is: made or updated, and the sender's numbers remembered."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from gateway.domain.problem import Problem
from gateway.domain.system import PERSON
from gateway.mapping.runtime import every
from gateway.pipeline.person.desk import Desk, Person
from gateway.pipeline.person.kvnr import kvnr
from gateway.pipeline.person.merge import merged
from gateway.pipeline.person.portrait import Resource
from gateway.pipeline.person.terms import INSURED, insured, is_own, known_as, own_number, own_numbers, remembered
from gateway.pipeline.person.update import clean, laid_over, united
from gateway.pipeline.person.who_is_it import Verdict

BETTER = frozenset({"hospital", "site"})
"""Kinds of party whose statement about a person replaces an older one; all others fill up what is missing."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A Patient as stated, the records that end with it, and what the sender's word counts.

    decided  a person decided whom it means
    better   the sender's statements replace older ones
    """

    said: Resource
    ended: list[Resource]
    decided: bool
    better: bool


def kept(
    statement: Statement, verdict: Verdict, desk: Desk, new_id: Callable[[], str], problems: list[Problem]
) -> Person:
    """The person after the message, on the desk; persons that a merge ends with it."""
    keys = [key for one in (statement.said, *statement.ended) for key in own_numbers(one, desk.partner)]
    key = verdict.person.id if verdict.person else new_id()
    said = statement.said
    if statement.decided:
        spared = {key, *(end.id for end in verdict.ends)}
        released([person for person in desk.numbered(keys) if person.id not in spared], set(keys), desk)
        said = without_taken(said, spared, desk, problems)
    resource = laid_over(verdict.person.now, said, better=statement.better) if verdict.person else fresh(said, key)
    more = (item for one in statement.ended for item in every(one, ("identifier",)))
    resource = {**resource, "identifier": united(every(resource, ("identifier",)), more)}
    now = known_as(resource)
    marks = now | {number: statement.decided or now.get(number, False) for number in keys}
    person = desk.put(key, remembered(resource, marks))
    for end in verdict.ends:
        merged(person, end, desk)
    return person


def fresh(said: Resource, key: str) -> Resource:
    """A new person: what was stated, and our number."""
    made: Resource = clean(said) or {}
    meta = {name: value for name, value in made.get("meta", {}).items() if name not in ("versionId", "lastUpdated")}
    numbers = [*every(made, ("identifier",)), {"system": PERSON, "value": key}]
    rest = {name: value for name, value in made.items() if name != "meta"}
    return {**rest, **({"meta": meta} if meta else {}), "identifier": numbers}


def released(persons: Iterable[Person], keys: set[str], desk: Desk) -> None:
    """Numbers of the sender that mean somebody else by a person's decision leave the persons who had them."""
    for person in persons:
        gone = [
            item
            for item in every(person.now, ("identifier",))
            if is_own(item) and "value" in item and own_number(item, desk.partner) in keys
        ]
        numbers = [item for item in every(person.now, ("identifier",)) if item not in gone]
        marks = {key: mark for key, mark in known_as(person.now).items() if key not in keys}
        rest = {name: value for name, value in person.now.items() if name != "identifier"}
        desk.put(person.id, remembered({**rest, **({"identifier": numbers} if numbers else {})}, marks))


def without_taken(said: Resource, spared: set[str], desk: Desk, problems: list[Problem]) -> Resource:
    """A decided person does not get the number of the insured that somebody else has."""
    taken = {
        number
        for number in sorted(insured(said))
        for system in INSURED
        for person in desk.numbered([f"{system}|{number}"])
        if person.id not in spared
    }
    if not taken:
        return said
    sentence = "the number of the insured (KVNR) is known as another person's; it was not taken over"
    problems.append(
        Problem("match.kvnr.taken", "Patient.identifier", sentence, "find out whose number it is", "warning")
    )
    numbers = [item for item in said["identifier"] if kvnr(str(item.get("value", ""))) not in taken]
    return {**said, "identifier": numbers}
