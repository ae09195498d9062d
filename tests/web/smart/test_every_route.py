"""All routes of the interface, walked by everybody: nobody, who is wrong, too late, another party, another site."""

from collections.abc import Iterator

import pytest
import requests

from gateway.web.fhir.permit import AS_IS, FREE, LETTERS, STATELESS
from gateway.web.fhir.routes import routes
from tests.web.smart.place import Place, opened

OPEN = {"/metadata", "/openapi.json"}
"""What a client has to read before it can ask for a token."""
SENT = ("/{type}/{id}/$validate", "POST")
"""Looks at what was sent, whatever id stands in the path."""
CASES = [(route.template, method) for route in routes() for method in sorted(route.handlers)]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with opened(tmp_path_factory.mktemp("routes")) as made:
        yield made


@pytest.fixture(scope="module")
def tokens(place: Place) -> dict[str, str]:
    return {name: place.token(name) for name in ("stelle-senne", "stelle-mitte", "lutterbach")}


def path(template: str) -> str:
    filled = template.replace("{type}", "Task").replace("{id}", "t1").replace("{version}", "1")
    return filled.replace("Patient/t1", "Patient/p").lstrip("/")


def ask(place: Place, template: str, method: str, token: str) -> requests.Response:
    body = {"resourceType": "Task", "id": "t1"} if method in {"POST", "PUT"} else None
    headers = {"Content-Type": "application/json-patch+json"} if method == "PATCH" else {}
    if method == "PATCH":
        body = []  # type: ignore[assignment]  # another kind of body
    if template.endswith("_search"):
        body, headers = None, {}
    return place.call(method, path(template), token, body, **headers)


@pytest.mark.parametrize(("template", "method"), CASES)
def test_without_a_token_in_force_there_is_nothing(place: Place, template: str, method: str) -> None:
    if template in OPEN:
        assert ask(place, template, method, "").status_code == 200
        return
    place.access.limit.counts.clear()
    held = place.token("stelle-senne")
    late = {word: grant._replace(over=0.0) for word, grant in place.access.tokens.held.items()}
    kept, place.access.tokens.held = place.access.tokens.held, late
    answers = [ask(place, template, method, token) for token in ("", "wrong", held)]
    place.access.tokens.held = kept
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.text for answer in answers}) == 1  # none of them says why


@pytest.mark.parametrize("who", ["stelle-mitte", "lutterbach"])
@pytest.mark.parametrize(("template", "method"), CASES)
def test_nothing_of_a_case_is_told_to_who_has_no_part_in_it(
    place: Place, tokens: dict[str, str], who: str, template: str, method: str
) -> None:
    answer = ask(place, template, method, tokens[who])
    assert answer.status_code < 500
    for word in ("Grünewälder", "1938", "sr1", "Sturz", "Organization/elsey", "Organization/senneklinik"):
        assert word not in answer.text
    if "{id}" in template and not template.startswith(("/Basic", "/Subscription")) and (template, method) != SENT:
        assert answer.status_code in {403, 404}


def test_who_has_a_part_in_it_is_answered(place: Place, tokens: dict[str, str]) -> None:
    got = {t: ask(place, t, "GET", tokens["stelle-senne"]).status_code for t, m in CASES if m == "GET"}
    shut = {t for t, code in got.items() if code != 200}
    assert {"/{type}/{id}", "/{type}", "/{type}/{id}/_history", "/Task/{id}/$actions"}.isdisjoint(shut)
    assert "/_history" in shut  # of all resources is nobody's business but the desk's


def test_every_interaction_that_a_token_opens_is_one_there_is() -> None:
    words = {name for route in routes() for name in route.names.values()}
    assert {*LETTERS, *FREE, *STATELESS, *AS_IS} <= words
