"""The server as its peers see it, over real sockets."""

import threading
import time

import pytest

from gateway.domain.road import Arrival
from gateway.transports.mllp.callers import Caller
from gateway.transports.mllp.desk import Limits
from gateway.transports.mllp.frame import framed
from tests.transports.mllp.desk import NOW, Memory, Peer, message, opened, serving, wait_for


def test_a_message_is_handed_over_with_its_partner_and_answered() -> None:
    memory = Memory()
    with serving(memory) as port, Peer(port.number) as peer:
        peer.send(message("K1"))
        assert peer.answers() == [("AA", "K1")]
    assert memory.arrivals == [
        Arrival(
            "senneklinik",
            "mllp",
            "hl7v2-de",
            message("K1"),
            NOW,
            accept="done",
            content_type="x-application/hl7-v2+er7",
            headers={"address": "127.0.0.1"},
        )
    ]


def test_five_messages_in_one_write_get_five_answers_in_order() -> None:
    memory = Memory()
    with serving(memory) as port, Peer(port.number) as peer:
        peer.send(*(message(f"K{n}") for n in range(5)))
        assert peer.answers(5) == [("AA", f"K{n}") for n in range(5)]


def test_pipelined_messages_do_not_wait_for_each_other_but_their_answers_keep_the_order() -> None:
    begun = threading.Event()

    async def last_first(arrival: Arrival) -> None:
        if b"|K4|" in arrival.data:
            begun.set()
        await opened(begun)

    with serving(Memory(before=last_first)) as port, Peer(port.number) as peer:
        peer.send(*(message(f"K{n}") for n in range(5)))
        assert peer.answers(5) == [("AA", f"K{n}") for n in range(5)]


def test_no_more_messages_of_a_peer_are_in_flight_than_allowed() -> None:
    release, memory = threading.Event(), Memory()

    async def hold(_: Arrival) -> None:
        await opened(release)

    memory.before = hold
    with serving(memory, Limits(in_flight=4)) as port, Peer(port.number) as peer:
        peer.send(*(message(f"K{n}") for n in range(50)))
        wait_for(lambda: len(memory.arrivals) == 4)
        time.sleep(0.1)
        assert len(memory.arrivals) == 4
        release.set()
        assert peer.answers(50) == [("AA", f"K{n}") for n in range(50)]


def test_a_character_split_over_packets_and_single_bytes_arrive_whole() -> None:
    memory, data = Memory(), framed(message("K1"))
    cut = data.index("ü".encode()) + 1
    with serving(memory) as port, Peer(port.number) as peer:
        peer.raw(data[:cut])
        time.sleep(0.05)
        peer.raw(data[cut:])
        assert peer.answers() == [("AA", "K1")]
        for byte in framed(message("K2")):
            peer.raw(bytes([byte]))
        assert peer.answers() == [("AA", "K2")]
    assert [arrival.data for arrival in memory.arrivals] == [message("K1"), message("K2")]


def test_a_frame_without_cr_is_answered_once_the_peer_is_silent() -> None:
    with serving(Memory(), Limits(pause=0.05)) as port, Peer(port.number) as peer:
        peer.raw(framed(message("K1"))[:-1])
        assert peer.answers() == [("AA", "K1")]
        peer.raw(b"\r" + framed(message("K2")))
        assert peer.answers() == [("AA", "K2")]


def test_a_message_without_id_and_one_without_head_are_refused_with_the_reason() -> None:
    with serving(Memory()) as port, Peer(port.number) as peer:
        peer.send(message(""), b"GARBAGE\rPID|1\r", message("K3"))
        answers = peer.read(3)
        assert [answer.split("\r")[1] for answer in answers] == ["MSA|AR|", "MSA|AR|", "MSA|AA|K3"]
        assert "|hl7v2.msh.key^^L|" in answers[0]
        assert "|hl7v2.msh.missing^^L|" in answers[1]


def test_a_message_over_the_cap_is_refused_by_its_head_and_the_next_is_taken() -> None:
    memory = Memory()
    with serving(memory, Limits(max_frame=100_000)) as port, Peer(port.number) as peer:
        peer.send(message("BIG", size=3_000_000), message("K2"))
        refused, taken = peer.read(2)
    assert "MSA|AR|BIG" in refused
    assert "|mllp.frame.excess^^L|" in refused
    assert "MSA|AA|K2" in taken
    assert memory.keys() == ["K2"]
    assert [(a.action, a.outcome, a.detail[:6]) for a in memory.audited] == [("mllp.message", "refused", "excess")]


def test_an_unknown_address_is_closed_before_it_is_read_and_audited() -> None:
    memory = Memory(who=lambda _, __: ())
    with serving(memory) as port, Peer(port.number) as peer:
        assert peer.closed()
    assert memory.arrivals == []
    (audit,) = memory.audited
    assert (audit.actor, audit.action, audit.outcome) == ("127.0.0.1", "mllp.connect", "refused")


def test_a_refusal_that_repeats_is_audited_once_a_minute() -> None:
    memory = Memory(who=lambda _, __: ())
    with serving(memory) as port:
        for _ in range(5):
            with Peer(port.number) as peer:
                assert peer.closed()
    assert len(memory.audited) == 1


def test_partners_behind_one_address_are_told_apart_by_their_facility() -> None:
    both = (Caller("senneklinik", "hl7v2-de", facility="SENNE"), Caller("lippe", "hl7v2", "kept", facility="LIPPE"))
    memory = Memory(who=lambda _, __: both)
    with serving(memory) as port, Peer(port.number) as peer:
        peer.send(message("K1", "LIPPE"), message("K2", "SENNE"), message("K3", "ELSEWHERE"))
        answers = peer.read(3)
    assert [(a.partner, a.format, a.accept) for a in memory.arrivals] == [
        ("lippe", "hl7v2", "kept"),
        ("senneklinik", "hl7v2-de", "done"),
    ]
    assert "MSA|AR|K3" in answers[2]
    assert "|MSH^1^4^1|204^Unknown key identifier^HL70357|" in answers[2]
    assert [audit.detail.split(":")[0] for audit in memory.audited] == ["facility"]


def test_a_refusal_is_of_the_accept_level_where_the_sender_asks_for_that() -> None:
    memory = Memory(who=lambda _, __: (Caller("senneklinik", "hl7v2-de", facility="SENNE"),))
    enhanced = message("K1").replace(b"|2.5||||||", b"|2.5|||AL|NE||")
    with serving(memory) as port, Peer(port.number) as peer:
        peer.send(enhanced)
        assert peer.answers() == [("CR", "K1")]


def test_an_empty_answer_is_not_sent() -> None:
    memory = Memory()
    with serving(memory) as port, Peer(port.number) as peer:
        peer.send(message("K1").replace(b"|2.5||||||", b"|2.5|||NE|NE||"), message("K2"))
        assert peer.answers(2, 1) == [("CA", "K1"), ("AA", "K2")]


def test_a_defect_in_the_line_is_answered_as_an_error_without_its_text(caplog: pytest.LogCaptureFixture) -> None:
    def fails(_: Arrival) -> None:
        raise RuntimeError("Brüggemeier")

    with serving(Memory(before=fails)) as port, Peer(port.number) as peer:
        peer.send(message("K1"), message("K2"))
        first, second = peer.read(2)
    assert "MSA|AE|K1" in first
    assert "MSA|AE|K2" in second
    assert "mllp.failed" in caplog.messages
    assert "Brüggemeier" not in first + caplog.text + str([vars(record) for record in caplog.records])
