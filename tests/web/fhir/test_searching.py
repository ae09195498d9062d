"""Searches over HTTP: links, pages, what is shown beside the matches, and what is said of what cannot be asked."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.web.fhir.interface import PATIENT, Interface, opened

FORM = "application/x-www-form-urlencoded"


@pytest.fixture(scope="module")
def fhir(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Interface]:
    """Five persons of Bielefeld; the first one has two relatives."""
    with opened(tmp_path_factory.mktemp("search")) as made:
        move_in(made)
        yield made


def move_in(made: Interface) -> None:
    for number in range(5):
        name = [{"family": f"Person{'abcde'[number]}", "given": ["Ute"]}]
        person = {**PATIENT, "id": f"p{number}", "name": name, "birthDate": f"194{number}-01-01"}
        made.ask("PUT", f"Patient/p{number}", person)
    for number in range(2):
        related = {"resourceType": "RelatedPerson", "id": f"r{number}", "patient": {"reference": "Patient/p0"}}
        made.ask("PUT", f"RelatedPerson/r{number}", related)


def found(bundle: dict[str, Any], mode: str = "match") -> list[str]:
    entries = [entry for entry in bundle.get("entry", []) if entry["search"]["mode"] == mode]
    return [entry["resource"].get("id", "") for entry in entries]


def link(bundle: dict[str, Any], relation: str) -> str:
    return next((one["url"] for one in bundle["link"] if one["relation"] == relation), "")


def test_a_search_is_a_bundle_of_matches(fhir: Interface) -> None:
    bundle = fhir.get("Patient?birthdate=1942-01-01").json()
    assert (bundle["resourceType"], bundle["type"], found(bundle)) == ("Bundle", "searchset", ["p2"])
    assert bundle["entry"][0]["fullUrl"] == f"{fhir.base}/Patient/p2"
    assert bundle["entry"][0]["resource"]["meta"]["versionId"] == "1"


def test_a_search_that_finds_nothing_has_no_entries(fhir: Interface) -> None:
    assert "entry" not in fhir.get("Patient?birthdate=1899-01-01").json()


@pytest.mark.parametrize("path", ["Patient/_search", "Patient/_search?birthdate=1942-01-01"])
def test_parameters_may_stand_in_the_body(fhir: Interface, path: str) -> None:
    form = "" if "?" in path else "birthdate=1942-01-01"
    bundle = fhir.ask("POST", path, form, Content_Type=FORM).json()
    assert found(bundle) == ["p2"]
    assert link(bundle, "self") == f"{fhir.base}/Patient?birthdate=1942-01-01"


def test_a_body_that_is_no_form_is_refused(fhir: Interface) -> None:
    answer = fhir.ask("POST", "Patient/_search", PATIENT)
    assert (answer.status_code, fhir.codes(answer)) == (415, ["fhir.http.form"])
    assert fhir.ask("POST", "Patient/_search", b"a=\xff", Content_Type=FORM).status_code in {200, 400}


def test_pages_are_followed_by_their_links(fhir: Interface) -> None:
    bundle = fhir.get("Patient?_count=2&_total=accurate&_sort=birthdate").json()
    assert (bundle["total"], link(bundle, "first")) == (5, "")
    seen = found(bundle)
    while following := link(bundle, "next"):
        bundle = fhir.session.get(following, timeout=10).json()
        assert parse_qs(urlsplit(link(bundle, "first")).query)["_count"] == ["2"]
        seen += found(bundle)
    assert seen == ["p0", "p1", "p2", "p3", "p4"]


@pytest.mark.parametrize("cursor", ["x", "!!", "e30"])
def test_a_page_that_is_none_is_refused(fhir: Interface, cursor: str) -> None:
    answer = fhir.get(f"Patient?_cursor={cursor}")
    assert (answer.status_code, fhir.codes(answer)) == (400, ["fhir.http.cursor"])


@pytest.mark.parametrize("asked", ["_summary=count", "_count=0"])
def test_a_client_may_want_the_number_alone(fhir: Interface, asked: str) -> None:
    bundle = fhir.get(f"Patient?{asked}").json()
    assert (bundle["total"], "entry" in bundle) == (5, False)


def test_what_matches_refer_to_is_included(fhir: Interface) -> None:
    bundle = fhir.get("RelatedPerson?_include=RelatedPerson:patient").json()
    assert (found(bundle), found(bundle, "include")) == (["r0", "r1"], ["p0"])


def test_what_refers_to_matches_is_included(fhir: Interface) -> None:
    bundle = fhir.get("Patient?_id=p0&_revinclude=RelatedPerson:patient").json()
    assert (found(bundle), sorted(found(bundle, "include"))) == (["p0"], ["r0", "r1"])


def test_an_include_that_leads_nowhere_is_refused(fhir: Interface) -> None:
    answer = fhir.get("Patient?_include=Patient:nowhere")
    assert (answer.status_code, answer.json()["resourceType"]) == (400, "OperationOutcome")


def test_matches_are_shown_in_part(fhir: Interface) -> None:
    shown = fhir.get("Patient?_id=p1&_elements=birthDate").json()["entry"][0]["resource"]
    assert set(shown) == {"resourceType", "id", "meta", "birthDate"}


def test_an_unknown_parameter_is_passed_over_and_said_so(fhir: Interface) -> None:
    bundle = fhir.get("Patient?shoesize=42&_id=p1").json()
    assert (found(bundle), "shoesize" in link(bundle, "self")) == (["p1"], False)
    assert bundle["entry"][-1]["search"]["mode"] == "outcome"
    assert bundle["entry"][-1]["fullUrl"].startswith("urn:uuid:")
    assert bundle["entry"][-1]["resource"]["issue"][0]["severity"] == "warning"


def test_who_is_strict_is_refused_an_unknown_parameter(fhir: Interface) -> None:
    answer = fhir.get("Patient?shoesize=42", Prefer="handling=strict")
    assert (answer.status_code, fhir.codes(answer)) == (400, ["search.parameter"])


def test_several_types_are_searched_one_after_the_other(fhir: Interface) -> None:
    bundle = fhir.get("?_type=RelatedPerson,Patient&_count=3&_total=accurate").json()
    pages = [found(bundle)]
    total = bundle["total"]
    while following := link(bundle, "next"):
        bundle = fhir.session.get(following, timeout=10).json()
        pages.append(found(bundle))
    assert (total, pages) == (7, [["r0", "r1", "p0"], ["p1", "p2", "p3"], ["p4"]])
    assert found(fhir.ask("POST", "_search", "_type=Patient&_id=p3", Content_Type=FORM).json()) == ["p3"]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("", "fhir.http.types"),
        ("_type=Medication", "fhir.http.types"),
        ("_type=Patient&name=x", "fhir.http.anywhere"),
        ("_type=Patient&_cursor=0-x", "fhir.http.cursor"),
    ],
)
def test_a_search_of_several_types_asked_wrongly_is_refused(fhir: Interface, query: str, code: str) -> None:
    answer = fhir.get(f"?{query}")
    assert (answer.status_code, fhir.codes(answer)) == (400, [code])


def test_a_search_inside_a_batch_answers_as_alone(fhir: Interface) -> None:
    sent = {
        "resourceType": "Bundle",
        "type": "batch",
        "entry": [{"request": {"method": "GET", "url": "Patient?_id=p1"}}],
    }
    (entry,) = fhir.ask("POST", "", sent).json()["entry"]
    assert found(entry["resource"]) == ["p1"]
