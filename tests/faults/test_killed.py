"""kill -9 under load, again and again: what was acknowledged arrives (reliability, R1). GATEWAY_LONG=1: more kills."""

import os
import random
import time
from collections import defaultdict
from typing import TYPE_CHECKING

from tests.faults.conftest import Town
from tests.faults.hospital import Hospital
from tests.faults.people import ENHANCED, GUETERSLOH, ORIGINAL, SENNE, discharge, person
from tests.faults.running import until

if TYPE_CHECKING:
    from tests.faults.site import Came

KILLS = 22 if os.environ.get("GATEWAY_LONG") else 4


def message(nth: int) -> bytes:
    """Every second one answered by the line, every third one for a folder."""
    return discharge(nth, SENNE if nth % 3 else GUETERSLOH, ENHANCED if nth % 2 else ORIGINAL)


def kill_at_random(town: Town, hospital: Hospital, chance: random.Random) -> None:
    """Lives that end at once, each after some messages were taken."""
    for _ in range(KILLS):
        before = len(hospital.taken)
        wanted = before + chance.randrange(1, 80)
        until(lambda wanted=wanted: len(hospital.taken) >= wanted, "messages are taken")  # type: ignore[misc]  # bound at once
        time.sleep(chance.random() / 20)
        town.gateway.kill()
        town.gateway.start()


def numbers(keys: list[str], place: int) -> set[str]:
    """The persons of messages that go to a place: 0 the folder, else the site."""
    found = [int(key[1:]) for key in keys]
    return {person(nth).number for nth in found if bool(nth % 3) == bool(place)}


def test_killed_again_and_again_every_acknowledged_message_arrives_as_one_referral(town: Town) -> None:
    town.gateway.start()
    hospital = Hospital(town.gateway.folder / "ledger", message, lambda: town.gateway.mllp, lines=6)
    kill_at_random(town, hospital, random.Random(7))
    hospital.finish()
    counts = town.gateway.quiet()
    assert town.gateway.stop() == 0

    taken, received = hospital.taken, town.site.received
    assert hospital.broken >= KILLS, "the kills met nobody"
    assert numbers(taken, 1) == {came.number for came in received}
    assert numbers(taken, 0) == set(town.files)
    assert len(town.files) == len(set(town.files))
    by_person: dict[str, list[Came]] = defaultdict(list)
    for came in received:
        by_person[came.number].append(came)
    for repeats in by_person.values():
        assert len({(came.key, came.task, came.hash) for came in repeats}) == 1, "a repeat is the same delivery"
    assert all(len(set(answers)) == 1 for answers in hospital.answers.values()), "a message came again: same answer"
    assert set(counts) == {"messages.done", "deliveries.delivered"}
    assert counts["messages.done"] == len(set(taken))
    assert counts["deliveries.delivered"] == len(by_person) + len(town.files) + len(by_person)
