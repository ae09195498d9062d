"""Programs of a partner that may ask for access tokens: their keys, pinned here, and what each may do at most."""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from gateway.directory.known import Known
from gateway.directory.party import Client, Party
from gateway.domain.problem import Problem
from gateway.fhir import json
from gateway.mapping.typed import Document, Key

ALGORITHMS: Mapping[tuple[str, str], str] = {("EC", "P-256"): "ES256", ("EC", "P-384"): "ES384", ("RSA", ""): "RS384"}
"""Type and curve of a key -> the one algorithm it is used with (SMART App Launch 2.2, ch. 5: RS384, ES384)."""
PRIVATE = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
"""Members of a JWK that only its owner may know (RFC 7518, 6)."""
MODULUS = 342
"""Characters of the modulus of an RSA key of 2048 bits."""
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,127}")
SCOPE = re.compile(r"system/([A-Z][A-Za-z]*|\*)\.(c?r?u?d?s?|read|write|\*)")
TYPE = re.compile(r"system/([A-Z][A-Za-z]*|\*)\.(?!$)")


def algorithm(key: Mapping[str, Any]) -> str:
    """The algorithm of a key; empty where it is of no kind that is taken."""
    found = ALGORITHMS.get((str(key.get("kty")), str(key.get("crv", ""))), "")
    weak = found == "RS384" and len(str(key.get("n", ""))) < MODULUS
    said = key.get("alg", found)
    return found if said == found and not weak and key.get("use", "sig") == "sig" else ""


def keys(client: Client) -> list[dict[str, Any]]:
    """The keys of a client as they are now; none where their file cannot be read."""
    held: Any = client.jwks
    if isinstance(held, str):
        try:
            held, problems = json.loads(Path(held).read_bytes())
        except OSError:
            return []
        held = {} if problems else held
    listed = held.get("keys") if isinstance(held, Mapping) else None
    return [key for key in listed if isinstance(key, dict)] if isinstance(listed, list | tuple) else []


def find(parties: Sequence[Party], name: str) -> tuple[Party, Client] | None:
    """The client of a name, and whose it is."""
    wanted = hashlib.sha256(name.encode("utf-8", "replace")).digest()
    found = ((party, one) for party in parties for one in party.clients)
    return next(((p, c) for p, c in found if hashlib.sha256(c.id.encode()).digest() == wanted), None)


# --- what is wrong with them -----------------------------------------------------------------------------------------


def clients(party: Party, document: Document, _: Known) -> Iterator[Problem]:
    """Names, scopes and keys that can be used."""
    for number, one in enumerate(party.clients):
        path: tuple[Key, ...] = ("clients", number)
        if not NAME.fullmatch(one.id):
            repair = "use letters, digits and . _ : / -, at most 128"
            yield document.finding("directory.client", (*path, "id"), "this is no name for a client", repair)
        if any(other.id == one.id for other in party.clients[:number]):
            sentence = "another client has this name"
            yield document.finding("directory.client-twice", (*path, "id"), sentence, "give each its own")
        for at, scope in enumerate(one.scopes):
            if not (SCOPE.fullmatch(scope) and TYPE.match(scope)):
                repair = "write `system/Task.rus`: of c r u d s, in this order; or `.read`, `.write`, `.*`"
                yield document.finding("directory.scope", (*path, "scopes", at), "this is no scope", repair)
        yield from _keys(one, document, path)


def _keys(client: Client, document: Document, path: tuple[Key, ...]) -> Iterator[Problem]:
    found = keys(client)
    at = (*path, "jwks")
    if not found:
        repair = "write `jwks: {keys: [...]}`, or the name of a file that holds it, starting from gateway.yaml"
        yield document.finding("directory.jwks", at, "there are no keys", repair)
    for key in found:
        if PRIVATE & key.keys():
            repair = "make a new pair, and put only the public half here"
            yield document.finding("directory.jwks.private", at, "a private key stands here; it is none now", repair)
        if not algorithm(key):
            repair = "use a key for ES384 (P-384), ES256 (P-256), or RS384 (RSA from 2048 bits)"
            yield document.finding("directory.jwks.key", at, "a key of this kind is not taken", repair)
        if not isinstance(key.get("kid"), str) or not key["kid"]:
            sentence, repair = "a key has no `kid`", "give each key one; a token names it in its head"
            yield document.finding("directory.jwks.kid", at, sentence, repair)
