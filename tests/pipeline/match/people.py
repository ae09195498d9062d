"""Invented people of OstWestfalenLippe, and a gateway that knows some of them."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from typing import Any

from gateway.directory.parties import Directory, Party
from gateway.domain.ledger import Entry, Save
from gateway.domain.message import Message
from gateway.domain.system import PERSON
from gateway.fhir.references import identity
from gateway.mapping.shelf import Shelf
from gateway.pipeline.match import match
from gateway.pipeline.rooms import Rooms
from gateway.store.memory import MemoryStore
from gateway.store.port import Store

KVNR = "http://fhir.de/sid/gkv/kvid-10"
V2 = "http://terminology.hl7.org/CodeSystem/v2-0203"
NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
PARTIES = Directory.of([
    Party(partner="senneklinik", kind="hospital"),
    Party(partner="weserklinik", kind="hospital"),
    Party(partner="lutterbach", kind="care-service"),
    Party(partner="bielefeld-senne", kind="site"),
])  # fmt: skip

Patient = dict[str, Any]


def rooms(store: Store | None = None) -> Rooms:
    ids = count(1)
    return Rooms(
        store=store or MemoryStore(),
        shelf=Shelf((), {}),
        directory=PARTIES,
        now=lambda: NOW,
        new_id=lambda: f"p{next(ids)}",
    )


def number(value: str, kind: str = "PI", assigner: str = "SENNEKLINIK") -> Patient:
    coding = {"type": {"coding": [{"system": V2, "code": kind}]}} if kind else {}
    return {**coding, "value": value, **({"assigner": {"display": assigner}} if assigner else {})}


def insured(value: str) -> Patient:
    return {"system": KVNR, "value": value}


def ours(value: str) -> Patient:
    return {"system": PERSON, "value": value}


def person(text: str, *identifiers: Patient, **more: Any) -> Patient:
    """`Ottilie Senne, 1941-05-17, Nebelsweg 12a, 33602 Bielefeld` as a Patient; parts may be empty."""
    name, birth, line, town = ([*(part.strip() for part in text.split(",")), "", "", ""])[:4]
    *given, family = name.split(" ") if name else [""]
    said: Patient = {"resourceType": "Patient"}
    called = {k: v for k, v in {"family": family.replace("_", " "), "given": given}.items() if v and v != [""]}
    place: Patient = {k: v for k, v in zip(("postalCode", "city"), town.split(" ", 1), strict=False) if v}
    place |= {"line": [line]} if line else {}
    for key, value in {"identifier": [*identifiers], "birthDate": birth}.items():
        said |= {key: value} if value else {}
    said |= {"name": [{"use": "official", **called}]} if called else {}
    said |= {"address": [{"use": "home", **place}]} if place else {}
    return {**said, **more}


def said(*patients: Patient, partner: str = "senneklinik", **entry: Any) -> Message:
    """A message about some Patients."""
    named = [{"fullUrl": identity(f"{partner}#{n}"), **item} for n, item in enumerate(patients)]
    made = Entry("m1", partner, "mllp", "hl7v2-de", b"", "", NOW)
    return Message(replace(made, **entry), tree={"Patient": named})


def merge(survivor: Patient, *ended: Patient, event: str = "A40", **more: Any) -> Message:
    """An ADT^A40: the records `ended` become `survivor`."""
    message = said(*({**one, "active": False} for one in ended), survivor, **more)
    *gone, last = message.tree["Patient"]
    last["link"] = [{"type": "replaces", "other": {"reference": one["fullUrl"]}} for one in gone]
    message.tree["Provenance"] = [{"resourceType": "Provenance", "activity": {"coding": [{"code": event}]}}]
    return message


def run(message: Message, house: Rooms) -> Message:
    """Match, and commit what came of it."""
    found = match(message, house)
    if not found.stopped:
        house.store.commit(found.changes).result()
    return found


def knowing(*patients: Patient, partner: str = "senneklinik", store: Store | None = None) -> Rooms:
    """A gateway to which `partner` told of these people, each a person of its own: p1, p2 ..."""
    house = rooms(store)
    for patient in patients:
        found = run(said(patient, partner=partner), house)
        if found.stopped:
            found = run(said(patient, partner=partner, decision="person=new"), house)
        assert answer(found) == "new"
    return house


def stored(house: Rooms, key: str) -> Patient:
    version = house.store.read("Patient", key)
    assert version is not None
    return version.resource


def saves(message: Message) -> list[Save]:
    return [change for change in message.changes if isinstance(change, Save)]


def answer(message: Message) -> str:
    """`doubt`, `new` or the person."""
    if message.stopped:
        assert [problem.code for problem in message.problems if problem.severity == "error"]
        return "doubt"
    assert message.person
    return "new" if any(s.expected == 0 for s in saves(message)) else message.person


def values(patient: Mapping[str, Any]) -> list[str]:
    return [item["value"] for item in patient.get("identifier", ()) if item.get("system") != PERSON]
