"""S5: what an attacker does to a JWT, beyond tests/web/smart: none of it gets a token."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from gateway.directory.clients import algorithm
from gateway.directory.parties import Directory
from gateway.store.sql.store import open_store
from gateway.web.smart.access import Access, Peer
from gateway.web.smart.assertion import LIFE, SKEW, Proof, proven
from tests.web.smart.place import ASSERTION, KEYS, Place, opened, party

AUDIENCE = "https://gateway.example/fhir/auth/token"
WHO = "senneklinik"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with opened(tmp_path_factory.mktemp("assertions")) as made:
        yield made


def part(value: Any) -> str:
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def claims(**changes: Any) -> dict[str, Any]:
    now = int(time.time())
    said = {"iss": f"app-{WHO}", "sub": f"app-{WHO}", "aud": AUDIENCE, "exp": now + 120, "jti": str(uuid4())}
    return {key: value for key, value in {**said, **changes}.items() if value is not None}


def signed(said: dict[str, Any], head: dict[str, Any] | None = None, key: Any = None) -> str:
    return jwt.encode({"alg": "ES384", "kid": "k1", **(head or {})}, said, key or KEYS[WHO], algorithms=["ES384"])


DIRECTORY = Directory.of([party(name) for name in KEYS])


def judged(text: str, at: float | None = None) -> Proof | str:
    moment = datetime.fromtimestamp(at if at is not None else time.time(), UTC)
    return proven(text, AUDIENCE, moment, DIRECTORY.client)


def test_the_honest_one_is_taken() -> None:
    assert isinstance(judged(signed(claims())), Proof)


# --- algorithms ------------------------------------------------------------------------------------------------------


def public_forms() -> dict[str, bytes]:
    """The public key in all forms that a library might take for a secret."""
    key = KEYS[WHO]
    return {
        "pem": key.as_pem(private=False),
        "der": key.as_der(private=False),
        "jwk": json.dumps(key.as_dict(private=False)).encode(),
        "x": base64.urlsafe_b64decode(str(key.as_dict(private=False)["x"]) + "=="),
    }


@pytest.mark.parametrize("form", public_forms())
@pytest.mark.parametrize("alg", ["HS256", "HS384", "HS512"])
def test_the_public_key_is_no_secret_to_sign_with(form: str, alg: str) -> None:
    text = f"{part({'alg': alg, 'kid': 'k1', 'typ': 'JWT'})}.{part(claims())}"
    digest = {"HS256": hashlib.sha256, "HS384": hashlib.sha384, "HS512": hashlib.sha512}[alg]
    made = hmac.new(public_forms()[form], text.encode(), digest).digest()
    assert judged(f"{text}.{part(made)}") == "signature"


@pytest.mark.parametrize("alg", ["none", "None", "NONE", "nOnE", "", None, 0, ["ES384"], {"a": 1}])
@pytest.mark.parametrize("signature", ["", "AAAA", part(b"\0" * 96)])
def test_no_signature_is_none_however_it_is_spelled(alg: Any, signature: str) -> None:
    assert judged(f"{part({'alg': alg, 'kid': 'k1'})}.{part(claims())}.{signature}") == "signature"


@pytest.mark.parametrize("alg", ["ES256", "ES512", "RS256", "RS384", "PS384", "EdDSA", "ES384 "])
def test_a_head_chooses_no_algorithm(alg: str) -> None:
    head, said, mark = signed(claims()).split(".")
    assert head
    assert judged(f"{part({'alg': alg, 'kid': 'k1'})}.{said}.{mark}") == "signature"


def test_a_signature_of_zeros_is_none() -> None:
    text = f"{part({'alg': 'ES384', 'kid': 'k1'})}.{part(claims())}"
    for made in (b"\0" * 96, b"\0" * 95 + b"\1", b"\xff" * 96, b"\0" * 64, b"\0" * 104):
        assert judged(f"{text}.{part(made)}") == "signature"


@pytest.mark.parametrize(
    "key",
    [
        {"kty": "oct", "k": "AAAA"},
        {"kty": "RSA", "n": "AQAB", "e": "AQAB"},
        {"kty": "EC", "crv": "secp256k1", "x": "AA", "y": "AA"},
        {"kty": "OKP", "crv": "Ed25519", "x": "AA"},
        {"kty": "EC", "crv": "P-384", "alg": "ES256"},
        {"kty": "EC", "crv": "P-384", "use": "enc"},
    ],
)
def test_a_key_of_another_kind_signs_nothing(key: dict[str, str]) -> None:
    assert algorithm(key) == ""


# --- heads -----------------------------------------------------------------------------------------------------------

KIDS = ["../../etc/passwd", "k1\0", "k1' OR '1'='1", "", None, 1, ["k1"], {"$ne": ""}, "K1", "k1 "]


@pytest.mark.parametrize("kid", KIDS, ids=repr)
def test_a_name_of_a_key_is_compared_and_nothing_else(kid: Any) -> None:
    _, said, mark = signed(claims()).split(".")
    assert judged(f"{part({'alg': 'ES384', 'kid': kid})}.{said}.{mark}") == "key"


def test_a_key_that_comes_along_is_not_used() -> None:
    own = ECKey.generate_key("P-384", {"kid": "k1"})
    head = {"alg": "ES384", "kid": "k1", "jwk": own.as_dict(private=False), "x5c": ["AAAA"]}
    text = f"{part(head)}.{part(claims())}"
    mark = jwt.encode({"alg": "ES384", "kid": "k1"}, claims(), own, algorithms=["ES384"]).split(".")[2]
    assert judged(f"{text}.{mark}") == "signature"


@pytest.mark.parametrize("head", [{"crit": ["exp"]}, {"crit": ["b64"], "b64": False}, {"crit": ["x"], "x": 1}])
def test_what_is_critical_and_unknown_is_refused(head: dict[str, Any]) -> None:
    text = f"{part({'alg': 'ES384', 'kid': 'k1', **head})}.{part(claims())}"
    assert not isinstance(judged(f"{text}.{signed(claims()).split('.')[2]}"), Proof)


def test_an_encrypted_one_is_none() -> None:
    assert judged(f"{part({'alg': 'dir', 'enc': 'A128GCM', 'kid': 'k1'})}..{part(claims())}.AAAA.AAAA") == "form"


# --- claims ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "audience",
    [[AUDIENCE, "https://other.example/token"], [AUDIENCE] * 2, [], [[AUDIENCE]], {"0": AUDIENCE}, AUDIENCE + "/",
     AUDIENCE.upper(), AUDIENCE.replace("https", "http"), AUDIENCE + " ", None, "", 1],
)  # fmt: skip
def test_only_this_one_address_is_meant(audience: Any) -> None:
    assert judged(signed(claims(aud=audience))) == "audience"
    assert isinstance(judged(signed(claims(aud=[AUDIENCE]))), Proof)


def test_clocks_may_differ_by_ten_seconds_and_not_by_more() -> None:
    now = float(int(time.time()))
    for ends, right in ((1 - SKEW, True), (-SKEW, False), (LIFE + SKEW, True), (LIFE + SKEW + 1, False)):
        assert isinstance(judged(signed(claims(exp=now + ends)), now), Proof) == right, ends
    for name in ("iat", "nbf"):
        for begins, right in ((SKEW, True), (SKEW + 1, False)):
            assert isinstance(judged(signed(claims(**{name: now + begins})), now), Proof) == right


@pytest.mark.parametrize("ends", [1e400, -1, "9999999999", [9999999999], True, None, 10**30])
def test_an_end_that_is_none_is_none(ends: Any) -> None:
    assert judged(f"{signed(claims()).split('.')[0]}.{part(claims(exp=ends))}.AAAA") in {"signature", "client"}
    said = claims(exp=ends)
    if ends != 1e400:
        assert judged(signed(said)) == "expiry"


@pytest.mark.parametrize("jti", ["", None, 5, ["a"], {"a": 1}, "x" * 256])
def test_a_word_that_is_none_does_not_count_once(jti: Any) -> None:
    assert judged(signed(claims(jti=jti))) == "jti"


def test_a_claim_that_is_said_twice_is_not_believed() -> None:
    text = json.dumps(claims(iss="app-elsey"))[:-1] + f', "iss": "app-{WHO}"}}'
    assert not isinstance(judged(f"{signed(claims()).split('.')[0]}.{part(text.encode())}.AAAA"), Proof)


@pytest.mark.parametrize("text", ["..", "a..", f"{'A' * 9000}.a.a", "a.b.c.d", "ä.b.c", "a.b.c\n", ".".join("[{]")])
def test_what_is_no_jwt_is_none(text: str) -> None:
    assert judged(text) in {"form", "client"}


# --- once ------------------------------------------------------------------------------------------------------------


def test_a_word_counts_once_over_a_restart(tmp_path: Path) -> None:
    def said(text: str) -> int:
        """One request to a gateway that has just started."""
        store = open_store(f"sqlite:///{tmp_path}/gateway.db")
        try:
            access = Access(
                lambda: DIRECTORY, lambda changes: store.commit(changes).result(), lambda: datetime.now(UTC)
            )
            form = f"grant_type=client_credentials&scope=system/Task.r&client_assertion_type={ASSERTION}"
            media = "application/x-www-form-urlencoded"
            return access.grant(f"{form}&client_assertion={text}".encode(), media, AUDIENCE, Peer("127.0.0.1"))[0]
        finally:
            store.close()

    recorded = signed(claims())
    assert [said(recorded), said(recorded), said(signed(claims()))] == [200, 401, 200]


def test_the_word_of_one_client_is_not_spent_by_another(place: Place) -> None:
    word = str(uuid4())
    assert [place.asks(place.assertion(name, jti=word)).status_code for name in ("senneklinik", "elsey")] == [200, 200]


def test_no_refusal_says_why(place: Place) -> None:
    place.access.limit.counts.clear()
    wrong = [place.assertion(WHO, aud="x"), place.assertion(WHO, exp=1), signed(claims(iss="nobody")), "a.b.c"]
    answers = [place.asks(text) for text in wrong]
    assert {(answer.status_code, answer.text) for answer in answers} == {(401, '{"error":"invalid_client"}')}
    fields = {tuple(sorted((k, v) for k, v in answer.headers.items() if k != "date")) for answer in answers}
    assert len(fields) == 1
