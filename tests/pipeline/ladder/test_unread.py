"""What was handed over and stays unread goes by the next road, in time, once, and over restarts."""

from gateway.domain.ledger import Queue
from gateway.pipeline.ladder.climb import climbed
from tests.pipeline.ladder.climbing import FOLDER, HTTP, LINK, PHONE, Ladder, said
from tests.pipeline.line.world import ELSEY, measure


def test_what_was_handed_over_and_stays_unread_goes_by_the_next_road() -> None:
    world = Ladder()
    world.came()
    world.later(hours=3, minutes=59)
    assert world.way() == [("http", "delivered")]
    world.later(minutes=1)
    assert world.way() == [("http", "delivered"), ("folder", "waiting")]
    assert world.stand("M-1") == "requested dispatched"
    assert world.flags() == []  # nobody is told that it is late while there is another road


def test_what_was_taken_note_of_stays_where_it_is() -> None:
    world = Ladder()
    world.came(grade="E2")
    world.later(hours=5)
    assert world.way() == [("http", "delivered")]


def test_each_rung_has_its_own_time() -> None:
    world = Ladder(roads=(FOLDER, LINK, PHONE))
    world.came()
    world.later(hours=4)
    world.came(code="link")
    world.later(hours=40)
    assert world.way() == [("folder", "delivered"), ("link", "delivered")]
    world.later(hours=8)  # two working days
    assert world.way()[-1] == ("phone", "waiting")


def test_a_second_road_of_the_same_length_has_its_time_from_when_it_began() -> None:
    world = Ladder(roads=(HTTP, FOLDER, LINK))
    world.came()
    world.later(hours=4)
    world.came()
    world.later(hours=3, minutes=59)
    assert world.way() == [("http", "delivered"), ("folder", "delivered")]
    world.later(minutes=1)
    assert world.way()[-1] == ("link", "waiting")


def test_a_partner_may_have_another_time_for_a_road() -> None:
    world = Ladder(roads=({**FOLDER, "wait": "1 hours"}, LINK))
    world.came()
    world.later(hours=1)
    assert world.way()[-1] == ("link", "waiting")


def test_a_site_may_have_another_time_for_electronic_roads() -> None:
    world = Ladder()
    world.change("stelle-senne", timers={"measure-delivered": "8 hours"})
    world.came()
    world.later(hours=7)
    assert len(world.way()) == 1
    world.later(hours=1)
    assert world.way()[-1] == ("folder", "waiting")


def test_a_restart_neither_forgets_nor_repeats_a_rung() -> None:
    world = Ladder()
    world.came()
    world.later(hours=3)
    world.restart()
    world.later(hours=1)
    world.restart()
    world.restart()
    assert world.way() == [("http", "delivered"), ("folder", "waiting")]


def test_a_time_that_ran_out_while_the_gateway_was_down_is_made_up_for_at_the_start() -> None:
    world = Ladder()
    world.came()
    world.moment = world.moment.replace(hour=23)
    world.restart()
    assert world.way()[-1] == ("folder", "waiting")


def test_after_a_folder_as_the_last_rung_whoever_asks_is_told_and_nothing_moves() -> None:
    world = Ladder(roads=(HTTP, FOLDER))
    world.came()
    world.later(hours=4)
    world.came()
    world.later(hours=4)
    assert (world.stand("M-1"), world.flags()) == ("requested dispatched", ["measure-delivered"])
    assert world.decisions("re-route") == []


def test_after_a_link_as_the_last_rung_the_kuemmerer_decides_once() -> None:
    world = Ladder(roads=(HTTP, LINK))
    world.came(outcome="refused", grade="E0", standing="dead")
    world.came(code="link")
    world.later(days=3)
    assert world.stand("M-1") == "requested dispatch-failed"
    world.later(days=3)
    world.restart()
    assert world.decisions("re-route") == ["requested"]


def test_a_late_answer_by_an_earlier_road_counts_and_withdraws_the_decision() -> None:
    world = Ladder(roads=(HTTP, LINK))
    world.came()
    world.later(hours=4)
    world.came(code="link")
    world.later(days=3)
    world.answers("accepted", "selected")
    assert world.stand("M-1") == "accepted selected"
    assert world.decisions("re-route") == ["cancelled"]


def test_an_answer_on_an_earlier_rung_stops_a_later_one_that_still_waits() -> None:
    world = Ladder()
    world.came()
    world.later(hours=4)
    world.answers("accepted", "selected")
    assert world.way() == [("http", "delivered"), ("folder", "dropped")]
    (said,) = [c["status"] for c in world.all("Communication") if c["medium"][0]["text"] == "folder"]
    assert said == "not-done"


def test_what_was_answered_by_telephone_climbs_no_further_though_its_road_fails() -> None:
    world = Ladder()
    world.answers("accepted", "selected")
    world.came(outcome="refused", grade="E0", standing="dead")
    assert (world.way(), world.stand("M-1")) == ([("http", "dead")], "accepted selected")


def test_news_for_who_has_accepted_goes_by_the_next_road_where_one_fails() -> None:
    world = Ladder()
    world.came(grade="E2")
    world.answers("accepted", "selected")
    world.later(hours=1)
    world.sends("stelle-senne", world.plan(measure("M-1", ELSEY, priority="urgent")))
    news = world.outbox("elsey")[-1]
    assert news.road == "http"
    following = climbed(news, {"standing": "dead"}, world.rooms)
    assert [change.delivery.road for change in following if isinstance(change, Queue)] == ["folder"]


def test_news_of_a_measure_that_was_changed_is_not_taken_back_by_an_answer() -> None:
    world = Ladder(roads=(HTTP,))
    waits = world.last
    world.answers("accepted", "selected")
    assert world.store.delivery(waits.id).standing == "waiting"


def test_the_last_rung_may_be_a_call_which_the_kuemmerer_is_asked_to_make() -> None:
    world = Ladder(roads=(HTTP, PHONE))
    world.came(outcome="refused", grade="E0", standing="dead")
    world.came(code="phone")
    assert world.decisions("call") == ["requested"]
    assert "Sozialstation Elsey, 05205 000000" in said(world)
    world.answers("accepted", "selected")
    assert world.decisions("call") == ["cancelled"]


def test_a_call_that_leads_to_nothing_asks_for_another_way() -> None:
    world = Ladder(roads=(PHONE,))
    world.came(code="phone")
    world.later(days=3)
    assert world.stand("M-1") == "requested dispatch-failed"
    assert world.decisions("re-route") == ["requested"]


def test_what_may_have_arrived_waits_for_a_person_however_long_it_takes() -> None:
    world = Ladder()
    world.came(outcome="uncertain", standing="uncertain")
    world.later(days=9)
    assert world.way() == [("http", "uncertain")]


def test_a_climb_stands_in_the_audit() -> None:
    world = Ladder()
    world.came()
    first = world.last
    world.later(hours=4)
    assert [a.outcome for a in world.store.audit(object=first.id) if a.action == "next road"] == ["folder"]
