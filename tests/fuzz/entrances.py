"""All entrances by name: how they are opened, and the inputs to begin with."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from typing import Any, NamedTuple

from tests.fuzz import calls, corpus, reading, sockets

Target = Callable[[bytes], None]


class Entrance(NamedTuple):
    """An entrance; `guided`: an engine that sees the code covered may look for inputs by itself."""

    opened: Callable[[], AbstractContextManager[Target]]
    seeds: Callable[[], list[bytes]]
    guided: bool = False


def framed() -> list[bytes]:
    """Messages in their frames."""
    return [b"\x0b" + data + b"\x1c\r" for data in corpus.hl7() if len(data) < 4_000]


def of(opened: Any, seeds: Callable[[], list[bytes]], *, guided: bool = True) -> Entrance:
    """An entrance without a socket."""
    return Entrance(opened, seeds, guided)


ENTRANCES: dict[str, Entrance] = {
    "frames": of(reading.frames, framed),
    "hl7v2": of(reading.hl7, corpus.hl7),
    "delimited": of(reading.lists, corpus.lists),
    "evp": of(reading.plans, corpus.plans),
    "fhir-json": of(reading.documents, corpus.fhir),
    "fhir-xml": of(reading.markup, corpus.xml),
    "json-patch": of(reading.patches, lambda: reading.PATCHES),
    "partner.yaml": of(reading.partners, corpus.partners),
    "policy.yaml": of(reading.rules, corpus.policies),
    "gateway.yaml": of(reading.options, corpus.settings),
    "map.yaml": of(reading.maps, corpus.maps),
    "line-hl7v2": of(partial(reading.line, "hl7"), partial(reading.said, "hl7"), guided=False),
    "line-list": of(partial(reading.line, "list"), partial(reading.said, "list"), guided=False),
    "line-fhir": of(partial(reading.line, "fhir"), partial(reading.said, "fhir"), guided=False),
    "mllp": of(sockets.mllp, framed, guided=False),
    "http-intake": of(sockets.intake, calls.intake, guided=False),
    "http-fhir": of(sockets.fhir, calls.fhir, guided=False),
    "http-smart": of(sockets.tokens, calls.tokens, guided=False),
    "http-link": of(sockets.link, calls.link, guided=False),
    "http-staff": of(sockets.staff, calls.staff, guided=False),
    "folder": of(sockets.folder, lambda: sockets.FOLDER, guided=False),
}
