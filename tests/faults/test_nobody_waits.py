"""One bad message, one dead partner or one slow peer delays nobody else."""

import threading
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.faults.conftest import Town
from tests.faults.hospital import framed, positive, verdict
from tests.faults.people import ENHANCED, ORIGINAL, SENNE, Place, discharge, person
from tests.faults.running import until

if TYPE_CHECKING:
    from pathlib import Path

PADERBORN = Place("33098", "Paderborn")
POISON = 3003
"""The message at which the line meets a defect of its own."""
BOUND = 6.0
"""Seconds in which a message is through on a busy machine; a silent partner alone holds its worker for thirty."""


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    folder: Path = tmp_path_factory.mktemp("nobody") / "gateway"
    made = Town(folder)
    try:
        road = {"road": "mllp", "format": "klinik-lenne", "from": ["127.0.0.1/32"], "facility": "LENNE"}
        made.gateway.partner("klinik-lenne", kind="hospital", sends=[road], extends="hl7v2-de", unmapped="error")
        made.silent = made.new_site("site-paderborn", "33098", silent=True)  # type: ignore[attr-defined]  # a town of this test
        made.gateway.start(FAULT_STEP=f"map K{POISON:06d}")
        with made.gateway.line() as line:  # the maps are compiled, the roads are open
            assert positive(line.ask(discharge(1000, SENNE, ORIGINAL)))
        yield made
        assert made.gateway.process
        assert made.gateway.process.poll() is None
    finally:
        made.close()


def came(town: Town) -> set[str]:
    """Numbers of the persons whose referrals the site has."""
    return {came.number for came in town.site.received}


def through(town: Town, nth: int) -> float:
    """Seconds from sending a message until the site has it."""
    began = time.monotonic()
    with town.gateway.line() as line:
        assert positive(line.ask(discharge(nth, SENNE, ORIGINAL)))
    wanted = person(nth).number
    until(lambda: wanted in came(town), "the site has it")
    return time.monotonic() - began


def test_a_site_that_never_answers_keeps_nobody_waiting_but_itself(town: Town) -> None:
    with town.gateway.line() as line:
        for nth in range(2000, 2010):
            assert positive(line.ask(discharge(nth, PADERBORN)))
    until(lambda: town.silent.asked, "the silent site was asked")  # type: ignore[attr-defined]  # a town of this test
    took = [through(town, nth) for nth in range(2010, 2015)]
    assert max(took) < BOUND, f"{max(took):.1f} s beside a site that never answers"
    assert town.gateway.counts()["deliveries.sending"] >= 1, "it was silent all the time"


def test_a_message_that_nobody_can_read_costs_itself_alone(town: Town) -> None:
    good = [discharge(nth, SENNE, ORIGINAL) for nth in (3000, 3001)]
    unknown = discharge(3002, SENNE, ORIGINAL, "LENNE").replace(b"EVN|A03|", b"EVN|A03|x|x|")
    broken, rubbish = discharge(POISON, SENNE, ENHANCED), b"\x00\xff\xfe" * 50
    parked = town.gateway.counts().get("messages.parked", 0)
    with town.gateway.line() as line:
        line.send(b"".join(framed(message) for message in (good[0], unknown, broken, rubbish, good[1])))
        answers = [verdict(line.answer())[0] for _ in range(5)]
    assert answers == ["AA", "AE", "CA", "AR", "AA"]
    until(lambda: {person(3000).number, person(3001).number} <= came(town), "both good ones arrived")
    until(lambda: town.gateway.counts().get("messages.parked", 0) == parked + 2, "the bad ones wait for a person")
    text = town.gateway.log.read_text(encoding="utf-8")
    assert "ZeroDivisionError" in text, "the defect is told"
    assert person(POISON).family not in text, "but not what the message says"


def test_a_peer_that_dribbles_byte_by_byte_delays_nobody(town: Town) -> None:
    over = threading.Event()
    slow = framed(discharge(4000, SENNE, ENHANCED, "LENNE"))
    with town.gateway.line() as line:

        def dribble() -> None:
            for byte in slow:
                line.send(bytes([byte]))
                if over.wait(0.05):
                    break

        thread = threading.Thread(target=dribble)
        thread.start()
        took = [through(town, nth) for nth in range(4001, 4006)]
        assert thread.is_alive(), "it dribbled all the time"
        over.set()
        thread.join()
    assert max(took) < BOUND, f"{max(took):.1f} s beside a peer that dribbles"
