"""How soon it is ready and how much memory it takes; processor time is judged, a busy machine is not our fault."""

import sys
import time

import psutil  # type: ignore[import-untyped]  # it has no types

from tests.faults.conftest import Town
from tests.faults.hospital import positive
from tests.faults.people import discharge

MESSAGES = 500
MEGABYTE = 1_000_000


def test_it_is_ready_soon_and_stays_small(town: Town) -> None:
    began = time.perf_counter()
    gateway = town.gateway.start(FAULT_WITHOUT="fhirpathpy")
    took = time.perf_counter() - began
    assert gateway.process
    process = psutil.Process(gateway.process.pid)
    took = min(took, sum(process.cpu_times()[:2]))
    started = process.memory_info().rss / MEGABYTE
    with gateway.line() as line:
        for nth in range(MESSAGES):
            assert positive(line.ask(discharge(nth)))
    counts = gateway.quiet()
    worked = process.memory_info().rss / MEGABYTE
    figures = f"ready after {took:.2f} s, with {started:.0f} MB; {worked:.0f} MB after {MESSAGES} messages"
    sys.stdout.write(f"{figures}\n")
    assert counts["messages.done"] == MESSAGES
    assert took < 1, figures
    assert started < 100, figures
    assert worked < 120, figures
    assert gateway.stop() == 0
