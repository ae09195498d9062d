"""A small deployment in memory: a hospital, two sites, four recipients; messages go through the real line."""

import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import count
from typing import Any

from gateway import wiring
from gateway.directory.parties import Directory, Party
from gateway.domain.ledger import Conclude, Delivery, Entry, Settle
from gateway.domain.message import Message
from gateway.domain.road import Sent
from gateway.domain.system import MEASURE
from gateway.pipeline.aftermath import aftermath
from gateway.pipeline.line import process
from gateway.pipeline.rooms import Rooms
from gateway.pipeline.tasks.family import kind_of
from gateway.store.memory import MemoryStore

SHELF = wiring.shelf()
START = datetime(2026, 3, 12, 11, 5, tzinfo=UTC)
IK = "http://fhir.de/sid/arge-ik/iknr"
Resource = dict[str, Any]

HTTP = {"road": "http", "format": "fhir", "url": "http://127.0.0.1:1"}
LIST = {"road": "folder", "format": "pflegedienst-liste", "path": "out"}
PARTIES: tuple[dict[str, Any], ...] = (
    {
        "partner": "senneklinik", "title": "Senneklinik", "kind": "hospital", "identifiers": {"ik": "260570444"},
        "sends": [{"road": "mllp", "format": "hl7v2-de", "from": "127.0.0.1/32"}],
        "receives": [{"road": "mllp", "format": "hl7v2-de", "host": "127.0.0.1", "port": 1}],
        "answers": {"as": "MDM^T02"},
    },
    {
        "partner": "stelle-senne", "title": "Kümmererstelle Senne", "kind": "site",
        "identifiers": {"ik": "590598767"}, "catchment": {"postcodes": ["33659", "33689"], "ags": ["05711000"]},
        "receives": [{**HTTP, "honours_key": True}], "answers": {"as": "Task"},
    },
    {
        "partner": "stelle-mitte", "title": "Kümmererstelle Mitte", "kind": "site",
        "catchment": {"postcodes": ["33602-33649"]}, "receives": [HTTP],
    },
    {
        "partner": "lutterbach", "title": "Pflegedienst Lutterbach", "kind": "care-service",
        "identifiers": {"ik": "260550199"}, "receives": [{**HTTP, "format": "evp"}],
    },
    {
        "partner": "elsey", "title": "Sozialstation Elsey", "kind": "care-service",
        "identifiers": {"ik": "260550448"}, "receives": [HTTP],
    },
    {
        "partner": "ravensberg", "title": "Fahrdienst Ravensberg", "kind": "care-service",
        "identifiers": {"ik": "600550277"}, "receives": [LIST],
    },
    {
        "partner": "wohnberatung", "title": "Wohnberatung", "kind": "office",
        "identifiers": {"ik": "590550315"}, "receives": [LIST],
    },
)  # fmt: skip
FORMATS = {"senneklinik": "hl7v2-de", "ravensberg": "pflegedienst-liste", "wohnberatung": "pflegedienst-liste"}
ROADS = {
    "evp": "http",
    "hl7v2-de": "mllp",
    "pflegedienst-liste": "folder",
    "fhir": "http",
    "rueckmeldung-liste": "folder",
}


