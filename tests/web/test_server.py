"""The server around the application: certificates, limits in time, a quiet end."""

import asyncio
import signal
import socket
import threading
import time
from pathlib import Path

import pytest
import requests

from gateway.directory.parties import Directory
from gateway.domain.road import Arrival, Receipt
from gateway.web import protocol, server
from gateway.web.api import app
from gateway.web.auth import roads_of
from gateway.web.server import serve
from tests.authority import EXPIRED, Authority, Files
from tests.stopwatch import seconds
from tests.web.standing import TOKEN, House, party, standing

KNOWN = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


def test_a_client_certificate_says_who_is_calling(authority: Authority, tmp_path: Path) -> None:
    own = authority.signs("senneklinik")
    other, expired = authority.signs("other"), authority.signs("expired", *EXPIRED)
    foreign = Authority(tmp_path).signs("f")
    known = Directory.of([party("senneklinik", {"format": "fhir", "certificate": [own.fingerprint]})])
    house, failures = House(), list[str]()
    doors = house.doors(roads=roads_of(lambda: known))
    files = Files(*authority.signs("server").files, authority.ca)
    statuses = []
    with standing(doors, files, failures.append) as door:
        for pair in (own, None, other, expired, foreign):
            cert = pair.files if pair else None
            try:
                answer = requests.post(
                    door.url("/intake/senneklinik"), b"x", cert=cert, verify=authority.ca, timeout=10
                )
                statuses.append(answer.status_code)
            except requests.ConnectionError:
                statuses.append(0)
    assert statuses == [202, 401, 401, 0, 0]
    assert [arrival.partner for arrival in house.arrivals] == ["senneklinik"]
    assert len(failures) == 2
    assert all("CERTIFICATE" in reason.upper() for reason in failures)


def test_a_token_serves_over_tls_too_and_plain_http_does_not(authority: Authority) -> None:
    with standing(House().doors(), Files(*authority.signs("server").files)) as door:
        answer = requests.post(door.url("/intake/senneklinik"), b"x", headers=KNOWN, verify=authority.ca, timeout=10)
        assert answer.status_code == 202
        with pytest.raises(requests.ConnectionError):
            requests.get(f"http://{door.host}:{door.port}/health/live", timeout=10)


def test_a_refused_body_over_tls_still_gets_its_answer(authority: Authority) -> None:
    with standing(House().doors(), Files(*authority.signs("server").files)) as door:
        url = door.url("/intake/senneklinik")
        assert requests.post(url, b"x" * 3_000_000, verify=authority.ca, timeout=10).status_code == 401


def test_a_refused_body_is_not_listened_to_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "GOODBYE_BYTES", 1000)
    head = b"POST /intake/x HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000\r\n\r\n"
    with standing(House().doors()) as door, socket.create_connection((door.host, door.port), 5) as line:
        line.sendall(head)
        assert line.recv(65536).startswith(b"HTTP/1.1 401 ")
        begun = time.monotonic()
        with pytest.raises(ConnectionError):
            line.sendall(b"x" * 100_000_000)
        assert time.monotonic() - begun < 1


