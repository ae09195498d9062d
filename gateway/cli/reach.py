"""Whether a partner's roads can be gone: what they need is there, the other side answers; no message is sent."""

import os
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from gateway.cli import certificates
from gateway.cli.checkup import Finding, certificate, until
from gateway.directory.party import Party, Receives, Sends
from gateway.domain.road import Parcel
from gateway.transports.mllp.encryption import client_context, reason

if TYPE_CHECKING:
    from gateway.mapping.compile import Direction
    from gateway.mapping.shelf import Shelf
    from gateway.settings import Secrets, Settings

PATIENCE = 10.0
"""Seconds to wait for the other side, at most."""
SHUT_OUT = (401, 403)


@dataclass(frozen=True, slots=True)
class Tester:
    """A deployment whose roads are tried."""

    settings: "Settings"
    shelf: "Shelf"
    secrets: "Secrets"

    def partner(self, party: Party) -> Iterator[Finding]:
        """All roads of a partner."""
        for road in party.sends:
            what = f"in  {road.road} {road.format}"
            yield read_with(what, road.format, "to_fhir", self.shelf)
            yield {"mllp": self.calls_in, "http": self.posts_in, "folder": folder_in}[road.road](what, road)
        for road_out in party.receives:
            what = f"out {road_out.road} {road_out.format}"
            yield read_with(what, road_out.format, "from_fhir", self.shelf)
            yield from self.secret(what, road_out)
            yield from encryption(what, road_out)
            yield from {"mllp": mllp_out, "http": self.http_out, "folder": folder_out}[road_out.road](what, road_out)
        if not (party.sends or party.receives):
            yield Finding("roads", "warn", "it has none", "add `sends:` or `receives:` to its partner.yaml")

    # --- in ----------------------------------------------------------------------------------------------------------

    def calls_in(self, what: str, road: Sends) -> Finding:
        """An MLLP road in: a port is open on which the partner can prove who it is."""
        doors = [door for door in self.settings.mllp if not road.certificate or (door.tls and door.tls.client_ca)]
        if not doors and road.certificate:
            repair = "add `tls: {certificate, key, client_ca}` to a port under `mllp:` of gateway.yaml"
            return Finding(what, "bad", "no port asks for the client certificate that is agreed", repair)
        if not doors:
            return Finding(what, "bad", "no MLLP port is opened", "add `mllp: [{listen: ...}]` to gateway.yaml")
        proofs = [f"from {', '.join(road.from_)}" if road.from_ else "", "by certificate" if road.certificate else ""]
        facility = f"MSH-4 {road.facility}" if road.facility else ""
        known = ", ".join(filter(None, (*proofs, facility)))
        return Finding(what, "ok", f"known {known}; on {', '.join(door.listen for door in doors)}")

    def posts_in(self, what: str, road: Sends) -> Finding:
        """An HTTP road in: a token or certificate is agreed, and the door can see it."""
        door = self.settings.http
        if road.certificate and not (door.tls and door.tls.client_ca):
            repair = "add `tls: {certificate, key, client_ca}` under `http:` of gateway.yaml"
            return Finding(what, "bad", "the door does not ask for the client certificate that is agreed", repair)
        proofs = [f"{len(road.token)} token" if road.token else "", "certificate" if road.certificate else ""]
        return Finding(what, "ok", f"known by {' and '.join(filter(None, proofs))}; on {door.listen}")

    # --- out ---------------------------------------------------------------------------------------------------------

    def secret(self, what: str, road: Receives) -> Iterator[Finding]:
        """The secret that the road names."""
        if road.secret and not self.secrets.get(road.secret):
            from gateway.settings.secrets import variable  # noqa: PLC0415 - only where it is missing

            repair = f"write it into the file `{road.secret}` of the folder `secrets:` names, or set "
            yield Finding(what, "bad", f"the secret `{road.secret}` is not there", repair + variable(road.secret))
        elif road.secret:
            yield Finding(what, "ok", f"the secret `{road.secret}` is there")

    def http_out(self, what: str, road: Receives) -> Iterator[Finding]:
        """An HTTP receiver: HEAD with the credentials of a delivery; any answer shows that it can be reached."""
        from gateway.transports.http import send  # noqa: PLC0415 - requests takes a while

        parcel = Parcel("test", "", b"", "application/octet-stream", road.address(self.secrets))
        if wrong := send.misaddressed(parcel):
            yield Finding(what, "bad", wrong, "mend the road in partner.yaml")
            return
        parts = urlsplit(road.url)
        if parts.scheme == "https":
            yield from shown_certificate(what, str(parts.hostname), parts.port or 443)
        yield head(what, parcel)


def read_with(what: str, name: str, direction: "Direction", shelf: "Shelf") -> Finding:
    """The format of a road: there, sound, and made for this direction."""
    form = shelf.get(name)
    if form is None:
        return Finding(what, "bad", f"the format `{name}` is not there or has errors", f"gateway check {name}")
    if not form.goes(direction):
        word = "read" if direction == "to_fhir" else "written"
        return Finding(what, "bad", f"the format `{name}` is not {word}", "agree another one in partner.yaml")
    if form.plan:
        form.ready(direction, "account")
    return Finding(what, "ok", f"the format `{name}` compiles")


