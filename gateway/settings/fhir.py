"""The FHIR interface: where it is, who gets in, and that nobody else can."""

from collections.abc import Iterator
from ipaddress import ip_network
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BeforeValidator, Field

from gateway.domain.problem import Problem
from gateway.mapping.typed import one_or_more
from gateway.settings.section import HOST, LISTEN, LOOPBACK, Door, split

if TYPE_CHECKING:
    from gateway.mapping.typed import Document
    from gateway.settings.model import Settings


class Fhir(Door):
    """The FHIR interface; it has an address of its own, on this machine unless TLS and access tokens guard it."""

    listen: str = Field(
        default="127.0.0.1:8081",
        description="Address and port; port 0: any free one; empty: it is off. Beyond this machine only with `tls`, "
        "`access: smart` and `base`.",
    )
    base: str = Field(
        default="",
        description="Address under which its callers reach it, ending in `/`; left out: as each caller names it.",
    )
    subscribers: Annotated[tuple[str, ...], BeforeValidator(one_or_more)] = Field(
        default=("127.0.0.0/8", "::1/128"),
        description="Networks (`10.1.0.0/16`) and hosts that subscribers may name beside public https addresses.",
    )

    access: Literal["open", "smart"] = Field(
        default="open",
        description="`smart`: access tokens only (SMART Backend Services), and a partner sees what is its own. `open`: "
        "the token of any http road, and everybody sees all.",
    )
    desk: bool = Field(
        default=False, description="With `smart`: whether a caller on this machine without a token is the desk."
    )

    @property
    def reached(self) -> str:
        """Where it is, as callers write it."""
        return self.base or f"{'https' if self.tls else 'http'}://{self.listen}/fhir/"


def interface(settings: "Settings", document: "Document") -> Iterator[Problem]:
    """The address of the FHIR interface: off, on this machine, or guarded; and nobody else's."""
    fhir, at = settings.fhir, ("fhir", "listen")
    if not fhir.listen:
        return
    match = LISTEN.fullmatch(fhir.listen)
    if match is None or int(match["port"]) > 65535:
        repair = 'write `127.0.0.1:8081`, or `""` to switch it off'
        yield document.finding("settings.listen", at, "this is no address with a port", repair)
    elif not LOOPBACK.fullmatch(match["host"]) and (lacks := unguarded(fhir)):
        sentence = f"others can reach this address; that takes {', '.join(lacks)} too"
        repair = f"add {', '.join(lacks)}, or write `127.0.0.1:8081`"
        yield document.finding("settings.fhir.open", at, sentence, repair)
    elif match["port"] != "0" and fhir.listen in taken(settings):
        sentence = "the gateway listens there already"
        yield document.finding("settings.listen-twice", at, sentence, "give each its own port")
    named = LOOPBACK.fullmatch(split(fhir.base).hostname or "localhost")
    if fhir.desk and fhir.access == "smart" and not named:
        sentence = "whoever comes by the address of `base` comes from this machine, and is the desk without a token"
        yield document.finding("settings.fhir.desk", ("fhir", "desk"), sentence, "drop `desk: true`, or `base`")


def unguarded(fhir: Fhir) -> list[str]:
    """What an address that others can reach lacks: nobody reads on the way, everybody has a token, and its name."""
    needs = {"`tls:`": fhir.tls is None, "`access: smart`": fhir.access != "smart", "`base:`": not fhir.base}
    return [word for word, missing in needs.items() if missing]


def taken(settings: "Settings") -> set[str]:
    """Where the gateway listens besides."""
    return {settings.http.listen, settings.link.listen, settings.staff.listen, *(d.listen for d in settings.mllp)}


def subscribers(settings: "Settings", document: "Document") -> Iterator[Problem]:
    """Networks, addresses and names of hosts."""
    for place, entry in enumerate(settings.fhir.subscribers):
        try:
            ip_network(entry, strict=False)
        except ValueError:
            if not HOST.fullmatch(entry) or entry.replace(".", "").isdigit():
                repair = "write a network (`10.1.0.0/16`), an address, or the name of a host"
                at = ("fhir", "subscribers", place)
                yield document.finding("settings.subscribers", at, "this is neither a network nor a host", repair)
