"""The ID token (OpenID Connect Core 1.0, 3.1.3.7): signed by the provider, by the agreed algorithm, for us, in time."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from gateway.web.smart.assertion import moment, read

if TYPE_CHECKING:
    from gateway.settings.staff import Oidc

LONGEST, SKEW = 16_384, 30
"""Characters of a token, and seconds by which clocks may differ."""
TYPES: Mapping[str, str] = {"RS": "RSA", "PS": "RSA", "ES": "EC", "Ed": "OKP"}
"""Begin of an algorithm's name -> type of the keys it is for."""
Claims = Mapping[str, Any]


def verified(token: str, keys: Sequence[Mapping[str, Any]], said: "Oidc", now: float) -> Claims | str:
    """The claims, or in a word for the audit why they count for nothing; `key`: it is signed by none of these."""
    parts = token.split(".")
    if len(token) > LONGEST or len(parts) != 3 or not token.isascii():
        return "token"
    head = read(parts[0])
    if head.get("alg") != said.algorithm:
        return "algorithm"
    key = meant(keys, head, said.algorithm)
    if key is None:
        return "key"
    claims = opened(token, key, said.algorithm)
    if claims is None:
        return "signature"
    return next((word for word, right in RULES if not right(claims, said, now)), "") or claims


def meant(keys: Sequence[Mapping[str, Any]], head: Claims, algorithm: str) -> Mapping[str, Any] | None:
    """The one key that a token names; a token that names none is for a provider with a single one."""
    usable = [key for key in keys if key.get("kty") == TYPES[algorithm[:2]] and key.get("use", "sig") == "sig"]
    usable = [key for key in usable if key.get("alg", algorithm) == algorithm]
    found = [key for key in usable if key.get("kid") == head["kid"]] if "kid" in head else usable
    return found[0] if len(found) == 1 else None


def opened(token: str, key: Mapping[str, Any], algorithm: str) -> Claims | None:
    """The claims, if this key signed them with this algorithm."""
    from joserfc import jwt  # noqa: PLC0415 - only a gateway with a provider needs it
    from joserfc.errors import JoseError  # noqa: PLC0415 - as above
    from joserfc.jwk import JWKRegistry  # noqa: PLC0415 - as above

    try:
        made = JWKRegistry.import_key({name: value for name, value in key.items() if name != "key_ops"})
        claims = jwt.decode(token, made, algorithms=[algorithm]).claims
    except (JoseError, ValueError, TypeError, KeyError):
        return None
    return claims if isinstance(claims, dict) else None


def from_them(claims: Claims, said: "Oidc", _: float) -> bool:
    """Made by the provider."""
    return claims.get("iss") == said.issuer


def for_us(claims: Claims, said: "Oidc", _: float) -> bool:
    """Made for us; where it is for others too, or says so, handed to us."""
    audience = claims.get("aud")
    several = [audience] if isinstance(audience, str) else audience if isinstance(audience, list) else []
    party = claims.get("azp", said.client if len(several) == 1 else "")
    return said.client in several and party == said.client


def in_time(claims: Claims, _: "Oidc", now: float) -> bool:
    """Neither over nor made later than now."""
    ends, made = moment(claims, "exp"), moment(claims, "iat")
    begins = moment(claims, "nbf") if "nbf" in claims else made
    return (
        ends is not None and made is not None and begins is not None and max(made, begins) - SKEW <= now < ends + SKEW
    )


def of_somebody(claims: Claims, _: "Oidc", __: float) -> bool:
    """About a person."""
    return isinstance(claims.get("sub"), str) and 0 < len(claims["sub"]) <= 255


RULES: Sequence[tuple[str, Callable[[Claims, "Oidc", float], bool]]] = (
    ("issuer", from_them),
    ("audience", for_us),
    ("expiry", in_time),
    ("subject", of_somebody),
)
"""What must hold of the claims; the word of the first that does not goes into the audit, and to nobody else."""
