"""What the sections of gateway.yaml are made of; each section beside `model.py` has a file of its own."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated
from urllib.parse import SplitResult, urlsplit

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from gateway.domain.problem import Problem
from gateway.mapping.typed import one_or_more

if TYPE_CHECKING:
    from gateway.mapping.typed import Document, Key

LISTEN = re.compile(r"(?P<host>\[[0-9A-Fa-f:.%]+\]|[A-Za-z0-9.-]+):(?P<port>\d{1,5})")
LOOPBACK = re.compile(r"127\.\d+\.\d+\.\d+|\[?::1\]?|localhost")
HOST = re.compile(r"(?=.{1,253}$)[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*")
FINGERPRINT = re.compile(r"sha256:([0-9a-fA-F]{64}|([0-9a-fA-F]{2}:){31}[0-9a-fA-F]{2})")
Positive = Annotated[float, Field(gt=0)]


def split(address: str) -> SplitResult:
    """The parts of an address (RFC 3986); all are empty where it is none."""
    try:
        return urlsplit(address)
    except ValueError:
        return urlsplit("")


def safe(address: str) -> bool:
    """Whether what travels to an address can be read by nobody on the way: by https, or not beyond this machine."""
    url = split(address)
    return url.scheme == "https" or (url.scheme == "http" and bool(LOOPBACK.fullmatch(url.hostname or "")))


class Section(BaseModel):
    """A part of gateway.yaml: nothing unknown in it, nothing changes it."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Tls(Section):
    """The server side of TLS."""

    certificate: str = Field(description="File with the certificate and those between it and the root (PEM).")
    key: str = Field(description="File with its private key (PEM).")
    client_ca: str = Field(
        default="", description="File with the authorities whose client certificates are asked for; empty: none are."
    )
    revoked: Annotated[tuple[str, ...], BeforeValidator(one_or_more)] = Field(
        default=(),
        description="Client certificates that count no more, whoever signed them, each as `sha256:` and 64 hex digits.",
    )

    @property
    def files(self) -> dict[str, str]:
        """The files that are named, by their key."""
        named = {"certificate": self.certificate, "key": self.key, "client_ca": self.client_ca}
        return {word: file for word, file in named.items() if file}


class Door(Section):
    """An address that is listened on."""

    listen: str = Field(description="Address and port: `127.0.0.1:2575`, `[::]:2575`; port 0: any free one.")
    tls: Tls | None = Field(default=None, description="TLS; left out: none, for loopback and closed networks only.")

    @property
    def address(self) -> tuple[str, int]:
        """Host and port."""
        host, _, port = self.listen.rpartition(":")
        return host.strip("[]"), int(port)


class Pages(Door):
    """An address with pages for people; none where nothing is listened on."""

    base: str = Field(default="", description="Address under which people reach it; left out: as it listens.")

    def reached(self, port: int = 0) -> str:
        """Where people find the pages, empty where there are none; `port`: the one listened on, where it was free."""
        host, _, said = self.listen.rpartition(":")
        scheme = "https" if self.tls else "http"
        return self.base or (f"{scheme}://{host}:{port or said}/" if self.listen else "")


def revoked(tls: Tls | None, document: "Document", at: "tuple[Key, ...]") -> Iterator[Problem]:
    """Certificates that count no more are named so that they can be found."""
    for number, text in enumerate(tls.revoked if tls else ()):
        if not FINGERPRINT.fullmatch(text):
            repair = "write `sha256:` and what `openssl x509 -in FILE -noout -fingerprint -sha256` says"
            path = (*at, "tls", "revoked", number)
            yield document.finding("settings.revoked", path, "a certificate is named by its SHA-256", repair)
