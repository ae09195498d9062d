"""What a caller may do with a Task next, as a client of the interface reads it: `$actions`, and a refused move."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.web.fhir.interface import PATCH, Interface, opened

Resource = dict[str, Any]


@pytest.fixture
def fhir(tmp_path: Path) -> Iterator[Interface]:
    """An interface of its own for each test: the Task is where it begins."""
    with opened(tmp_path) as made:
        yield made


def referral(fhir: Interface) -> Resource:
    """The Task of a referral that has just come in."""
    fhir.world.referred()
    task: Resource = fhir.get(f"Task/{fhir.world.case()['id']}").json()
    return task


def listed(fhir: Interface, task: Resource, **headers: str) -> dict[str, list[Resource]]:
    """Status -> the parts of the action that leads there."""
    answer = fhir.get(f"Task/{task['id']}/$actions", **headers).json()
    found = [one["part"] for one in answer.get("parameter", ())]
    return {part["valueCode"]: parts for parts in found for part in parts if part["name"] == "status"}


def values(parts: list[Resource], name: str) -> list[Any]:
    """What the parts of this name say."""
    return [next(v for k, v in part.items() if k != "name") for part in parts if part["name"] == name]


def accepted(fhir: Interface) -> Resource:
    """The same Task, which its site has accepted."""
    task = referral(fhir)
    plain = {key: value for key, value in task.items() if key != "businessStatus"}
    tag = f'W/"{task["meta"]["versionId"]}"'
    moved: Resource = fhir.ask("PUT", f"Task/{task['id']}", {**plain, "status": "accepted"}, If_Match=tag).json()
    return moved


def test_an_action_names_its_business_statuses_in_german_and_what_else_it_needs(fhir: Interface) -> None:
    found = listed(fhir, referral(fhir))
    declines = found["rejected"]
    assert {"no-capacity": "Keine Kapazität"}.items() <= {
        said["code"]: said["display"] for said in values(declines, "businessStatus")
    }.items()
    assert all(said["system"].startswith("https://") for said in values(declines, "businessStatus"))
    assert (values(declines, "reason"), values(found["accepted"], "reason")) == ([True], [False])
    assert (values(declines, "named"), values(declines, "actor"), values(declines, "display")) == (
        [False],
        ["O"],
        ["Ablehnen"],
    )


def test_what_stands_against_closing_a_case_is_told_with_the_move(fhir: Interface) -> None:
    task = accepted(fhir)
    assert "completed" not in listed(fhir, task)
    begins = [{"op": "replace", "path": "/status", "value": "in-progress"}]
    tag = f'W/"{task["meta"]["versionId"]}"'
    begun = fhir.ask("PATCH", f"Task/{task['id']}", json.dumps(begins), If_Match=tag, Content_Type=PATCH)
    assert begun.status_code == 200, begun.text
    obstacles = values(listed(fhir, task)["completed"], "obstacle")
    assert "Nothing says how it ended. Name the outcome in Task.businessStatus, or say it in Task.output." in obstacles


def test_a_refused_move_tells_the_next_ones_with_all_they_need(fhir: Interface) -> None:
    task = referral(fhir)
    tag = f'W/"{task["meta"]["versionId"]}"'
    refused = fhir.ask("PUT", f"Task/{task['id']}", {**task, "status": "completed"}, If_Match=tag)
    told = {
        issue["details"]["text"]: issue["diagnostics"]
        for issue in fhir.issues(refused)
        if issue["severity"] == "information"
    }
    declines = told["Task.status may become rejected."]
    assert "actor O; businessStatus" in declines
    assert "no-capacity" in declines
    assert "statusReason.text needed" in declines
    assert "statusReason.text needed" not in told["Task.status may become accepted."]
