"""Who comes by a provider: everything that has to hold of what it says, and what counts once."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from joserfc.jwk import OctKey, RSAKey

from gateway.pipeline.staff import keeping
from gateway.pipeline.staff.account import everyone
from gateway.settings.staff import Oidc
from gateway.web.staff.oidc import Provider
from tests.web.staff.office import Office
from tests.web.staff.peer import EC, KEY, OTHER, Liar, lying

ROLES = {"kg-leitung": "lead", "kg-kuemmerer": "kuemmerer", "kg-pruefung": "auditor"}
PLAIN = RSAKey.import_key({key: value for key, value in KEY.as_dict(private=True).items() if key not in {"alg", "use"}})
SECRET = "only-for-this-test"  # noqa: S105 - of the peer beside


@dataclass
class Coming:
    """Somebody who comes by our own provider, which can lie."""

    office: Office
    liar: Liar
    shift: timedelta = timedelta()
    secret: str = SECRET
    provider: Provider = field(init=False)

    def __post_init__(self) -> None:
        said = Oidc(issuer=self.liar.issuer, roles=ROLES, site="department", sites={"4711": "stelle-senne"})
        self.provider = Provider(said, lambda: self.secret, lambda: datetime.now(UTC) + self.shift)
        self.office.door.provider = self.provider
        self.office.door.base = self.office.url

    def goes(self) -> dict[str, str]:
        """To the provider; what it was sent along."""
        answer = self.office.get("oidc")
        assert answer.status_code == 303, answer.text
        asked = {key: values[0] for key, values in parse_qs(urlsplit(answer.headers["location"]).query).items()}
        self.liar.nonce = asked["nonce"]
        return asked

    def returns(self, **said: str) -> requests.Response:
        query = "&".join(f"{key}={value}" for key, value in said.items())
        return self.office.get(f"oidc/back?{query}")

    def comes(self, **said: str) -> requests.Response:
        """There and back."""
        asked = self.goes()
        return self.returns(**{"code": "a-code", "state": asked["state"], **said})

    def why(self) -> str:
        """The audit's last word."""
        return self.office.audit()[-1][3]


@pytest.fixture
def coming(office: Office) -> Iterator[Coming]:
    with lying() as liar:
        yield Coming(office, liar)


def test_who_is_vouched_for_gets_an_account_and_a_desk(coming: Coming) -> None:
    answer = coming.comes()
    assert (answer.status_code, 'content="0; url=../desk"' in answer.text) == (200, True)
    (account,) = everyone(coming.office.crew.rooms)
    assert (account.role, account.site, account.login, account.password) == ("auditor", "", "", "")
    assert coming.why() == "oidc, auditor"
    assert coming.office.get("desk").status_code == 200
    assert "a-person" not in str(coming.office.crew.rooms.store.versions()) + str(coming.office.audit())


def test_the_provider_is_asked_with_all_that_protects_the_way(coming: Coming) -> None:
    asked = coming.goes()
    assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
    assert len({asked["state"], asked["nonce"], asked["code_challenge"]}) == 3
    coming.returns(code="a-code", state=asked["state"])
    head, form = coming.liar.forms[0]
    assert head.startswith("Basic ")
    assert form["code"] == ["a-code"]
    assert len(form["code_verifier"][0]) >= 43
    assert "client_id" not in form


def test_without_a_secret_pkce_alone_proves_it(coming: Coming) -> None:
    coming.secret = ""
    assert coming.comes().status_code == 200
    head, form = coming.liar.forms[0]
    assert (head, form["client_id"]) == ("", ["kuemmerer-gateway"])


def test_the_cookie_on_the_way_is_lax_and_the_one_after_strict(coming: Coming) -> None:
    begun = coming.office.get("oidc").headers["set-cookie"].lower()
    assert "samesite=lax" in begun
    assert "max-age=600" in begun
    said = coming.comes().headers["set-cookie"].lower()
    assert "kuemmerer_staff=" in said
    assert "samesite=strict" in said


def test_the_same_person_keeps_the_account_and_gets_the_role_of_now(coming: Coming) -> None:
    coming.comes()
    coming.liar.claims = {"roles": ["kg-kuemmerer"], "department": "4711"}
    coming.comes()
    (account,) = everyone(coming.office.crew.rooms)
    assert (account.role, account.site) == ("kuemmerer", "stelle-senne")


