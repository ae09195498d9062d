"""What is shown beside the matches (chapter 3.1.1.5.6)."""

from collections.abc import Iterator
from typing import Any

import pytest

from gateway.domain.ledger import Save
from gateway.fhir.searching.ask import question
from gateway.fhir.searching.including import included, includes
from gateway.store.memory import MemoryStore
from tests.store.made import NOON


def link(name: str) -> dict[str, str]:
    return {"reference": name}


RESOURCES: dict[str, dict[str, Any]] = {
    "Patient/anna": {"managingOrganization": link("Organization/klinik")},
    "Organization/klinik": {"partOf": link("Organization/traeger")},
    "Organization/traeger": {},
    "Organization/pflege": {},
    "Task/0": {"for": link("Patient/anna"), "owner": link("Organization/klinik")},
    "Task/1": {"for": link("Patient/anna"), "owner": link("Organization/pflege"), "partOf": [link("Task/0")]},
    "Task/2": {"for": link("Patient/gone"), "owner": link("#inside"), "partOf": [link("Task/1")]},
    "Provenance/p": {"target": [link("Task/1"), link("Task/0")]},
}


@pytest.fixture
def shelf() -> Iterator[MemoryStore]:
    store = MemoryStore()
    for name, elements in RESOURCES.items():
        kind, _, key = name.partition("/")
        store.commit([Save({"resourceType": kind, "id": key, **elements}, 0, (), NOON)]).result()
    yield store
    store.close()


def beside(shelf: MemoryStore, query: str, *wanted: tuple[str, str]) -> str:
    asked, _ = question("Task", [("_id", query)])
    found, problems = includes("Task", wanted)
    assert problems == []
    return " ".join(f"{each.type}/{each.id}" for each in included(shelf.search(asked).found, found, shelf))


@pytest.mark.parametrize(
    ("matches", "wanted", "found"),
    [
        ("1", ("_include", "Task:owner"), "Organization/pflege"),
        ("0,1", ("_include", "Task:patient"), "Patient/anna"),
        ("0,1", ("_include", "Task:subject:Organization"), ""),
        ("0,1", ("_include", "Task:part-of"), ""),
        ("2", ("_include", "Task:*"), "Task/1"),
        ("1", ("_include", "*"), "Patient/anna Organization/pflege Task/0"),
        ("1", ("_include", "Patient:organization"), ""),
        ("2", ("_include:iterate", "Task:part-of"), "Task/1 Task/0"),
        ("0", ("_revinclude", "Task:part-of"), "Task/1"),
        ("0,1", ("_revinclude", "Task:part-of"), "Task/2"),
        ("0,1", ("_revinclude", "Provenance:target"), "Provenance/p"),
        ("0", ("_revinclude:iterate", "Task:part-of"), "Task/1 Task/2"),
        ("0", ("_revinclude", "Provenance:target:Goal"), ""),
    ],
)
def test_it_is_shown_beside(shelf: MemoryStore, matches: str, wanted: tuple[str, str], found: str) -> None:
    assert set(beside(shelf, matches, wanted).split()) == set(found.split())


def test_what_was_included_includes_others_where_that_is_asked(shelf: MemoryStore) -> None:
    again = (("_include", "Task:patient"), ("_include:iterate", "Patient:organization"))
    assert beside(shelf, "1", *again) == "Patient/anna Organization/klinik"
    once = (("_include", "Task:patient"), ("_include", "Patient:organization"))
    assert beside(shelf, "1", *once) == "Patient/anna"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("_include", "Task:status"),
        ("_include", "Task:wrong"),
        ("_include", "Wrong:owner"),
        ("_include", "Task:owner:Wrong"),
        ("_include:sometimes", "Task:owner"),
        ("_revinclude", "*"),
        ("_include", "Task"),
    ],
)
def test_what_is_no_reference_is_refused(name: str, value: str) -> None:
    found, problems = includes("Task", [(name, value)])
    assert found == []
    assert [problem.code for problem in problems] == ["search.include"]


def test_other_parameters_are_passed_over() -> None:
    assert includes("Task", [("status", "draft"), ("_include", "")]) == ([], [])
