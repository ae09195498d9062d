"""What is asked of a store is found, in both stores alike (chapter 3.1.1)."""

from collections.abc import Sequence
from typing import Any

import pytest

from gateway.domain.question import Linked, Question, Span, Term
from gateway.store.port import PageError, Store
from tests.store.made import asked, at, indexed, saved

PEOPLE: tuple[dict[str, Any], ...] = (
    {"id": "anna", "name": [{"family": "Müller-Lüdenscheidt", "given": ["Anna"]}], "birthDate": "1940-05-01"},
    {"id": "bert", "name": [{"family": "Mueller", "given": ["Bert"]}], "birthDate": "1951", "active": True},
    {"id": "carl", "name": [{"text": "Carl Schäfer"}], "telecom": [{"system": "phone", "value": "+49 5251 / 12-34"}]},
    {"id": "dora", "identifier": [{"system": "urn:ik", "value": "1"}, {"value": "2|3"}], "deceasedDateTime": "2020-01"},
)
TASKS: tuple[dict[str, Any], ...] = (
    {"id": "0", "status": "requested", "for": "anna", "authoredOn": "2026-11-01", "priority": "routine"},
    {"id": "1", "status": "accepted", "for": "anna", "authoredOn": "2026-11-20T12:00:00Z", "owner": "pflege"},
    {"id": "2", "status": "requested", "for": "bert", "authoredOn": "2026-12-24T18:00:00+01:00", "owner": "pflege"},
    {"id": "3", "status": "completed", "for": "bert", "executionPeriod": {"start": "2026-10-01"}},
    {"id": "4", "status": "completed", "for": "carl", "executionPeriod": {"end": "2026-09-30"}, "partOf": "0"},
)


