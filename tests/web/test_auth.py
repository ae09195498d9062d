"""Who is calling is settled before the body is read, on every route."""

import socket
import time
from datetime import UTC, datetime, timedelta

import pytest
import requests

from gateway.web.auth import NETWORKS, Alarm, Credentials, authenticate, roads_of, shown
from gateway.web.health import PUBLIC
from tests.web.standing import OTHER, TOKEN, House, directory, standing, ways


def test_every_route_is_public_by_name_or_asks_for_credentials() -> None:
    house = House()
    asked = [
        (method, path.replace("{partner}", "senneklinik").replace("{tracking}", "t-1"))
        for method, path in ways(house.doors())
    ]
    with standing(house.doors()) as door:
        found = {(m, path): requests.request(m, door.url(path), timeout=10).status_code for m, path in asked}
    assert {path for (_, path), status in found.items() if status != 401} == set(PUBLIC)
    assert len(found) > len(PUBLIC)


def test_a_stranger_is_refused_before_a_body_is_sent() -> None:
    house = House()
    head = b"POST /intake/senneklinik HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\nExpect: 100-continue\r\n\r\n"
    with standing(house.doors()) as door, socket.create_connection((door.host, door.port), 5) as line:
        line.sendall(head)
        answer = b""
        while piece := line.recv(65536):
            answer += piece
    assert answer.startswith(b"HTTP/1.1 401 ")
    assert b"connection: close" in answer
    assert not house.arrivals


def test_a_known_caller_with_too_much_is_refused_without_reading_on() -> None:
    house = House()
    head = f"POST /intake/senneklinik HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TOKEN}\r\n".encode()
    with standing(house.doors(max_body=1000)) as door:
        for rest in (b"Content-Length: 1000000000\r\n\r\n", b"Transfer-Encoding: chunked\r\n\r\n3e9\r\n" + b"x" * 1001):
            with socket.create_connection((door.host, door.port), 5) as line:
                line.sendall(head + rest)
                assert line.recv(65536).startswith(b"HTTP/1.1 413 ")
    assert not house.arrivals


def test_a_caller_in_the_middle_of_sending_still_reads_the_refusal() -> None:
    with standing(House().doors()) as door:
        answer = requests.post(door.url("/intake/senneklinik"), b"x" * 8_000_000, timeout=10)
    assert answer.status_code == 401


def test_all_strangers_hear_the_same() -> None:
    tries = [
        ("senneklinik", {}),
        ("senneklinik", {"Authorization": "Bearer wrong"}),
        ("senneklinik", {"Authorization": f"Bearer {OTHER}"}),
        ("senneklinik", {"Authorization": f"Basic {TOKEN}"}),
        ("nobody-here", {"Authorization": f"Bearer {TOKEN}"}),
        ("%00", {"Authorization": "Bearer \xe4"}),
    ]
    with standing(House().doors()) as door:
        answers = [
            requests.post(door.url(f"/intake/{name}"), b"x", headers=headers, timeout=10) for name, headers in tries
        ]
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.content for answer in answers}) == 1
    assert all(answer.headers["www-authenticate"].startswith("Bearer") for answer in answers)


def test_refusals_are_counted_audited_and_logged_but_do_not_flood(caplog: pytest.LogCaptureFixture) -> None:
    house, counted = House(), list[str]()
    with standing(house.doors(refused=counted.append)) as door:
        for _ in range(5):
            requests.post(door.url("/intake/senneklinik"), b"x", timeout=10)
    (audit,) = house.audits
    assert (audit.action, audit.object, audit.outcome) == ("authenticate", "partner senneklinik", "refused")
    assert counted == ["credentials"] * 5
    (line,) = [record for record in caplog.records if record.message == "http.refused"]
    assert (line.levelname, line.__dict__["address"]) == ("WARNING", "127.0.0.1")


@pytest.mark.parametrize(
    ("header", "token"),
    [("Bearer abc", "abc"), ("bearer  abc ", "abc"), ("Basic abc", ""), ("abc", ""), ("", ""), ("Bearer", "")],
)
def test_only_a_bearer_token_counts(header: str, token: str) -> None:
    assert shown({"authorization": header}, "").token == token


def test_credentials_open_their_own_roads_only() -> None:
    roads = roads_of(directory)
    found = authenticate("lippeklinik", Credentials(OTHER), roads)
    assert found is not None
    assert [road.format for road in found.roads] == ["fhir", "hl7v2-de"]
    assert authenticate("senneklinik", Credentials(OTHER), roads) is None
    assert authenticate("lippeklinik", Credentials(), roads) is None
    whoever = authenticate("", Credentials(OTHER), roads)
    assert whoever is not None
    assert whoever.party.id == "lippeklinik"


def test_the_same_token_takes_the_same_time_whether_it_begins_right_or_not() -> None:
    roads = roads_of(directory)

    def seconds(token: str) -> float:
        begun = time.perf_counter()
        for _ in range(2000):
            authenticate("senneklinik", Credentials(token), roads)
        return time.perf_counter() - begun

    near, far = min(seconds(TOKEN[:-1] + "x") for _ in range(3)), min(seconds("x" * len(TOKEN)) for _ in range(3))
    assert 0.3 < near / far < 3


def test_the_alarm_tells_how_often_and_forgets_old_addresses() -> None:
    clock, house = [datetime(2026, 3, 1, tzinfo=UTC)], House()
    alarm = Alarm(house.doors(now=lambda: clock[0]))
    for _ in range(3):
        alarm.ring("192.0.2.1", "Erika Kanarienvogel")
    clock[0] += timedelta(seconds=61)
    alarm.ring("192.0.2.1", "senneklinik")
    for number in range(NETWORKS + 5):
        alarm.ring(f"address {number}", "")
    first, second = house.audits[:2]
    assert (first.object, first.detail) == ("partner ?", "http, from 192.0.2.1")
    assert (second.object, second.detail) == ("partner senneklinik", "http, from 192.0.2.1, 2 more before")
    assert len(alarm.quiet) == NETWORKS