def test_of_several_roles_the_first_of_the_table_counts(coming: Coming) -> None:
    coming.liar.claims = {"roles": ["kg-pruefung", "kg-leitung"], "department": "4711"}
    coming.comes()
    assert everyone(coming.office.crew.rooms)[0].role == "lead"


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "another nonce": ({"nonce": "another"}, "nonce"),
    "no nonce": ({"nonce": None}, "nonce"),
    "for somebody else": ({"aud": "another-client"}, "audience"),
    "for others too, handed to them": ({"aud": ["kuemmerer-gateway", "x"], "azp": "x"}, "audience"),
    "for others too, handed to nobody": ({"aud": ["kuemmerer-gateway", "x"]}, "audience"),
    "handed to somebody else": ({"azp": "x"}, "audience"),
    "over": ({"exp": 1_700_000_000}, "expiry"),
    "never over": ({"exp": None}, "expiry"),
    "over at no moment": ({"exp": True}, "expiry"),
    "made later": ({"iat": 4_000_000_000, "exp": 4_000_000_060}, "expiry"),
    "good only later": ({"nbf": 4_000_000_000}, "expiry"),
    "of another issuer": ({"iss": "https://login.example.org"}, "issuer"),
    "about nobody": ({"sub": None}, "subject"),
    "without a role": ({"roles": None}, "role"),
    "with a role that is none here": ({"roles": ["admin"]}, "role"),
}


PLACELESS: list[dict[str, Any]] = [
    {"roles": ["kg-kuemmerer"]},
    {"roles": ["kg-kuemmerer"], "department": "0815"},
    {"roles": ["kg-kuemmerer"], "department": ["4711", "0815"]},
]
"""A Kümmerer of no site, of one that is none here, and of two."""


@pytest.fixture(scope="module")
def quick() -> Iterator[Liar]:
    """A provider that is asked directly, without pages before it."""
    with lying() as liar:
        yield liar


def refusal(liar: Liar) -> str:
    """Why what it says counts for nothing."""
    said = Oidc(issuer=liar.issuer, roles=ROLES, site="department")
    provider = Provider(said, lambda: SECRET, lambda: datetime.now(UTC))
    address, bound = provider.away("http://127.0.0.1/oidc/back")
    asked = parse_qs(urlsplit(address).query)
    liar.nonce = asked["nonce"][0]
    back = {"code": "a-code", "state": asked["state"][0]}
    return provider.back(back, bound, "http://127.0.0.1/oidc/back").refused


@pytest.mark.parametrize("name", WRONG)
def test_a_token_that_does_not_hold_counts_for_nothing(quick: Liar, name: str) -> None:
    quick.claims, word = WRONG[name]
    quick.head, quick.signer = {"alg": "RS256", "kid": "k1"}, KEY
    assert refusal(quick) == word
    quick.claims = {}
    assert refusal(quick) == ""


@pytest.mark.parametrize("claims", [WRONG["another nonce"][0], *PLACELESS], ids=str)
def test_who_is_not_surely_somebody_of_ours_stays_outside(coming: Coming, claims: dict[str, Any]) -> None:
    coming.liar.claims = claims
    assert coming.comes().status_code == 403
    assert coming.why() == f"oidc, {'nonce' if 'nonce' in claims else 'site'}"
    assert coming.office.get("desk").status_code == 303


SIGNED: dict[str, tuple[dict[str, Any], Any, str]] = {
    "by nobody": ({"alg": "none"}, KEY, "algorithm"),
    "by another key of the same name": ({"alg": "RS256", "kid": "k1"}, OTHER, "signature"),
    "by a key of no name that is known": ({"alg": "RS256", "kid": "k9"}, KEY, "key"),
    "by another algorithm of the same key": ({"alg": "PS256", "kid": "k1"}, PLAIN, "algorithm"),
    "by another of its keys": ({"alg": "ES256", "kid": "k2"}, EC, "algorithm"),
    "by a word that everybody knows": (
        {"alg": "HS256", "kid": "k1"}, OctKey.import_key("known-to-everybody-and-long-enough"), "algorithm"),
}  # fmt: skip


@pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning")
@pytest.mark.parametrize("name", SIGNED)
def test_a_token_that_is_signed_otherwise_counts_for_nothing(quick: Liar, name: str) -> None:
    quick.claims = {}
    quick.head, quick.signer, word = SIGNED[name]
    assert refusal(quick) == word


