"""The roads by which sources refer, take back and hear: HL7 v2 with reports or answers, FHIR, lists."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gateway.domain.message import Message
from tests.pipeline.line.world import HTTP, ROADS, Resource, World, answer, back, bundle, discharge, url

EXAMPLES = Path(__file__).resolve().parents[3] / "mappings"
REFERRAL = (EXAMPLES / "hl7v2-de/examples/08-referral-request.in.hl7").read_bytes()
TABLE = (EXAMPLES / "ueberleitungsantrag/examples/01-two-applications.in.csv").read_bytes()
ROADS.setdefault("ueberleitungsantrag", "folder")
NEWS = [{"road": "folder", "format": "rueckmeldung-liste", "path": "out"}]


def plain(world: World) -> None:
    """The hospital as it is: discharges by ADT, news as documents."""


def answering(world: World) -> None:
    world.change("senneklinik", answers={"as": "RRI^I12"})


def speaking_fhir(world: World) -> None:
    world.change("senneklinik", sends=[], receives=[HTTP], answers={"as": "Task"})


def with_lists(world: World) -> None:
    world.change("senneklinik", sends=[], receives=NEWS, answers={"as": "list"})


def ref(key: str, event: str = "I12", rf1: str = "P^Pending^HL70283") -> bytes:
    """REF about the referral of the example, of a person who lives in Senne."""
    said = {b"SK-0008": key.encode(), b"REF^I12^REF_I12": f"REF^{event}^REF_I12".encode(), b"33602": b"33659"}
    data = REFERRAL.replace(b"P^Pending^HL70283", rf1.encode())
    for old, new in said.items():
        data = data.replace(old, new)
    return data


def request(status: str = "active", person: Resource | None = None) -> Resource:
    """A referral as a FHIR source sends it."""
    patient = {
        "resourceType": "Patient", "id": "person", "gender": "female", "birthDate": "1938-09-03",
        "identifier": [{"system": "https://klinik.example/pid", "value": "471188"}],
        "name": [{"family": "Grünewälder", "given": ["Käthe"]}],
        "address": [{"line": ["Föhrenweg 7"], "city": "Bielefeld", "postalCode": "33659"}], **(person or {}),
    }  # fmt: skip
    asked = {
        "resourceType": "ServiceRequest", "id": "request", "status": status, "intent": "order",
        "identifier": [{"system": "https://klinik.example/auftrag", "value": "RF-1"}],
        "code": {"text": "Hilfe zu Hause"}, "subject": {"reference": url("person")},
    }  # fmt: skip
    return bundle(patient, asked)


def by_task(world: World) -> Message:
    said = answer(world.case(), "cancelled", "withdrawn-by-requester", "Entlassung nach Hause")
    return world.sends("senneklinik", said, format="fhir")


def by_row(world: World) -> Message:
    """The source's row of its list of news comes back as taken back; before there was news it writes the number."""
    head = "Vorgang;Kennung des Absenders;Stand;Näheres;Grund;Ergebnis;Wer;Wann;Rückruf"
    row = dict(zip(head.split(";"), [world.case()["id"], *[""] * 8], strict=True))
    data = back([row], Stand="zurückgezogen", Grund="Entlassung nach Hause")
    return world.sends("senneklinik", data, format="rueckmeldung-liste")


@dataclass(frozen=True)
class Road:
    """How a source refers and takes it back, and what it hears."""

    name: str
    as_it_is: Callable[[World], None]
    refer: Callable[[World], Message]
    withdraw: Callable[[World], Message]

    def __str__(self) -> str:
        return self.name

    def world(self) -> World:
        """A world in which the source has referred."""
        made = World()
        self.as_it_is(made)
        self.refer(made)
        return made


def referred(world: World) -> Message:
    return world.sends("senneklinik", request(), format="fhir")


def listed(world: World) -> Message:
    return world.sends("senneklinik", b"\n".join(TABLE.split(b"\n")[:2]) + b"\n", format="ueberleitungsantrag")


DISCHARGE = Road("adt", plain, World.referred, lambda w: w.sends("senneklinik", discharge("SK-2", event="A13")))
ORDER = Road(
    "ref", answering, lambda w: w.sends("senneklinik", ref("R-1")),
    lambda w: w.sends("senneklinik", ref("R-2", "I14", "E^Expired^HL70283")),
)  # fmt: skip
FHIR = Road(
    "fhir", speaking_fhir, referred, lambda w: w.sends("senneklinik", request("revoked"), format="fhir"),
)  # fmt: skip
FHIR_TASK = Road("fhir-task", speaking_fhir, referred, by_task)
LIST = Road("list", with_lists, listed, by_row)
ALL = (DISCHARGE, ORDER, FHIR, FHIR_TASK, LIST)
OF_EACH_FORMAT = (DISCHARGE, ORDER, FHIR, LIST)


def site(world: World) -> str:
    """The site that has the case."""
    name: str = world.case()["owner"]["reference"].partition("/")[2]
    return name


def site_says(world: World, status: str, business: str = "", reason: str = "") -> Message:
    return world.sends(site(world), answer(world.case(), status, business, reason))


def heard(world: World) -> str:
    """What the source was sent last, as text."""
    return world.outbox("senneklinik")[-1].data.decode("utf-8-sig")


def kinds(world: World, kind: str) -> list[Resource]:
    """The Tasks of a code: abort, decision ..."""
    return [task for task in world.all("Task") if task["code"]["coding"][0]["code"] == kind]


def as_it_stands(world: World) -> tuple[Any, ...]:
    """All Tasks with their versions, and all that was sent."""
    tasks = sorted((t["id"], len(world.store.history("Task", t["id"]))) for t in world.all("Task"))
    return tasks, [delivery.id for delivery in world.outbox()]
