"""A delivery over HTTPS: both sides are known, or nothing is sent."""

import socket
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gateway.transports.http import session
from gateway.transports.http.send import send
from tests.authority import EXPIRED, Authority
from tests.transports.http.receiving import Receiver, behaving, parcel, receiving


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("stranger"))


@pytest.fixture(autouse=True)
def tidy() -> Iterator[None]:
    yield
    session.close()


def secure(authority: Authority, *, asks: bool = False, expired: bool = False) -> ssl.SSLContext:
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(*authority.signs("server", *(EXPIRED if expired else ())).files)
    if asks:
        made.load_verify_locations(authority.ca)
        made.verify_mode = ssl.CERT_REQUIRED
    return made


def test_a_receiver_our_authority_vouches_for_is_sent_to(authority: Authority) -> None:
    with receiving(Receiver(), secure(authority)) as there:
        assert send(parcel(there.url, ca=authority.ca)).outcome == "delivered"


def test_a_receiver_that_asks_gets_our_certificate(authority: Authority) -> None:
    certificate, key = authority.signs("gateway").files
    with receiving(Receiver(), secure(authority, asks=True)) as there:
        sent = send(parcel(there.url, ca=authority.ca, certificate=certificate, key=key))
    assert sent.outcome == "delivered"


def test_an_unknown_or_expired_receiver_gets_nothing(authority: Authority, stranger: Authority) -> None:
    cases: list[tuple[ssl.SSLContext, dict[str, Any]]] = [
        (secure(authority), {"ca": stranger.ca}),
        (secure(authority), {}),
        (secure(authority, expired=True), {"ca": authority.ca}),
    ]
    for context, address in cases:
        with receiving(Receiver(), context) as there:
            sent = send(parcel(there.url, **address))
        assert (sent.outcome, sent.code, there.requests) == ("retry", "tls", [])


def test_a_receiver_that_does_not_take_our_certificate_is_a_retry(authority: Authority, stranger: Authority) -> None:
    expired, foreign = authority.signs("expired", *EXPIRED).files, stranger.signs("foreign").files
    given: list[dict[str, Any]] = [{}, *({"certificate": one, "key": two} for one, two in (expired, foreign))]
    for own in given:
        with receiving(Receiver(), secure(authority, asks=True)) as there:
            sent = send(parcel(there.url, ca=authority.ca, **own))
        assert (sent.outcome, sent.code, there.requests) == ("retry", "tls", [])


def test_files_that_are_not_there_are_a_retry_for_the_operator_to_mend(authority: Authority, tmp_path: Path) -> None:
    missing = str(tmp_path / "none.pem")
    with receiving(Receiver(), secure(authority)) as there:
        assert send(parcel(there.url, ca=missing)).outcome == "retry"
        assert send(parcel(there.url, ca=authority.ca, certificate=missing, key=missing)).outcome == "retry"
    assert there.requests == []


def test_plain_http_on_a_secure_port_and_the_reverse_are_no_delivery(authority: Authority) -> None:
    with receiving(Receiver(), secure(authority)) as there:
        sent = send(parcel(there.url.replace("https", "http"), timeout=2))
    assert sent.outcome != "delivered"
    with receiving(Receiver()) as there:
        sent = send(parcel(there.url.replace("http", "https"), timeout=2, ca=authority.ca))
    assert (sent.outcome, sent.code) == ("retry", "tls")


def test_a_server_that_says_nothing_behind_the_handshake_is_sent_to_all_the_same(
    authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "WORD", 0.01)
    silent = secure(authority)
    silent.num_tickets = 0
    with receiving(Receiver(), silent) as there:
        assert send(parcel(there.url, ca=authority.ca)).outcome == "delivered"


def test_a_server_that_hangs_up_behind_the_handshake_got_nothing(authority: Authority) -> None:
    context = secure(authority)
    context.num_tickets = 0

    def hang_up(line: socket.socket) -> None:
        context.wrap_socket(line, server_side=True).close()

    with behaving(hang_up) as url:
        sent = send(parcel(url.replace("http", "https"), ca=authority.ca))
    assert (sent.outcome, sent.code) == ("retry", "tls")
