"""A Kümmerer writes down that a person refuses, and names nobody: all are meant who work for it, and nobody else."""

import pytest

from gateway.pipeline.granting.by_hand import Words, withdrawn
from tests.pipeline.agreeing.agreed import refuse, under_way, with_office
from tests.pipeline.line.world import World


@pytest.fixture
def world() -> World:
    return under_way()


def refused(world: World, *to: str, also_by_law: bool = True) -> list[str]:
    """Ids of the parties for which a refusal is written."""
    words = Words(world.case()["for"]["reference"], to)
    provisions = [one.resource["provision"] for one in withdrawn(words, world.rooms, refuse=also_by_law)]
    actors = (actor for one in provisions if one["type"] == "deny" for actor in one["actor"])
    return [actor["reference"]["reference"].partition("/")[2] for actor in actors]


def test_all_who_work_for_the_person_are_refused(world: World) -> None:
    assert set(refused(world)) == {"elsey", "ravensberg", "lutterbach"}


def test_whoever_has_the_case_and_who_referred_it_are_refused_by_name_alone(world: World) -> None:
    assert not {"stelle-senne", "senneklinik"} & set(refused(world))
    assert refused(world, "stelle-senne") == ["stelle-senne"]


def test_without_the_word_to_refuse_nobody_is(world: World) -> None:
    assert refused(world, also_by_law=False) == []


def test_whoever_is_shown_it_by_law_is_refused_too() -> None:
    assert "wohnberatung" in refused(with_office("sozialamt_sgb12"))


def test_whoever_is_refused_already_is_not_refused_again(world: World) -> None:
    refuse(world, "elsey")
    assert set(refused(world)) == {"ravensberg", "lutterbach"}
