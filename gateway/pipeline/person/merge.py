"""Two records that the sender made one (HL7 v2 ADT^A40 and its like, chapter 3.3.40): who ends, who lives on."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from gateway.domain.codec import Tree
from gateway.mapping.runtime import every
from gateway.pipeline.person.desk import Desk, Person
from gateway.pipeline.person.portrait import Resource
from gateway.pipeline.person.terms import anybodys, insured, known_as, remembered
from gateway.pipeline.person.update import united
from gateway.pipeline.person.who_is_it import NEW, Sought, Verdict, by_number, ranked

EVENTS = frozenset({"A18", "A30", "A34", "A36", "A39", "A40"})
"""Events that merge persons or their records (table 0003); others with an MRG segment move accounts or visits."""


def merges(tree: Tree) -> dict[str, list[Resource]]:
    """Identity of each surviving record -> the records that end, where the event is a merge."""
    if EVENTS.isdisjoint(_events(tree)):
        return {}
    ending = {item["fullUrl"]: item for item in tree.get("Patient", ()) if item.get("active") is False}
    found: dict[str, list[Resource]] = {}
    for item in tree.get("Patient", ()):
        links = [link for link in every(item, ("link",)) if link.get("type") == "replaces"]
        ended = [ending[url] for url in every(links, ("other", "reference")) if url in ending]
        if ended and item.get("active") is not False:
            found[item["fullUrl"]] = ended
    return found


def _events(tree: Tree) -> Iterator[str]:
    yield from every(tree.get("Provenance", []), ("activity", "coding", "code"))
    yield from every(tree.get("MessageHeader", []), ("eventCoding", "code"))


def who_survives(sought: Sought, ended: Sequence[Sought], desk: Desk) -> Verdict:
    """Rules M1 to M6: records are looked up by number only; `same` with the persons that end, or new."""
    found = by_number(sought, desk)
    persons = {person.id: person for one in ended for person in desk.numbered([*one.sure(), *one.numbers])}
    if found.answer == "doubt":
        return replace(found, ends=tuple(persons.values()))
    survivor = found.person or next(iter(persons.values()), None)
    ends = tuple(person for person in persons.values() if person is not survivor)
    strange = _unknown_to_sender(ended, survivor, desk) if not persons else _not_to_merge(survivor, ends, desk)
    if strange:
        candidates = ranked(sought.beside(person) for person in strange)
        why = "a merge is asked of a person whom this sender never numbered, or who is surely somebody else"
        return Verdict("doubt", None, candidates, why, ends)
    return Verdict("same", survivor, found.candidates, ends=ends) if survivor else NEW


def _unknown_to_sender(ended: Sequence[Sought], survivor: Person | None, desk: Desk) -> list[Person]:
    """Persons whom only other senders know by the number that ends."""
    numbers = {without for one in ended for key in one.numbers if (without := anybodys(key))}
    found = {person.id: person for number in sorted(numbers) for person in desk.find([("number", number)])}
    return [person for person in found.values() if person is not survivor]


def _not_to_merge(survivor: Person | None, ends: Sequence[Person], desk: Desk) -> list[Person]:
    """Persons that this sender has no number of, and those with another number of the insured than the survivor."""
    together = [survivor, *ends] if survivor and ends else []
    foreign = [
        person for person in together if not any(key.startswith(f"{desk.partner}|") for key in known_as(person.now))
    ]
    others = [end for end in ends if survivor and _another(end, survivor)]
    return list({person.id: person for person in [*foreign, *others]}.values())


def _another(person: Person, survivor: Person) -> bool:
    one, other = insured(person.now), insured(survivor.now)
    return bool(one and other and not one & other)


# --- writing ---------------------------------------------------------------------------------------------------------


def merged(survivor: Person, ended: Person, desk: Desk) -> None:
    """The ended person gets its successor, the survivor all its numbers (Patient.link, chapter 8.1.3)."""
    now = ended.now
    desk.put(ended.id, {**now, "active": False, "link": _linked(now, survivor.reference, "replaced-by")})
    numbers = united(every(survivor.now, ("identifier",)), every(now, ("identifier",)))
    person = {**survivor.now, "link": _linked(survivor.now, ended.reference, "replaces"), "identifier": numbers}
    desk.put(survivor.id, remembered(person, {**known_as(now), **known_as(survivor.now)}))


def _linked(person: Resource, reference: str, kind: str) -> list[Resource]:
    link = {"other": {"reference": reference}, "type": kind}
    return [*(one for one in person.get("link", ()) if one != link), link]
