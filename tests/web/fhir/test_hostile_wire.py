"""What a hostile caller does below HTTP's surface: bodies without an end, heads that lie, names that are none."""

import select
import socket
import time
from collections.abc import Iterator

import pytest

from gateway.store.sql.store import open_store
from gateway.web.fhir.api import application
from gateway.web.fhir.call import Desk
from tests.pipeline.line.world import World
from tests.web.standing import House, Standing, standing

POST = "POST /fhir/Patient HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/fhir+json\r\n"


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Standing]:
    """A door that takes 64 KB, and waits 0.2 seconds for a piece of them."""
    store = open_store(f"sqlite:///{tmp_path_factory.mktemp('wire')}/gateway.db")
    doors = House().doors(max_body=64 * 1024, patience=0.2)
    try:
        with standing(application(Desk(doors, World(store=store).rooms))) as made:
            yield made
    finally:
        store.close()


def said(door: Standing, *pieces: bytes, pause: float = 0.0) -> bytes:
    """What comes back until the door closes, or says nothing more; once it says something, no more is sent."""
    with socket.create_connection((door.host, door.port), 10) as line:
        line.settimeout(3)
        answer = b""
        try:
            for piece in pieces:
                if pause and select.select([line], [], [], pause)[0]:
                    break
                line.sendall(piece)
            while found := line.recv(65536):
                answer += found
        except OSError:
            pass
        return answer


def test_a_body_in_pieces_without_an_end_is_cut_off(door: Standing) -> None:
    piece = b"4000\r\n" + b" " * 0x4000 + b"\r\n"
    answer = said(door, (POST + "Transfer-Encoding: chunked\r\n\r\n").encode() + piece * 8)
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"OperationOutcome" in answer


def test_a_body_that_does_not_come_is_not_waited_for(door: Standing) -> None:
    answer = said(door, (POST + "Content-Length: 1000\r\n\r\n{").encode())
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b"OperationOutcome" in answer


def test_a_body_that_comes_in_drops_is_not_waited_for_long(door: Standing) -> None:
    began = time.monotonic()
    answer = said(door, (POST + "Content-Length: 1000\r\n\r\n").encode(), *[b" "] * 300, pause=0.1)
    assert (answer[:13], time.monotonic() - began < 12) == (b"HTTP/1.1 408 ", True)


@pytest.mark.parametrize(
    "head",
    [
        "Content-Length: 5\r\nContent-Length: 6\r\n",
        "Content-Length: 5\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
        "Content-Length: -1\r\n",
        "Transfer-Encoding: gzip, chunked\r\n",
        "X-Evil : 1\r\nContent-Length: 2\r\n",
        "X-Evil: a\0b\r\nContent-Length: 2\r\n",
        "Host: evil.example\r\nContent-Length: 2\r\n",
        "X: " + "a" * 100_000 + "\r\n",
    ],
)
def test_a_head_that_may_be_read_in_two_ways_is_refused(door: Standing, head: str) -> None:
    answer = said(door, (POST + head + "\r\n{}").encode("latin-1"))
    assert answer.startswith((b"HTTP/1.1 400 ", b"HTTP/1.1 501 ", b"HTTP/1.1 415 "))
    assert answer.count(b"HTTP/1.1") == 1


@pytest.mark.parametrize("method", ["DELETE", "TRACE", "CONNECT", "PROPFIND", "OPTIONS"])
def test_no_other_method_is_heard_whatever_a_header_says(door: Standing, method: str) -> None:
    head = f"{method} /fhir/Patient/1 HTTP/1.1\r\nHost: localhost\r\nOrigin: https://evil.example\r\n"
    answer = said(door, (head + "X-HTTP-Method-Override: GET\r\nConnection: close\r\n\r\n").encode())
    assert answer.startswith(b"HTTP/1.1 405 ")
    assert b"access-control" not in answer.lower()


def test_no_page_of_another_origin_is_allowed_anything(door: Standing) -> None:
    head = "GET /fhir/metadata HTTP/1.1\r\nHost: localhost\r\nOrigin: https://evil.example\r\nConnection: close\r\n\r\n"
    answer = said(door, head.encode())
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert b"access-control" not in answer.partition(b"\r\n\r\n")[0].lower()


def test_a_head_asks_for_no_body_and_gets_none(door: Standing) -> None:
    answer = said(door, b"HEAD /fhir/metadata HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 ")
    assert body == b""
