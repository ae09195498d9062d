"""S3: an address that a stranger writes leads nowhere; the one place that may call one looks at it first."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from joserfc import jwt

from gateway.delivery.notify_address import circle, pinned
from tests.security.sources import imports
from tests.security.witness import Witness, witness
from tests.web.fhir.interface import PATIENT, Interface, opened
from tests.web.smart.place import ALGORITHM, KEYS, Place
from tests.web.smart.place import opened as smart_opened

NETWORK = re.compile(r"(requests|urllib3|urllib\.request|http\.client|socket|httpx|aiohttp|smtplib|ftplib)(\.|$)")
CALLERS = {
    "gateway/transports/http/send.py",
    "gateway/transports/http/session.py",
    "gateway/transports/http/verdict.py",
    "gateway/transports/mllp/client.py",
    "gateway/transports/mllp/line.py",
    "gateway/delivery/notify_address.py",  # asks the name server, and calls nobody
    "gateway/web/server.py",  # listens
    "gateway/cli/doctor.py",  # an operator's own addresses
    "gateway/cli/reach.py",
}
"""Where a connection can be made or taken; a further file has to be looked at first."""

PROVIDER = re.compile(r"gateway/(web|pipeline)/staff/\w*(oidc|provider|openid)\w*\.py")
"""Asks who vouches for staff, at the address that the operator names."""


@pytest.fixture(scope="module")
def fhir(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Interface]:
    with opened(tmp_path_factory.mktemp("addresses")) as made:
        yield made


@pytest.fixture
def heard() -> Iterator[Witness]:
    with witness() as made:
        yield made


def test_connections_are_made_in_a_few_files_that_are_known() -> None:
    found = {file for file, module in imports() if NETWORK.match(module)}
    assert {file for file in found if not PROVIDER.fullmatch(file)} <= CALLERS


def pointing(url: str) -> dict[str, dict[str, Any]]:
    """A Patient that points elsewhere, in every way that FHIR knows."""
    xhtml = f'<div xmlns="http://www.w3.org/1999/xhtml"><img src="{url}p.png" alt="x"/></div>'
    return {
        "reference": {"managingOrganization": {"reference": f"{url}Organization/1"}},
        "photo": {"photo": [{"contentType": "image/png", "url": f"{url}p.png"}]},
        "profile": {"meta": {"profile": [f"{url}StructureDefinition/x"]}},
        "source": {"meta": {"source": f"{url}s"}},
        "rules": {"implicitRules": f"{url}rules"},
        "extension": {"extension": [{"url": f"{url}e", "valueUrl": f"{url}v"}]},
        "code system": {"maritalStatus": {"coding": [{"system": f"{url}CodeSystem/x", "code": "M"}]}},
        "identifier": {"identifier": [{"system": f"{url}sid", "value": "1"}]},
        "picture": {"text": {"status": "generated", "div": xhtml}},
    }


@pytest.mark.parametrize("kind", pointing(""))
def test_what_a_resource_points_to_is_not_fetched(fhir: Interface, heard: Witness, kind: str) -> None:
    body = {**PATIENT, **pointing(heard.url)[kind]}
    entry = {"fullUrl": f"{heard.url}Patient/1", "resource": body, "request": {"method": "POST", "url": "Patient"}}
    linked = {"resourceType": "Bundle", "type": "transaction", "link": [{"relation": "next", "url": heard.url}]}
    for path, sent in (("Patient", body), ("Patient/$validate", body), ("", {**linked, "entry": [entry]})):
        assert fhir.ask("POST", path, sent).status_code < 500
    assert not heard.heard


def test_what_a_question_points_to_is_not_fetched(fhir: Interface, heard: Witness) -> None:
    for path in (
        f"Task?patient={heard.url}Patient/1",
        f"Patient?_profile={heard.url}x",
        f"Patient?organization={heard.url}Organization/1",
        f"Patient?identifier={heard.url}|1",
        f"Patient?name:in={heard.url}ValueSet/x",
        f"Patient?_cursor={heard.url}",
        f"{heard.url}Patient/1",
    ):
        assert fhir.get(path).status_code < 500
    fhir.ask("POST", f"Patient/$validate?profile={heard.url}x", PATIENT)
    fhir.ask("POST", "Patient", PATIENT, If_None_Exist=f"_profile={heard.url}x")
    fhir.get("Patient", Host=heard.url.removeprefix("http://").strip("/"), X_Forwarded_Host=heard.url)
    assert not heard.heard


def test_what_a_token_points_to_is_not_fetched(heard: Witness, tmp_path_factory: pytest.TempPathFactory) -> None:
    with smart_opened(tmp_path_factory.mktemp("pointing")) as place:
        for member in ("jku", "x5u"):
            assert place.asks(forged(place, {member: f"{heard.url}jwks.json"})).status_code in {200, 401}
        signed = place.assertion("elsey", iss=heard.url, sub=heard.url)
        assert place.asks(signed).status_code == 401
    assert not heard.heard


def forged(place: Place, head: dict[str, Any]) -> str:
    """An assertion whose head says where its key is to be had."""
    claims = jwt.decode(place.assertion("elsey"), KEYS["elsey"], algorithms=["ES256"]).claims
    return jwt.encode(
        {"alg": ALGORITHM["elsey"], "kid": "k1", **head}, claims, KEYS["elsey"], algorithms=["ES256"],
        registry=None,
    )  # fmt: skip


PRIVATE = (
    "127.0.0.1", "127.9.9.9", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",  # noqa: S104 - nobody listens
    "224.0.0.1", "255.255.255.255", "192.0.2.1", "::1", "::", "fe80::1", "fd00::1", "ff02::1", "::ffff:10.0.0.1",
    "64:ff9b::a00:1", "2002:a00:1::1", "2001:db8::1",
)  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
def test_a_subscriber_in_no_public_network_is_refused_unless_the_setting_names_it(address: str) -> None:
    found = pinned("https://hook.example/x", circle(["203.0.113.0/24"]), lambda *_: [address])
    assert getattr(found, "code", found) == "subscription.private"


def test_a_name_that_says_something_else_the_next_time_is_not_asked_again() -> None:
    answers = [["93.184.216.34"], ["10.0.0.1"]]
    assert pinned("https://hook.example/x", circle([]), lambda *_: answers.pop(0)) == "93.184.216.34"
    assert len(answers) == 1
