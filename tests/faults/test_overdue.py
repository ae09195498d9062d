"""What is overdue, told by a gateway that runs: found at its start, told once to each, also after a kill -9."""

import asyncio
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from gateway import settings as options
from gateway.domain.road import Arrival
from gateway.house.opened import rooms_of
from gateway.pipeline.line import process
from gateway.pipeline.receive import Receiving
from gateway.pipeline.watch.flag import since, standing, timer_of, told_of
from gateway.store.sql.store import open_store
from tests.faults.conftest import Town
from tests.faults.people import Place, discharge
from tests.faults.running import Running, until

LONG_AGO = datetime.now(UTC) - timedelta(days=30)


def referred(gateway: Running) -> None:
    """A referral that came a month ago, and that nobody has answered."""
    settings, problems = options.load(gateway.config)
    assert settings, problems
    with closing(open_store(f"sqlite:///{gateway.folder / 'gateway.db'}")) as store:
        rooms = replace(rooms_of(settings, store)[0], now=lambda: LONG_AGO)
        arrival = Arrival("klinik", "mllp", "hl7v2-de", discharge(1, place=Place("33330", "Gütersloh")), LONG_AGO)
        asyncio.run(Receiving(rooms, lambda: None).receive(arrival))
        for entry in store.waiting():
            process(entry, rooms)


def told(gateway: Running) -> list[tuple[str, tuple[str, ...]]]:
    """The Flags that stand: which timer, and who was told."""
    with closing(open_store(f"sqlite:///{gateway.folder / 'gateway.db'}")) as store:
        return [(timer_of(flag), told_of(flag, since(flag))) for flag in standing(store)]


def notices(gateway: Running) -> list[str]:
    """What went to the hospital and to Gütersloh, by name."""
    return sorted(path.name for path in (gateway.folder / "out").rglob("*.*"))


def test_a_referral_that_nobody_answered_is_told_once_to_owner_requester_and_lead_whatever_kills_it(town: Town) -> None:
    gateway = town.gateway
    referred(gateway)
    gateway.start()
    all_of_them = [("referral-received", ("owner", "requester", "lead"))]
    until(lambda: told(gateway) == all_of_them, "it is overdue, and told", pause=0.2)
    gateway.quiet()
    before = notices(gateway)
    assert [name.partition("-")[0] for name in before if name.startswith("overdue")]
    gateway.kill()
    gateway.start()
    gateway.quiet()
    assert (told(gateway), notices(gateway)) == (all_of_them, before)
