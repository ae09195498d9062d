"""S4: every route of every door knows who calls before it reads a body; what it says to nobody is the same for all."""

import re
import socket
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from gateway.web import health
from gateway.web.fhir.bearer import CONFIGURATION, OPEN, TOKEN
from gateway.web.fhir.routes import routes
from gateway.web.limit import MOST, Limit
from gateway.web.link.page import ASSETS, Page, application
from gateway.web.staff.call import Door
from gateway.web.staff.door import application as staff_application
from tests.pipeline.line.world import World
from tests.security.sources import calls
from tests.web.link.site import opened as link_opened
from tests.web.smart.place import Place
from tests.web.smart.place import opened as fhir_opened
from tests.web.staff.office import opened as staff_opened
from tests.web.standing import TOKEN as RIGHT
from tests.web.standing import House, Standing, standing
from tests.web.standing import ways as front_ways

CANARY = "Kanarienvogel"
MEAN = ("Traceback", 'File "', "Error:", "site-packages", "sqlite", CANARY)
"""What no refusal says: where it was made, or anything of what was sent."""
HUGE = 1_000_000_000
Ways = list[tuple[str, str]]
APPLICATIONS = {
    "gateway/web/api.py": "intake",
    "gateway/web/intake.py": "intake",
    "gateway/web/fhir/api.py": "fhir",
    "gateway/web/link/page.py": "link",
    "gateway/web/staff/door.py": "staff",
}
"""Where an application is made, and which door of this file it is."""


def test_no_application_is_left_out() -> None:
    made = {file for file, call in calls() if re.fullmatch(r"(.*\.)?(FastAPI|Starlette)", call)}
    assert made == APPLICATIONS.keys()
    assert set(APPLICATIONS.values()) == {door for door, *_ in WAYS}


def filled(path: str) -> str:
    """A path with something in the place of what it names."""
    words = {"partner": "senneklinik", "tracking": "t-1", "type": "Task", "id": "t1", "version": "1"}
    return re.sub(r"\{(\w+)\}", lambda found: words[found[1]], path)


def fhir_ways() -> Ways:
    known = [(method, "/fhir" + route.template) for route in routes() for method in sorted(route.handlers)]
    return [*known, ("GET", f"/fhir/{CONFIGURATION}"), ("POST", f"/fhir/{TOKEN}"), ("GET", "/fhir/None"), ("PUT", "/x")]


def page_ways(made: Any) -> Ways:
    return [(method, route.path) for route in made.routes for method in sorted(route.methods - {"HEAD"})]


FREE = {
    "intake": dict.fromkeys(health.PUBLIC, 200),
    "fhir": {
        **{f"/fhir/{path}": 200 for path in (*OPEN, CONFIGURATION)},
        f"/fhir/{TOKEN}": 400,  # the form is the proof; one that is too large to be one is not read
    },
    "link": {"/": 200, **{f"/{asset}": 200 for asset in ASSETS}, "/open": 400},
    "staff": {"/": 200, "/page.css": 200, "/login": 400, "/oidc": 404, "/oidc/back": 404},  # there is no provider
}
"""What a door answers to who shows nothing, where that is not its refusal."""
LED = {("link", "GET"), ("link", "POST"), ("staff", "GET")}
"""Where a person in a browser is led to the entrance; everywhere else who is not known hears 401."""
ROOMS = World().rooms
WAYS = [
    (door, *way)
    for door, ways in {
        "intake": front_ways(House().doors()),
        "fhir": fhir_ways(),
        "link": page_ways(application(Page(ROOMS, "http://127.0.0.1/"))),
        "staff": page_ways(staff_application(Door(ROOMS, "http://127.0.0.1/"))),
    }.items()
    for way in ways
]


@pytest.fixture(scope="module")
def house() -> House:
    return House()


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with fhir_opened(tmp_path_factory.mktemp("doors")) as made:
        yield made


@pytest.fixture(scope="module")
def doors(house: House, place: Place) -> Iterator[dict[str, Standing]]:
    with standing(house.doors()) as intake, link_opened() as site, staff_opened() as office:
        yield {"intake": intake, "fhir": place.door, "link": site.door, "staff": office.standing}


def unsent(door: Standing, method: str, path: str, *headers: str) -> tuple[int, dict[str, str], str]:
    """What is answered to a head whose huge body never comes."""
    head = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", *headers]
    body = (
        [f"Content-Length: {HUGE}", "Expect: 100-continue"] if method not in {"GET", "HEAD"} else ["Connection: close"]
    )
    with socket.create_connection((door.host, door.port), 10) as line:
        line.settimeout(10)
        line.sendall("\r\n".join([*head, *body, "", ""]).encode())
        said = b""
        while piece := line.recv(65536):
            said += piece
    top, _, rest = said.partition(b"\r\n\r\n")
    first, *fields = top.decode().split("\r\n")
    found = dict(field.lower().split(": ", 1) for field in fields)
    return int(first.split()[1]), {key: value for key, value in found.items() if key != "date"}, rest.decode()


