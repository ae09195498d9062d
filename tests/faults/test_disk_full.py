"""The disk is full: nothing is acknowledged, an operator can see it, and room is enough to go on (reliability, R4)."""

from tests.faults.conftest import Town
from tests.faults.hospital import positive, verdict
from tests.faults.people import ENHANCED, ORIGINAL, SENNE, discharge, person
from tests.faults.running import until

ATTACHED = b"ZZA|" + b"A" * 200_000 + b"\r"
"""More than the pages that are free in the database."""
LARGE = [discharge(1, SENNE, ENHANCED) + ATTACHED, discharge(2, SENNE, ORIGINAL) + ATTACHED]


def test_a_full_disk_acknowledges_nothing_and_heals_without_a_restart(town: Town) -> None:
    gateway, limit = town.gateway, town.gateway.folder / "pages"
    gateway.start(FAULT_PAGES=str(limit))
    with gateway.line() as line:
        assert positive(line.ask(discharge(0)))
        gateway.quiet()

        limit.write_text("1", encoding="ascii")
        assert [verdict(line.ask(message))[0] for message in LARGE] == ["CE", "AE"]
        assert gateway.hand_in("klinik", LARGE[0], "by HTTP")[0] == 503
        assert gateway.get("/health/ready")[0] == 503
        assert gateway.get("/health/live")[0] == 200
        events = [(told["level"], told["event"]) for told in gateway.logged()]
        assert ("error", "the store cannot write") in events

        limit.unlink()
        assert [verdict(line.ask(message))[0] for message in LARGE] == ["CA", "AA"]
    assert gateway.hand_in("klinik", discharge(3), "by HTTP")[0] == 202
    until(lambda: gateway.get("/health/ready")[0] == 200, "it is ready again")
    gateway.quiet()
    assert {came.number for came in town.site.received} == {person(nth).number for nth in range(4)}
    assert gateway.stop() == 0
