"""S6: who shows no certificate, or one that does not count, gets nothing at any door, and it is in the audit."""

import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import requests

from gateway.directory.parties import Directory
from gateway.domain.ledger import Audit
from gateway.transports.mllp.encryption import Tls
from gateway.web.auth import roads_of
from gateway.web.fhir.api import application
from gateway.web.fhir.call import Desk
from gateway.web.front import handshakes
from gateway.web.smart.access import Access
from gateway.web.smart.scopes import scopes
from gateway.web.smart.tokens import Grant
from tests.authority import DAY, EXPIRED, Authority, Files, Pair
from tests.pipeline.line.world import World
from tests.transports.mllp.desk import SENNE, Memory, Peer, message, serving, wait_for
from tests.web.smart.place import KEYS, Place
from tests.web.smart.place import party as client
from tests.web.standing import House, party, standing

WRONG = ("none", "foreign", "expired", "not yet", "revoked")
ALERTED = ("foreign", "expired", "not yet", "revoked")
"""Those whose handshake ends; without any certificate a road of HTTP may be opened by its token, so it gets 401."""


@dataclass(frozen=True)
class Hand:
    """What callers show."""

    ours: Authority
    good: Pair
    other: Pair
    wrong: dict[str, Pair | None]

    @property
    def server(self) -> Files:
        revoked = self.wrong["revoked"]
        assert revoked
        return Files(
            *self.ours.signs("server").files, self.ours.ca, (revoked.fingerprint.upper().replace("SHA", "sha"),)
        )


@pytest.fixture(scope="module")
def hand(tmp_path_factory: pytest.TempPathFactory) -> Hand:
    folder = tmp_path_factory.mktemp("hand")
    ours, theirs = Authority(folder / "ours"), Authority(folder / "theirs")
    wrong = {
        "none": None,
        "foreign": theirs.signs("foreign"),
        "expired": ours.signs("expired", *EXPIRED),
        "not yet": ours.signs("not-yet", DAY, 3 * DAY),
        "revoked": ours.signs("revoked"),
    }
    return Hand(ours, ours.signs("senneklinik"), ours.signs("other"), wrong)


@dataclass
class Heard:
    """The part of a house that hears of handshakes."""

    lines: list[Audit]
    counted: list[tuple[str, str]]
    now: list[datetime]

    def of(self, door: str) -> Callable[[str], None]:
        rooms = SimpleNamespace(now=lambda: self.now[0])
        metrics: Any = SimpleNamespace(refused=lambda *said: self.counted.append(said))
        return handshakes(SimpleNamespace(rooms=rooms, audit=self.lines.append), metrics, door)  # type: ignore[arg-type]  # a stand-in


@pytest.fixture
def heard() -> Heard:
    return Heard([], [], [datetime(2026, 3, 1, 12, tzinfo=UTC)])


def status(ask: Callable[[], requests.Response]) -> int:
    """What came back; 0 where TLS said no."""
    try:
        return ask().status_code
    except (requests.ConnectionError, requests.Timeout):
        return 0


def test_a_road_of_http_opens_to_its_certificate_and_no_other(hand: Hand, heard: Heard) -> None:
    known = Directory.of([party("senneklinik", {"format": "fhir", "certificate": [hand.good.fingerprint]})])
    house = House()
    with standing(house.doors(roads=roads_of(lambda: known)), hand.server, heard.of("http")) as door:

        def said(pair: Pair | None) -> int:
            cert = pair.files if pair else None
            url = door.url("/intake/senneklinik")
            return status(lambda: requests.post(url, b"x", cert=cert, verify=hand.ours.ca, timeout=10))

        assert said(hand.good) == 202
        assert said(hand.other) == 401
        assert {word: said(hand.wrong[word]) for word in WRONG} == {**dict.fromkeys(ALERTED, 0), "none": 401}
    assert len(house.arrivals) == 1
    assert len(house.audits) == 1  # the 401s of one address, once in a minute
    reasons = " ".join(line.detail for line in heard.lines)
    assert all(word in reasons for word in ("revoked", "expired", "not yet valid", "local issuer"))


