"""The whole way: a discharge asks, the site answers, and the clinic's document stands in the outbox."""

import hashlib
import json
from typing import Any

import hl7

from gateway.domain.ledger import Delivery, Entry
from gateway.domain.message import Message
from gateway.domain.road import Sent
from gateway.pipeline.aftermath import aftermath
from gateway.pipeline.line import process
from gateway.store.memory import MemoryStore
from tests.pipeline.acknowledge.world import ADMISSION, HOSPITAL, NOW, SITE, World

TOKEN = "sha256:" + "0" * 64
CLINIC = {**HOSPITAL, "sends": [{"road": "mllp", "format": "hl7v2-de", "from": "127.0.0.1/32"}]}
DOOR = {"road": "http", "format": "fhir", "token": TOKEN}
OFFICE = {**SITE, "catchment": {"postcodes": ["00000-99999"]}, "sends": [DOOR]}


class Line(World):
    """A gateway in memory with a clinic and a site, and nothing in its store."""

    def __post_init__(self) -> None:
        self.parties = [CLINIC, OFFICE]
        self.store = MemoryStore()

    def run(self, tracking: str, partner: str, form: str, data: bytes) -> Message:
        digest = hashlib.sha256(data).hexdigest()
        self.store.keep(Entry(tracking, partner, "http", form, data, digest, NOW, key=tracking)).result()
        entry = self.store.entry(tracking)
        assert entry is not None
        return process(entry, self.rooms)

    def about(self, subject: str) -> Delivery:
        (found,) = [d for d in self.store.deliveries({}) if d.about == subject]
        whole = self.store.delivery(found.id)
        assert whole is not None
        return whole


def asked() -> tuple[Line, dict[str, Any]]:
    line = Line()
    message = line.run("track-a", "senneklinik", "hl7v2-de", ADMISSION)
    assert message.stopped == ""
    return line, message.moved[-1].task


def test_the_clinic_that_asked_hears_that_the_site_declined() -> None:
    line, task = asked()
    why = {"statusReason": {"text": "Voll"}}
    said = {"resourceType": "Task", "id": task["id"], "status": "rejected", "intent": "order", **why}
    line.run("track-b", "kuemmererstelle-senne", "fhir", json.dumps(said).encode())
    document = hl7.parse(line.about("answer declined").data.decode())
    assert str(document.segment("MSH")[9]) == "MDM^T02^MDM_T02"
    assert "Grund: Voll" in [str(obx[5]) for obx in document.segments("OBX")]


def test_the_clinic_that_asked_hears_that_the_site_has_it() -> None:
    line, task = asked()
    referral = line.about("referral")
    assert referral.task == f"Task/{task['id']}"
    changes = aftermath(referral, Sent("delivered", "E2", "HTTP 201"), {"standing": "delivered"}, line.rooms)
    line.store.commit(changes).result()
    document = hl7.parse(line.about("answer received").data.decode())
    assert str(document.segment("OBX")[5]) == "Stand der Anfrage: eingegangen"
    stored = line.store.read("Task", task["id"])
    assert stored is not None
    assert stored.resource["status"] == "received"
