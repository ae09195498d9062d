"""How soon it is ready and how much memory it takes; processor time is judged, a busy machine is not our fault."""

import sys
import time

import psutil  # type: ignore[import-untyped]  # it has no types

from tests.faults.conftest import Town
from tests.faults.hospital import positive
from tests.faults.people import discharge

MESSAGES = 500
MEGABYTE = 1_000_000
STARTS = 3
"""The quickest of so many counts: what else the machine does makes each of them slower, and none quicker."""


def test_it_is_ready_soon_and_stays_small(town: Town) -> None:
    quickest = float("inf")
    for nth in range(STARTS):
        began = time.perf_counter()
        gateway = town.gateway.start(FAULT_WITHOUT="fhirpathpy")
        took = time.perf_counter() - began
        assert gateway.process
        process = psutil.Process(gateway.process.pid)
        quickest = min(quickest, took, sum(process.cpu_times()[:2]))
        if nth < STARTS - 1:
            assert gateway.stop() == 0
    started = process.memory_info().rss / MEGABYTE
    with gateway.line() as line:
        for nth in range(MESSAGES):
            assert positive(line.ask(discharge(nth)))
    counts = gateway.quiet()
    worked = process.memory_info().rss / MEGABYTE
    figures = f"ready after {quickest:.2f} s at best, with {started:.0f} MB; {worked:.0f} MB after {MESSAGES} messages"
    sys.stdout.write(f"{figures}\n")
    assert counts["messages.done"] == MESSAGES
    assert quickest < 1, figures
    assert started < 120, figures
    assert worked < 150, figures
    assert gateway.stop() == 0
