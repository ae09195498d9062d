"""What the client makes of its receivers, the faulty ones above all."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from gateway.domain.road import Parcel, Sent
from gateway.transports.mllp import line
from gateway.transports.mllp.client import Client
from gateway.transports.mllp.frame import framed
from tests.transports.mllp.desk import Memory, message, serving, wait_for
from tests.transports.mllp.receivers import Talk, ack, receiving

Script = Callable[[Talk, bytes], None]


@pytest.fixture
def client() -> Iterator[Client]:
    client = Client()
    yield client
    client.close()


def parcel(number: int, key: str = "K1", timeout: float = 2, data: bytes = b"") -> Parcel:
    address: dict[str, Any] = {"host": "127.0.0.1", "port": number, "timeout": timeout, "honours_key": True}
    return Parcel(f"d-{key}", "senneklinik", data or message(key), "x-application/hl7-v2+er7", address)


def enhanced(key: str, accept: str, application: str) -> bytes:
    return message(key).replace(b"|2.5||||||", f"|2.5|||{accept}|{application}||".encode())


def held(release: threading.Event) -> Script:
    """Answers once a test lets it."""

    def script(talk: Talk, data: bytes) -> None:
        release.wait(5)
        talk.say(ack("AA", data))

    return script


def slowly(client: Client, number: int, count: int) -> list[str]:
    """The codes of some messages, one after the other with a moment between."""
    codes = []
    for n in range(count):
        codes.append(client.send(parcel(number, f"K{n}")).code)
        time.sleep(0.05)
    return codes


def says(code: str, **further: str) -> Script:
    return lambda talk, data: talk.say(ack(code, data, **further))


@pytest.mark.parametrize(
    ("code", "outcome", "grade"),
    [
        ("AA", "delivered", "E2"),
        ("CA", "delivered", "E2"),
        ("AE", "retry", "E0"),
        ("CE", "retry", "E0"),
        ("AR", "refused", "E0"),
        ("CR", "refused", "E0"),
    ],
)
def test_the_code_of_the_answer_decides(client: Client, code: str, outcome: str, grade: str) -> None:
    with receiving(says(code)) as receiver:
        sent = client.send(parcel(receiver.number))
    assert (sent.outcome, sent.grade, sent.code) == (outcome, grade, code)
    assert sent.reply == ack(code, message("K1"))
    assert receiver.received == [message("K1")]


@pytest.mark.parametrize(
    "error",
    ["ERR||PID^1^5|101^Brüggemeier^HL70357|E|||Brüggemeier unbekannt\r", "ERR|PID^1^5^101&Brüggemeier&HL70357\r"],
)
def test_the_reason_of_a_refusal_is_its_number_and_never_its_text(client: Client, error: str) -> None:
    with receiving(says("AR", error=error)) as receiver:
        sent = client.send(parcel(receiver.number))
    assert sent.detail == "the receiver will not take it (table 0357: 101)"
    assert "Brüggemeier".encode() in sent.reply


def test_messages_share_a_connection(client: Client) -> None:
    with receiving(says("AA")) as receiver:
        assert [client.send(parcel(receiver.number, f"K{n}")).code for n in range(5)] == ["AA"] * 5
        assert receiver.connections == 1


def test_a_late_answer_to_an_older_message_is_passed_over(client: Client) -> None:
    def late(talk: Talk, data: bytes) -> None:
        talk.say(ack("AR", data, key="OLD"), ack("AA", data, key="OLDER"), ack("AE", data))

    with receiving(late) as receiver:
        assert client.send(parcel(receiver.number)).code == "AE"


def test_an_answer_that_comes_between_two_messages_is_passed_over(client: Client) -> None:
    def twice(talk: Talk, data: bytes) -> None:
        talk.say(ack("AA", data), ack("AR", data))

    with receiving(twice) as receiver:
        assert slowly(client, receiver.number, 3) == ["AA"] * 3
    assert receiver.connections == 1


def test_a_refusal_without_id_is_about_the_message_under_way(client: Client) -> None:
    with receiving(lambda talk, data: talk.say(ack("AR", data).replace(b"|K1\r", b"|\r"))) as receiver:
        assert client.send(parcel(receiver.number)).outcome == "refused"


@pytest.mark.parametrize("answer", [b"GARBAGE", b"", b"MSH|^~\\&|\rPID|1\r", b"MSH|^~\\&|\rMSA|XX|K1\r"])
def test_what_is_no_acknowledgement_leaves_it_uncertain(client: Client, answer: bytes) -> None:
    with receiving(lambda talk, _: talk.say(answer)) as receiver:
        sent = client.send(parcel(receiver.number))
    assert (sent.outcome, sent.code, sent.reply) == ("uncertain", "garbage", answer)


def test_half_an_answer_leaves_it_uncertain(client: Client) -> None:
    with receiving(lambda talk, data: talk.raw(framed(ack("AA", data))[:-5])) as receiver:
        sent = client.send(parcel(receiver.number, timeout=1))
    assert (sent.outcome, sent.code) == ("uncertain", "half")


def test_silence_leaves_it_uncertain_and_the_next_one_gets_a_new_connection(client: Client) -> None:
    def silent_once(talk: Talk, data: bytes) -> None:
        if data != message("K1"):
            talk.say(ack("AA", message("K1")), ack("AA", data))

    with receiving(silent_once) as receiver:
        assert client.send(parcel(receiver.number, timeout=0.3)) == Sent(
            "uncertain", "E0", "timeout", "no answer in 0.3 seconds"
        )
        assert client.send(parcel(receiver.number, "K2")).code == "AA"
        assert receiver.connections == 2


@pytest.mark.parametrize(("end", "code"), [(Talk.reset, "reset"), (Talk.close, "closed")])
def test_a_connection_that_ends_instead_of_an_answer_leaves_it_uncertain_and_nothing_is_sent_twice(
    client: Client, end: Callable[[Talk], None], code: str
) -> None:
    with receiving(lambda talk, _: end(talk)) as receiver:
        sent = client.send(parcel(receiver.number))
    assert (sent.outcome, sent.code) == ("uncertain", code)
    assert receiver.received == [message("K1")]


def test_an_answer_without_its_last_cr_is_read(client: Client) -> None:
    with receiving(lambda talk, data: talk.raw(framed(ack("AA", data))[:-1])) as receiver:
        assert client.send(parcel(receiver.number)).code == "AA"


def test_nobody_there_is_a_reason_to_try_later(client: Client) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        number = free.getsockname()[1]
    sent = client.send(parcel(number))
    assert (sent.outcome, sent.code) == ("retry", "connect")


def test_a_receiver_that_stops_reading_has_not_got_the_message(client: Client) -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=1) as deaf:
        large = message("K1", size=20_000_000)
        sent = client.send(parcel(deaf.getsockname()[1], timeout=0.3, data=large))
    assert (sent.outcome, sent.code) == ("retry", "reset")


def test_a_connection_that_died_while_idle_is_opened_again(client: Client) -> None:
    with receiving(says("AA")) as receiver:
        assert client.send(parcel(receiver.number, "K1")).code == "AA"
    with receiving(says("AA"), receiver.number) as again:
        assert client.send(parcel(receiver.number, "K2")).code == "AA"
    assert again.received == [message("K2")]


def test_a_receiver_that_closes_after_each_answer_gets_every_message_once(client: Client) -> None:
    def hasty(talk: Talk, data: bytes) -> None:
        talk.say(ack("AA", data))
        talk.close()

    with receiving(hasty) as receiver:
        assert slowly(client, receiver.number, 4) == ["AA"] * 4
        assert len(receiver.received) == receiver.connections == 4


def test_a_connection_that_dies_at_the_first_byte_is_opened_again(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone_after(talk: Talk, data: bytes) -> None:
        talk.say(ack("AA", data))
        time.sleep(0.05)
        talk.reset()

    monkeypatch.setattr(line.Line, "_alive", lambda *_: True)  # the reset comes just after the look
    with receiving(gone_after) as receiver:
        assert client.send(parcel(receiver.number, "K1")).code == "AA"
        time.sleep(0.15)
        assert client.send(parcel(receiver.number, "K2")).code == "AA"
        assert receiver.received == [message("K1"), message("K2")]


def test_whoever_waits_too_long_for_the_connection_tries_later(client: Client) -> None:
    with receiving(says("AA")) as receiver:
        wanted = parcel(receiver.number, timeout=0.1)
        with client._line(line.Address.of(wanted.address)).lock:
            sent = client.send(wanted)
    assert (sent.outcome, sent.code, receiver.received) == ("retry", "busy", [])


def test_a_receiver_that_is_slow_delays_no_other(client: Client) -> None:
    release = threading.Event()
    slow, quick = receiving(held(release)), receiving(says("AA"))
    with slow as one, quick as other, ThreadPoolExecutor() as threads:
        waiting = threads.submit(client.send, parcel(one.number, "K1", timeout=20))
        wait_for(lambda: len(one.received) == 1)
        assert slowly(client, other.number, 3) == ["AA"] * 3
        assert not waiting.done()
        release.set()
        assert waiting.result().code == "AA"


def test_a_connection_idle_for_long_is_not_trusted(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line, "IDLE", 0.0)
    with receiving(says("AA")) as receiver:
        assert [client.send(parcel(receiver.number, f"K{n}")).code for n in range(2)] == ["AA"] * 2
        assert receiver.connections == 2


def test_the_application_answer_after_the_accept_one_is_taken_if_it_was_asked_for(client: Client) -> None:
    def both(talk: Talk, data: bytes) -> None:
        talk.say(ack("CA", data))
        time.sleep(0.1)
        talk.say(ack("AR", data))

    with receiving(both) as receiver:
        assert client.send(parcel(receiver.number, data=enhanced("K1", "AL", "AL"))).code == "AR"
        assert client.send(parcel(receiver.number, data=enhanced("K2", "AL", "NE"))).code == "CA"


def test_an_application_answer_that_does_not_come_leaves_it_delivered(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line, "APPLICATION", 0.1)
    with receiving(says("CA")) as receiver:
        sent = client.send(parcel(receiver.number, data=enhanced("K1", "AL", "AL")))
    assert (sent.outcome, sent.code) == ("delivered", "CA")


ACKNOWLEDGEMENT = message("K1").replace(b"ADT^A08^ADT_A01", b"ACK^A08^ACK")


@pytest.mark.parametrize("data", [enhanced("K1", "NE", "NE"), ACKNOWLEDGEMENT])
def test_a_message_that_asks_for_no_answer_is_handed_over(client: Client, data: bytes) -> None:
    with receiving(lambda _, __: None) as receiver:
        sent = client.send(parcel(receiver.number, data=data))
        assert (sent.outcome, sent.grade, sent.code) == ("delivered", "E1", "sent")


@pytest.mark.parametrize(
    ("data", "code"), [(message(""), "MSH-10"), (b"GARBAGE", "MSH-10"), (message("K1") + b"NTE|\x1c\r", "frame")]
)
def test_what_cannot_be_sent_is_refused_before_it_is(client: Client, data: bytes, code: str) -> None:
    sent = client.send(parcel(1, data=data))
    assert (sent.outcome, sent.code) == ("refused", code)


@pytest.mark.parametrize("address", [{}, {"host": "x"}, {"host": "x", "port": "y"}, {"host": "x", "port": 70000}])
def test_an_address_that_is_none_is_refused(client: Client, address: dict[str, Any]) -> None:
    sent = client.send(Parcel("d", "senneklinik", message("K1"), "", address))
    assert (sent.outcome, sent.code) == ("refused", "address")


def test_a_host_nobody_knows_is_a_reason_to_try_later(client: Client) -> None:
    address = {"host": "x" * 80 + ".invalid", "port": 2575, "timeout": 2}
    assert client.send(Parcel("d", "senneklinik", message("K1"), "", address)).code == "connect"


def test_client_and_server_understand_each_other(client: Client) -> None:
    memory = Memory()
    with serving(memory) as port:
        codes = [client.send(parcel(port.number, f"K{n}")).code for n in range(50)]
        client.close()
    assert codes == ["AA"] * 50
    assert memory.keys() == [f"K{n}" for n in range(50)]


def test_nothing_of_a_message_is_logged(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG", "gateway")
    with receiving(says("AR", error="ERR||||E|||Brüggemeier\r")) as receiver:
        sent = client.send(parcel(receiver.number))
    assert "Brüggemeier" not in caplog.text + sent.detail + sent.code
