"""Who else takes part in a case is the knowledge of whoever has it: no question finds it out."""

from typing import Any

import pytest

from tests.pipeline.line.world import ELSEY, LUTTERBACH, World, measure
from tests.pipeline.loop.asking import question, questions
from tests.pipeline.rest.client import Client, codes, task


@pytest.fixture
def world() -> World:
    """A case with two care services; the office takes no part in it."""
    made = World()
    made.planned(measure("A-2", ELSEY), measure("A-4", LUTTERBACH))
    return made


@pytest.mark.parametrize("other", ["lutterbach", "senneklinik", "wohnberatung"])
def test_a_question_to_somebody_else_is_refused_alike_whether_he_takes_part_or_not(world: World, other: str) -> None:
    owner: dict[str, Any] = {"owner": {"reference": f"Organization/{other}"}}
    told = Client(world, "elsey").create(task(world.task("A-2"), kind="question", part=world.task("A-2"), **owner))
    assert (told.status, codes(told)) == (422, ["rest.task.addressee"])
    message = world.sends("elsey", question(world.task("A-2"), **owner))
    assert [problem.code for problem in message.problems if problem.severity == "error"] == ["record.task.owner"]
    assert questions(world) == []


def test_the_other_side_is_asked_by_name(world: World) -> None:
    site = {"owner": {"reference": "Organization/stelle-senne"}}
    told = Client(world, "elsey").create(task(world.task("A-2"), kind="question", part=world.task("A-2"), **site))
    assert told.status == 201


def test_whoever_has_the_case_asks_each_of_it(world: World) -> None:
    for other, status in (("lutterbach", 201), ("senneklinik", 201), ("wohnberatung", 422)):
        owner = {"owner": {"reference": f"Organization/{other}"}}
        asked = task(world.task("A-2"), kind="question", part=world.task("A-2"), **owner)
        assert Client(world, "stelle-senne").create(asked).status == status, other
