"""SIGTERM under load: a graceful end loses nothing and takes nothing more."""

import time

from tests.faults.conftest import Make, Town
from tests.faults.hospital import Hospital
from tests.faults.people import ENHANCED, ORIGINAL, SENNE, discharge, person
from tests.faults.running import SETTINGS, until

LINES = 6


def test_sigterm_under_load_ends_in_time_loses_nothing_and_takes_nothing_more(town: Town) -> None:
    gateway = town.gateway.start()
    hospital = Hospital(
        gateway.folder / "ledger",
        lambda nth: discharge(nth, SENNE, ENHANCED if nth % 4 else ORIGINAL),
        lambda: gateway.mllp,
        LINES,
    )
    until(lambda: len(hospital.taken) >= 60, "there is load")
    began = time.monotonic()
    assert gateway.stop() == 0
    took = time.monotonic() - began
    hospital.leave()
    assert took < SETTINGS["shutdown"]["grace"] + 5, f"it took {took:.1f} s to end"

    stopping = next(line for line in gateway.logged() if line["event"] == "stopping")
    gateway.start()
    counts = gateway.quiet()
    kept = counts["messages.done"]
    assert kept <= stopping["taken"] + LINES, "after the signal only what was being kept already was still taken"
    assert set(counts) == {"messages.done", "deliveries.delivered"}
    assert gateway.stop() == 0
    received = town.site.received
    assert {person(int(key[1:])).number for key in hospital.taken} <= {came.number for came in received}
    assert len(received) == len(set(received)), "a graceful end leaves nothing unsure"


def test_a_peer_that_never_answers_does_not_hold_up_the_end_beyond_the_grace(make: Make) -> None:
    town = make(shutdown={"grace": 1})
    silent = town.new_site("site-senne", "33659", silent=True)
    gateway = town.gateway.start()
    with gateway.line() as line:
        line.ask(discharge(1))
    until(lambda: silent.asked, "the silent site was asked")
    began = time.monotonic()
    assert gateway.stop() == 0
    assert time.monotonic() - began < 1 + 5