NOBODY: tuple[list[str], ...] = (
    [],
    ["Authorization: Bearer wrong"],
    [f"Authorization: Basic {CANARY}", "Cookie: kuemmerer_link=wrong"],
)


@pytest.mark.parametrize(("door", "method", "path"), WAYS)
def test_nobody_is_answered_before_a_body_is_read(
    doors: dict[str, Standing], place: Place, door: str, method: str, path: str
) -> None:
    place.access.limit.counts.clear()
    for shown in NOBODY:
        status, headers, said = unsent(doors[door], method, filled(path), *shown)
        wrong = bool(shown) and path.removeprefix("/fhir/") in OPEN  # open to who shows nothing, not to who guesses
        assert status == (401 if wrong else FREE[door].get(path, 303 if (door, method) in LED else 401))
        assert headers["connection"] == "close"
        assert [word for word in MEAN if word in said] == []


@pytest.mark.parametrize("door", ["intake", "fhir"])
def test_all_who_are_nobody_hear_the_same_on_every_route(doors: dict[str, Standing], place: Place, door: str) -> None:
    told = set()
    for _, method, path in (way for way in WAYS if way[0] == door and way[2] not in FREE[door]):
        for shown in NOBODY:
            place.access.limit.counts.clear()
            status, headers, said = unsent(doors[door], method, filled(path), *shown)
            told.add((status, tuple(sorted(headers.items())), said))
    assert len(told) == 1
    ((status, sorted_headers, _),) = told
    assert (status, dict(sorted_headers)["www-authenticate"]) == (401, 'bearer realm="kuemmerer-gateway"')


def test_it_stands_in_the_audit_once_in_a_minute(doors: dict[str, Standing], house: House, place: Place) -> None:
    for door, heard in (("intake", house), ("fhir", place.house)):
        unsent(doors[door], "GET", "/fhir/Task/t1" if door == "fhir" else "/intake/t-1")
        lines = [line for line in heard.audits if line.action == "authenticate"]
        assert [(line.actor, line.outcome) for line in lines] == [("unknown", "refused")]
        assert CANARY not in repr(lines)


def test_what_is_open_holds_nothing_of_a_case(doors: dict[str, Standing]) -> None:
    for door, stands in doors.items():
        for path in (path for path, status in FREE[door].items() if status == 200):
            said = requests.get(stands.url(path), timeout=20).text
            assert [word for word in ("Grünewälder", "1938", "Task/t1", "elsey", "senneklinik") if word in said] == []


# --- whoever hammers -------------------------------------------------------------------------------------------------


def hammered(ask: Any, right: Any, most: int = MOST) -> None:
    """Too many wrong ones are told to wait; the right one behind the same address comes in all the while."""
    answers = [ask() for _ in range(most + 3)]
    assert [answer.status_code for answer in answers[most:]] == [429] * 3
    assert all(0 < int(answer.headers["retry-after"]) <= 60 for answer in answers[most:])
    assert {answer.status_code for answer in answers[:most]} <= {401, 403}
    assert right().status_code in {200, 202, 303}


def test_whoever_hammers_the_intake_locks_out_nobody() -> None:
    house = House()
    with standing(house.doors()) as door, requests.Session() as session:
        url = door.url("/intake/senneklinik")

        def said(token: str) -> requests.Response:
            return session.post(url, b"x", headers={"Authorization": f"Bearer {token}"}, timeout=10)

        hammered(lambda: said("wrong"), lambda: said(RIGHT))
    assert len(house.audits) == 1


def test_whoever_hammers_the_fhir_interface_or_its_tokens_locks_out_nobody(place: Place) -> None:
    place.access.limit.counts.clear()
    held = place.token("elsey")
    hammered(lambda: place.call("GET", "Task", "wrong"), lambda: place.call("GET", "Task", held))
    place.access.limit.counts.clear()
    before = len(place.world.store.audit(limit=500))
    hammered(lambda: place.asks("a.b.c"), lambda: place.asks(place.assertion("elsey")))
    assert len(place.world.store.audit(limit=500)) == before + MOST + 1 + 1  # each, the first too many, the right one


def test_whoever_hammers_the_page_locks_out_nobody() -> None:
    with link_opened(most=MOST) as site:
        hammered(lambda: site.post("open", key="x", code="1"), site.enters)


def test_whoever_hammers_the_door_of_staff_locks_out_nobody() -> None:
    with staff_opened(fill=False, limit=Limit(2)) as office:
        office.crew.add("sander")
        hammered(lambda: office.logs_in("sander", login="nobody"), lambda: office.logs_in("sander"), 2)
