"""What is searched over HTTP in a sealed store: all that is in a plain one, and what cannot be is refused in words."""

from collections.abc import Iterator

import pytest

from gateway.store.sql.sealed import looking
from tests.store.made import ring
from tests.web.fhir.interface import Interface, opened
from tests.web.fhir.test_searching import *  # noqa: F403 - the suite itself
from tests.web.fhir.test_searching import move_in


@pytest.fixture(scope="module")  # type: ignore[no-redef]  # sealed instead
def fhir(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Interface]:
    """The suite's persons, in a sealed store."""
    with opened(tmp_path_factory.mktemp("search"), ring()) as made:
        move_in(made)
        yield made


QUERIES = ("family=persona", "family:contains=SONA", "birthdate=lt1941", "_sort=family&_count=1")


@pytest.mark.parametrize(
    "query", ["family=persona", "family:contains=SONA", "birthdate=lt1941", "_sort=family&_count=1"]
)
def test_a_person_is_found(fhir: Interface, query: str) -> None:
    answer = fhir.get(f"Patient?{query}")
    assert [entry["resource"]["id"] for entry in answer.json()["entry"]] == ["p0"]


def test_what_cannot_be_looked_for_is_refused_in_words(fhir: Interface, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looking, "MOST", 2)
    for query in ("Patient?_sort=family", "RelatedPerson?patient.name:contains=e"):
        answer = fhir.get(query)
        assert (answer.status_code, fhir.codes(answer)) == (400, ["fhir.http.sealed"])
