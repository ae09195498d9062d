"""Who gets a token (RFC 7523, 3; SMART App Launch 2.2, chapter 5): whoever signs rightly, once, for us, and soon."""

import time
from base64 import urlsafe_b64encode
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey

from gateway.web.smart.tokens import Grant, Tokens
from tests.web.smart.place import KEYS, Place, opened, party


@pytest.mark.parametrize("name", ["senneklinik", "stelle-senne", "elsey"])  # ES384, RS384, ES256
def test_a_client_that_proves_who_it_is_gets_a_token_for_five_minutes(place: Place, name: str) -> None:
    answer = place.asks(place.assertion(name), "system/Task.rs")
    said = answer.json()
    assert (answer.status_code, said["token_type"], said["expires_in"], said["scope"]) == (
        200, "bearer", 300, "system/Task.rs",
    )  # fmt: skip
    assert answer.headers["cache-control"] == "no-store"
    assert place.call("GET", "Task", said["access_token"]).status_code == 200


NOW = int(time.time())
WRONG: dict[str, dict[str, Any]] = {
    "over": {"exp": NOW - 60},
    "too-long": {"exp": NOW + 3600},
    "no-end": {"exp": None},
    "end-in-words": {"exp": "morgen"},
    "another-address": {"aud": "https://example.org/token"},
    "several-addresses": {"aud": ["https://example.org/token", "x"]},
    "another-subject": {"sub": "app-elsey"},
    "no-word": {"jti": None},
    "long-word": {"jti": "x" * 300},
    "not-yet": {"nbf": NOW + 100_000},
    "from-tomorrow": {"iat": NOW + 86_400},
    "unknown": {"iss": "app-nobody", "sub": "app-nobody"},
}


@pytest.mark.parametrize("claims", WRONG.values(), ids=WRONG)
def test_any_other_claim_is_refused_without_a_hint(place: Place, claims: dict[str, Any]) -> None:
    answer = place.asks(place.assertion("senneklinik", **claims))
    assert (answer.status_code, answer.json()) == (401, {"error": "invalid_client"})


def test_a_word_counts_once(place: Place) -> None:
    signed = place.assertion("senneklinik")
    assert [place.asks(signed).status_code for _ in range(2)] == [200, 401]


NONE = urlsafe_b64encode(b'{"alg":"none","kid":"k1"}').decode().rstrip("=")


def test_only_the_pinned_key_and_its_algorithm_count(place: Place) -> None:
    claims = jwt.decode(place.assertion("senneklinik"), KEYS["senneklinik"], algorithms=["ES384"]).claims
    stranger = ECKey.generate_key("P-384", {"kid": "k1"})
    secret = OctKey.import_key("nur-fuer-den-test" * 4)
    forged = [
        jwt.encode({"alg": "ES384", "kid": "k1"}, claims, stranger, algorithms=["ES384"]),
        jwt.encode({"alg": "HS256", "kid": "k1"}, claims, secret, algorithms=["HS256"]),
        f"{NONE}.{place.assertion('senneklinik').split('.')[1]}.",
        place.assertion("senneklinik", {"kid": "k2"}),
        place.assertion("senneklinik")[:-4] + "AAAA",
        "a.b.c",
        "",
    ]
    assert {place.asks(one).status_code for one in forged} == {401}


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"client_assertion_type": "x"}, "invalid_request"),
        ({"scope": ""}, "invalid_request"),
        ({"scope": "openid system/Nonsense"}, "invalid_scope"),
    ],
)
def test_what_is_no_request_for_a_token_is_400(place: Place, form: dict[str, str], error: str) -> None:
    answer = place.asks(place.assertion("senneklinik"), **{"scope": "system/Task.r", **form})
    assert (answer.status_code, answer.json()["error"]) == (400, error)


def test_nobody_gets_more_than_is_agreed(tmp_path: Any) -> None:
    with opened(tmp_path, scopes=["system/Task.read", "system/ServiceRequest.rs"]) as place:
        assert place.asks(place.assertion("elsey"), "system/*.*").json()["scope"] == (
            "system/Task.rs system/ServiceRequest.rs"
        )
        assert place.asks(place.assertion("elsey"), "system/Task.write").status_code == 400


def test_who_is_no_client_any_more_has_no_token_any_more(place: Place) -> None:
    token = place.token("elsey")
    world = place.world
    world.rooms.directory = type(world.rooms.directory).of([party("senneklinik")])
    assert place.call("GET", "Task", token).status_code == 401


def test_whoever_guesses_waits(place: Place) -> None:
    codes = [place.asks("a.b.c").status_code for _ in range(25)]
    assert (codes[0], codes[-1]) == (401, 429)
    assert int(place.asks("a.b.c").headers["retry-after"]) > 0


def test_tokens_and_refusals_stand_in_the_audit_without_what_was_shown(place: Place) -> None:
    token = place.token("elsey", "system/Task.r")
    place.asks(place.assertion("elsey", aud="x"))
    refused, given = place.world.store.audit(object="partner ?"), place.world.store.audit(object="partner elsey")
    assert [(line.actor, line.action, line.outcome) for line in given] == [("elsey", "token", "given")]
    assert "system/Task.r" in given[0].detail
    assert refused[0].detail.endswith("audience")
    assert token not in str([*given, *refused])


def test_after_five_minutes_a_token_is_none() -> None:
    moments = iter((1000.0, 1299.9, 1300.0))
    tokens = Tokens(lambda: next(moments))
    word = tokens.issue(Grant("elsey", "app-elsey", ()))
    assert [tokens.find(word) is not None for _ in range(2)] == [True, False]


def test_where_tokens_are_had_is_told_to_everybody(place: Place) -> None:
    said = place.call("GET", ".well-known/smart-configuration").json()
    assert said["token_endpoint"] == f"{place.base}/auth/token"
    security = place.call("GET", "metadata").json()["rest"][0]["security"]
    assert security["service"][0]["coding"][0]["code"] == "SMART-on-FHIR"
    assert place.call("GET", "auth/token").status_code == 405