@dataclass
class World:
    """The rooms, and what can be done in them. A clock that goes one second on at each look, ids that are counted."""

    store: Any = field(default_factory=MemoryStore)
    parties: tuple[dict[str, Any], ...] = PARTIES
    fallback: str = "stelle-mitte"
    ticks: Any = field(default_factory=count)
    numbers: Any = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        self.rooms = Rooms(self.store, SHELF, self.directory(), self.now, lambda: f"id-{next(self.numbers)}")

    def directory(self) -> Directory:
        return Directory.of([Party.model_validate(party) for party in self.parties], self.fallback)

    def now(self) -> datetime:
        return START + timedelta(seconds=next(self.ticks))

    def change(self, partner: str, **more: Any) -> None:
        """A partner of the directory is another from now on."""
        self.parties = tuple({**p, **more} if p["partner"] == partner else p for p in self.parties)
        self.rooms.directory = self.directory()

    # --- messages ----------------------------------------------------------------------------------------------------

    def keep(self, partner: str, data: bytes | Resource, **more: Any) -> Entry:
        """A message into the journal."""
        raw = data if isinstance(data, bytes) else json.dumps(data, ensure_ascii=False).encode()
        form = more.pop("format", FORMATS.get(partner, "fhir"))
        tracking = f"m-{next(self.numbers)}"
        entry = Entry(tracking, partner, ROADS[form], form, raw, sha256(raw).hexdigest(), self.now(), **more)
        found: Entry = self.store.keep(entry).result().entry
        return found

    def sends(self, partner: str, data: bytes | Resource, **more: Any) -> Message:
        """A message through the whole line."""
        return process(self.keep(partner, data, **more), self.rooms)

    def again(self, message: Message, **changes: Any) -> Message:
        """The same message run anew from the journal."""
        entry = replace(self.entry(message), state="received", **changes)
        self.settle(entry, state="received", **changes)
        return process(entry, self.rooms)

    def settle(self, entry: Entry, **changes: Any) -> None:
        self.store.commit([Settle(entry.id, changes)]).result()

    def entry(self, message: Message) -> Entry:
        found = self.store.entry(message.entry.id)
        assert found is not None
        return found  # type: ignore[no-any-return]  # a resource is any JSON

    def arrives(self, delivery: Delivery, *, standing: str = "delivered", grade: Any = "E2") -> None:
        """What follows from an attempt, committed."""
        outcome: Any = {"delivered": "delivered", "dead": "refused"}.get(standing, "retry")
        changes = aftermath(delivery, Sent(outcome, grade, "x"), {"standing": standing}, self.rooms)
        self.store.commit([Conclude(delivery.id, {"standing": standing}), *changes]).result()

    def entry_of(self, partner: str) -> bytes:
        """The bytes of the last message of a partner."""
        tracking = self.store.entries({"partner": partner})[0].id
        data: bytes = self.store.entry(tracking).data
        return data

    # --- what came of it ---------------------------------------------------------------------------------------------

    def outbox(self, partner: str = "", about: str = "") -> list[Delivery]:
        """Deliveries, oldest first, with their bytes."""
        listed = [self.store.delivery(d.id) for d in reversed(self.store.deliveries({}, 0, 1000))]
        return [d for d in listed if partner in ("", d.partner) and about in ("", d.about)]

    def told(self, message: Message) -> list[tuple[str, str]]:
        """(To whom, what about) of everything one message caused."""
        return sorted((d.partner, d.about) for d in self.outbox() if d.message == message.entry.id)

    def bundle(self, partner: str) -> Resource:
        """The last FHIR that a partner was sent."""
        found: Resource = json.loads(self.outbox(partner)[-1].data)
        return found

    def sent(self, partner: str, kind: str) -> list[Resource]:
        """The resources of one type in the last FHIR that a partner was sent."""
        found = [entry["resource"] for entry in self.bundle(partner)["entry"]]
        return [resource for resource in found if resource["resourceType"] == kind]

    def rows(self, partner: str) -> list[dict[str, str]]:
        """The rows of the last list that a partner was sent."""
        head, *lines = self.outbox(partner)[-1].data.decode("utf-8-sig").splitlines()
        return [dict(zip(head.split(";"), line.split(";"), strict=True)) for line in lines]

    def all(self, kind: str) -> list[Resource]:
        return [version.resource for version in self.store.find(kind, [], 1000)]

    def case(self) -> Resource:
        """The Task of the last referral."""
        return [task for task in self.all("Task") if "partOf" not in task][-1]

    def task(self, number: str) -> Resource:
        """The Task of the measure of a number."""
        (request,) = self.store.find("ServiceRequest", [("identifier", f"{MEASURE}|{number}")])
        found = self.store.find("Task", [("focus", f"ServiceRequest/{request.id}")])
        (task,) = (version.resource for version in found if kind_of(version.resource) == "measure")
        return task  # type: ignore[no-any-return]  # a resource is any JSON

    def stand(self, number: str = "") -> str:
        """Status and business status of a measure's Task, or of the referral's."""
        task = self.task(number) if number else self.case()
        return " ".join([task["status"], *(c["code"] for c in task.get("businessStatus", {}).get("coding", []))])

    # --- the usual beginnings ----------------------------------------------------------------------------------------

    def referred(self, **more: Any) -> Message:
        return self.sends("senneklinik", discharge(**more))

    def planned(self, *measures: Resource, **more: Any) -> Message:
        """A referral that its site has accepted and planned."""
        self.referred()
        self.sends("stelle-senne", answer(self.case(), "accepted"))
        return self.sends("stelle-senne", self.plan(*measures, **more))

    def plan(self, *measures: Resource, **more: Any) -> Resource:
        """A plan of some measures for the last referral."""
        case = self.case()
        subject = {"reference": case["for"]["reference"]}
        based = [{"reference": case["focus"]["reference"]}]
        requests = [{"subject": subject, "basedOn": based, **measure} for measure in measures]
        return bundle(care_plan(case, **more), *requests)


