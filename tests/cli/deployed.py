"""A deployment with a store that the real line filled: one referral's way, and everything that can stick."""

import asyncio
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from gateway import settings as options
from gateway.delivery.courier import Courier
from gateway.delivery.retry import Policy
from gateway.domain.ledger import Delivery
from gateway.domain.road import Arrival, Parcel, Receipt, Sent
from gateway.house.opened import rooms_of
from gateway.pipeline.aftermath import aftermath
from gateway.pipeline.line import process
from gateway.pipeline.receive import Receiving
from gateway.pipeline.rooms import Rooms
from gateway.store.sql.store import SqlStore, open_store
from tests.cli.command import ROOT

DEMO = ROOT / "docker" / "demo"
MESSAGES = DEMO / "standins" / "messages"
SITE, HOSPITAL, LISTS = "kuemmererstelle-bielefeld-senne", "senneklinik", "fahrdienst-ravensberg"
SETTINGS = f"""
name: test
store: {{url: "sqlite:///gateway.db"}}
http: {{listen: "127.0.0.1:1"}}
fhir: {{listen: ""}}
mllp: [{{listen: "127.0.0.1:2575"}}]
mappings: ["{DEMO / "mappings"}"]
secrets: {DEMO / "secrets"}
routing: {{fallback: kuemmererstelle-bielefeld-mitte}}
"""
TAKEN = {"mllp": Sent("delivered", "E2", "AA"), "http": Sent("delivered", "E4", "HTTP 201")}
REFUSED = Sent("refused", "E0", "HTTP 422", "the receiver refused it")
SILENT = Sent("uncertain", "E0", "timeout", "no answer in 30 seconds")
CANARY = ("Grünewälder", "Käthe", "Kaethe", "Gruenewaelder", "G405718932", "Föhrenweg", "19380903", "471188")
"""What no line of any verb but `messages show` may hold."""
HEAD = "Maßnahme-Nr.;Personen-Nr.;Versichertennummer;Name;Vorname;Geburtsdatum;Straße, Nr.;PLZ;Ort;Maßnahme;Stand\r\n"


def discharge(**changes: str) -> bytes:
    """The demo's ADT^A03 with texts in it replaced."""
    data = (MESSAGES / "01-discharge.hl7").read_bytes()
    for old, new in changes.items():
        words = {"key": "SK-7001", "number": "471188", "insured": "G405718932", "name": "Grünewälder", "pause": "|109|"}
        assert words[old].encode("latin-1") in data
        data = data.replace(words[old].encode("latin-1"), new.encode("latin-1"))
    return data


def doubtful(key: str = "SK-7100") -> bytes:
    """The same name and birth date at the same place under other numbers: nobody can be sure."""
    data = discharge(key=key, number="999888").replace(b"~G405718932^^^GKV^GKV", b"")
    return data.replace(b"2604788", b"2604799")


def list_of(*names: str) -> bytes:
    """A list with one row per person, each living elsewhere now."""
    rows = [f"R-{n};;;{name};Käthe;03.09.1938;Anderer Weg {n};32756;Detmold;Fahrdienst;offen" for n, name in
            enumerate(names)]  # fmt: skip
    return (HEAD + "\r\n".join(rows) + "\r\n").encode()


class Deployed:
    """What a test needs of it; `answers` are what the roads say next, by partner, before they say yes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.config = folder / "gateway.yaml"
        self.config.write_text(SETTINGS, encoding="utf-8")
        self.known: dict[str, str] = {}
        self.answers: dict[str, list[Sent]] = {}

    @contextmanager
    def open(self) -> Iterator[Rooms]:
        settings, problems = options.load(self.config)
        assert settings, problems
        with closing(open_store(settings.store.url)) as store:
            yield rooms_of(settings, store)[0]

    @contextmanager
    def store(self) -> Iterator[SqlStore]:
        with closing(open_store(f"sqlite:///{self.folder / 'gateway.db'}")) as store:
            yield store

    def take(self, rooms: Rooms, data: bytes, partner: str = HOSPITAL, **more: Any) -> Receipt:
        """One message through the door and the line, and all its deliveries out."""
        road, form = ("mllp", "hl7v2-de") if partner == HOSPITAL else ("folder", "pflegedienst-liste")
        arrival = replace(Arrival(partner, road, form, data, datetime.now(UTC)), **more)
        receipt = asyncio.run(Receiving(rooms, lambda: None).receive(arrival))
        self.run(rooms)
        return receipt

    def run(self, rooms: Rooms) -> None:
        """The line and the workers, until nothing is left."""
        for entry in rooms.store.waiting():
            process(entry, rooms)
        courier = Courier(
            rooms.store, dict.fromkeys(("mllp", "http", "folder"), self.send), self.address,
            lambda d, sent, changes: aftermath(d, sent, changes, rooms), Policy(waits=(0.001,), attempts=2),
            lambda: datetime.now(UTC), lambda: 0.5, lambda _: False,
        )  # fmt: skip
        while claimed := rooms.store.claim("test", datetime.now(UTC), 10, 30).result():
            for delivery in claimed:
                courier.finish(courier.begin(courier.attempt(delivery)))

    def send(self, parcel: Parcel) -> Sent:
        said = self.answers.get(parcel.partner)
        return said.pop(0) if said else TAKEN["http"] if "url" in parcel.address else TAKEN["mllp"]

    def address(self, delivery: Delivery) -> dict[str, Any]:
        return {"honours_key": False} | ({"url": "there"} if delivery.road == "http" else {})


def filled(folder: Path) -> dict[str, str]:
    """A store in a folder; the tracking ids of its messages by what they are."""
    deployed = Deployed(folder)
    with deployed.open() as rooms:
        known = {"first": deployed.take(rooms, discharge()).tracking}
        known["clash"] = deployed.take(rooms, discharge(pause="|079|")).tracking
        known["doubt"] = deployed.take(rooms, doubtful()).tracking
        deployed.take(rooms, discharge(key="SK-7101", number="55", insured="X440512349", name="Ostermann"))
        known["several"] = deployed.take(rooms, list_of("Grünewälder", "Ostermann"), LISTS).tracking
        known["junk"] = deployed.take(rooms, b"\xff\xfe nothing;of;this\r\n", LISTS).tracking
        deployed.answers = {SITE: [REFUSED]}
        known["letter"] = deployed.take(rooms, (MESSAGES / "02-letter.hl7").read_bytes()).tracking
        deployed.answers = {SITE: [SILENT]}
        known["unsure"] = deployed.take(
            rooms, discharge(key="SK-7102", number="56", insured="B123456782", name="Wiebusch")
        ).tracking
    with closing(sqlite3.connect(folder / "gateway.db")) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return known


def delivery_of(store: SqlStore, standing: str) -> Delivery:
    """The newest delivery of a standing."""
    found = store.deliveries({"standing": standing}, 0, 1)
    assert found, standing
    return found[0]


def told_of_nobody(text: str) -> bool:
    """Whether a text holds nothing of the demo's person."""
    return not any(re.search(re.escape(word), text, re.IGNORECASE) for word in CANARY)
