"""Who is it, among 100,000 persons in SQLite: by number, by likeness, and somebody new."""

import random
import tempfile
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from gateway.directory.parties import Directory, Party
from gateway.domain.ledger import Entry, Save
from gateway.domain.message import Message
from gateway.domain.system import PERSON
from gateway.mapping.shelf import Shelf
from gateway.pipeline.match import match
from gateway.pipeline.person.terms import own_numbers, remembered, terms
from gateway.pipeline.rooms import Rooms
from gateway.store.sql import open_store
from tests.bench.measure import Row, medians

COUNT = 100_000
GOAL = 0.005
NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
STEMS = ("Mei", "Schul", "Brink", "Lut", "Weh", "Ober", "Nieder", "Ravens", "Det", "Lem", "Bün", "Her", "Höx", "Sen")
ENDINGS = ("er", "meier", "mann", "berg", "hof", "kamp", "ing", "horst", "ter", "kötter", "bach", "feld")
FREQUENT = ("Müller", "Schmidt", "Meier", "Schulze", "Brinkmann")
GIVEN = ("Anna", "Karl", "Gerda", "Heinz", "Ilse", "Paul", "Käthe", "Jürgen", "Maria", "Theodor", "Ida", "Wilhelm")
STREETS = ("Nebelsweg", "Sennestraße", "Weserufer", "Am Bach", "Corveyer Allee", "Hansastraße", "Bachstraße")
TOWNS = (("33602", "Bielefeld"), ("32423", "Minden"), ("33330", "Gütersloh"), ("32049", "Herford"), ("37671", "Höxter"))

Patient = dict[str, Any]


def people(count: int) -> Iterator[Patient]:
    """Invented people; one in eight has one of five frequent names."""
    chance = random.Random(41)
    for number in range(count):
        family = chance.choice(FREQUENT) if number % 8 == 0 else chance.choice(STEMS) + chance.choice(ENDINGS)
        postcode, city = chance.choice(TOWNS)
        yield {
            "resourceType": "Patient",
            "identifier": [{"value": f"{number:06}", "assigner": {"display": "SENNEKLINIK"}}],
            "name": [{"use": "official", "family": family, "given": chance.sample(GIVEN, 1 + number % 2)}],
            "birthDate": (date(1925, 1, 1) + timedelta(days=chance.randrange(30_000))).isoformat(),
            "address": [{"line": [f"{chance.choice(STREETS)} {number % 90}"], "postalCode": postcode, "city": city}],
        }


def saved(number: int, patient: Patient) -> Save:
    """One of them as match would have kept it."""
    numbers = [*patient["identifier"], {"system": PERSON, "value": f"p{number}"}]
    kept = remembered(patient, dict.fromkeys(own_numbers(patient, "senneklinik"), False))
    resource = {**kept, "id": f"p{number}", "identifier": numbers}
    return Save(resource, 0, terms(resource, "senneklinik"), NOW)


def message(patient: Patient, partner: str) -> Message:
    """A message about one person."""
    entry = Entry("m", partner, "mllp", "hl7v2-de", b"", "", NOW)
    return Message(entry, tree={"Patient": [{**patient, "fullUrl": "urn:uuid:00000000-0000-4000-8000-000000000000"}]})


def house(folder: str) -> Rooms:
    """A gateway that knows them all."""
    store = open_store(f"sqlite:///{Path(folder) / 'gateway.db'}")
    block: list[Save] = []
    for number, patient in enumerate(people(COUNT)):
        block.append(saved(number, patient))
        if len(block) == 2_000 or number == COUNT - 1:
            store.commit(block).result()
            block = []
    hospitals = [Party(partner=name, kind="hospital") for name in ("senneklinik", "weserklinik")]
    return Rooms(store, Shelf((), {}), Directory.of(hospitals), lambda: NOW, lambda: "new")


def measured() -> list[Row]:
    """Median seconds of one match."""
    with tempfile.TemporaryDirectory() as folder:
        rooms = house(folder)
        try:
            listed = list(people(2_000))
            asked = {
                "by the sender's number": [message(patient, "senneklinik") for patient in listed],
                "by name, birth date, address": [message(anonymous(patient), "weserklinik") for patient in listed],
                "with a frequent name": [message(anonymous(patient), "weserklinik") for patient in listed[::8]],
                "somebody new": [message(reborn(patient), "weserklinik") for patient in listed],
            }
            found = medians(*(turns(messages, rooms) for messages in asked.values()))
        finally:
            rooms.store.close()
    note = f"{COUNT} persons in SQLite"
    return [Row(f"match {what}", took, GOAL, note=note) for what, took in zip(asked, found, strict=True)]


def turns(messages: list[Message], rooms: Rooms) -> Any:
    """A call that matches the next message."""
    state = {"next": 0}

    def call() -> None:
        state["next"] = (state["next"] + 1) % len(messages)
        match(messages[state["next"]], rooms)

    return call


def anonymous(patient: Patient) -> Patient:
    """Without numbers."""
    return {key: value for key, value in patient.items() if key != "identifier"}


def reborn(patient: Patient) -> Patient:
    """Somebody with another number, name and birth date."""
    name = [{"family": "Wiebusch", "given": ["Ottilie"]}]
    return replace_in(patient, name=name, birthDate="1922-02-02", identifier=[{"value": "neu"}])


def replace_in(patient: Patient, **changes: Any) -> Patient:
    """A copy with other elements."""
    return {**patient, **changes}
