"""What docs/how-to/answer-by-fhir.md prints is what the line takes."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from gateway.domain.task import belongs
from tests.pipeline.line.world import World

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "how-to" / "answer-by-fhir.md").read_text(encoding="utf-8")
CELLS = [line.split("|") for line in PAGE.splitlines() if re.match(r"\| [^|]+ \| `[a-z-]+` \|", line)]
ROWS = [(cells[2].strip(" `"), re.findall(r"`([a-z-]+)`", cells[4])) for cells in CELLS[1:]]


def documented(world: World) -> dict[str, Any]:
    """The Task of the page, about the case of the world."""
    found = re.search(r"```json\n(.*?)```", PAGE, re.DOTALL)
    assert found is not None
    task: dict[str, Any] = json.loads(found[1])
    task["identifier"][0]["value"] = world.case()["id"]
    return task


def test_the_smallest_task_that_the_page_shows_accepts_the_referral() -> None:
    world = World()
    world.referred()
    message = world.sends("stelle-senne", documented(world))
    assert message.stopped == ""
    assert world.stand() == "accepted"


@pytest.mark.parametrize(("status", "codes"), ROWS)
def test_each_business_status_of_the_page_belongs_to_its_status(status: str, codes: list[str]) -> None:
    assert codes
    assert {belongs(code) for code in codes} == {status}


def test_the_page_names_every_answer_an_owner_gives() -> None:
    assert {status for status, _ in ROWS} == {"accepted", "rejected", "in-progress", "on-hold", "completed", "failed"}
