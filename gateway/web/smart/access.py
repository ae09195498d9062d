"""The token endpoint (RFC 6749, 4.4; RFC 7523, 2.2): who proves who it is gets a token for five minutes."""

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple
from urllib.parse import parse_qsl

from gateway.directory.parties import Directory
from gateway.domain.ledger import Audit, Change, Note
from gateway.store.port import ConflictError
from gateway.web.limit import Limit, whence
from gateway.web.smart.assertion import Proof, proven
from gateway.web.smart.scopes import granted, scopes
from gateway.web.smart.tokens import LIFE, Grant, Tokens

LOG = logging.getLogger("gateway.web.smart")
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
FORM = "application/x-www-form-urlencoded"
Reply = tuple[int, Mapping[str, object], Mapping[str, str]]
"""Status, body in JSON, headers (RFC 6749, 5)."""


class Peer(NamedTuple):
    """Where a request comes from: an address, and the client certificate of its connection, empty for none."""

    address: str
    certificate: str = ""


def nobody(_: Grant) -> bool:
    """Nobody sits there."""
    return False


@dataclass
class Access:
    """What the interface knows of clients and tokens.

    directory  who the partners and their clients are at the moment
    commit     writes changes and waits; raises as a store does
    desk       whether a caller without a token is the desk of the gateway
    sits       whether the person of a token still sits at the pages of staff
    """

    directory: Callable[[], Directory]
    commit: Callable[[Sequence[Change]], object]
    now: Callable[[], datetime]
    desk: bool = False
    sits: Callable[[Grant], bool] = nobody
    tokens: Tokens = field(default_factory=lambda: Tokens(time.monotonic))
    limit: Limit = field(default_factory=Limit)

    def grant(self, data: bytes, content_type: str, audience: str, peer: Peer) -> Reply:
        """The answer to a request for a token; 401 says only that it is refused, the audit says why."""
        form = asked(data, content_type)
        if form is None:
            return self.refuse(400, "invalid_request", "form", peer.address)
        if form.get("grant_type") != "client_credentials":
            return self.refuse(400, "unsupported_grant_type", "grant", peer.address)
        if form.get("client_assertion_type") != ASSERTION or not form.get("scope"):
            return self.refuse(400, "invalid_request", "form", peer.address)
        proof = proven(form.get("client_assertion", ""), audience, self.now(), self.directory().client)
        if isinstance(proof, str):
            return self.refuse(401, "invalid_client", proof, peer.address)
        return self.given(proof, form["scope"], peer)

    def given(self, proof: Proof, wished: str, peer: Peer) -> Reply:
        """A token for what is asked for and allowed; nothing is given unless the audit has it."""
        party, client = proof.party, proof.client
        found = granted(scopes(wished.split()), scopes(client.scopes))
        said = " ".join(map(str, found))
        about = f"partner {party.id}"
        detail = f"http, from {peer.address}, client {client.id}" + (f": {said}" if said else "")
        line = Audit(self.now(), party.id, "token", about, "given" if found else "refused", detail)
        try:
            self.commit([proof.spend, Note(line)])
        except ConflictError:
            return self.refuse(401, "invalid_client", f"used twice, client {client.id}", peer.address)
        if not found:
            return 400, {"error": "invalid_scope"}, {}
        token = self.tokens.issue(Grant(party.id, client.id, found, certificate=peer.certificate))
        body = {"access_token": token, "token_type": "bearer", "expires_in": LIFE, "scope": said}
        return 200, body, {}

    def refuse(self, status: int, word: str, why: str, address: str) -> Reply:
        """A refusal, counted and in the audit; why is for the audit only. 429 for whoever is wrong too often."""
        wait, first = self.limit.wrong(whence(address))
        if wait and not first:
            return throttled(wait)
        detail = f"http, from {address}: {'too many tries' if wait else why}"
        self.commit([Note(Audit(self.now(), "unknown", "token", "partner ?", "refused", detail))])
        LOG.warning("token.refused", extra={"address": address, "reason": why})
        return throttled(wait) if wait else (status, {"error": word}, {})

    def caller(self, token: str, certificate: str = "") -> Grant | None:
        """Whom a token stands for, while its client is the partner's still and shows the certificate it showed then."""
        grant = self.tokens.find(token)
        if grant and grant.role:
            return grant if self.sits(grant) else None
        if grant and grant.certificate and grant.certificate != certificate:
            return None
        found = self.directory().client(grant.client) if grant else None
        return grant if grant and found and found[0].id == grant.party else None


def throttled(wait: int) -> Reply:
    """Come again later (RFC 6585, 4)."""
    return 429, {"error": "temporarily_unavailable"}, {"retry-after": str(wait)}


def asked(data: bytes, content_type: str) -> dict[str, str] | None:
    """The form of a request; None where it is none, or says something twice (RFC 6749, 3.2)."""
    if content_type.partition(";")[0].strip().lower() != FORM:
        return None
    try:
        pairs = parse_qsl(data.decode("utf-8"), keep_blank_values=True, max_num_fields=20)
    except ValueError:
        return None
    form = dict(pairs)
    return form if len(form) == len(pairs) else None


def configuration(base: str) -> dict[str, object]:
    """What /.well-known/smart-configuration says (SMART App Launch 2.2, chapter 3.3)."""
    return {
        "token_endpoint": token_endpoint(base),
        "token_endpoint_auth_methods_supported": ["private_key_jwt"],
        "token_endpoint_auth_signing_alg_values_supported": ["ES384", "RS384", "ES256"],
        "grant_types_supported": ["client_credentials"],
        "tls_client_certificate_bound_access_tokens": True,
        "scopes_supported": ["system/*.cruds", "system/*.rs", "system/*.read", "system/*.write"],
        "capabilities": ["client-confidential-asymmetric", "permission-v1", "permission-v2"],
    }


def token_endpoint(base: str) -> str:
    """Where tokens are asked for; also what `aud` has to say."""
    return f"{base}auth/token"
