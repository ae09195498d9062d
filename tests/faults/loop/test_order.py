"""The same messages of one case in every order in which roads may bring them: each end is legal, and the laws hold."""

from collections.abc import Callable, Iterator
from itertools import permutations
from typing import Any

import pytest

from tests.faults.loop.laws import ALWAYS, breaches
from tests.pipeline.line.world import ELSEY, RAVENSBERG, World, answer, discharge, measure
from tests.pipeline.loop.asking import document, number, question, questions
from tests.pipeline.loop.handing import approval, proposal
from tests.pipeline.loop.test_admission import admission
from tests.pipeline.loop.test_cancel import take_back

Act = Callable[[World], Any]


def planned() -> World:
    """Two measures on their way; nobody knows yet whether they arrived."""
    world = World()
    world.planned(measure("A-1", ELSEY), measure("A-2", RAVENSBERG))
    return world


def arrives(world: World, standing: str = "delivered") -> None:
    """What became of the first measure's delivery."""
    (delivery,) = [d for d in world.outbox("elsey", "measures") if d.message == first(world)]
    grade = "E2" if standing == "delivered" else "E0"
    world.arrives(delivery, standing=standing, grade=grade)


def first(world: World) -> str:
    return str(world.outbox("elsey", "measures")[0].message)


def says(status: str, **more: Any) -> Act:
    """The owner of the first measure, by the Task it has in hand, whatever came of it."""
    return lambda world: world.sends("elsey", answer(world.task("A-1"), status, reason="weil", **more))


def withdrawn(world: World) -> None:
    take_back(world, "A-1", ELSEY)


def admitted(world: World) -> None:
    world.sends("senneklinik", admission("SK-9", "2604999"))


def home(world: World) -> None:
    world.sends("senneklinik", discharge("SK-10", visit="2604999", disposition=""))


def cancelled_visit(world: World) -> None:
    world.sends("senneklinik", discharge("SK-11", event="A13"))


def lost(world: World) -> None:
    arrives(world, "dead")


STORIES: dict[str, tuple[Act, ...]] = {
    "an answer before its delivery's result": (arrives, says("accepted"), says("in-progress")),
    "an answer after the delivery was given up": (lost, says("accepted"), says("in-progress")),
    "a withdrawal before the acceptance": (arrives, says("accepted"), withdrawn),
    "a withdrawal beside a refusal": (lost, withdrawn, says("rejected")),
    "the end before the beginning": (says("accepted"), says("in-progress"), says("completed")),
    "a stay in hospital": (admitted, home, says("accepted"), says("in-progress")),
    "a stay and a withdrawal": (admitted, home, says("in-progress"), withdrawn),
    "all of it taken back": (cancelled_visit, says("in-progress"), admitted, arrives),
}


def orders() -> Iterator[Any]:
    for name, acts in STORIES.items():
        for nth, order in enumerate(permutations(acts)):
            yield pytest.param(order, id=f"{name}-{nth}")


@pytest.mark.parametrize("order", [*orders()])
def test_in_whatever_order_it_comes_the_laws_hold_and_nothing_waits_unseen(order: tuple[Act, ...]) -> None:
    world = planned()
    for act in order:
        act(world)
        assert breaches(world.store, ALWAYS) == []
    for entry in world.store.entries({}, 0, 100):
        assert entry.state == "done" or entry.problems, entry
        assert "line.fault" not in {problem.code for problem in entry.problems}


def first_day(data: bytes) -> bytes:
    """The admission of the stay that `home` ends."""
    return data.replace(b"|202603200915|", b"|202603020915|")


def test_an_admission_that_comes_after_its_discharge_pauses_nothing() -> None:
    world = planned()
    says("in-progress")(world)
    home(world)
    message = world.sends("senneklinik", first_day(admission("SK-9", "2604999")))
    assert world.stand("A-1") == "in-progress"
    assert "record.older" in {problem.code for problem in message.problems}


def test_a_new_stay_under_the_old_number_pauses_as_every_stay() -> None:
    world = planned()
    says("in-progress")(world)
    home(world)
    admitted(world)
    assert world.stand("A-1") == "on-hold client-in-hospital"


def test_a_discharge_that_is_cancelled_is_a_stay_that_goes_on() -> None:
    world = planned()
    says("in-progress")(world)
    home(world)
    world.sends("senneklinik", first_day(admission("SK-9", "2604999", event="A13")))
    assert world.stand("A-1") == "on-hold client-in-hospital"


def test_an_answer_to_a_question_that_was_taken_back_reaches_its_asker_as_a_document() -> None:
    world = World()
    world.referred()
    world.sends("stelle-senne", question(world.case()))
    (asked,) = questions(world)
    world.sends("stelle-senne", answer(asked, "cancelled"))
    message = world.sends("senneklinik", document("D-1", number(asked)))
    assert questions(world)[0]["status"] == "cancelled"
    assert world.told(message) == [("stelle-senne", "referral")]
    assert breaches(world.store, ALWAYS) == []


@pytest.mark.parametrize("late", ["completed", "rejected"])
def test_an_answer_to_a_proposal_that_was_answered_changes_no_owner(late: str) -> None:
    world = planned()
    world.sends("stelle-senne", proposal(world))
    asked = approval(world)
    world.sends("stelle-mitte", answer(asked, "rejected", reason="Team voll"))
    message = world.sends("stelle-mitte", answer(asked, late, reason="doch"))
    assert world.case()["owner"]["reference"] == "Organization/stelle-senne"
    assert (message.stopped == "record") == (late == "completed")
    assert breaches(world.store, ALWAYS) == []


def test_a_proposal_approved_after_it_was_taken_back_changes_no_owner() -> None:
    world = planned()
    world.sends("stelle-senne", proposal(world))
    asked = approval(world)
    world.sends("stelle-senne", answer(asked, "cancelled"))
    message = world.sends("stelle-mitte", answer(asked, "completed"))
    assert (world.case()["owner"]["reference"], message.stopped) == ("Organization/stelle-senne", "record")
