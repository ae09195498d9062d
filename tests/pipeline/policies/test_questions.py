"""Whoever is asked something is asked in words, whatever its role; other free text stays withheld."""

from typing import Any

import pytest

from gateway.pipeline.policies.load import standard
from gateway.pipeline.tasks.family import kind_of
from tests.pipeline.agreeing.agreed import consent, refuse
from tests.pipeline.line.world import HTTP, WOHNBERATUNG, Resource, World, answer, bundle, measure
from tests.pipeline.loop.asking import TEXT, TOLD, question, questions, said
from tests.pipeline.rest.client import Client

ROLES = sorted(name for name, role in standard().roles.items() if not {"site", "hospital"} & {*role.kinds})
NOTE = "Schlüssel bei Frau Kamp im Erdgeschoss"


def planned(role: str, **party: Any) -> World:
    """A measure for a party of a role, to which the person has consented, with a note that is not for all of them."""
    world = World()
    world.change("wohnberatung", role=role, **party)
    world.referred()
    world.sends("stelle-senne", answer(world.case(), "accepted"))
    world.sends("stelle-senne", bundle(consent(world, to=("wohnberatung",))))
    world.sends("stelle-senne", world.plan(measure("A-1", WOHNBERATUNG, note=[{"text": NOTE}])))
    return world


def told(world: World, about: str) -> Resource:
    """The Task of a kind that the party was sent last."""
    (found,) = [task for task in world.sent("wohnberatung", "Task") if kind_of(task) == about]
    return found


def text(world: World) -> str:
    return "".join(delivery.data.decode() for delivery in world.outbox("wohnberatung"))


@pytest.mark.parametrize("role", ROLES)
def test_a_question_reaches_every_role_in_words(role: str) -> None:
    world = planned(role, receives=[HTTP])
    world.sends("stelle-senne", question(world.task("A-1")))
    assert told(world, "question")["description"] == TEXT


@pytest.mark.parametrize("role", ROLES)
def test_so_does_the_answer_to_its_own(role: str) -> None:
    world = planned(role, receives=[HTTP], answers={"as": "Task"})
    world.sends("wohnberatung", question(world.task("A-1")), format="fhir")
    (asked,) = questions(world)
    world.sends("stelle-senne", answer(asked, "completed", output=said(TOLD)))
    task = told(world, "question")
    assert (task["description"], task["output"]) == (TEXT, said(TOLD))


@pytest.mark.parametrize("role", [name for name in ROLES if {"name", "everything"} & {*standard().roles[name].release}])
def test_a_question_in_a_row_of_a_list_has_its_words_too(role: str) -> None:
    world = planned(role)
    world.sends("stelle-senne", question(world.task("A-1")))
    assert TEXT in " ".join(world.rows("wohnberatung")[-1].values())


@pytest.mark.parametrize("role", ROLES)
def test_so_does_the_wish_to_stop(role: str) -> None:
    world = planned(role, receives=[HTTP])
    world.arrives(world.outbox("wohnberatung")[-1])
    world.sends("wohnberatung", answer(world.task("A-1"), "in-progress"), format="fhir")
    world.sends("stelle-senne", world.plan(measure("A-1", WOHNBERATUNG, status="revoked")))
    assert told(world, "abort")["description"]


@pytest.mark.parametrize("role", ROLES)
def test_so_does_the_recall(role: str) -> None:
    world = planned(role, receives=[HTTP])
    world.arrives(world.outbox("wohnberatung")[-1])
    refuse(world, "wohnberatung")
    assert "löschen" in told(world, "recall")["description"]


@pytest.mark.parametrize("role", [name for name in ROLES if "free-text" in standard().roles[name].never])
def test_no_other_free_text_is_opened_by_it(role: str) -> None:
    world = planned(role, receives=[HTTP])
    world.sends("stelle-senne", question(world.task("A-1")))
    assert NOTE not in text(world)


@pytest.mark.parametrize("role", ROLES)
def test_the_task_of_a_measure_has_no_description_for_its_recipient(role: str) -> None:
    world = planned(role, receives=[HTTP])
    assert Client(world).update({**world.task("A-1"), "description": "Hat Angst vor Hunden"}).status == 200
    assert world.task("A-1")["description"] == "Hat Angst vor Hunden"
    world.sends("stelle-senne", world.plan(measure("A-1", WOHNBERATUNG, note=[{"text": "neu"}])))
    assert "Hunden" not in text(world)
