"""A stand-in's server ends when it is told to, whatever its callers do."""

import contextlib
import socket

import pytest
from standins.door import ANYWHERE, Answer, Door
from standins.serving import Server


@pytest.fixture
def door() -> Door:
    return Door(lambda _: Answer(200), ANYWHERE)


def call(door: Door) -> socket.socket:
    return socket.create_connection(("127.0.0.1", door.port), timeout=5)


@pytest.mark.parametrize("said", [b"", b"POST /x HTTP/1.1\r\nContent-Length: 9\r\n\r\n123", b"GET / HTTP/1.1\r\n\r\n"])
def test_a_caller_who_stays_on_the_line_does_not_keep_it_running(door: Door, said: bytes) -> None:
    door.start()
    with call(door) as wire:
        wire.sendall(said)
        door.stop()
        with contextlib.suppress(ConnectionResetError):
            while wire.recv(1000):
                pass


def test_it_can_end_before_it_began_and_right_after() -> None:
    for began in (False, True) * 20:
        door = Door(lambda _: Answer(200), ANYWHERE)
        if began:
            door.start()
            call(door).close()
        door.stop()


def test_two_servers_get_two_ports(door: Door) -> None:
    other = Door(lambda _: Answer(200), ANYWHERE)
    assert isinstance(door._server, Server)
    assert door.port != other.port
    door.stop()
    other.stop()


def test_a_post_without_a_body_needs_no_length(door: Door) -> None:
    door.start()
    with call(door) as wire:
        wire.sendall(b"POST /x HTTP/1.1\r\nHost: x\r\n\r\n")
        assert wire.recv(1000).split()[1] == b"200"
    door.stop()


@pytest.mark.parametrize(
    ("head", "status"), [("Transfer-Encoding: chunked\r\n", b"411"), ("Content-Length: 999999999999\r\n", b"413")]
)
def test_a_body_in_pieces_or_too_long_is_refused(door: Door, head: str, status: bytes) -> None:
    door.start()
    with call(door) as wire:
        wire.sendall(f"POST /x HTTP/1.1\r\nHost: x\r\n{head}\r\n".encode())
        assert wire.recv(1000).split()[1] == status
    door.stop()
