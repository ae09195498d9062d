"""TLS and mutual TLS, on both sides."""

import socket
import ssl
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from gateway.domain.road import Parcel, Sent
from gateway.transports.mllp.callers import Caller
from gateway.transports.mllp.client import Client
from gateway.transports.mllp.desk import Limits
from gateway.transports.mllp.encryption import Tls
from gateway.transports.mllp.frame import framed
from tests.authority import EXPIRED, Authority, Pair
from tests.transports.mllp.desk import SENNE, Memory, Peer, message, serving, wait_for


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("ours"))


@pytest.fixture(scope="module")
def server(ours: Authority) -> Tls:
    pair = ours.signs("server")
    return Tls(str(pair.certificate), str(pair.key), ours.ca)


@pytest.fixture(scope="module")
def clinic(ours: Authority) -> Pair:
    return ours.signs("clinic")


def wrapped(authority: Authority, pair: Pair | None) -> Callable[[socket.socket], socket.socket]:
    context = ssl.create_default_context(cafile=authority.ca)
    if pair:
        context.load_cert_chain(pair.certificate, pair.key)
    return lambda plain: context.wrap_socket(plain, server_hostname="127.0.0.1")


def only(pair: Pair) -> Callable[[str, str], Sequence[Caller]]:
    return lambda _, certificate: (SENNE,) if certificate == pair.digest else ()


def parcel(number: int, tls: dict[str, str]) -> Parcel:
    address = {"host": "127.0.0.1", "port": number, "timeout": 3, "tls": tls}
    return Parcel("d1", "senneklinik", message("K1"), "x-application/hl7-v2+er7", address)


def test_a_partner_is_known_by_its_certificate(ours: Authority, server: Tls, clinic: Pair) -> None:
    memory = Memory(who=only(clinic))
    with serving(memory, tls=server) as port, Peer(port.number, wrapped(ours, clinic)) as peer:
        peer.send(message("K1"), message("K2", size=200_000))
        assert peer.answers(2) == [("AA", "K1"), ("AA", "K2")]
    assert memory.arrivals[0].headers == {"address": "127.0.0.1", "certificate": clinic.digest}


def test_a_message_right_behind_the_handshake_is_not_lost(ours: Authority, server: Tls, clinic: Pair) -> None:
    context = ssl.create_default_context(cafile=ours.ca)
    context.load_cert_chain(clinic.certificate, clinic.key)
    come, go = ssl.MemoryBIO(), ssl.MemoryBIO()
    talk = context.wrap_bio(come, go, server_hostname="127.0.0.1")
    memory = Memory(who=only(clinic))
    with serving(memory, tls=server) as port, Peer(port.number) as peer:
        while True:
            try:
                talk.do_handshake()
                break
            except ssl.SSLWantReadError:
                peer.raw(go.read())
                come.write(peer.socket.recv(65536))
        talk.write(framed(message("K1")))
        peer.raw(go.read())
        wait_for(lambda: memory.keys() == ["K1"])


def test_a_certificate_nobody_has_named_is_refused_and_audited(ours: Authority, server: Tls, clinic: Pair) -> None:
    memory = Memory(who=only(clinic))
    with serving(memory, tls=server) as port, Peer(port.number, wrapped(ours, ours.signs("stranger"))) as peer:
        assert peer.closed()
    assert [audit.detail.split(":")[0] for audit in memory.audited] == ["unknown"]


@pytest.mark.parametrize("case", ["absent", "expired", "wrong"])
def test_an_absent_expired_or_wrong_certificate_is_refused_and_audited(
    case: str, ours: Authority, server: Tls, tmp_path: Path
) -> None:
    pairs: dict[str, Callable[[], Pair | None]] = {
        "absent": lambda: None,
        "expired": lambda: ours.signs("late", *EXPIRED),
        "wrong": lambda: Authority(tmp_path / "theirs").signs("foreign"),
    }
    reasons = {
        "absent": "did not return a certificate",
        "expired": "has expired",
        "wrong": "unable to get local issuer",
    }
    memory = Memory()
    with serving(memory, tls=server) as port:
        try:
            with Peer(port.number, wrapped(ours, pairs[case]())) as peer:
                peer.send(message("K1"))
                assert peer.answers() == []
        except OSError:
            pass
        wait_for(lambda: bool(memory.audited))
        wait_for(lambda: not port.connections)
    assert memory.arrivals == []
    assert [audit.action for audit in memory.audited] == ["mllp.connect"]
    assert reasons[case] in memory.audited[0].detail


def test_a_peer_that_speaks_no_tls_is_closed(server: Tls) -> None:
    memory = Memory()
    with serving(memory, tls=server) as port, Peer(port.number) as peer:
        peer.send(message("K1"))
        peer.read(1, 2)
        wait_for(lambda: not port.connections)
    assert memory.arrivals == []


def test_a_peer_that_does_not_finish_its_handshake_is_closed_and_delays_nobody(
    ours: Authority, server: Tls, clinic: Pair
) -> None:
    with serving(Memory(), Limits(handshake=0.3), server) as port, Peer(port.number) as silent:
        with Peer(port.number, wrapped(ours, clinic)) as peer:
            peer.send(message("K1"))
            assert peer.answers() == [("AA", "K1")]
        assert silent.closed(3)


def test_the_client_shows_its_certificate_and_checks_the_server(ours: Authority, server: Tls, clinic: Pair) -> None:
    files = {"ca": ours.ca, "certificate": str(clinic.certificate), "key": str(clinic.key)}
    client = Client()
    with serving(Memory(who=only(clinic)), tls=server) as port:
        assert [client.send(parcel(port.number, files)).code for _ in range(3)] == ["AA"] * 3
        client.close()


def test_a_server_of_another_authority_gets_nothing(server: Tls, tmp_path: Path) -> None:
    other = Authority(tmp_path / "other")
    memory, client = Memory(), Client()
    with serving(memory, tls=server) as port:
        sent = client.send(parcel(port.number, {"ca": other.ca}))
    assert (sent.outcome, sent.code) == ("retry", "tls")
    assert "certificate" in sent.detail
    assert memory.arrivals == []


def test_an_expired_server_certificate_is_a_reason_to_try_later(ours: Authority) -> None:
    pair = ours.signs("old", *EXPIRED)
    with serving(Memory(), tls=Tls(str(pair.certificate), str(pair.key))) as port:
        sent = Client().send(parcel(port.number, {"ca": ours.ca}))
    assert sent == Sent("retry", "E0", "tls", "no TLS: certificate has expired")


def test_files_that_cannot_be_read_are_a_reason_to_try_later(server: Tls) -> None:
    with serving(Memory(), tls=server) as port:
        sent = Client().send(parcel(port.number, {"ca": "no/such/file"}))
    assert (sent.outcome, sent.code) == ("retry", "tls")


def test_a_client_whose_certificate_is_not_taken_is_told_nothing_certain(ours: Authority, server: Tls) -> None:
    memory = Memory()
    with serving(memory, tls=server) as port:
        sent = Client().send(parcel(port.number, {"ca": ours.ca}))
    assert sent.outcome in {"retry", "uncertain"}
    assert memory.arrivals == []
