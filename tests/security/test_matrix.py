"""S12: who somebody is, times what is asked, times whose it is: what is foreign is told from nothing by nobody."""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
import requests

from gateway.directory.parties import Directory, Party
from gateway.web.fhir.routes import routes
from tests.web.smart.place import CASE, KEYS, VISIBLE, Place, opened, party

KINDS = ("hospital", "care-service", "office", "site", "practice", "relatives", "other")
NAMES = tuple(f"{each['resourceType']}/{each['id']}" for each in CASE)
NONE = "nobody-knows-this"
"""An id that nothing has."""
FIELDS = {"date", "content-length"}
"""Of an answer, what may differ."""
OPEN = ("/Basic", "/Subscription")
"""What is no part of a case."""


class Way(NamedTuple):
    """An interaction with one resource."""

    method: str
    template: str


SENT = ("POST", "/{type}/{id}/$validate")
"""Looks at what was sent, whatever id stands in the path."""
WAYS = [
    Way(method, route.template)
    for route in routes()
    for method in sorted(route.handlers)
    if "{id}" in route.template and not route.template.startswith(OPEN) and (method, route.template) != SENT
]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with opened(tmp_path_factory.mktemp("matrix")) as made:
        made.world.rooms.directory = Directory.of([*map(party, KEYS), *map(stranger, KINDS)])
        yield made


def stranger(kind: str) -> Party:
    """A partner of a kind that has nothing to do with the case; it signs with the key of another one's program."""
    client = {
        "id": f"app-{kind}",
        "jwks": {"keys": [KEYS["elsey"].as_dict(private=False)]},
        "scopes": ["system/*.cruds"],
    }
    return Party.model_validate({"partner": f"stranger-{kind}", "kind": kind, "clients": [client]})


@pytest.fixture(scope="module")
def tokens(place: Place) -> dict[str, str]:
    """A token of everybody."""
    held = {name: place.token(name) for name in KEYS}
    for kind in KINDS:
        signed = place.assertion("elsey", iss=f"app-{kind}", sub=f"app-{kind}")
        held[f"stranger-{kind}"] = place.asks(signed).json()["access_token"]
    return held


WHO = [*KEYS, *(f"stranger-{kind}" for kind in KINDS)]


def asked(place: Place, way: Way, name: str, token: str) -> requests.Response:
    kind, _, key = name.partition("/")
    path = way.template.replace("{type}", kind).replace("{id}", key).replace("{version}", "1").lstrip("/")
    body: Any = {"resourceType": kind, "id": key} if way.method in {"POST", "PUT"} else None
    headers = {"If-Match": 'W/"1"'} if way.method in {"PUT", "PATCH"} else {}
    if way.method == "PATCH":
        body, headers = [], {**headers, "Content-Type": "application/json-patch+json"}
    return place.call(way.method, path, token, body, **headers)


def face(answer: requests.Response, name: str) -> tuple[int, Any, Any]:
    """All that an answer shows, with the id that was asked for left out."""
    key = name.partition("/")[2]
    fields = {word: value for word, value in answer.headers.items() if word.lower() not in FIELDS}
    return answer.status_code, re.sub(rf"\b{re.escape(key)}\b", "ID", answer.text), fields


def fits(way: Way, name: str) -> bool:
    """Whether a path can name a resource of that type."""
    first = way.template.strip("/").partition("/")[0]
    return first in {"{type}", name.partition("/")[0]}


@pytest.mark.parametrize("way", WAYS, ids=" ".join)
def test_what_is_foreign_looks_like_what_is_not_there(place: Place, tokens: dict[str, str], way: Way) -> None:
    for who in (*KEYS, *(f"stranger-{kind}" for kind in KINDS[-2:])):
        empty: dict[str, object] = {}
        for name in (name for name in NAMES if fits(way, name) and name not in VISIBLE.get(who, set())):
            kind = name.partition("/")[0]
            if kind not in empty:
                empty[kind] = face(asked(place, way, f"{kind}/{NONE}", tokens[who]), f"{kind}/{NONE}")
            foreign = asked(place, way, name, tokens[who])
            assert foreign.status_code in {403, 404, 405}, (who, name)
            assert face(foreign, name) == empty[kind], (who, name)


@pytest.mark.parametrize("who", WHO)
def test_what_is_ones_own_is_read_and_found_and_nothing_else(place: Place, tokens: dict[str, str], who: str) -> None:
    own, token = VISIBLE.get(who, set()), tokens[who]
    assert {name for name in NAMES if place.call("GET", name, token).status_code == 200} == own
    found = set()
    for kind in {name.partition("/")[0] for name in NAMES}:
        page = place.call("GET", f"{kind}?_count=100", token).json()
        found |= {f"{kind}/{entry['resource']['id']}" for entry in page.get("entry", ())}
    assert found == own


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_of_partner_is_no_key_to_a_case(place: Place, tokens: dict[str, str], kind: str) -> None:
    for path in (
        "_history",
        "AuditEvent",
        "Task?_total=accurate",
        "Patient?name=Gr",
        "Task/$match",
        "?_type=Task,Patient",
    ):
        answer = place.call("GET", path, tokens[f"stranger-{kind}"])
        assert answer.status_code in {200, 403, 404, 405}
        assert [word for word in ("Grünewälder", "1938", "Task/t", "elsey") if word in answer.text] == []


def test_only_scopes_are_answered_with_403_and_whatever_is_there(place: Place) -> None:
    token = place.token("senneklinik", "system/Task.r")
    answers = [place.call("GET", name, token) for name in ("Patient/p", f"Patient/{NONE}", "Encounter/e")]
    assert [answer.status_code for answer in answers] == [403] * 3
    assert len({answer.text for answer in answers}) == 1


def test_the_tracking_id_of_another_partner_is_like_one_of_nobody() -> None:
    from tests.web.standing import OTHER, TOKEN, House, standing  # noqa: PLC0415 - the other door

    with standing(House().doors()) as door:

        def said(method: str, path: str, token: str) -> requests.Response:
            fields = {"Authorization": f"Bearer {token}", "Content-Type": "application/fhir+json"}
            return requests.request(method, door.url(path), data=b"{}", headers=fields, timeout=10)

        tracking = said("POST", "/intake/senneklinik", TOKEN).json()["tracking"]
        assert said("GET", f"/intake/{tracking}", TOKEN).status_code == 200
        foreign, nothing = (face(said("GET", f"/intake/{name}", OTHER), f"/{name}") for name in (tracking, "t-77"))
        assert foreign == nothing
        assert foreign[0] == 404