def task(given: dict[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {"resourceType": "Task", "intent": "order", **given}
    for name, kind in (("for", "Patient"), ("owner", "Organization"), ("partOf", "Task")):
        if name in given:
            made[name] = {"reference": f"{kind}/{given[name]}"}
    made["code"] = {"coding": [{"system": "urn:code", "code": f"c{given['id']}"}, {"code": "plain"}]}
    return made | ({"partOf": [made["partOf"]]} if "partOf" in made else {})


@pytest.fixture
def full(store: Store) -> Store:
    """The people and their Tasks, a second apart."""
    for seconds, person in enumerate(PEOPLE):
        store.commit([indexed({"resourceType": "Patient", **person}, 0, at(seconds))]).result()
    for seconds, each in enumerate(TASKS):
        store.commit([indexed(task(each), 0, at(10 + seconds))]).result()
    return store


def ids(store: Store, query: str, kind: str = "Task") -> str:
    return " ".join(version.id for version in store.search(asked(query, kind)).found)


TOKENS = (
    ("status=requested", "0 2"),
    ("status=requested,accepted", "0 1 2"),
    ("status=http://hl7.org/fhir/task-status|requested", "0 2"),
    ("status=urn:other|requested", ""),
    ("status:not=completed", "0 1 2"),
    ("status=requested&owner=pflege", "2"),
    ("code=c1", "1"),
    ("code=urn:code|c1", "1"),
    ("code=urn:code|", "0 1 2 3 4"),
    ("code=|c1", ""),
    ("code=|plain&status=accepted", "1"),
    ("code=c1,urn:code|c2", "1 2"),
    ("priority:missing=true", "1 2 3 4"),
    ("priority:missing=false", "0"),
    ("priority:not=routine", "1 2 3 4"),
)
LINKS = (
    ("patient=anna", "0 1"),
    ("patient=Patient/anna", "0 1"),
    ("patient=Patient/anna/_history/3", "0 1"),
    ("subject:Patient=anna,bert", "0 1 2 3"),
    ("subject:Group=anna", ""),
    ("owner=pflege", "1 2"),
    ("owner:missing=true", "0 3 4"),
    ("patient:missing=true", ""),
    ("part-of=0", "4"),
    ("patient.name=muller", "0 1"),
    ("subject:Patient.birthdate=lt1945", "0 1"),
    ("subject:Patient._id=bert", "2 3"),
    ("part-of.status=requested", "4"),
    ("_has:Task:part-of:status=completed", "0"),
    ("_has:Task:part-of:_id=4", "0"),
    ("_has:Task:part-of:status=requested", ""),
)
DATES = (
    ("authored-on=2026-11", "0 1"),
    ("authored-on=2026-11-20", "1"),
    ("authored-on=2026-11-20T13:00:00+01:00", "1"),
    ("authored-on=ne2026-11-20", "0 2"),
    ("authored-on=gt2026-11-20", "2"),
    ("authored-on=ge2026-11-20", "1 2"),
    ("authored-on=lt2026-11-20", "0"),
    ("authored-on=le2026-11-20", "0 1"),
    ("authored-on=ge2026-11-20&authored-on=lt2026-12", "1"),
    ("authored-on=2026-11-01,2026-12-24", "0 2"),
    ("authored-on=ap2026-11-21", "1"),
    ("period=sa2026-09-30", "3"),
    ("period=eb2026-10-01", "4"),
    ("period=gt2030", "3"),
    ("period=lt2000", "4"),
    ("period=2026", ""),
    ("period=ap2026-10", "3 4"),
    ("period:missing=true", "0 1 2"),
    ("_lastUpdated=gt2026-11-20T12:00:12Z", "3 4"),
    ("_lastUpdated=ge2026-11-20T12:00:12Z&_lastUpdated=lt2026-11-20T12:00:14Z", "2 3"),
    ("_lastUpdated=ne2026-11-20T12:00:12Z", "0 1 3 4"),
)
PERSONS = (
    ("name=mull", "anna"),
    ("name=MÜLLER", "anna"),
    ("family=mu", "anna bert"),
    ("family:contains=LUDEN", "anna"),
    ("family:exact=Mueller", "bert"),
    ("family:exact=mueller", ""),
    ("name=schäfer", ""),
    ("name=carl", "carl"),
    ("name=anna,bert", "anna bert"),
    ("phone=+49(5251)1234", "carl"),
    ("identifier=urn:ik|1", "dora"),
    ("identifier=1", "dora"),
    ("identifier=2\\|3", "dora"),
    ("identifier=|2\\|3", "dora"),
    ("identifier=2|3", ""),
    ("birthdate=1940-05-01", "anna"),
    ("birthdate=1951-03", ""),
    ("birthdate=ge1951", "bert"),
    ("active=true", "bert"),
    ("deceased=true", "dora"),
    ("deceased=false", "anna bert carl"),
    ("_id=anna,dora,emil", "anna dora"),
    ("_has:Task:patient:status=accepted", "anna"),
    ("_has:Task:patient:authored-on=ge2026-12", "bert"),
)


@pytest.mark.parametrize(("query", "found"), [*TOKENS, *LINKS, *DATES])
def test_tasks_are_found(full: Store, query: str, found: str) -> None:
    assert ids(full, query) == found


@pytest.mark.parametrize(("query", "found"), PERSONS)
def test_persons_are_found(full: Store, query: str, found: str) -> None:
    assert ids(full, query, "Patient") == found


SORTS = (
    ("_sort=-_lastUpdated", "4 3 2 1 0"),
    ("_sort=_lastUpdated&status=completed", "3 4"),
    ("_sort=status,-_lastUpdated", "1 4 3 2 0"),
    ("_sort=-status,_id", "0 2 3 4 1"),
    ("_sort=authored-on", "0 1 2 3 4"),
    ("_sort=-authored-on", "2 1 0 3 4"),
    ("_sort=-_id&_count=2", "4 3"),
    ("_sort=patient,-authored-on", "1 0 2 3 4"),
)


@pytest.mark.parametrize(("query", "found"), SORTS)
def test_they_are_sorted(full: Store, query: str, found: str) -> None:
    assert ids(full, query) == found


@pytest.mark.parametrize("query", ["_count=2", "_count=2&_sort=-_lastUpdated", "_count=1&_sort=status,-authored-on"])
def test_pages_together_are_the_whole(full: Store, query: str) -> None:
    whole = full.search(asked(query, limit=100))
    assert whole.next == ""
    assert [v.id for v in every_page(full, asked(query))] == [v.id for v in whole.found]


def every_page(store: Store, question: Question) -> Sequence[Any]:
    found: list[Any] = []
    after = ""
    while True:
        page = store.search(Question(question.type, question.where, question.sort, question.limit, after))
        found += page.found
        after = page.next
        if not after:
            return found


def test_the_total_is_told_to_who_asks(full: Store) -> None:
    assert full.search(asked("status=completed&_count=1")).total is None
    page = full.search(asked("status=completed&_count=1&_total=accurate"))
    assert (page.total, len(page.found)) == (2, 1)
    assert full.search(asked("_count=0")).total == len(TASKS)
    assert full.search(asked("_count=0")).found == ()


def test_what_changed_is_found_as_it_is_now(full: Store) -> None:
    full.commit([indexed(task({"id": "0", "status": "draft", "for": "carl"}), 1, at(60))]).result()
    assert ids(full, "status=requested") == "2"
    assert ids(full, "patient=carl") == "0 4"
    assert ids(full, "authored-on=2026-11") == "1"
    assert full.search(asked("_id=0")).found[0].version == 2


def test_a_resource_is_found_by_what_it_says_also_where_its_writer_gave_no_terms(store: Store) -> None:
    store.commit([saved(task(TASKS[1]), 0)]).result()
    assert ids(store, "status=accepted&authored-on=2026-11-20") == "1"


def test_what_does_not_exist_is_not_found(full: Store) -> None:
    assert full.search(Question("Goal")).found == ()
    assert full.search(Question("Task", (Term("no such", ("x",)),))).found == ()
    assert full.search(Question("Task", (Span("no such", "eq", "", "9"),))).found == ()
    assert full.search(Question("Task", (Linked("for", "Patient", (Term("name", ("zz",), "starts"),)),))).found == ()


NO_PAGES = (
    "x",
    "WyJhIl0",
    "bnVsbA",
    "WzEsWzJdLDNd",
    "WyIiLFtdLCJ4Il0",
    "WyIiLFtdLDk5OTk5OTk5OTk5OTk5OTk5OTld",
    "ä",
    "e30",
)


@pytest.mark.parametrize("after", [*NO_PAGES, "\ud800"])
def test_a_page_nobody_gave_is_refused(full: Store, after: str) -> None:
    with pytest.raises(PageError, match="search again"):
        full.search(Question("Task", after=after))


def test_a_page_of_another_order_is_refused(full: Store) -> None:
    page = full.search(asked("_count=1"))
    with pytest.raises(PageError):
        full.search(asked("_count=1&_sort=status", after=page.next))


def test_as_many_values_as_a_query_may_have_are_looked_for(full: Store) -> None:
    many = ",".join(str(n) for n in range(199))
    dates = ",".join(["ge2000"] * 200)
    for query in (
        f"subject={many},anna",
        f"authored-on={dates}",
        f"part-of.code={many}",
        f"_id={many}",
        f"code={many}",
    ):
        assert full.search(asked(query)).next == ""
    assert ids(full, f"name={many},anna", "Patient") == "anna"


def test_moments_of_versions_rise_whatever_clock_wrote_them(full: Store) -> None:
    for seconds in (5, 5, -100):
        full.commit([indexed(task(TASKS[0]), None, at(seconds)), indexed(task(TASKS[1]), None, at(seconds))]).result()
    moments = [version.updated for version in full.versions()]
    assert moments == sorted(set(moments), reverse=True)
    assert moments[0] == at(14.000006)


def test_who_asks_for_what_is_newer_than_the_last_misses_nothing(full: Store) -> None:
    seen = full.versions()[0].updated
    full.commit([indexed(task(TASKS[0]), None, at(0))]).result()
    assert ids(full, f"_lastUpdated=gt{seen.isoformat(timespec='microseconds')}".replace("+", "%2B")) == "0"
