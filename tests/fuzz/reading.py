"""Entrances without a socket: what is read of bytes, files and messages, up to the end of the line."""

import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from gateway import wiring
from gateway.adapters.hl7v2.codec import Hl7v2Codec
from gateway.directory.load import load
from gateway.domain.message import Message
from gateway.domain.problem import Problem
from gateway.fhir import json, xml
from gateway.fhir.conform import check_resource
from gateway.mapping.shelf import Shelf
from gateway.pipeline.policies import load as policies
from gateway.pipeline.rest.patch import patched
from gateway.pipeline.translate import read, translate
from gateway.pipeline.validate import findings
from gateway.settings import examine
from gateway.transports.mllp.frame import HEAD, Framer
from tests.fuzz import corpus
from tests.fuzz.finding import Finding
from tests.pipeline.line.world import ELSEY, RAVENSBERG, SHELF, START, World, answer, measure

Target = Callable[[bytes], None]
MOST = 16 * 1024
LISTS = ("pflegedienst-liste", "rueckmeldung-liste")
LINE = {
    "hl7": ("senneklinik", "hl7v2-de"),
    "list": ("ravensberg", "pflegedienst-liste"),
    "fhir": ("stelle-senne", "fhir"),
}
EVER = 100
"""Messages after which the line gets a fresh world."""


@contextmanager
def frames() -> Iterator[Target]:
    """MLLP frames in pieces of several sizes; what is kept in memory has a bound."""

    def target(data: bytes) -> None:
        for size in (1, 7, len(data) or 1):
            framer = Framer(MOST)
            found = [one for at in range(0, len(data), size) for one in framer.feed(data[at : at + size])]
            found += framer.flush()
            if any(len(one.data) > MOST for one in found) or len(framer._buffer) > MOST + HEAD:
                raise Finding("a frame over the cap")

    yield target


@contextmanager
def hl7() -> Iterator[Target]:
    """HL7 v2: greeted, answered, decoded, written again, translated to FHIR."""
    codec = Hl7v2Codec()
    form = formed("hl7v2-de")

    def target(data: bytes) -> None:
        head = codec.greet(data, {})
        codec.answer(head, "AE", head.problems, START, "x")
        codec.encode(codec.decode(data, form.spec).trees, form.spec)
        translate(data, form, formed("fhir"))

    yield target


@contextmanager
def lists() -> Iterator[Target]:
    """Lists: to FHIR, and as another list."""

    def target(data: bytes) -> None:
        for name in LISTS:
            read(data, formed(name))
        translate(data, formed(LISTS[0]), formed("fhir"))

    yield target


@contextmanager
def plans() -> Iterator[Target]:
    """The electronic care plan: to FHIR and back."""

    def target(data: bytes) -> None:
        found = translate(data, formed("evp"), formed("fhir"))
        if found.data:
            translate(found.data, formed("fhir"), formed("evp"))

    yield target


def written(value: Any, problems: Sequence[Problem]) -> None:
    """A resource that could be read: checked, and written in both syntaxes."""
    if not problems and isinstance(value, dict):
        json.dumps(value)
        check_resource(value)
        xml.dumps(value)


@contextmanager
def documents() -> Iterator[Target]:
    """FHIR in JSON: read, checked, validated, written as JSON and XML, and as a list."""

    def target(data: bytes) -> None:
        value, problems = json.loads(data)
        written(value, problems)
        if not problems and isinstance(value, dict) and isinstance(value.get("resourceType"), str):
            findings(value)  # as $validate looks at the type before it looks further
        for name in ("fhir", "hl7v2-de", LISTS[0]):
            translate(data, formed("fhir"), formed(name))

    yield target


@contextmanager
def markup() -> Iterator[Target]:
    """FHIR in XML."""

    def target(data: bytes) -> None:
        written(*xml.loads(data))

    yield target