def test_a_provider_that_changes_its_keys_is_asked_for_them_again(coming: Coming) -> None:
    coming.comes()
    fresh = RSAKey.import_key({**OTHER.as_dict(private=True), "kid": "k3"})
    coming.liar.keys, coming.liar.signer, coming.liar.head = [fresh], fresh, {"alg": "RS256", "kid": "k3"}
    assert coming.comes().status_code == 403  # asked for a moment ago
    coming.shift = timedelta(seconds=62)
    coming.liar.claims = {
        "iat": int(datetime.now(UTC).timestamp()) + 60,
        "exp": int(datetime.now(UTC).timestamp()) + 120,
    }
    assert coming.comes().status_code == 200


def test_what_comes_back_counts_once(coming: Coming) -> None:
    asked = coming.goes()
    cookies = dict(coming.office.session.cookies)
    assert coming.returns(code="a-code", state=asked["state"]).status_code == 200
    coming.office.session.cookies.clear()
    coming.office.session.cookies.update(cookies)
    assert coming.returns(code="a-code", state=asked["state"]).status_code == 403
    assert coming.why() == "oidc, browser"
    assert len(coming.liar.forms) == 1


def test_what_comes_back_counts_in_one_browser(coming: Coming) -> None:
    asked = coming.goes()
    coming.office.session.cookies.clear()
    assert coming.returns(code="a-code", state=asked["state"]).status_code == 403
    assert (coming.why(), coming.liar.forms) == ("oidc, browser", [])


@pytest.mark.parametrize("state", ["", "another", "ä"])
def test_another_state_is_another_way(coming: Coming, state: str) -> None:
    assert coming.comes(state=state).status_code == 403
    assert (coming.why(), coming.liar.forms) == ("oidc, state", [])


def test_who_comes_back_late_begins_again(coming: Coming) -> None:
    asked = coming.goes()
    coming.shift = timedelta(minutes=11)
    assert coming.returns(code="a-code", state=asked["state"]).status_code == 403


def test_an_answer_of_another_provider_is_not_taken(coming: Coming) -> None:
    assert coming.comes(iss="https://login.example.org").status_code == 403
    assert (coming.why(), coming.liar.forms) == ("oidc, issuer", [])
    assert coming.comes(iss=coming.liar.issuer).status_code == 200


def test_a_provider_that_says_it_always_names_itself_has_to(coming: Coming) -> None:
    coming.liar.configured = {"authorization_response_iss_parameter_supported": True}
    assert coming.comes().status_code == 403
    assert coming.why() == "oidc, issuer"


def test_who_did_not_agree_there_does_not_come_in(coming: Coming) -> None:
    asked = coming.goes()
    assert coming.returns(error="access_denied", state=asked["state"]).status_code == 403
    assert coming.why() == "oidc, provider"


@pytest.mark.parametrize(
    "configured",
    [{"issuer": "https://login.example.org"}, {"token_endpoint": "http://login.example.org/token"}, {"jwks_uri": 1}],
)
def test_a_provider_that_is_not_what_it_should_be_is_asked_nothing(coming: Coming, configured: dict[str, Any]) -> None:
    coming.liar.configured = configured
    assert coming.office.get("oidc").status_code == 502


def test_a_provider_that_is_down_is_told_in_a_sentence(coming: Coming) -> None:
    coming.liar.down = True
    answer = coming.office.get("oidc")
    assert (answer.status_code, "Anmeldung Ihres Hauses" in answer.text) == (502, True)


def test_a_provider_that_goes_down_on_the_way_lets_nobody_in(coming: Coming) -> None:
    asked = coming.goes()
    coming.liar.down = True
    assert coming.returns(code="a-code", state=asked["state"]).status_code == 403
    assert coming.why() == "oidc, code"


def test_a_shut_account_does_not_come_in_by_its_provider_either(coming: Coming) -> None:
    coming.comes()
    (account,) = everyone(coming.office.crew.rooms)
    keeping.disabled(account, "operator test", coming.office.crew.rooms)
    assert coming.comes().status_code == 403
    assert coming.office.audit()[-1] == (account.actor, "login", "refused", "oidc, disabled")


def test_without_a_provider_there_is_no_such_way(office: Office) -> None:
    assert (office.get("oidc").status_code, office.get("oidc/back").status_code) == (404, 404)
