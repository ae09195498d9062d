"""TLS and mutual TLS of MLLP connections, on both sides."""

import hashlib
import ssl
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Tls:
    """Files in PEM: our certificate and key; with `client_ca` peers must show a certificate of that authority.

    `revoked`: certificates that count no more all the same, as `sha256:` and hex digits.
    """

    certificate: str
    key: str
    client_ca: str = ""
    revoked: tuple[str, ...] = ()


class RevokedError(ssl.SSLCertVerificationError):
    """The certificate shown is one that counts no more."""

    reason = "CERTIFICATE_REVOKED"
    verify_message = "certificate revoked"


def plain(named: str) -> str:
    """A fingerprint as it is compared: 64 small hex digits."""
    return named.strip().lower().removeprefix("sha256:").replace(":", "")


def careful(revoked: Collection[str]) -> type[ssl.SSLObject]:
    """The class of a context's connections that ends the handshake of a revoked certificate."""
    gone = frozenset(map(plain, revoked))

    class Careful(ssl.SSLObject):
        def do_handshake(self) -> None:
            super().do_handshake()
            if fingerprint(self) in gone:
                raise RevokedError("certificate revoked")

    return Careful


def server_context(tls: Tls) -> ssl.SSLContext:
    """For `serve`; raises OSError or ssl.SSLError if a file cannot be used."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(tls.certificate, tls.key)
    if tls.client_ca:
        context.load_verify_locations(tls.client_ca)
        context.verify_mode = ssl.CERT_REQUIRED
    context.sslobject_class = careful(tls.revoked)
    return context


def client_context(tls: Mapping[str, Any]) -> ssl.SSLContext:
    """For a receiver's `tls`: `ca` (else the system's), our `certificate` and `key` if it asks for one."""
    context = ssl.create_default_context(cafile=tls.get("ca") or None)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if tls.get("certificate"):
        context.load_cert_chain(tls["certificate"], tls.get("key") or None)
    return context


def fingerprint(connection: ssl.SSLObject | None) -> str:
    """SHA-256 of the peer's certificate, hex; empty where it showed none."""
    shown = connection.getpeercert(binary_form=True) if connection else None
    return hashlib.sha256(shown).hexdigest() if shown else ""


def reason(error: Exception) -> str:
    """Why a handshake failed, in the words of OpenSSL and without its internals."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return error.verify_message
    if isinstance(error, ssl.SSLError):
        return (error.reason or type(error).__name__).lower().replace("_", " ")
    return "no handshake in time" if isinstance(error, TimeoutError) else type(error).__name__