def discharge(key: str = "SK-1", person: str = "471188", plz: str = "33659", **more: str) -> bytes:
    """A German ADT^A03 into further care. `more`: name, born, kvnr, visit, event, disposition, accept (MSH-15, 16)."""
    said = {"name": "Grünewälder^Käthe", "born": "19380903", "kvnr": "G405718932", "visit": "2604788"} | more
    event = said.get("event", "A03")
    insured = f"~{said['kvnr']}^^^GKV^GKV" if said["kvnr"] else ""
    accept, disposition = said.get("accept", "|"), said.get("disposition", "109")
    head = rf"MSH|^~\&|KIS|SENNEKLINIK|KUEMMERER|OWL|202603121105||ADT^{event}|{key}|P|2.5^DEU&&HL70399|||{accept}"
    who = f"PID|1||{person}^^^SENNEKLINIK^PI{insured}||{said['name']}^^^^^L||{said['born']}|F|||"
    where = f"PV1|1|I|GER^204^1^SENNEKLINIK^^N^A^2|N{'|' * 15}{said['visit']}^^^SENNEKLINIK^VN{'|' * 17}"
    lines = [
        f"{head}|DEU|8859/1",
        f"EVN|{event}|202603121105||||202603121030",
        f"{who}Föhrenweg 7&Föhrenweg&7^^Bielefeld^^{plz}^DEU^H",
        f"{where}{disposition}{'|' * 8}202603020915|202603121030",
        "ZBE|90188^KIS|202603121030||REFERENCE",
    ]
    return "\r".join([*lines, ""]).encode("iso8859-1")


def without_person(data: bytes) -> bytes:
    """The same message without PID: well formed, and nobody is referred."""
    return b"\r".join(line for line in data.split(b"\r") if not line.startswith(b"PID"))


def bundle(*resources: Resource) -> Resource:
    """A Bundle; each resource is known by its `id` as urn:uuid made of it."""
    entries = [{"fullUrl": url(r["id"]), "resource": r} for r in resources]
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}


def url(name: str) -> str:
    """`urn:uuid:` of a name."""
    digest = sha256(name.encode()).hexdigest()
    return f"urn:uuid:{digest[:8]}-{digest[8:12]}-4{digest[13:16]}-8{digest[17:20]}-{digest[20:32]}"


def answer(task: Resource, status: str, business: str = "", reason: str = "", **more: Any) -> Resource:
    """A Task as its owner sends it back."""
    said = {key: value for key, value in task.items() if key not in ("meta", "businessStatus", "statusReason")}
    system = "https://kuemmerer-gateway.de/fhir/CodeSystem/business-status"
    coded = {"businessStatus": {"coding": [{"system": system, "code": business}]}} if business else {}
    why = {"statusReason": {"text": reason}} if reason else {}
    return bundle({**said, "status": status, **coded, **why, **more})


def measure(number: str, ik: str, **more: Any) -> Resource:
    """A measure of a plan for the party of an IK."""
    performer = [{"identifier": {"system": IK, "value": ik}}] if ik else []
    return {
        "resourceType": "ServiceRequest", "id": f"measure-{number}", "status": "active", "intent": "filler-order",
        "identifier": [{"system": MEASURE, "value": number}], "code": {"text": f"Hilfe {number}"},
        **({"performer": performer} if performer else {}), **more,
    }  # fmt: skip


def care_plan(case: Resource, **more: Any) -> Resource:
    return {
        "resourceType": "CarePlan", "id": "plan", "status": "active", "intent": "plan",
        "subject": {"reference": case["for"]["reference"]}, "contributor": [{"reference": case["for"]["reference"]}],
        "supportingInfo": [{"reference": case["focus"]["reference"]}], **more,
    }  # fmt: skip


RAVENSBERG, ELSEY, WOHNBERATUNG, LUTTERBACH = "600550277", "260550448", "590550315", "260550199"


def back(rows: list[dict[str, str]], **changes: str) -> bytes:
    """A list as its recipient sends it back, with other words in some columns."""
    changed = [row | changes for row in rows]
    lines = [";".join(changed[0]), *(";".join(row.values()) for row in changed)]
    return "\r\n".join([*lines, ""]).encode("utf-8-sig")
