"""A case in the store: a hospital asked, a site has it in hand, a care service carries out one measure."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from gateway.directory.parties import Directory, Party
from gateway.domain.ledger import Entry, Save
from gateway.domain.message import Message, Moved, Part
from gateway.domain.system import BUSINESS_STATUS, MEASURE, PARTNER, TASK, TRACKING
from gateway.domain.task import display
from gateway.mapping.shelf import Shelf
from gateway.pipeline.acknowledge import acknowledge
from gateway.pipeline.encode import Written, write
from gateway.pipeline.person.terms import own_numbers, remembered
from gateway.pipeline.rooms import Rooms
from gateway.pipeline.stored.terms import terms
from gateway.store.memory import MemoryStore
from gateway.wiring import Codecs, folders

ROOT = Path(__file__).resolve().parents[3]
SHELF = Shelf(folders(), Codecs())
NOW = datetime(2026, 3, 20, 10, 30, 5, tzinfo=UTC)
V2 = "http://terminology.hl7.org/CodeSystem/v2-0203"
ADMISSION = (ROOT / "mappings/hl7v2-de/examples/02-discharge-to-care-facility.in.hl7").read_bytes()

HOSPITAL: dict[str, Any] = {
    "partner": "senneklinik", "title": "Senneklinik Bielefeld", "kind": "hospital",
    "receives": [{"road": "mllp", "format": "hl7v2-de", "host": "127.0.0.1", "port": 1}],
    "answers": {"as": "MDM^T02"},
}  # fmt: skip
SITE: dict[str, Any] = {
    "partner": "kuemmererstelle-senne", "title": "Kümmererstelle Bielefeld-Senne", "kind": "site",
    "phone": "0521 5550100", "identifiers": {"ik": "260550199"},
    "receives": [{"road": "http", "format": "fhir", "url": "http://127.0.0.1:1"}],
}  # fmt: skip
SERVICE: dict[str, Any] = {"partner": "fahrdienst-ravensberg", "title": "Fahrdienst Ravensberg", "kind": "care-service"}
PATIENT: dict[str, Any] = {
    "resourceType": "Patient",
    "id": "p1",
    "identifier": [
        {"type": {"coding": [{"system": V2, "code": "PI"}]}, "value": "520002", "assigner": {"display": "SENNEKLINIK"}},
        {"type": {"coding": [{"system": V2, "code": "PI"}]}, "value": "99-77", "assigner": {"display": "ANDERSWO"}},
    ],
    "name": [{"use": "official", "family": "Lübbecke", "given": ["Paul"]}],
    "birthDate": "1935-02-26",
    "gender": "male",
    "address": [{"line": ["Sennestraße 14"], "postalCode": "33689", "city": "Bielefeld"}],
}


def reference(kind: str, key: str) -> dict[str, str]:
    return {"reference": f"{kind}/{key}"}


def number(code: str, value: str) -> dict[str, Any]:
    return {"type": {"coding": [{"system": V2, "code": code}]}, "value": value, "assigner": {"display": "SENNEKLINIK"}}


VISIT: dict[str, Any] = {
    "resourceType": "Encounter", "id": "e1", "meta": {"source": f"{PARTNER}senneklinik"}, "status": "finished",
    "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "IMP"},
    "identifier": [{"use": "official", **number("VN", "260118")}], "subject": reference("Patient", "p1"),
    "reasonCode": [{"text": "Schlaganfall"}],
}  # fmt: skip
REQUEST: dict[str, Any] = {
    "resourceType": "ServiceRequest", "id": "s0", "meta": {"source": f"{PARTNER}senneklinik"}, "status": "active",
    "intent": "order", "identifier": [number("PLAC", "RF-1")], "code": {"text": "Häusliche Hilfe"},
    "subject": reference("Patient", "p1"), "encounter": reference("Encounter", "e1"),
}  # fmt: skip
CASE: dict[str, Any] = {
    "resourceType": "Task", "id": "t0", "meta": {"source": f"{PARTNER}senneklinik"}, "intent": "order",
    "identifier": [
        number("PLAC", "RF-1"),
        {"type": {"coding": [{"system": V2, "code": "FILL"}]}, "system": TASK, "value": "t0"},
        {"system": TRACKING, "value": "track-1"},
    ],
    "status": "requested", "focus": reference("ServiceRequest", "s0"), "for": reference("Patient", "p1"),
    "encounter": reference("Encounter", "e1"), "authoredOn": "2026-03-20T10:00:00+01:00",
    "lastModified": "2026-03-20T10:00:00+01:00", "requester": reference("Organization", "senneklinik"),
    "owner": reference("Organization", "kuemmererstelle-senne"), "note": [{"text": "Enkelin hat den Schlüssel"}],
}  # fmt: skip
MEASURE_REQUEST: dict[str, Any] = {
    "resourceType": "ServiceRequest", "id": "s1", "meta": {"source": f"{PARTNER}kuemmererstelle-senne"},
    "status": "active", "intent": "order", "subject": reference("Patient", "p1"), "code": {"text": "Fahrt zum Arzt"},
    "identifier": [{"system": "https://senne.example/auftrag", "value": "A-7"}, {"system": MEASURE, "value": "M-1"}],
}  # fmt: skip
PERFORMING: dict[str, Any] = {
    "resourceType": "Task", "id": "t1", "meta": {"source": f"{PARTNER}kuemmererstelle-senne"}, "intent": "order",
    "identifier": [{"type": {"coding": [{"system": V2, "code": "FILL"}]}, "system": TASK, "value": "t1"}],
    "status": "requested", "partOf": [reference("Task", "t0")], "focus": reference("ServiceRequest", "s1"),
    "for": reference("Patient", "p1"), "requester": reference("Organization", "kuemmererstelle-senne"),
    "owner": reference("Organization", "fahrdienst-ravensberg"), "lastModified": "2026-03-20T10:00:00+01:00",
}  # fmt: skip


def entry(tracking: str = "track-1", **more: Any) -> Entry:
    sent = {"partner": "senneklinik", "road": "mllp", "format": "hl7v2-de", "data": ADMISSION, "hash": tracking}
    return Entry(**{"id": tracking, "received": NOW, "key": "SK-0002", "kind": "ADT^A03", **sent, **more})


def moved(task: dict[str, Any], status: str, business: str = "", *, before: str = "requested", **more: Any) -> Moved:
    """A Task that has just moved; `more`: actor, evidence, and further elements of it."""
    actor, evidence = more.pop("actor", "O"), more.pop("evidence", "E4")
    changed = {**task, **more, "status": status, "lastModified": "2026-03-20T11:30:00+01:00"}
    if business:
        coding = {"system": BUSINESS_STATUS, "code": business, "display": display(business)}
        changed["businessStatus"] = {"coding": [coding], "text": display(business)}
    return Moved(changed, before, evidence, actor)


@dataclass
class World:
    """Rooms with the case in the store, and what is told in them."""

    parties: list[dict[str, Any]] = field(default_factory=lambda: [HOSPITAL, SITE, SERVICE])
    store: MemoryStore = field(default_factory=MemoryStore)

    def __post_init__(self) -> None:
        known = dict.fromkeys(own_numbers({**PATIENT, "identifier": PATIENT["identifier"][:1]}, "senneklinik"), False)
        known |= dict.fromkeys(own_numbers({**PATIENT, "identifier": PATIENT["identifier"][1:]}, "anderswo"), False)
        self.store.keep(entry()).result()
        self.save(remembered(PATIENT, known), VISIT, REQUEST, CASE, MEASURE_REQUEST, PERFORMING, message="track-1")

    @property
    def rooms(self) -> Rooms:
        directory = Directory.of(Party.model_validate(party) for party in self.parties)
        return Rooms(self.store, SHELF, directory, lambda: NOW, lambda: "new")

    def save(self, *resources: dict[str, Any], message: str = "") -> None:
        saves = [Save(resource, None, terms(resource, ""), NOW, message) for resource in resources]
        self.store.commit(saves).result()

    def told(self, *moves: Moved, cause: str = "track-2") -> list[Part]:
        return list(acknowledge(Message(entry(cause), moved=moves), self.rooms).parts)

    def sent(self, *moves: Moved, cause: str = "track-2") -> Written:
        """The first answer to some moves as it leaves."""
        message = acknowledge(Message(entry(cause), moved=moves), self.rooms)
        return write(message.parts[0], message, self.rooms)


def with_answers(party: dict[str, Any], **answers: Any) -> dict[str, Any]:
    return {**party, "answers": {**party.get("answers", {}), **answers}}


def replaced(world: World, party: dict[str, Any]) -> World:
    others = [other for other in world.parties if other["partner"] != party["partner"]]
    return replace(world, parties=[*others, party], store=MemoryStore())
