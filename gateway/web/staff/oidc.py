"""A provider that vouches for people (OpenID Connect Core 1.0, 3.1: authorization code, with PKCE, state and nonce)."""

import base64
import hashlib
import hmac
import logging
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote, urlencode

from gateway.fhir import json
from gateway.pipeline.cookie import hashed
from gateway.settings.section import safe
from gateway.web.staff.call import Claimed
from gateway.web.staff.claims import claimed
from gateway.web.staff.signed import verified

if TYPE_CHECKING:
    from gateway.settings.staff import Oidc

LOG = logging.getLogger("gateway.web")
LIFE = timedelta(minutes=10)
"""In which somebody has to come back."""
MOST = 1000
"""On their way at one time; of more the oldest is forgotten."""
FRESH, AGAIN = timedelta(hours=1), timedelta(minutes=1)
"""How long what the provider says of itself counts, and how soon its keys may be asked for anew."""
LARGEST, PATIENCE = 1_000_000, 10
"""Bytes of an answer of the provider, seconds to wait for it."""
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")
Json = dict[str, Any]


class ProviderError(Exception):
    """The provider does not answer, or not as it has to; the one word is for the audit."""


class Begun(NamedTuple):
    """Somebody on the way: what has to come back, and until when."""

    state: str
    nonce: str
    verifier: str
    until: datetime


@dataclass
class Provider:
    """One provider.

    secret  the client's secret, read anew each time; empty where there is none
    now     the moment
    """

    said: "Oidc"
    secret: Callable[[], str]
    now: Callable[[], datetime]
    begun: dict[str, Begun] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)
    known: tuple[datetime, Json] | None = None
    held: tuple[datetime, list[Json]] | None = None

    def away(self, back: str) -> tuple[str, str]:
        """Where the browser is sent (3.1.2.1; RFC 7636), and the word that binds it; empty where nobody answers."""
        try:
            endpoint = self.configuration()["authorization_endpoint"]
        except ProviderError as fault:
            LOG.warning("staff.provider", extra={"reason": str(fault)})
            return "", ""
        bound, state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(4))
        one = Begun(state, nonce, verifier, self.now() + LIFE)
        with self.lock:
            self.begun[hashed(bound)] = one
            if len(self.begun) > MOST:
                self.begun.pop(next(iter(self.begun)))
        challenge = base64.urlsafe_b64encode(hashlib.sha256(one.verifier.encode()).digest()).decode().rstrip("=")
        asked = {
            "response_type": "code",
            "client_id": self.said.client,
            "redirect_uri": back,
            "scope": self.said.scopes,
            "state": one.state,
            "nonce": one.nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(asked)}", bound

    def back(self, said: Mapping[str, str], cookie: str, back: str) -> Claimed:
        """Who came back, by what the provider sent along (3.1.2.5); each way back counts once."""
        with self.lock:
            one = self.begun.pop(hashed(cookie), None)
        if one is None or one.until <= self.now():
            return Claimed(refused="browser")
        if not hmac.compare_digest(one.state.encode(), said.get("state", "").encode()):
            return Claimed(refused="state")
        try:
            if not self.itself(said.get("iss")):
                return Claimed(refused="issuer")
            if "code" not in said:
                return Claimed(refused="provider")
            answer = self.redeemed(said["code"], one.verifier, back)
            claims = self.checked(str(answer.get("id_token", "")), one.nonce)
        except ProviderError as fault:
            return Claimed(refused=str(fault))
        return claimed(claims, self.said)

    def itself(self, issuer: str | None) -> bool:
        """Whether the answer says it comes from this provider, where it says or has to say so (RFC 9207)."""
        must = self.configuration().get("authorization_response_iss_parameter_supported") is True
        return issuer == self.said.issuer or (issuer is None and not must)

    def redeemed(self, code: str, verifier: str, back: str) -> Json:
        """What the provider gives for a code (3.1.3.1)."""
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": back, "code_verifier": verifier}
        secret, headers = self.secret(), {}
        if secret:
            pair = f"{quote(self.said.client, safe='')}:{quote(secret, safe='')}"
            headers["authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
        else:
            form["client_id"] = self.said.client
        return fetched(self.configuration()["token_endpoint"], form, headers)

    def checked(self, token: str, nonce: str) -> Mapping[str, Any]:
        """The claims of an ID token (3.1.3.7); by keys asked for anew where its own is not known yet."""
        claims = verified(token, self.keys(), self.said, self.now().timestamp())
        if claims == "key":
            claims = verified(token, self.keys(anew=True), self.said, self.now().timestamp())
        if isinstance(claims, str):
            raise ProviderError(claims)
        if not hmac.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()):
            raise ProviderError("nonce")
        return claims

    def configuration(self) -> Json:
        """What the provider says of itself (OpenID Connect Discovery 1.0, 4)."""
        if self.known and self.now() - self.known[0] < FRESH:
            return self.known[1]
        found = fetched(f"{self.said.issuer.rstrip('/')}/.well-known/openid-configuration")
        if found.get("issuer") != self.said.issuer:
            raise ProviderError("issuer")
        if not all(isinstance(found.get(name), str) and safe(found[name]) for name in ENDPOINTS):
            raise ProviderError("endpoints")
        self.known = (self.now(), found)
        return found

    def keys(self, *, anew: bool = False) -> list[Json]:
        """The provider's keys (RFC 7517); anew at most once in a minute."""
        age = self.now() - self.held[0] if self.held else FRESH
        if self.held and age < (AGAIN if anew else FRESH):
            return self.held[1]
        found = fetched(self.configuration()["jwks_uri"]).get("keys")
        kept = [key for key in found if isinstance(key, dict)] if isinstance(found, list) else []
        self.held = (self.now(), kept)
        return kept


def fetched(address: str, form: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None) -> Json:
    """A JSON object of the provider: asked for, or for a form; no redirect is followed, and none is too large."""
    import requests  # noqa: PLC0415 - only a gateway with a provider needs it here

    method = "POST" if form is not None else "GET"
    said = {"accept": "application/json", **(headers or {})}
    try:
        with requests.Session() as session:
            session.trust_env = False
            answer = session.request(
                method, address, data=form, headers=said, timeout=PATIENCE, allow_redirects=False, stream=True
            )
            data = answer.raw.read(LARGEST + 1, decode_content=True)
    except (requests.RequestException, OSError, ValueError):
        raise ProviderError("unreachable") from None
    value, problems = json.loads(data) if answer.ok and len(data) <= LARGEST else (None, [])
    if problems or not isinstance(value, dict):
        raise ProviderError("code" if form is not None else "unreachable")
    return value
