"""The same is found sealed and plain: whatever is asked of whomever."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.domain.question import Condition, Question
from gateway.fhir.searching.entries import entries
from gateway.store.fits import Row, fits
from gateway.store.memory import MemoryStore
from gateway.store.port import Store
from gateway.store.sealing.dates import cover, words
from gateway.store.sealing.faults import UnsearchableError
from gateway.store.sealing.questions import sealed
from gateway.store.sealing.tokens import Index
from gateway.store.sql.sealed import looking
from tests.store.made import asked, at, indexed, opened

INDEX = Index(bytes(32))
DAYS = st.dates(date(1840, 1, 1), date(2160, 12, 31)) | st.dates(date(1938, 8, 1), date(1939, 2, 28))
PRECISION = st.sampled_from([4, 7, 10])
PREFIX = st.sampled_from(["", "eq", "ne", "gt", "lt", "ge", "le", "sa", "eb", "ap"])
NAMES = st.sampled_from(
    ["Grünewälder", "Grüne", "Gruenewald", "van der Grün", "Öztürk-Föhr", "G", "Abd al-Rahman ibn Yusuf al-Bielefeldi"]
)
STATED = st.builds(lambda day, length: day.isoformat()[:length], DAYS, PRECISION)
CLOCKED = st.builds(lambda day, hour: f"{day}T{hour:02}:30:00+01:00", DAYS, st.integers(0, 23))


def person(key: str, birth: str, family: str, death: str = "", given: str = "Käthe") -> dict[str, Any]:
    name = {"family": family, "given": [given]}
    dead = {"deceasedDateTime": death} if death else {}
    told = {
        "identifier": [{"system": "urn:nr", "value": f"N-{key}"}],
        "telecom": [{"system": "phone", "value": "0521 1"}],
    }
    return {"resourceType": "Patient", "id": key, "name": [name], "birthDate": birth, **dead, **told}


def row(resource: dict[str, Any], *, shut: bool) -> Row:
    """A resource as a search sees it, plain or sealed."""
    kind = resource["resourceType"]
    terms, spans = entries(resource)
    if not shut:
        return Row(kind, resource["id"], "", frozenset(terms), frozenset(spans))
    return Row(
        kind, resource["id"], "", frozenset(INDEX.terms(kind, terms, spans)), frozenset(INDEX.spans(kind, spans))
    )


def where(**said: str) -> Condition:
    (condition,) = asked(urlencode(said), "Patient").where
    return condition


@settings(max_examples=400, deadline=None)
@given(
    birth=STATED,
    death=st.just("") | STATED | CLOCKED,
    prefix=PREFIX,
    said=STATED,
    which=st.sampled_from(["birthdate", "death-date"]),
)
def test_dates_asked_by_whole_days_are_answered_by_words_alone(
    birth: str, death: str, prefix: str, said: str, which: str
) -> None:
    condition = where(**{which: f"{prefix}{said}"})
    plain = fits(condition, row(person("1", birth, "Grün", death), shut=False))
    found = sealed(condition, "Patient", INDEX)
    assert found.condition is not None
    answer = fits(found.condition, row(person("1", birth, "Grün", death), shut=True))
    assert answer == plain if found.exact else answer >= plain
    assert found.exact or prefix == "ap" or not "1850" <= said[:4] < "2150"


@given(
    first=st.none() | st.dates(date(1850, 1, 1), date(2149, 12, 31)), days=st.none() | st.integers(0, 3000), day=DAYS
)
def test_a_stretch_of_days_is_covered_by_few_words_and_nothing_else_is(
    first: date | None, days: int | None, day: date
) -> None:
    last = None if days is None else date.fromordinal((first or date(1900, 1, 1)).toordinal() + days)
    found = cover(first, last)
    inside = (first is None or first <= day) and (last is None or day <= last)
    if 1850 <= day.year < 2150:
        assert (not set(words(f"{day}T12:00:00.000000+00:00")).isdisjoint(found)) == inside
    assert len(found) <= 62 + 22 + 18 + 30 + 2


QUERIES = (
    {"family": "grün"}, {"family": "gruene"}, {"family:exact": "Grüne"}, {"family:contains": "wäld"}, {"name": "k"},
    {"name:contains": "e"}, {"family": "Abd al-Rahman ibn Yusuf al-Biele"}, {"family": "Abd al-Rahman ibn Yusuf al-X"},
    {"identifier": "urn:nr|N-2"}, {"identifier": "N-2"}, {"identifier": "urn:nr|"}, {"identifier:not": "N-2"},
    {"telecom": "0521-1"}, {"phone": "05211"}, {"birthdate": "ge1938"}, {"birthdate:missing": "true"},
    {"family:missing": "false"},
    {"death-date": "gt2020-05-03T10:00:00Z"}, {"family": "grün,öz"}, {"given": "Käthe", "family:contains": "r"},
)  # fmt: skip
SORTS = ("", "family", "-family", "birthdate,family", "-death-date", "_id", "-_lastUpdated")


@contextmanager
def twins() -> Iterator[tuple[Store, Store]]:
    with TemporaryDirectory() as folder:
        shut = opened("sealed", Path(folder))
        try:
            yield MemoryStore(), shut
        finally:
            shut.close()


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    people=st.lists(st.tuples(STATED, NAMES, st.just("") | STATED), min_size=2, max_size=6),
    queries=st.lists(st.tuples(st.sampled_from(QUERIES), st.sampled_from(SORTS)), min_size=4, max_size=8),
    again=st.lists(st.tuples(st.integers(0, 5), NAMES), max_size=3),
)
def test_a_sealed_store_finds_sorts_and_pages_as_one_in_memory_does(
    people: list[tuple[str, str, str]], queries: list[tuple[dict[str, str], str]], again: list[tuple[int, str]]
) -> None:
    with twins() as stores:
        for store in stores:
            for number, (birth, family, death) in enumerate(people):
                store.commit([indexed(person(str(number), birth, family, death), at=at(number))]).result()
        for query, sort in queries:
            question = asked(urlencode({**query, **({"_sort": sort} if sort else {})}), "Patient", limit=2, total=True)
            one, two = (pages(store, question, again) for store in stores)
            assert one == two


def pages(store: Store, question: Question, again: list[tuple[int, str]]) -> list[list[str]]:
    """All pages; after the first, some are written again."""
    found, total = [], None
    page = store.search(question)
    for number, family in again:
        version = store.read("Patient", str(number))
        if version:
            store.commit([indexed({**version.resource, "language": family[:1]}, at=at(100 + number))]).result()
    while True:
        total = total if total is not None else page.total
        found.append([version.id for version in page.found])
        if not page.next:
            return [*found, [str(total)]]
        page = store.search(replace(question, after=page.next))


def test_what_is_sealed_is_not_looked_through_over_a_link(store: Store) -> None:
    with pytest.raises(UnsearchableError):
        store.search(asked("subject:Patient.name:contains=e", "CarePlan"))
    assert store.search(asked("subject:Patient.name=e", "CarePlan")).found == ()


def test_too_many_to_be_opened_are_refused(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looking, "MOST", 3)
    for number in range(4):
        assert len(store.search(asked("_sort=family", "Patient")).found) == number
        store.commit([indexed(person(str(number), "1938", "Grün"))]).result()
    with pytest.raises(UnsearchableError):
        store.search(asked("_sort=family", "Patient"))
    assert len(store.search(asked("_sort=family&identifier=N-2", "Patient")).found) == 1


def test_a_person_is_found_over_a_link_by_name_and_day_of_birth(store: Store) -> None:
    store.commit([indexed(person("1", "1938-09-03", "Grünewälder"))]).result()
    plan = {"resourceType": "CarePlan", "id": "p", "subject": {"reference": "Patient/1"}, "status": "active"}
    store.commit([indexed(plan)]).result()
    for query in ("subject:Patient.name=grünewälder", "subject:Patient.birthdate=ge1938-09&status=active"):
        assert [version.id for version in store.search(asked(query, "CarePlan")).found] == ["p"]
    assert store.search(asked("subject:Patient.birthdate=lt1938-09", "CarePlan")).found == ()
    found = store.search(asked("_has:CarePlan:subject:status=active&name=k", "Patient")).found
    assert [version.id for version in found] == ["1"]
