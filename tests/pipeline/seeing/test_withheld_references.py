"""A reference that is withheld is no way for a search either, though both of its ends are shown."""

import pytest

from gateway.domain.ledger import Version
from gateway.fhir.searching.ask import question
from tests.pipeline.seeing.test_nothing_withheld_shines_through import case, classes, consent, seen

ROLE = "care-service"
WAYS = [
    ("Task", "based-on:CarePlan.date", "ge1900", "t1"),
    ("CarePlan", "_has:Task:based-on:status", "accepted", "cp1"),
]


def found(kind: str, name: str, value: str, *refused: str) -> list[Version]:
    """What a care service finds, of a person who refuses some classes of data."""
    refusal = [consent("1", type="deny", **{"class": classes(*refused)})] if refused else []
    asked, problems = question(kind, [(name, value)], strict=True)
    assert problems == []
    return list(seen(ROLE, *case("1"), *refusal).search(asked).found)


@pytest.mark.parametrize(("kind", "name", "value", "key"), WAYS)
def test_a_search_goes_through_a_reference_that_is_shown_and_through_none_that_is_withheld(
    kind: str, name: str, value: str, key: str
) -> None:
    (shown,) = found(kind, name, value)
    assert shown.id == key
    assert found(kind, name, value, "course") == []


def test_both_ends_of_it_are_shown_all_the_same() -> None:
    eyes = seen(ROLE, *case("1"), consent("1", type="deny", **{"class": classes("course")}))
    task, plan = eyes.read("Task", "t1"), eyes.read("CarePlan", "cp1")
    assert task is not None
    assert plan is not None
    assert "basedOn" not in task.resource
