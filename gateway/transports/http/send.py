"""One attempt to deliver by HTTP: POST or PUT with the delivery's key, to exactly the configured address."""

import http.client
import io
import logging
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import requests
import urllib3

from gateway import __version__
from gateway.domain.road import Parcel, Sent
from gateway.transports.http import verdict
from gateway.transports.http.session import Name, limited, session

LOG = logging.getLogger("gateway.transports.http")
REPLY = 64 * 1024
"""Bytes of an answer that are kept as evidence; no more are read."""
PIECE = 8192
CONNECT = 10.0
MARGIN = 5.0
"""Seconds added to `timeout` for the whole exchange, connecting included."""
METHODS = frozenset({"POST", "PUT"})
FIELD = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
FRAMING = frozenset({"host", "content-length", "transfer-encoding", "connection", "expect", "te", "trailer", "upgrade"})
"""Fields that say where a message goes and where it ends (RFC 9112, 6); no configuration may touch them."""
FAULTS = (OSError, ValueError, urllib3.exceptions.HTTPError, http.client.HTTPException)
"""requests' own exceptions are OSErrors."""


class Body(io.BytesIO):
    """Bytes that know whether anybody began to send them; with nothing of it sent, the receiver cannot have it."""

    begun = False

    def read(self, size: int | None = -1, /) -> bytes:
        """Some of them."""
        self.begun = True
        return super().read(size)


def send(parcel: Parcel) -> Sent:
    """One attempt; see `Sent` for what may become of it. Never raises for what the receiver or the network does.

    With `pin` in its address, it goes to that IP address, under the name and certificate of its `url`.
    """
    wrong = misaddressed(parcel)
    if wrong:
        return Sent("refused", "E0", "address", wrong)
    address = parcel.address
    parts = urlsplit(str(address["url"]))
    pin = text(address, "pin")
    origin = f"{parts.scheme}://{parts.netloc} {pin}"
    name = (origin, text(address, "ca"), text(address, "certificate"), text(address, "key"))
    body = Body(parcel.data)
    with limited(patience(address) + MARGIN, name) as exchange:
        exchange.pin = pin
        try:
            sent = exchanged(parcel, body, name)
        except FAULTS as fault:
            sent = verdict.of_fault(fault, begun=body.begun, late=exchange.late)
    LOG.info("sent", extra={"partner": parcel.partner, "key": parcel.key, "code": sent.code, "outcome": sent.outcome})
    return sent


def exchanged(parcel: Parcel, body: Body, name: Name) -> Sent:
    """Request and answer; raises where no answer came."""
    wait = patience(parcel.address)
    _, ca, certificate, key = name
    answer = session(name).request(
        text(parcel.address, "method") or "POST",
        str(parcel.address["url"]),
        data=body if parcel.data else b"",
        headers=headers(parcel),
        timeout=(min(wait, CONNECT), wait),
        allow_redirects=False,
        stream=True,
        verify=ca or True,
        cert=(certificate, key) if certificate and key else certificate or None,
    )
    try:
        reply = taken(answer)
    finally:
        answer.close()
    return verdict.of_answer(answer.status_code, answer.headers, reply, parcel.data)


def taken(answer: requests.Response) -> bytes:
    """The first bytes of an answer's body; the status counts even if the rest never comes."""
    pieces: list[bytes] = []
    size = 0
    try:
        while size < REPLY and (piece := answer.raw.read(min(PIECE, REPLY - size), decode_content=False)):
            pieces.append(piece)
            size += len(piece)
    except FAULTS:
        pass
    return b"".join(pieces)


def headers(parcel: Parcel) -> dict[str, str]:
    """What partner.yaml says, and over it what nobody may change."""
    secret = text(parcel.address, "secret")
    return {
        "Accept": "application/fhir+json, application/json;q=0.9, */*;q=0.1",
        **parcel.headers,
        **{str(name): str(value) for name, value in (parcel.address.get("headers") or {}).items()},
        **({"Authorization": f"Bearer {secret}"} if secret else {}),
        "User-Agent": f"kuemmerer-gateway/{__version__}",
        "Accept-Encoding": "identity",
        "Content-Type": parcel.media_type,
        "Idempotency-Key": parcel.key,
    }


def misaddressed(parcel: Parcel) -> str:
    """Why the address of a parcel cannot be used at all; empty if it can."""
    try:
        parts = urlsplit(text(parcel.address, "url"))
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        usable = False
    if not usable or "@" in parts.netloc:
        return "the configured url is no http(s) address without user name"
    if (text(parcel.address, "method") or "POST") not in METHODS:
        return "the configured method is neither POST nor PUT"
    fields = headers(parcel)
    if not all(FIELD.fullmatch(name) and value.isprintable() and value.isascii() for name, value in fields.items()):
        return "a header to send is no header (RFC 9110, 5)"
    if any(name.lower() in FRAMING for name in fields):
        return "a configured header belongs to the protocol itself"
    return ""


def text(address: Mapping[str, Any], name: str) -> str:
    """A setting as text, empty where it is not there."""
    return str(address.get(name) or "")


def patience(address: Mapping[str, Any]) -> float:
    """Seconds to wait for an answer."""
    said = address.get("timeout")
    return float(said) if isinstance(said, int | float) and said > 0 else 30.0
