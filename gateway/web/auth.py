"""Who is calling: a bearer token (RFC 6750) or a client certificate, looked at before any body is read."""

import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from starlette.requests import Request

from gateway.directory.parties import Directory, Party, Sends
from gateway.domain.ledger import Audit
from gateway.domain.problem import Problem
from gateway.web.doors import Doors, Roads
from gateway.web.limit import Limit, Quiet, whence
from gateway.web.refusal import RefusedError

LOG = logging.getLogger("gateway.web")
EXTENSION = "kuemmerer.certificate"
"""Where the server leaves the fingerprint of the client certificate, in the `extensions` of an ASGI scope."""
NETWORKS = 1024
"""Of which it is known when they were last refused."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a caller shows: a token in plain text, a certificate as `sha256:` and 64 hex digits; empty where none."""

    token: str = ""
    certificate: str = ""


@dataclass(frozen=True, slots=True)
class Caller:
    """An authenticated partner, and the HTTP roads these credentials open."""

    party: Party
    roads: tuple[Sends, ...]


def shown(headers: Mapping[str, str], certificate: str) -> Credentials:
    """The credentials of a request; anything but one bearer token counts as none."""
    scheme, _, token = headers.get("authorization", "").partition(" ")
    return Credentials(token.strip() if scheme.lower() == "bearer" else "", certificate)


def roads_of(directory: Callable[[], Directory]) -> Roads:
    """The `Doors.roads` over the directory as it is at the moment of each call."""

    def roads(partner: str, token: str, certificate: str) -> list[tuple[Party, Sends]]:
        known = directory()
        asked = [partner] if partner else [party.id for party in known.parties]
        return [found for name in asked for found in known.http_roads(name, token, certificate)]

    return roads


def authenticate(partner: str, credentials: Credentials, roads: Roads) -> Caller | None:
    """Who is calling, as far as the credentials prove it; an empty partner stands for any."""
    found = roads(partner, credentials.token, credentials.certificate) if any_of(credentials) else ()
    if not found:
        return None
    party = found[0][0]
    return Caller(party, tuple(road for other, road in found if other.id == party.id))


def any_of(credentials: Credentials) -> bool:
    """Whether anything was shown at all."""
    return bool(credentials.token or credentials.certificate)


def credentials_of(request: Request) -> Credentials:
    """The credentials of a request and its connection."""
    return shown(request.headers, request.scope.get("extensions", {}).get(EXTENSION, ""))


class Alarm:
    """Refusals in the audit: the first of a network at once, what follows within a minute as a number."""

    def __init__(self, doors: Doors, limit: Limit | None = None) -> None:
        self.doors, self.limit = doors, limit or Limit()
        self.quiet = Quiet(NETWORKS)

    def turned_away(self, address: str, partner: str = "") -> RefusedError:
        """The refusal of wrong credentials, noted and counted: 401 without a hint, 429 for whoever goes on guessing."""
        self.ring(address, partner)
        wait = self.limit.wrong(whence(address)).wait
        if wait:
            problem = Problem("http.rate", "Authorization", "too many tries", f"wait {wait} seconds")
            return RefusedError(429, problem, headers={"retry-after": str(wait)})
        return RefusedError(401, unknown(), headers={"www-authenticate": 'Bearer realm="kuemmerer-gateway"'})

    def ring(self, address: str, partner: str) -> None:
        """Note a refusal, unless one of this network was noted a moment ago."""
        self.doors.refused("credentials")
        now = self.doors.now()
        more = self.quiet.more(whence(address), now.timestamp())
        if more is None:
            return
        known = partner if re.fullmatch(r"[a-z0-9][a-z0-9-]{0,63}", partner) else "?"
        detail = f"http, from {address}" + (f", {more} more before" if more else "")
        LOG.warning("http.refused", extra={"address": address, "reason": "credentials", "more": more})
        self.doors.audit(Audit(now, "unknown", "authenticate", f"partner {known}", "refused", detail))


def guard(doors: Doors) -> Callable[[Request], Awaitable[Caller]]:
    """The dependency of every route that is not public: the caller, or 401 without a hint, 429 for who hammers."""
    alarm = Alarm(doors)

    async def caller(request: Request) -> Caller:
        partner = str(request.path_params.get("partner", ""))
        found = authenticate(partner, credentials_of(request), doors.roads)
        if found is None:
            raise alarm.turned_away(request.client.host if request.client else "", partner)
        return found

    return caller


def unknown() -> Problem:
    """The one answer to every caller who is not known."""
    repair = "send `Authorization: Bearer` with the token agreed, or connect with the client certificate agreed"
    return Problem("http.credentials", "Authorization", "the credentials are not those of a known partner", repair)
