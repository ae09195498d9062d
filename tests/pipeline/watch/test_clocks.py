"""Restarts, clocks that jump, daylight saving, pauses, questions, other times of a site and other Länder."""

import pytest

from gateway.domain.ledger import Save
from gateway.pipeline.stored.terms import terms
from gateway.pipeline.watch.life import Told, discharge
from gateway.store.memory import MemoryStore
from tests.pipeline.line.world import ELSEY, PARTIES, answer, measure
from tests.pipeline.watch.clock import Watched, berlin

HOSPITAL, SITE, LEAD = "senneklinik", "stelle-senne", "stelle-mitte"
THURSDAY = berlin("2026-03-12T12:00")


def received(**more: object) -> Watched:
    world = Watched(moment=THURSDAY, **more)  # type: ignore[arg-type]  # fields of a World
    world.referred()
    world.taken()
    world.settle_down()
    return world


def test_a_restart_forgets_nobody_and_tells_nobody_twice() -> None:
    world = received()
    world.set(berlin("2026-03-13T12:00"))
    world.restart()
    world.later(minutes=5)
    assert world.overdue() == [(SITE, "overdue")]
    world.set(berlin("2026-03-16T12:00"))
    assert world.overdue()[:2] == [(SITE, "overdue"), (HOSPITAL, "overdue")]


def test_what_came_up_while_the_gateway_was_down_is_told_at_the_start() -> None:
    world = received()
    world.moment = berlin("2026-03-13T13:00")
    world.restart()
    assert world.overdue() == [(SITE, "overdue")]


def test_a_flag_whose_task_moved_while_nobody_watched_ends_at_the_start() -> None:
    world = received()
    world.set(berlin("2026-03-13T12:00"))
    world.says(SITE, "accepted")
    world.restart()
    assert world.flags() == []


def test_a_flag_whose_case_ended_while_nobody_watched_ends_at_the_start() -> None:
    world = received()
    world.set(berlin("2026-03-13T12:00"))
    world.says(SITE, "rejected", "no-capacity", reason="bis Januar voll")
    world.restart()
    assert world.flags("inactive") == ["referral-accepted"]


def test_a_clock_that_ran_ahead_and_was_set_back_tells_nobody_twice() -> None:
    world = received()
    world.set(berlin("2027-03-12T12:00"))
    told = world.overdue()
    world.set(berlin("2026-03-12T13:00"))
    assert world.flags() == []
    world.set(berlin("2026-03-13T12:00"))
    assert world.flags() == ["referral-accepted"]
    assert world.overdue() == told


def test_a_clock_set_back_before_anything_was_due_moves_no_moment() -> None:
    world = received()
    world.set(berlin("2026-03-12T10:00"))
    world.set(berlin("2026-03-13T11:59"))
    assert world.overdue() == []
    world.set(berlin("2026-03-13T12:00"))
    assert world.overdue() == [(SITE, "overdue")]


def test_a_working_day_across_the_night_of_daylight_saving_ends_at_the_same_moment_of_work() -> None:
    world = Watched(moment=berlin("2026-03-27T15:00"))  # a Friday; on Sunday the clocks go forward
    world.referred()
    world.taken()
    world.set(berlin("2026-03-30T14:59"))
    assert world.overdue() == []
    world.set(berlin("2026-03-30T15:00"))
    assert world.overdue() == [(SITE, "overdue")]


@pytest.mark.parametrize(("ags", "free"), [("05711000", True), ("03241001", False)])
def test_a_holiday_of_the_land_of_the_site_is_no_working_day(ags: str, free: bool) -> None:  # noqa: FBT001 - a case
    catchment = {"postcodes": ["33659"], "ags": [ags]}
    parties = tuple({**p, "catchment": catchment} if p["partner"] == SITE else p for p in PARTIES)
    world = Watched(moment=berlin("2026-06-03T12:00"), parties=parties)  # the day before Corpus Christi
    world.referred()
    world.taken()
    world.set(berlin("2026-06-04T12:00"))
    assert (world.overdue() == []) == free


def test_a_site_has_times_of_its_own_from_the_moment_they_are_read() -> None:
    world = received()
    world.change(SITE, timers={"referral-accepted": "2 hours"})
    world.later(hours=2)
    assert world.overdue() == [(SITE, "overdue")]


