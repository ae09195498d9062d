"""A site has times of its own, and what is wrong with them is said."""

import pytest

from tests.directory.deployment import Deployment

SITE = "kind: site\ncatchment: {postcodes: [33602]}\n"


def test_the_times_of_a_site_are_read(deployment: Deployment) -> None:
    deployment.partner("stelle", SITE + "timers: {measure-answered: 3 working-days}\n")
    directory, problems = deployment.load()
    assert [p.code for p in problems if p.severity != "information"] == []
    found = directory.get("stelle")
    assert found is not None
    assert found.timers == {"measure-answered": "3 working-days"}


@pytest.mark.parametrize(
    ("text", "code", "repair"),
    [
        (SITE + "timers: {measure-anwered: 3 days}\n", "directory.timer", "`measure-answered`?"),
        (SITE + "timers: {measure-answered: 3 weeks}\n", "directory.time", "usual here: `2 working-days`"),
        (SITE + "timers: {measure-answered: 0 days}\n", "directory.time", "a whole number and minutes"),
        ("kind: practice\ntimers: {measure-answered: 3 days}\n", "directory.timers", "kind: site"),
    ],
)
def test_a_time_that_cannot_be_is_said_with_its_repair(
    deployment: Deployment, text: str, code: str, repair: str
) -> None:
    deployment.partner("stelle", text)
    (problem,) = [p for p in deployment.load()[1] if p.severity != "information"]
    assert problem.code == code
    assert repair in problem.repair
