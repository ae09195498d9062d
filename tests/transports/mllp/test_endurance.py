"""Slow, silent and dead peers, and the end of the server."""

import asyncio
import socket
import struct
import threading
import time
from dataclasses import replace

import pytest

from gateway.domain.road import Arrival, Receipt
from gateway.transports.mllp.desk import Limits
from gateway.transports.mllp.frame import framed
from gateway.transports.mllp.server import Port, address, serve
from tests.transports.mllp.desk import SENNE, Memory, Peer, message, opened, running, serving, wait_for


def test_a_silent_peer_is_closed_and_a_busy_one_is_not() -> None:
    with serving(Memory(), Limits(idle=1)) as port, Peer(port.number) as silent, Peer(port.number) as busy:
        for n in range(8):
            busy.send(message(f"K{n}"))
            assert busy.answers() == [("AA", f"K{n}")]
            time.sleep(0.25)
        assert silent.closed(1)


def test_a_peer_that_waits_for_its_answer_is_not_idle() -> None:
    async def slow(_: Arrival) -> None:
        await asyncio.sleep(0.5)

    with serving(Memory(before=slow), Limits(idle=0.1)) as port, Peer(port.number) as peer:
        peer.send(message("K1"))
        assert peer.answers() == [("AA", "K1")]


def test_a_frame_that_never_ends_is_given_up() -> None:
    with serving(Memory(), Limits(whole=0.3)) as port, Peer(port.number) as peer:
        start = time.monotonic()
        peer.raw(b"\x0b")
        with pytest.raises(OSError, match=r"reset|pipe|abort"):
            drip(peer, start + 3)
        assert time.monotonic() < start + 2


def drip(peer: Peer, end: float) -> None:
    while time.monotonic() < end:
        peer.raw(b"x")
        time.sleep(0.02)


class Verbose(Memory):
    """Answers a deaf peer at length."""

    async def intake(self, arrival: Arrival) -> Receipt:
        receipt = await super().intake(arrival)
        long = b"NTE|1||" + b"x" * 100_000 + b"\r" if b"|DEAF|" in arrival.data else b""
        return replace(receipt, answer=receipt.answer + long)


def fill(peer: Peer, port: Port) -> None:
    """Sends messages and reads no answer, until the server reads no more."""
    peer.send(*(message(f"D{n}", "DEAF") for n in range(500)))
    wait_for(lambda: any(each.full and each.paused and not each.slots for each in port.connections))


def test_further_connections_than_allowed_are_closed_and_audited() -> None:
    memory = Memory()
    with serving(memory, Limits(max_connections=2)) as port, Peer(port.number) as one, Peer(port.number) as two:
        one.send(message("K1"))
        two.send(message("K2"))
        assert one.answers() + two.answers() == [("AA", "K1"), ("AA", "K2")]
        with Peer(port.number) as three:
            assert three.closed()
        one.socket.close()
        wait_for(lambda: len(port.connections) == 1)
        with Peer(port.number) as four:
            four.send(message("K4"))
            assert four.answers() == [("AA", "K4")]
    assert [audit.detail.split(":")[0] for audit in memory.audited] == ["full"]


def test_a_peer_that_reads_no_answers_is_read_no_further_and_delays_nobody() -> None:
    memory = Verbose()
    with serving(memory) as port, Peer(port.number) as deaf:
        fill(deaf, port)
        taken = len(memory.arrivals)
        assert taken < 500
        with Peer(port.number) as other:
            for n in range(20):
                other.send(message(f"K{n}"))
                assert other.answers(1, 1) == [("AA", f"K{n}")]
        assert len(memory.arrivals) == taken + 20


def test_a_peer_that_reads_at_last_gets_all_its_answers() -> None:
    with serving(Verbose()) as port, Peer(port.number) as late:
        fill(late, port)
        assert late.answers(500, 30) == [("AA", f"D{n}") for n in range(500)]


def test_a_peer_that_never_reads_its_answers_is_closed() -> None:
    with serving(Verbose(), Limits(idle=1)) as port, Peer(port.number) as deaf:
        fill(deaf, port)
        wait_for(lambda: not port.connections)


