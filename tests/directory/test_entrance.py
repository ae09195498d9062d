"""Who stands at the door: by address, certificate and facility over MLLP, by token and certificate over HTTP."""

import hashlib

import pytest

from gateway.directory.parties import Directory, Party
from tests.directory.door import http_sender, mllp_sender

ONE, TWO = "sha256:" + "11" * 32, "sha256:" + "22" * 32


def digest(token: str) -> str:
    return "sha256:" + hashlib.sha256(token.encode()).hexdigest()


def caller(name: str, **road: object) -> Party:
    return Party(id=name, kind="hospital", sends=({"road": "mllp", "format": "hl7v2-de", **road},))


def user(name: str, **road: object) -> Party:
    return Party(id=name, kind="practice", sends=({"road": "http", "format": "fhir", **road},))


MLLP = Directory.of(
    (
        caller("alone", **{"from": "10.1.0.0/24"}),
        caller("north", **{"from": "10.2.0.1"}, facility="NORD"),
        caller("south", **{"from": "10.2.0.1"}, facility="SUED"),
        caller("rest", **{"from": "10.2.0.0/16"}),
        caller("proven", **{"from": "10.2.0.1"}, certificate=(ONE,)),
        caller("anywhere", certificate=(TWO,)),
        caller("six", **{"from": "fd00::/8"}),
    )
)
CALLS = {
    "its address": ("10.1.0.7", "", "", "alone"),
    "its address, whatever the facility": ("10.1.0.7", "", "ANY", "alone"),
    "an address of nobody": ("192.0.2.1", "", "", ""),
    "an IPv4 address in IPv6 clothes": ("::ffff:10.1.0.7", "", "", "alone"),
    "an IPv6 address with a zone": ("fd00::1%eth0", "", "", "six"),
    "no address at all": ("unix", "", "", ""),
    "the facility among several": ("10.2.0.1", "", "NORD", "north"),
    "the other facility": ("10.2.0.1", "", "SUED", "south"),
    "no facility that one of several names": ("10.2.0.1", "", "WEST", "rest"),
    "several and no facility": ("10.2.0.1", "", "", "rest"),
    "a certificate before an address alone": ("10.2.0.1", "11" * 32, "NORD", "proven"),
    "a certificate from the wrong address": ("10.9.0.1", "11" * 32, "", ""),
    "a certificate from anywhere": ("192.0.2.1", TWO, "", "anywhere"),
    "a certificate with colons": ("192.0.2.1", ":".join(["22"] * 32), "", "anywhere"),
    "a certificate of nobody": ("10.1.0.7", "33" * 32, "", "alone"),
}


@pytest.mark.parametrize("name", CALLS)
def test_an_mllp_caller_is_known_by(name: str) -> None:
    address, certificate, facility, partner = CALLS[name]
    assert mllp_sender(MLLP, address, certificate, facility) == partner


def test_two_behind_one_address_are_nobody_without_a_facility() -> None:
    two = Directory.of(
        (caller("a", **{"from": "10.0.0.1"}, facility="A"), caller("b", **{"from": "10.0.0.1"}, facility="B"))
    )
    assert mllp_sender(two, "10.0.0.1", "", "") == ""
    assert mllp_sender(two, "10.0.0.1", "", "C") == ""
    assert [party.id for party, _ in two.mllp_callers("10.0.0.1", "")] == ["a", "b"]


def test_one_alone_behind_an_address_is_known_before_its_facility_is() -> None:
    one = Directory.of([caller("a", **{"from": "10.0.0.1"}, facility="A")])
    assert mllp_sender(one, "10.0.0.1", "", "") == "a"
    assert mllp_sender(one, "10.0.0.1", "", "B") == ""


def test_a_road_without_a_proof_stays_shut() -> None:
    assert Directory.of([caller("open")]).mllp_callers("10.0.0.1", "") == []
    assert http_sender(Directory.of([user("open")]), "open", "", "") == ""


def test_a_network_that_is_none_lets_nobody_in() -> None:
    assert Directory.of([caller("a", **{"from": "everywhere"})]).mllp_callers("10.0.0.1", "") == []


HTTP = Directory.of(
    (
        user("token", token=(digest("old"), digest("new"))),
        user("worn", certificate=(ONE,)),
        user("both", token=digest("t"), certificate=ONE),
        caller("mllp", **{"from": "10.0.0.1"}),
    )
)
USES = {
    "its token": ("token", "new", "", True),
    "its token of before, while both count": ("token", "old", "", True),
    "another token": ("token", "newer", "", False),
    "the digest in place of the token": ("token", digest("new"), "", False),
    "no token": ("token", "", "", False),
    "a token that is no text": ("token", "\udcff", "", False),
    "its certificate": ("worn", "", "11" * 32, True),
    "its certificate, whatever the token": ("worn", "x", ONE, True),
    "another certificate": ("worn", "", "22" * 32, False),
    "token and certificate": ("both", "t", ONE, True),
    "the token alone where both are asked for": ("both", "t", "", False),
    "the certificate alone where both are asked for": ("both", "", ONE, False),
    "a road that is no HTTP road": ("mllp", "", "", False),
    "a partner that is none": ("nobody-known", "new", ONE, False),
}


@pytest.mark.parametrize("name", USES)
def test_an_http_caller_is_known_by(name: str) -> None:
    partner, token, certificate, known = USES[name]
    assert http_sender(HTTP, partner, token, certificate) == (partner if known else "")


def test_a_token_opens_only_its_own_roads() -> None:
    party = Party(
        id="two",
        kind="practice",
        sends=(
            {"road": "http", "format": "fhir", "token": digest("a")},
            {"road": "http", "format": "evp", "token": digest("b")},
            {"road": "http", "format": "pflegedienst-liste", "token": digest("b")},
        ),
    )
    opened = Directory.of([party]).http_roads("two", "b", "")
    assert [road.format for _, road in opened] == ["evp", "pflegedienst-liste"]
