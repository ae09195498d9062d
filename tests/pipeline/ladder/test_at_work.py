"""The whole ladder at work: a real receiver that refuses, a real folder for letters, a real store, and restarts."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from gateway.adapters.pdf.render import pdf
from gateway.delivery.worker import Deliverer, Settings
from gateway.domain.ledger import Change, Delivery
from gateway.domain.road import Sent
from gateway.pipeline.aftermath import aftermath
from gateway.pipeline.ladder.phone import caller
from gateway.pipeline.link import post
from gateway.store.sql import open_store
from gateway.transports.folder import drop
from gateway.transports.http.send import send
from tests.pipeline.ladder.climbing import LETTER, PHONE, Ladder, said
from tests.pipeline.link.posted import words
from tests.transports.http.receiving import Receiver, receiving

PATIENCE = 60.0
PLACE = {"address": ["Elseyer Straße 1", "33659 Bielefeld"]}


@contextmanager
def at_work(world: Ladder) -> Iterator[None]:
    """The workers of one process."""
    desk = post.Desk("https://hilfe.example.org/", 60, pdf, drop.send)
    sends = {
        "http": send, "letter": post.sender(world.rooms, desk), "phone": lambda parcel: caller(world.rooms, parcel),
    }  # fmt: skip

    def address(delivery: Delivery) -> Any:
        party = world.rooms.directory.get(delivery.partner)
        roads = party.receives if party and party.id == "elsey" else ()
        return next((road.address() for road in roads if road.road == delivery.road), None)

    def after(delivery: Delivery, sent: Sent, changes: dict[str, Any]) -> Sequence[Change]:
        return aftermath(delivery, sent, changes, world.rooms)

    deliverer = Deliverer(world.store, sends, address, after, Settings(2, poll=0.05), world.now)
    deliverer.start()
    try:
        yield
    finally:
        deliverer.stop(20)


def until(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not is_so() and time.monotonic() < end:
        time.sleep(0.02)
    assert is_so()


def test_who_refuses_by_http_is_written_to_then_called_over_restarts(tmp_path: Path) -> None:
    letters = tmp_path / "letters"
    letters.mkdir()
    store = open_store(f"sqlite:///{tmp_path / 'gateway.db'}", begin=True)
    try:
        with receiving(Receiver(status=410)) as receiver:
            roads = ({"road": "http", "format": "fhir", "url": receiver.url}, {**LETTER, "path": str(letters)}, PHONE)
            world = Ladder(store=store, roads=roads, also=PLACE)
            with at_work(world):
                until(lambda: bool(world.way()) and world.way()[-1] == ("letter", "delivered"))
            assert len(receiver.requests) == 1
        (letter,) = letters.glob("*.pdf")
        assert "Hilfe M-1" in words(letter.read_bytes())
        world.moment = world.moment.replace(day=world.moment.day + 7)
        world.restart()  # another process looks at what is in the store
        with at_work(world):
            until(lambda: world.way()[-1] == ("phone", "delivered"))
        assert [road for road, _ in world.way()] == ["http", "letter", "phone"]
        assert "05205 000000" in said(world)
        assert len(list(letters.glob("*.pdf"))) == 1
    finally:
        store.close()