def test_who_is_taken_out_of_partner_yaml_is_out_on_the_open_connection(hand: Hand) -> None:
    known = [Directory.of([party("senneklinik", {"format": "fhir", "certificate": [hand.good.fingerprint]})])]
    house = House()
    with standing(house.doors(roads=roads_of(lambda: known[0])), hand.server) as door, requests.Session() as session:
        session.trust_env, session.cert, session.verify = False, hand.good.files, hand.ours.ca
        assert session.post(door.url("/intake/senneklinik"), b"x", timeout=10).status_code == 202
        known[0] = Directory.of([party("senneklinik", {"format": "fhir", "certificate": ["sha256:" + "0" * 64]})])
        assert session.post(door.url("/intake/senneklinik"), b"y", timeout=10).status_code == 401


@pytest.mark.parametrize("case", WRONG)
def test_an_mllp_port_takes_nothing_from_whoever_shows_the_wrong_one(hand: Hand, case: str) -> None:
    memory, pair, files = Memory(who=lambda *_: (SENNE,)), hand.wrong[case], hand.server
    context = ssl.create_default_context(cafile=hand.ours.ca)
    if pair:
        context.load_cert_chain(*pair.files)
    with serving(memory, tls=Tls(files.certificate, files.key, files.client_ca, files.revoked)) as port:
        for _ in range(2):
            try:
                with Peer(port.number, lambda plain: context.wrap_socket(plain, server_hostname="127.0.0.1")) as peer:
                    peer.send(message("K1"))
                    assert peer.answers() == []
            except OSError:
                pass
        wait_for(lambda: bool(memory.audited) and not port.connections)
    assert (memory.arrivals, [line.outcome for line in memory.audited]) == ([], ["refused"])


@contextmanager
def interface(hand: Hand, heard: Heard, folder: Path) -> Iterator[Place]:
    """The FHIR interface where everybody needs a certificate and a token."""
    from gateway.store.sql.store import open_store  # noqa: PLC0415 - only here

    store, house = open_store(f"sqlite:///{folder}/gateway.db"), House()
    world = World(store=store)
    world.rooms.directory = Directory.of([client(name) for name in KEYS])
    access = Access(lambda: world.rooms.directory, lambda c: store.commit(c).result(), lambda: datetime.now(UTC))
    doors = replace(house.doors(), roads=roads_of(lambda: world.rooms.directory))
    app = application(Desk(doors, world.rooms, access=access))
    try:
        with standing(app, hand.server, heard.of("fhir"), demanded=True) as door, requests.Session() as session:
            session.trust_env, session.verify = False, hand.ours.ca
            yield Place(world, door, access, house, session)
    finally:
        store.close()


def test_the_fhir_interface_opens_to_a_certificate_and_the_token_that_was_given_to_it(
    hand: Hand, heard: Heard, tmp_path: Path
) -> None:
    with interface(hand, heard, tmp_path) as place:
        for word in WRONG:
            pair = hand.wrong[word]
            place.session.cert = pair.files if pair else None
            assert status(lambda: place.call("GET", "metadata")) == 0, word
        assert place.access.limit.counts == {}
        place.session.close()
        place.session.cert = hand.good.files
        assert place.call("GET", "metadata").status_code == 200
        assert place.call("GET", "Task").status_code == 401
        token = place.token("senneklinik")
        assert place.call("GET", "Task", token).status_code == 200
        place.session.close()
        place.session.cert = hand.other.files
        assert place.call("GET", "Task", token).status_code == 401  # stolen, and worth nothing
        assert place.access.caller(token) is None
        unbound = place.access.tokens.issue(Grant("elsey", "app-elsey", scopes(["system/Task.r"])))
        assert place.call("GET", "Task/t1", unbound).status_code in {200, 404}  # given elsewhere, to a person
    assert {line.action for line in heard.lines} == {"tls"}


def test_a_handshake_that_fails_is_counted_each_time_and_told_once_in_a_minute(heard: Heard) -> None:
    failed = heard.of("fhir")
    for _ in range(5):
        failed("certificate has expired")
    failed("certificate revoked")
    heard.now[0] = datetime(2026, 3, 1, 12, 1, 1, tzinfo=UTC)
    failed("certificate has expired")
    assert heard.counted == [("fhir", "tls")] * 7
    assert [(line.object, line.detail) for line in heard.lines] == [
        ("fhir", "certificate has expired"),
        ("fhir", "certificate revoked"),
        ("fhir", "certificate has expired, 4 more before"),
    ]
