"""Which road a request takes, and how a refusal is written."""

import pytest

from gateway.directory.parties import Sends
from gateway.domain.problem import Problem
from gateway.web.choice import alike, choose
from gateway.web.refusal import details, outcome, phrase, speaks_fhir

MEDIA = {"fhir": "application/fhir+json", "evp": "application/fhir+json", "liste": "text/csv"}


def roads(*names: str) -> list[Sends]:
    return [Sends(road="http", format=name) for name in names]


@pytest.mark.parametrize(
    ("names", "wanted", "content_type", "found"),
    [
        ("fhir", "", "", "fhir"),
        ("fhir", "", "text/csv", "fhir"),
        ("fhir", "liste", "application/json", ""),
        ("fhir liste", "", "text/csv;charset=cp1252", "liste"),
        ("fhir liste", "", "application/fhir+json", "fhir"),
        ("fhir liste", "", "", ""),
        ("fhir evp", "", "application/fhir+json", ""),
        ("fhir evp", "evp", "application/fhir+json", "evp"),
        ("fhir fhir", "fhir", "", "fhir"),
        ("fhir unheard-of", "", "application/pdf", ""),
    ],
)
def test_format_then_only_road_then_media_type(names: str, wanted: str, content_type: str, found: str) -> None:
    chosen = choose(roads(*names.split()), wanted, content_type, lambda name: MEDIA.get(name, ""))
    assert (chosen.format if isinstance(chosen, Sends) else "") == found


def test_a_refused_choice_names_the_formats_agreed() -> None:
    chosen = choose(roads("liste", "fhir"), "x", "", lambda _: "")
    assert isinstance(chosen, Problem)
    assert (chosen.code, chosen.place, "fhir, liste" in chosen.repair) == ("http.format", "?format", True)


@pytest.mark.parametrize(
    ("said", "known", "same"),
    [
        ("application/fhir+json", "application/json", True),
        ("application/fhir+xml", "application/fhir+json", False),
        ("TEXT/CSV", "text/csv", True),
        ("text/xml", "application/xml", True),
        ("", "", False),
    ],
)
def test_media_types_are_alike_by_their_syntax(said: str, known: str, same: bool) -> None:  # noqa: FBT001 - a table
    assert alike(said, known) is same


def test_a_refusal_without_problems_says_its_status() -> None:
    assert details(422, []) == {"type": "about:blank", "title": phrase(422), "status": 422, "problems": []}
    assert outcome(503, [])["issue"] == [
        {"severity": "error", "code": "transient", "details": {"text": "Service Unavailable"}}
    ]
    assert phrase(599) == "Refused"


@pytest.mark.parametrize(
    ("headers", "fhir"),
    [
        ({}, False),
        ({"accept": "application/fhir+json"}, True),
        ({"accept": "*/*", "content-type": "application/fhir+xml"}, True),
        ({"accept": "application/json", "content-type": "application/fhir+json"}, False),
        ({"content-type": "text/csv"}, False),
    ],
)
def test_accept_decides_before_what_is_sent(headers: dict[str, str], fhir: bool) -> None:  # noqa: FBT001 - a table
    assert speaks_fhir(headers) is fhir