def test_a_head_that_never_ends_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "HEAD_SECONDS", 0.2)
    with standing(House().doors()) as door:
        for first in (b"", b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n"):
            with socket.create_connection((door.host, door.port), 5) as line:
                line.sendall(first)
                answer = b"" if first else b"alive"
                while b"alive" not in answer:
                    answer += line.recv(65536)
                line.sendall(b"POST /intake/x HTTP/1.1\r\n")
                begun = time.monotonic()
                assert line.recv(65536) == b""
                assert time.monotonic() - begun < 2


def test_a_handshake_that_never_ends_is_cut_off_and_delays_nobody(
    authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "HANDSHAKE", 2.0)
    with (
        standing(House().doors(), Files(*authority.signs("server").files)) as door,
        socket.create_connection((door.host, door.port), 20) as line,
    ):
        line.sendall(b"\x16\x03\x01\x02\x00")
        assert requests.get(door.url("/health/live"), verify=authority.ca, timeout=20).status_code == 200
        assert line.recv(65536) == b""


def test_a_body_that_never_ends_is_cut_off() -> None:
    house = House()
    head = f"POST /intake/senneklinik HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TOKEN}\r\nContent-Length: 9\r\n\r\n"
    with standing(house.doors(patience=0.1)) as door, socket.create_connection((door.host, door.port), 5) as line:
        line.sendall(head.encode() + b"abc")
        assert line.recv(65536).startswith(b"HTTP/1.1 408 ")
    assert house.arrivals == []


def test_a_caller_who_hangs_up_half_way_leaves_nothing_behind() -> None:
    house = House()
    head = f"POST /intake/senneklinik HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TOKEN}\r\nContent-Length: 9\r\n\r\n"
    with standing(house.doors()) as door:
        with socket.create_connection((door.host, door.port), 5) as line:
            line.sendall(head.encode() + b"abc")
        assert requests.get(door.url("/health/live"), timeout=10).status_code == 200
    assert house.arrivals == []


def test_what_is_not_http_gets_400_and_hurts_nobody() -> None:
    with standing(House().doors()) as door:
        with socket.create_connection((door.host, door.port), 5) as line:
            line.sendall(b"\x0bMSH|^~\\&|\x1c\r\r\n\r\n")
            assert line.recv(65536).startswith(b"HTTP/1.1 400 ")
        assert requests.get(door.url("/health/live"), timeout=10).status_code == 200


def test_no_answer_is_held_back_for_another_packet() -> None:
    with standing(House().doors()) as door, requests.Session() as session:

        def twenty() -> None:
            for _ in range(20):
                assert session.get(door.url("/health/live"), timeout=10).status_code == 200

        assert seconds(twenty) < 0.5  # with Nagle's algorithm each would take 40 ms


def test_closing_lets_the_running_request_finish_and_takes_no_other() -> None:
    house, begun = House(wait=0.4), threading.Event()
    answers: list[int] = []

    async def intake(arrival: Arrival) -> Receipt:
        begun.set()
        return await house.intake(arrival)

    with standing(house.doors(intake=intake)) as door:
        url = door.url("/intake/senneklinik")
        asking = threading.Thread(
            target=lambda: answers.append(requests.post(url, b"x", headers=KNOWN, timeout=10).status_code)
        )
        asking.start()
        assert begun.wait(10)
        door.run(door.serving.close(5))
        asking.join()
        with pytest.raises(requests.ConnectionError):
            requests.post(url, b"y", headers=KNOWN, timeout=5)
    assert (answers, len(house.arrivals)) == ([202], 1)


def test_signal_handlers_stay_as_they_were() -> None:
    def handlers() -> list[object]:
        return [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]

    async def go() -> None:
        before = handlers()
        serving = await serve(app(House().doors()), "127.0.0.1:0")
        await asyncio.sleep(0.05)
        during = handlers()
        await serving.close(1)
        assert (during, handlers()) == (before, before)

    asyncio.run(go())


@pytest.mark.parametrize("listen", ["127.0.0.1:99999", "127.0.0.1:x", "203.0.113.1:80", "nonsense"])
def test_an_address_that_cannot_be_had_is_said_plainly(listen: str) -> None:
    with pytest.raises(OSError, match=f"cannot listen on {listen}"):
        asyncio.run(serve(app(House().doors()), listen))


def test_an_address_in_use_is_said_plainly() -> None:
    with standing(House().doors()) as door, pytest.raises(OSError, match="cannot listen"):
        asyncio.run(serve(app(House().doors()), f"127.0.0.1:{door.port}"))


def test_one_slow_caller_delays_no_other() -> None:
    house = House()
    head = f"POST /intake/senneklinik HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TOKEN}\r\nContent-Length: 9\r\n\r\n"
    with standing(house.doors(patience=5)) as door:
        lines = [socket.create_connection((door.host, door.port), 5) for _ in range(50)]
        for line in lines:
            line.sendall(head.encode() + b"a")
        begun = time.monotonic()
        answer = requests.post(door.url("/intake/senneklinik"), b"x", headers=KNOWN, timeout=10)
        took = time.monotonic() - begun
        for line in lines:
            line.close()
    assert (answer.status_code, took < 1) == (202, True)