def test_a_question_turns_the_clock_to_the_other_side() -> None:
    world = received()
    world.says(
        SITE,
        "received",
        "awaiting-information",
    )
    world.settle_down()
    world.set(berlin("2026-03-16T12:00"))
    assert world.overdue()[0][0] == HOSPITAL
    assert SITE not in [party for party, _ in world.overdue()][:1]


def test_on_hold_the_clock_stands_still_and_its_flag_ends() -> None:
    world = Watched(moment=THURSDAY)
    world.planned(measure("M-1", ELSEY))
    world.taken()
    world.sends("elsey", answer(world.task("M-1"), "accepted"))
    world.sends("elsey", answer(world.task("M-1"), "in-progress"))
    world.later(days=15)
    assert "measure-noted" in world.flags()
    world.sends("elsey", answer(world.task("M-1"), "on-hold", "client-in-hospital", reason="Krankenhaus"))
    world.settle_down()
    assert "measure-noted" not in world.flags()


def test_a_note_of_the_owner_starts_the_clock_anew() -> None:
    world = Watched(moment=THURSDAY)
    world.planned(measure("M-1", ELSEY))
    world.taken()
    world.sends("elsey", answer(world.task("M-1"), "in-progress"))
    world.later(days=10)
    world.sends("elsey", answer(world.task("M-1"), "in-progress", note=[{"text": "läuft gut"}]))
    world.later(days=10)
    assert "measure-noted" not in world.flags()
    world.later(days=5)
    assert "measure-noted" in world.flags()
    world.sends("elsey", answer(world.task("M-1"), "in-progress", note=[{"text": "läuft gut"}, {"text": "weiterhin"}]))
    world.settle_down()
    assert "measure-noted" not in world.flags()


def test_a_planned_discharge_comes_before_the_usual_time() -> None:
    world = received()
    visit = world.all("Encounter")[0]
    url = "http://hl7.org/fhir/5.0/StructureDefinition/extension-Encounter.plannedEndDate"
    planned = {**visit, "extension": [{"url": url, "valueDateTime": "2026-03-12T16:00:00+01:00"}]}
    world.store.commit([Save(planned, None, terms(planned, HOSPITAL), world.now())]).result()
    world.restart()
    world.set(berlin("2026-03-12T15:59"))
    assert "referral-contact" not in world.flags()
    world.set(berlin("2026-03-12T16:00"))
    assert "referral-contact" in world.flags()


def test_a_road_that_changes_is_no_reason_to_read_everything_again() -> None:
    world = received()
    world.change(HOSPITAL, phone="0521 555000")
    world.watch.round()
    assert world.watch.filling is None
    world.change(SITE, timers={"referral-accepted": "2 hours"})
    world.watch.round()
    assert world.watch.filling is not None


def test_a_discharge_that_is_only_a_day_is_noon_of_it_and_what_is_no_moment_is_none() -> None:
    assert discharged("2026-03-13") == berlin("2026-03-13T12:00")
    assert discharged("2026-03-13T16:00:00") == berlin("2026-03-13T16:00")
    assert discharged("2026-03") is None
    assert discharged("bald") is None


def discharged(said: str) -> object:
    """The planned discharge where the help is to begin at a time that was said so."""
    store = MemoryStore()
    request = {"resourceType": "ServiceRequest", "id": "s", "occurrencePeriod": {"start": said}}
    visit = {"resourceType": "Encounter", "id": "e"}
    store.commit([Save(r, 0, (), THURSDAY) for r in (request, visit)]).result()
    case = {"id": "t", "focus": {"reference": "ServiceRequest/s"}, "encounter": {"reference": "Encounter/e"}}
    return discharge(Told([], case, store))


def test_without_a_stay_there_is_no_discharge() -> None:
    assert discharge(Told([], {"id": "t"}, MemoryStore())) is None


@pytest.mark.parametrize("edge", ["0001-01-01T00:00:00+02:00", "9999-12-31T23:59:59-02:00"])
def test_a_moment_that_no_calendar_has_is_none(edge: str) -> None:
    assert discharged(edge) is None
