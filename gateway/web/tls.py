"""TLS of the front door: our certificate, the authorities of client certificates, and who failed the handshake."""

import hashlib
import logging
import ssl
from collections.abc import Callable, Collection
from typing import Any, Protocol

from gateway.transports.mllp.encryption import careful, reason

LOG = logging.getLogger("gateway.web")


class Files(Protocol):
    """The files of `tls:` in gateway.yaml; `client_ca` is empty where no client certificates are taken."""

    @property
    def certificate(self) -> Any:
        """Our certificate with its chain, PEM."""

    @property
    def key(self) -> Any:
        """Its private key, PEM."""

    @property
    def client_ca(self) -> Any:
        """Authorities (or single self-signed certificates) that client certificates must come from, PEM."""

    @property
    def revoked(self) -> Collection[str]:
        """Client certificates that count no more, as `sha256:` and hex digits."""


def context(files: Files, failed: Callable[[str], None], *, demanded: bool = False) -> ssl.SSLContext:
    """A server's context: TLS 1.2 and up; a client certificate that is shown must be good, and is `demanded` or not.

    `failed` hears the reason of every handshake that fails. Raises OSError (ssl.SSLError) where a file is not usable.
    """
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    made.load_cert_chain(str(files.certificate), str(files.key) if files.key else None)
    if files.client_ca:
        made.load_verify_locations(str(files.client_ca))
        made.verify_mode = ssl.CERT_REQUIRED if demanded else ssl.CERT_OPTIONAL
    made.sslobject_class = watched(failed, careful(files.revoked))
    return made


def watched(failed: Callable[[str], None], kind: type[ssl.SSLObject] = ssl.SSLObject) -> type[ssl.SSLObject]:
    """The class of a context's connections, which tells when a handshake fails; asyncio itself keeps silent."""

    class Watched(kind):  # type: ignore[valid-type, misc]  # made for a class that is handed in
        def do_handshake(self) -> None:
            try:
                super().do_handshake()
            except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
                raise
            except ssl.SSLError as fault:
                failed(reason(fault))
                raise

    return Watched


def fingerprint(connection: ssl.SSLObject | None) -> str:
    """The client certificate as `sha256:` and 64 hex digits, empty where none was shown."""
    certificate = connection.getpeercert(binary_form=True) if connection is not None else None
    return "sha256:" + hashlib.sha256(certificate).hexdigest() if certificate else ""