def encryption(what: str, road: Receives) -> Iterator[Finding]:
    """The files of `tls:`: there, usable, and valid for a while."""
    if road.tls is None:
        return
    try:
        client_context(road.tls.model_dump())
    except (OSError, ValueError) as fault:
        repair = "see that ca, certificate and key are PEM files that the gateway may read and belong together"
        yield Finding(what, "bad", f"tls: cannot be used: {reason(fault)}", repair)
        return
    for file in filter(None, (road.tls.certificate, road.tls.ca)):
        yield certificate(what, Path(file))


def mllp_out(what: str, road: Receives) -> Iterator[Finding]:
    """An MLLP receiver: connected, and the handshake where TLS is agreed."""
    where, began = f"{road.host}:{road.port}", time.perf_counter()
    try:
        plain = socket.create_connection((road.host, road.port), min(road.timeout, PATIENCE))
    except (OSError, ValueError) as fault:
        repair = "is it running, is the address right, does a firewall let us through?"
        yield Finding(what, "bad", f"{where}: no connection, {type(fault).__name__}", repair)
        return
    with closing(plain):
        if road.tls is None:
            milliseconds = (time.perf_counter() - began) * 1000
            yield Finding(what, "ok", f"{where}: connected in {milliseconds:.0f} ms, without TLS")
        else:
            yield from handshake(what, plain, road)


def handshake(what: str, plain: socket.socket, road: Receives) -> Iterator[Finding]:
    """TLS over a connection; whether our certificate is taken, too."""
    from gateway.transports.http.session import heard  # noqa: PLC0415 - as above

    tls = road.tls.model_dump() if road.tls else {}
    try:
        with client_context(tls).wrap_socket(plain, server_hostname=road.host) as line:
            if line.version() == "TLSv1.3":
                heard(line)
            shown = line.getpeercert(binary_form=True)
            yield Finding(what, "ok", f"{road.host}:{road.port}: connected, {line.version()}")
    except (OSError, ValueError) as fault:
        repair = "compare `tls:` in partner.yaml with what the receiver shows and asks for"
        yield Finding(what, "bad", f"{road.host}:{road.port}: no TLS, {reason(fault)}", repair)
        return
    if shown:
        yield until(what, certificates.not_after(shown), "the receiver's certificate")


def shown_certificate(what: str, host: str, port: int) -> Iterator[Finding]:
    """How long the certificate of an HTTPS receiver holds; whether it is trusted the request itself shows."""
    try:
        end = certificates.earliest([ssl.get_server_certificate((host, port), timeout=PATIENCE)])
    except (OSError, ValueError):
        return
    if end:
        yield until(what, end, "the receiver's certificate")


def head(what: str, parcel: Parcel) -> Finding:
    """One request without a body (RFC 9110, 9.3.2)."""
    from gateway.transports.http import send, verdict  # noqa: PLC0415 - as above
    from gateway.transports.http.session import limited, session  # noqa: PLC0415 - as above

    address = parcel.address
    url, wait = str(address["url"]), min(send.patience(address), PATIENCE)
    ca, own, key = (send.text(address, word) for word in ("ca", "certificate", "key"))
    name = (urlsplit(url).netloc, ca, own, key)
    said = {field: value for field, value in send.headers(parcel).items() if field not in ONLY_WITH_A_BODY}
    asked: dict[str, Any] = {"timeout": (wait, wait), "allow_redirects": False, "stream": True, "verify": ca or True}
    with limited(wait + 1, name) as exchange:
        try:
            made = session(name)
            with made, made.head(url, headers=said, cert=(own, key) if own and key else own or None, **asked) as answer:
                return answered(what, answer.status_code)
        except send.FAULTS as fault:
            sent = verdict.of_fault(fault, begun=False, late=exchange.late)
            repair = "is it running, is the url right, is its certificate one that `tls: {ca: ...}` trusts?"
            return Finding(what, "bad", f"no answer: {sent.code}. {sent.detail}", repair)


ONLY_WITH_A_BODY = ("Content-Type", "Idempotency-Key")


def answered(what: str, status: int) -> Finding:
    """What an answer to HEAD says; receivers that only know POST say 404 or 405 to it."""
    said = f"it answers, HTTP {status}"
    if status in SHUT_OUT:
        return Finding(what, "warn", f"{said}: it does not take our credentials", "compare the secret with the partner")
    if 300 <= status < 400:
        return Finding(what, "warn", f"{said}: it points elsewhere, deliveries do not follow", "write the final url")
    if status >= 500 and status != 501:
        return Finding(what, "warn", f"{said}: it is not well at the moment", "ask the partner")
    return Finding(what, "ok", said)


# --- folders ---------------------------------------------------------------------------------------------------------


def folder_in(what: str, road: Sends) -> Finding:
    """A watched folder: read, and files moved out of it into its archive."""
    return folder(what, road.path, "watched", os.R_OK | os.W_OK | os.X_OK)


def folder_out(what: str, road: Receives) -> Iterator[Finding]:
    """A folder to write into."""
    yield folder(what, road.path, "written into", os.W_OK | os.X_OK)


def folder(what: str, path: str, word: str, rights: int) -> Finding:
    """A folder that is there, with the rights that are needed."""
    if not Path(path).is_dir():
        return Finding(what, "bad", f"{path} is not there", "make the folder, or mend `path:` in partner.yaml")
    if not os.access(path, rights):
        repair = "let the gateway's user read and write it"
        return Finding(what, "bad", f"{path} cannot be {word} by this user", repair)
    return Finding(what, "ok", f"{path} can be {word}")
