"""Who signed: the JWT by which a client proves who it is (RFC 7523, 3; SMART App Launch 2.2, chapter 5.1)."""

import base64
import binascii
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, NamedTuple

from gateway.directory.clients import algorithm, keys
from gateway.directory.parties import Client, Party
from gateway.domain.ledger import Spend
from gateway.fhir import json

LIFE, SKEW = 300, 10
"""Seconds that an assertion may still be good for, and by which clocks may differ."""
LONGEST = 8192
Find = Callable[[str], tuple[Party, Client] | None]


class Proof(NamedTuple):
    """Who signed, and what is used up by it."""

    party: Party
    client: Client
    spend: Spend


def read(part: str) -> Mapping[str, Any]:
    """A part of a JWT as JSON, before anything is believed of it; empty where it is none."""
    try:
        data = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except (ValueError, binascii.Error):
        return {}
    value, problems = json.loads(data)
    return value if not problems and isinstance(value, dict) else {}


def proven(text: str, audience: str, now: datetime, find: Find) -> Proof | str:
    """Who signed an assertion for this address at this moment, or in one word for the audit why nobody did."""
    parts = text.split(".")
    if len(text) > LONGEST or len(parts) != 3 or not text.isascii():
        return "form"
    head, said = read(parts[0]), read(parts[1])
    found = find(str(said.get("iss", "")))
    wanted = [key for key in keys(found[1]) if key.get("kid") == head.get("kid")] if found else []
    if not found or len(wanted) != 1:
        return "client" if not found else "key"
    claims = verified(text, wanted[0])
    if claims is None:
        return "signature"
    wrong = next((word for word, right in RULES if not right(claims, audience, now.timestamp())), "")
    if wrong:
        return wrong
    party, client = found
    until = datetime.fromtimestamp(claims["exp"] + SKEW, UTC)
    word = sha256(f"{client.id}\0{claims['jti']}".encode("utf-8", "replace")).hexdigest()
    return Proof(party, client, Spend(word, until, now))


def verified(text: str, key: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The claims, if this key signed them with the one algorithm that is agreed for it."""
    from joserfc import jwt  # noqa: PLC0415 - only a gateway with access tokens needs it
    from joserfc.errors import JoseError  # noqa: PLC0415 - as above
    from joserfc.jwk import JWKRegistry  # noqa: PLC0415 - as above

    agreed = algorithm(key)
    if not agreed:
        return None
    try:
        made = JWKRegistry.import_key({name: value for name, value in key.items() if name != "key_ops"})
        claims = jwt.decode(text, made, algorithms=[agreed]).claims
    except (JoseError, ValueError, TypeError, KeyError):
        return None
    return claims if isinstance(claims, dict) else None


def moment(claims: Mapping[str, Any], name: str) -> float | None:
    """A NumericDate (RFC 7519, 2)."""
    value = claims.get(name)
    return (
        float(value) if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e11 else None
    )


def for_us(claims: Mapping[str, Any], audience: str, _: float) -> bool:
    """Meant for this address and no other."""
    return claims.get("aud") in (audience, [audience])


def in_time(claims: Mapping[str, Any], _: str, now: float) -> bool:
    """Not over, and over within five minutes."""
    ends = moment(claims, "exp")
    return ends is not None and now - SKEW < ends <= now + LIFE + SKEW


def begun(claims: Mapping[str, Any], _: str, now: float) -> bool:
    """Neither made nor valid only later."""
    return all(name not in claims or ((at := moment(claims, name)) is not None and at <= now + SKEW) for name in BEGINS)


BEGINS = ("iat", "nbf")


def itself(claims: Mapping[str, Any], _: str, __: float) -> bool:
    """Said by the client of itself (RFC 7523, 3)."""
    return bool(claims.get("iss")) and claims.get("iss") == claims.get("sub")


def once(claims: Mapping[str, Any], _: str, __: float) -> bool:
    """With a word that counts once."""
    return isinstance(claims.get("jti"), str) and 0 < len(claims["jti"]) <= 255


RULES: Sequence[tuple[str, Callable[[Mapping[str, Any], str, float], bool]]] = (
    ("subject", itself),
    ("audience", for_us),
    ("expiry", in_time),
    ("begin", begun),
    ("jti", once),
)
"""What must hold of the claims; the word of the first that does not goes into the audit, never to the caller."""
