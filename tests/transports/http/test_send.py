"""A delivery over HTTP, as the receiver sees it and as its answer is understood."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest

from gateway.transports.http import session
from gateway.transports.http.send import REPLY, send
from gateway.transports.http.verdict import seconds
from tests.transports.http.receiving import BODY, Receiver, behaving, parcel, receiving

WORD = "geheim"


@pytest.fixture(autouse=True)
def tidy() -> Iterator[None]:
    yield
    session.close()


def test_the_receiver_gets_the_bytes_the_key_and_what_was_agreed() -> None:
    with receiving(Receiver()) as there:
        sent = send(parcel(there.url, secret=WORD, headers={"X-Mandant": "7"}))
    assert (sent.outcome, sent.grade, sent.code) == ("delivered", "E2", "HTTP 201")
    ((method, path, headers, data),) = there.requests
    assert (method, path, data) == ("POST", "/eingang", BODY)
    assert (headers["Idempotency-Key"], headers["Content-Type"]) == ("d-1", "application/fhir+json")
    assert (headers["Authorization"], headers["X-Mandant"]) == ("Bearer geheim", "7")
    assert headers["Content-Length"] == str(len(BODY))


def test_nothing_configured_replaces_key_type_or_token() -> None:
    mine = {"idempotency-key": "x", "Content-type": "text/plain", "AUTHORIZATION": "Basic eA=="}
    with receiving(Receiver()) as there:
        send(parcel(there.url, secret=WORD, headers=mine, method="PUT"))
    ((method, _, headers, _),) = there.requests
    assert (method, headers["Idempotency-Key"], headers["Authorization"]) == ("PUT", "d-1", "Bearer geheim")


@pytest.mark.parametrize(
    ("headers", "body", "grade"),
    [
        ({}, b"", "E2"),
        ({}, b"thank you", "E2"),
        ({}, b"{broken", "E2"),
        ({}, b'{"resourceType": "OperationOutcome", "id": "1"}', "E2"),
        ({}, BODY, "E2"),
        ({"Location": "/fall/7"}, b"", "E4"),
        ({}, b'{"resourceType": "Task", "id": "own-7"}', "E4"),
        ({}, b'{"resourceType": "Bundle", "entry": [{"response": {"status": "201", "location": "Task/7"}}]}', "E4"),
        ({}, b'{"resourceType": "Bundle", "entry": [{"resource": {"resourceType": "Task", "id": "7"}}, null]}', "E4"),
    ],
)
def test_an_id_of_the_receivers_own_is_better_evidence(headers: dict[str, str], body: bytes, grade: str) -> None:
    with receiving(Receiver(200, headers, body)) as there:
        sent = send(parcel(there.url))
    assert (sent.outcome, sent.grade, sent.reply) == ("delivered", grade, body)


def test_our_own_id_sent_back_proves_no_more_than_receipt() -> None:
    task = b'{"resourceType": "Task", "id": "ours-1"}'
    with receiving(Receiver(200, {}, task)) as there:
        assert send(parcel(there.url, task)).grade == "E2"


def test_a_batch_whose_entry_failed_is_not_delivered() -> None:
    body = b'{"resourceType": "Bundle", "type": "batch-response", "entry": [{"response": {"status": "422 No"}}]}'
    with receiving(Receiver(200, {}, body)) as there:
        sent = send(parcel(there.url))
    assert (sent.outcome, sent.code) == ("refused", "HTTP 200 entry 422")


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
def test_the_receiver_asks_to_come_again(status: int) -> None:
    with receiving(Receiver(status)) as there:
        sent = send(parcel(there.url))
    assert (sent.outcome, sent.code, sent.wait) == ("retry", f"HTTP {status}", None)


def test_retry_after_is_heard_as_seconds_and_as_a_date() -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    for said, low, high in [("7", 7.0, 7.0), (later, 80.0, 90.0), ("9" * 40, 1e5, 1e6)]:
        with receiving(Receiver(429, {"Retry-After": said})) as there:
            assert low <= (send(parcel(there.url)).wait or 0) <= high


@pytest.mark.parametrize("said", ["-1", "soon", "", "١٢"])
def test_a_retry_after_that_is_none_is_not_heard(said: str) -> None:
    assert seconds(said, datetime.now(UTC)) is None


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 413, 422])
def test_the_receiver_refuses_for_good(status: int) -> None:
    with receiving(Receiver(status, {}, b"because")) as there:
        sent = send(parcel(there.url))
    assert (sent.outcome, sent.code, sent.reply) == ("refused", f"HTTP {status}", b"because")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed_and_carries_no_token_away(status: int) -> None:
    with receiving(Receiver()) as elsewhere, receiving(Receiver(status, {"Location": elsewhere.url})) as there:
        sent = send(parcel(there.url, secret=WORD))
    assert (sent.outcome, sent.code) == ("refused", f"HTTP {status}")
    assert elsewhere.requests == []


def test_connections_are_kept_between_deliveries() -> None:
    with receiving(Receiver()) as there:
        for _ in range(5):
            send(parcel(there.url))
    assert len(there.peers) == 1


def test_cookies_are_not_kept() -> None:
    with receiving(Receiver(201, {"Set-Cookie": "a=b"})) as there:
        send(parcel(there.url))
        send(parcel(there.url))
    assert not any("Cookie" in headers for _, _, headers, _ in there.requests)


def test_a_connection_idle_for_long_is_not_used_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "IDLE", 0.05)
    with receiving(Receiver()) as there:
        send(parcel(there.url))
        time.sleep(0.1)
        send(parcel(there.url))
    assert len(there.peers) == 2


def test_the_session_unused_longest_is_closed_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "SESSIONS", 1)
    with receiving(Receiver()) as one, receiving(Receiver()) as two:
        for there in (one, two, one):
            assert send(parcel(there.url)).outcome == "delivered"
    assert (len(one.peers), len(two.peers)) == (2, 1)


def test_nobody_listens_is_a_retry() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    sent = send(parcel(f"http://127.0.0.1:{port}/"))
    assert (sent.outcome, sent.code) == ("retry", "connect")


def test_silence_after_sending_is_uncertain() -> None:
    over = threading.Event()

    def silence(_: BaseHTTPRequestHandler) -> None:
        over.wait(5)

    with receiving(Receiver(act=silence)) as there:
        begun = time.monotonic()
        sent = send(parcel(there.url, timeout=0.3))
        over.set()
    assert (sent.outcome, sent.code) == ("uncertain", "timeout")
    assert time.monotonic() - begun < 2


def test_a_receiver_that_drips_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.transports.http.send.MARGIN", 0.2)

    def drip(line: socket.socket) -> None:
        line.recv(65536)
        for letter in b"HTTP/1.1 200 OK\r\nX: " + b"y" * 200:
            line.sendall(bytes([letter]))
            time.sleep(0.1)

    with behaving(drip) as url:
        begun = time.monotonic()
        sent = send(parcel(url, timeout=0.5))
    assert (sent.outcome, sent.code) == ("uncertain", "timeout")
    assert time.monotonic() - begun < 3


def whole(line: socket.socket) -> None:
    data = b""
    while BODY not in data:
        data += line.recv(65536)


def reset(line: socket.socket) -> None:
    line.recv(10)
    line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")


def garbage(line: socket.socket) -> None:
    whole(line)
    line.sendall(b"\x0bMSH|^~\\&|\x1c\r" * 3)


@pytest.mark.parametrize(("act", "code"), [(reset, "reset"), (whole, "reset"), (garbage, "garbage")])
def test_no_answer_that_can_be_read_is_uncertain(act: Callable[[socket.socket], None], code: str) -> None:
    with behaving(act) as url:
        sent = send(parcel(url, timeout=2))
    assert (sent.outcome, sent.code) == ("uncertain", code)


def test_an_endless_answer_is_capped() -> None:
    def flood(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        for _ in range(1000):
            handler.wfile.write(b"x" * 65536)

    with receiving(Receiver(act=flood)) as there:
        sent = send(parcel(there.url))
    assert (sent.outcome, len(sent.reply)) == ("delivered", REPLY)


def test_an_answer_that_breaks_off_behind_its_status_still_counts() -> None:
    def broken(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "100")
        handler.end_headers()
        handler.wfile.write(b"half")
        handler.close_connection = True

    with receiving(Receiver(act=broken)) as there:
        sent = send(parcel(there.url))
    assert (sent.outcome, sent.grade, sent.reply) == ("delivered", "E2", b"half")


@pytest.mark.parametrize(
    "address",
    [
        {"url": ""},
        {"url": "ftp://127.0.0.1/x"},
        {"url": "http://user:word@127.0.0.1/x"},
        {"url": "http://127.0.0.1:99999/x"},
        {"url": "http://[::1/x"},
        {"url": "http://127.0.0.1/x", "method": "DELETE"},
        {"url": "http://127.0.0.1/x", "headers": {"X": "a\r\nY: b"}},
        {"url": "http://127.0.0.1/x", "headers": {"X Y": "a"}},
        {"url": "http://127.0.0.1/x", "headers": {"content-length": "1"}},
        {"url": "http://127.0.0.1/x", "secret": "ümlaut"},
    ],
)
def test_an_address_that_is_none_is_refused_without_a_word_to_anybody(address: dict[str, Any]) -> None:
    sent = send(parcel(**address))
    assert (sent.outcome, sent.code) == ("refused", "address")


def test_neither_environment_nor_netrc_change_where_and_as_whom(
    monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    netrc = f"{tmp_path}/netrc"
    with open(netrc, "w", encoding="ascii") as file:  # noqa: PTH123 - one line
        file.write("machine 127.0.0.1 login a password b\n")
    monkeypatch.setenv("NETRC", netrc)
    with receiving(Receiver(500)) as proxy, receiving(Receiver()) as there:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        assert send(parcel(there.url)).outcome == "delivered"
    assert proxy.requests == []
    assert "Authorization" not in there.requests[0][2]