@contextmanager
def patches() -> Iterator[Target]:
    """JSON Patch."""
    resource = {"resourceType": "Task", "id": "1", "status": "requested", "note": [{"text": "a"}, {"text": "b"}]}

    def target(data: bytes) -> None:
        value, problems = json.loads(data)
        if not problems and isinstance(value, list):
            patched(resource, value)

    yield target


PATCHES = [
    b'[{"op":"replace","path":"/status","value":"accepted"},{"op":"test","path":"/note/0/text","value":"a"}]',
    b'[{"op":"add","path":"/note/-","value":{"text":"c"}},{"op":"move","from":"/note/0","path":"/note/1"}]',
    b'[{"op":"copy","from":"/note","path":"/x~1y~0"},{"op":"remove","path":"/note/1"}]',
]


@contextmanager
def files(name: str, use: Callable[[Path], object]) -> Iterator[Target]:
    """A file of an operator, read from a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        path = Path(folder, name)
        path.parent.mkdir(parents=True, exist_ok=True)

        def target(data: bytes) -> None:
            path.write_bytes(data)
            use(path)

        yield target


def partners() -> "object":
    """partner.yaml."""
    return files("partners/dienst/partner.yaml", lambda path: load([path.parents[2]], path.parents[2]))


def rules() -> "object":
    """A policy."""
    return files("standard.yaml", lambda path: policies.load(path, path.name))


def options() -> "object":
    """gateway.yaml."""
    return files("gateway.yaml", lambda path: examine(path, path.parent))


@contextmanager
def maps() -> Iterator[Target]:
    """A map of a format, parsed, checked against both models, compiled."""
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        for name in ("pflegedienst-liste", "fhir"):
            shutil.copytree(corpus.ROOT / "mappings" / name, Path(folder, name))
        shutil.copy(corpus.ROOT / "mappings" / "names.yaml", folder)
        path = Path(folder, "pflegedienst-liste", "person.map.yaml")

        def target(data: bytes) -> None:
            path.write_bytes(data)
            Shelf((Path(folder),), wiring.Codecs(), Path(folder)).get("pflegedienst-liste")

        yield target


@contextmanager
def line(kind: str) -> Iterator[Target]:
    """A message of one partner through all steps: it ends done or parked, and never by a fault of ours."""
    world, runs = stood(), 0

    def target(data: bytes) -> None:
        nonlocal world, runs
        world, runs = (stood(), 1) if runs >= EVER else (world, runs + 1)
        partner, form = LINE[kind]
        message = world.sends(partner, data, format=form)
        faults = [p for p in message.problems if p.code in {"line.fault", "encode.fault"}]
        if faults:
            raise Finding(f"{faults[0].code} at {faults[0].place}: {faults[0].sentence}")

    yield target


def stood() -> World:
    """A world in which much is under way."""
    world = World()
    world.planned(measure("A-1", ELSEY), measure("A-2", RAVENSBERG))
    return world


def said(kind: str) -> list[bytes]:
    """What a partner may send next: what others send, and what answers what is under way."""
    world = stood()
    listed = [d.data for d in world.outbox("ravensberg")]
    told = [json.dumps(answer(world.task("A-1"), status)) for status in ("accepted", "rejected", "completed")]
    told += [json.dumps(answer(world.case(), "completed")), *(d.data for d in world.outbox("stelle-senne"))]
    found = {"hl7": [*corpus.hl7(), entry(world)], "list": [*corpus.lists(), *listed], "fhir": [*told, *corpus.plans()]}
    return [data for data in found[kind] if len(data) <= corpus.LONGEST]


def entry(world: World) -> bytes:
    """The discharge that began the case."""
    return world.entry_of("senneklinik")


def formed(name: str):  # type: ignore[no-untyped-def] # noqa: ANN201 - a Format
    """A format that is there."""
    found = SHELF.get(name)
    if found is None:
        raise Finding(f"no format {name}")
    return found


def ended(message: Message) -> str:
    """How far a message came."""
    return message.stopped or "deliver"
