"""A case as people look at it: its Tasks in order, who moved them, what is due."""

from datetime import timedelta

import pytest

from gateway.domain.ledger import Save
from gateway.pipeline.stored.terms import terms
from gateway.pipeline.watch.cases import case_of, node, open_cases, overdue, tree
from gateway.pipeline.watch.judge import judge, seen
from gateway.store.port import ConflictError
from tests.pipeline.line.world import ELSEY, RAVENSBERG, answer, measure
from tests.pipeline.watch.clock import Watched, berlin


@pytest.fixture
def world() -> Watched:
    made = Watched(moment=berlin("2026-03-12T12:00"))
    made.planned(measure("M-1", ELSEY), measure("M-2", RAVENSBERG))
    made.taken()
    made.settle_down()
    return made


def test_a_case_is_its_referral_first_and_every_measure_with_its_owner(world: Watched) -> None:
    nodes = tree(world.case()["id"], world.rooms)
    assert [(each.kind, each.owner) for each in nodes] == [
        ("referral", "stelle-senne"), ("measure", "elsey"), ("measure", "ravensberg"),
    ]  # fmt: skip
    assert [step.stand.status for step in nodes[1].steps] == ["draft", "requested", "received"]
    assert [step.who for step in nodes[1].steps[1:]] == ["stelle-senne", "Kümmerer Gateway"]
    following = nodes[1].next
    assert following is not None
    assert (following.timer.name, following.due) == ("measure-answered", berlin("2026-03-16T12:00"))
    assert case_of(nodes[2].id, world.store) == nodes[0].id


def test_what_is_about_a_task_follows_it(world: Watched) -> None:
    world.sends("elsey", answer(world.task("M-1"), "rejected", reason="keine Kapazität"))
    kinds = [each.kind for each in tree(world.case()["id"], world.rooms)]
    assert kinds == ["referral", "measure", "decision", "measure"]


def test_a_task_that_has_ended_is_due_no_more(world: Watched) -> None:
    world.sends("elsey", answer(world.task("M-1"), "rejected", reason="keine Kapazität"))
    found = node(world.task("M-1")["id"], world.rooms)
    assert found is not None
    assert found.next is None


def test_what_is_unknown_is_nothing(world: Watched) -> None:
    assert (tree("none", world.rooms), case_of("none", world.store), node("none", world.rooms)) == ([], "", None)


def test_open_cases_are_those_of_a_site_that_have_not_ended(world: Watched) -> None:
    case = world.case()["id"]
    assert list(open_cases(world.store)) == list(open_cases(world.store, "stelle-senne")) == [case]
    assert list(open_cases(world.store, "stelle-mitte")) == []


def test_what_is_overdue_says_since_when_in_working_time_and_who_was_told(world: Watched) -> None:
    world.set(berlin("2026-03-13T12:00"))
    world.planned(*(measure(f"M-{number}", ELSEY) for number in range(3, 9)))
    world.taken()
    world.set(berlin("2026-03-17T15:00"))
    late = {each.task: each for each in overdue(world.rooms, world.now())}[world.task("M-1")["id"]]
    assert (late.case, late.site, late.timer) == (world.case()["id"], "stelle-senne", "measure-answered")
    assert (late.since, late.worked) == (berlin("2026-03-16T12:00"), timedelta(hours=27))
    assert late.told == ("owner", "requester")
    moments = [each.since for each in overdue(world.rooms, world.now())]
    assert moments == sorted(moments)
    assert len({*moments}) > 1
    assert overdue(world.rooms, world.now(), "stelle-mitte") == []


def test_nobody_is_told_of_a_task_that_moves_in_that_moment(world: Watched) -> None:
    world.moment = berlin("2026-03-17T15:00")
    look = seen(world.task("M-1")["id"], world.rooms)
    assert look is not None
    judged = judge(look, world.rooms)
    task = {**world.task("M-1"), "status": "accepted"}
    world.store.commit([Save(task, None, terms(task, ""), world.now())]).result()
    with pytest.raises(ConflictError):
        world.store.commit(judged.changes).result()
    assert world.flags() == []