def test_a_slow_message_of_one_peer_does_not_delay_another() -> None:
    release = threading.Event()

    async def hold(arrival: Arrival) -> None:
        if b"|SLOW|" in arrival.data:
            await opened(release)

    with serving(Memory(before=hold)) as port, Peer(port.number) as slow, Peer(port.number) as quick:
        slow.send(message("SLOW"))
        quick.send(message("K1"))
        assert quick.answers() == [("AA", "K1")]
        release.set()
        assert slow.answers() == [("AA", "SLOW")]


def test_a_peer_that_sends_no_more_still_gets_its_answers() -> None:
    with serving(Memory()) as port, Peer(port.number) as peer:
        peer.send(message("K1"), message("K2"))
        peer.socket.shutdown(socket.SHUT_WR)
        assert peer.answers(2) == [("AA", "K1"), ("AA", "K2")]
        assert peer.closed()


def test_a_peer_that_is_gone_before_its_answer_does_no_harm() -> None:
    gone = threading.Event()

    async def hold(arrival: Arrival) -> None:
        if b"|K1|" in arrival.data:
            await opened(gone)

    memory = Memory(before=hold)
    with serving(memory) as port:
        with Peer(port.number) as peer:
            peer.send(message("K1"))
            wait_for(lambda: len(memory.arrivals) == 1)
            peer.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        wait_for(lambda: not port.connections)
        gone.set()
        with Peer(port.number) as other:
            other.send(message("K2"))
            assert other.answers() == [("AA", "K2")]


def test_half_a_message_before_the_end_is_not_handed_over() -> None:
    memory = Memory()
    with serving(memory) as port:
        with Peer(port.number) as peer:
            peer.raw(framed(message("K1"))[:-10])
        with Peer(port.number) as peer:
            peer.send(message("K2"))
            assert peer.answers() == [("AA", "K2")]
    assert memory.keys() == ["K2"]


def test_closing_accepts_no_more_but_answers_what_is_in_flight() -> None:
    release = threading.Event()

    async def hold(_: Arrival) -> None:
        await opened(release)

    memory = Memory(before=hold)
    with running() as loop:
        port = loop.do(serve("127.0.0.1:0", memory.desk()))
        number = port.number
        with Peer(number) as peer, Peer(number) as idle:
            peer.send(message("K1"))
            wait_for(lambda: len(memory.arrivals) == 1)
            closing = asyncio.run_coroutine_threadsafe(port.close(), loop.loop)
            assert idle.closed()
            with pytest.raises(ConnectionRefusedError):
                Peer(number)
            release.set()
            assert peer.answers() == [("AA", "K1")]
            assert peer.closed()
            closing.result(5)


def test_closing_does_not_wait_longer_than_its_grace() -> None:
    async def never(_: Arrival) -> None:
        await asyncio.sleep(60)

    memory = Memory(before=never)
    with running() as loop:
        port = loop.do(serve("127.0.0.1:0", memory.desk(), Limits(grace=0.2)))
        with Peer(port.number) as peer:
            peer.send(message("K1"))
            wait_for(lambda: len(memory.arrivals) == 1)
            start = time.monotonic()
            loop.do(port.close())
            assert time.monotonic() < start + 2
            assert peer.closed()


def test_a_partner_who_is_taken_out_of_the_directory_loses_its_connection() -> None:
    allowed = [SENNE]
    memory = Memory(who=lambda _, __: tuple(allowed))
    with serving(memory) as port, Peer(port.number) as peer:
        peer.send(message("K1"))
        assert peer.answers() == [("AA", "K1")]
        port.loop.call_soon_threadsafe(port.recheck)
        peer.send(message("K2"))
        assert peer.answers() == [("AA", "K2")]
        allowed.clear()
        port.loop.call_soon_threadsafe(port.recheck)
        assert peer.closed()


@pytest.mark.parametrize(
    ("listen", "parts"),
    [("127.0.0.1:2575", ("127.0.0.1", 2575)), ("[::]:2575", ("::", 2575)), (":2575", ("127.0.0.1", 2575))],
)
def test_where_to_listen_is_host_and_port(listen: str, parts: tuple[str, int]) -> None:
    assert address(listen) == parts


def test_an_address_in_use_is_an_os_error() -> None:
    with serving(Memory()) as port, running() as loop, pytest.raises(OSError, match="in use"):
        loop.do(serve(port.listen, Memory().desk()))
