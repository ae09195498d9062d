"""Every row of the design's table of foreign statuses, said through the line to a Task of which it can be said."""

import csv
import os
from collections import Counter
from pathlib import Path

import pytest

from tests.pipeline.foreign.stage import Stage, codes, stand, theirs

SHARED = Path(os.environ.get("GATEWAY_SHARED") or Path(__file__).resolve().parents[4] / "shared")
TABLE = SHARED / "design" / "inbound_status_map.csv"

SYSTEMS = {
    "BSeR/360X": "bser", "360X v2 in XDM/Direct": "360x", "findhelp": "findhelp", "PH eReferral": "ph-ereferral",
    "BE UHMEP PerformerTask": "be-uhmep", "NL eOverdracht STU3": "nl-eoverdracht", "Recare webhook": "recare",
    "NHS BaRS": "nhs-bars", "MedCom HospitalNotification": "medcom",
}  # fmt: skip
CODES = {
    "servicerequest-request + SR.status=revoked": "servicerequest-request revoked",
    "STOR/SLOR (leave start/end)": "STOR", "AN_* cancel / RE_* correct": "AN_STIN",
}  # fmt: skip
"""Rows that describe a code instead of naming it."""
BEFORE = {
    "from received": "received", "from accepted": "accepted", "from in-progress": "in-progress",
    "while not started": "accepted", "before start": "accepted", "after start": "in-progress",
}  # fmt: skip
USUAL = {
    "accepted": "requested", "rejected": "requested", "cancelled": "requested", "received": "requested",
    "in-progress": "accepted", "completed": "in-progress", "failed": "in-progress", "on-hold": "in-progress",
}  # fmt: skip
"""Status a row leads to -> where a Task is before, unless the row says so."""
ROWS = list(csv.DictReader(TABLE.read_text(encoding="utf-8").splitlines())) if TABLE.exists() else []
needs_table = pytest.mark.skipif(not ROWS, reason="GATEWAY_SHARED names no folder with design/inbound_status_map.csv")


def named(row: dict[str, str]) -> str:
    return f"{SYSTEMS[row['system']]}: {row['code']}"


def code_of(row: dict[str, str]) -> str:
    """The code of a row without what explains it."""
    if row["code"] in CODES:
        return CODES[row["code"]]
    plain = row["code"].split(" (")[0]
    return plain.split(" ")[0] if row["system"].startswith(("BSeR", "MedCom")) else plain


def before(row: dict[str, str]) -> str:
    """Where a Task is before the status of a row is said."""
    said = next((status for words, status in BEFORE.items() if words in row["code"]), "")
    return said or USUAL.get(row["task_status"], "in-progress")


def group(row: dict[str, str]) -> str:
    """How a row is tested: it begins a referral, tells of the person, asks for more than a move, or moves a Task."""
    if row["system"].startswith("MedCom"):
        return "person"
    return {"requested": "begin"}.get(row["task_status"], "move" if row["task_status"] in USUAL else "more")


def rows(of: str) -> pytest.MarkDecorator:
    """The rows of one group, each with an id of its own."""
    return pytest.mark.parametrize("row", [pytest.param(row, id=named(row)) for row in ROWS if group(row) == of])


def led_to(row: dict[str, str]) -> set[str]:
    """The stands that a row allows: its business status, or any of those it sums up, or none."""
    status, business = row["task_status"], row["businessStatus"]
    plain = {"-": "", "(reason)": "", "outcome-*": ""}.get(business, business)
    return {f"{status}/{plain}".rstrip("/")}


@needs_table
def test_every_row_has_one_test() -> None:
    groups = Counter(group(row) for row in ROWS)
    assert set(groups) == {"begin", "move", "person", "more"}
    assert sum(groups.values()) == len({named(row) for row in ROWS}) == len(ROWS)


@needs_table
@rows("begin")
def test_a_row_begins_a_referral(row: dict[str, str]) -> None:
    stage = Stage(SYSTEMS[row["system"]])
    message = stage.refers(code_of(row))
    assert codes(message) == []
    assert (stand(stage.world.case()), theirs(stage.world.case())) == ("requested/dispatched", [code_of(row)])


@needs_table
@rows("move")
def test_a_row_moves_a_task(row: dict[str, str]) -> None:
    stage = Stage(SYSTEMS[row["system"]]).planned(before(row))
    message = stage.say(code_of(row))
    assert codes(message) == []
    assert stage.stand() in led_to(row)
    assert stage.theirs() == [code_of(row)]
    assert row["businessStatus"] != "(reason)" or stage.task["statusReason"]["text"]


@needs_table
@rows("more")
def test_a_row_asks_for_more_than_a_move(row: dict[str, str]) -> None:
    stage = Stage(SYSTEMS[row["system"]]).planned("in-progress")
    message = stage.say(code_of(row))
    assert codes(message) == []
    place, opened, warned = MORE[row["task_status"]]
    assert stage.stand() == place
    assert [task["status"] for task in stage.opened("abort")] == opened
    assert [problem.code for problem in message.problems if problem.severity == "warning"] == warned


MORE: dict[str, tuple[str, list[str], list[str]]] = {
    "(abort Task)": ("in-progress/cancellation-requested", ["requested"], []),
    "(Communication)": ("in-progress", [], []),
    "(recall)": ("in-progress", [], ["foreign.recall"]),
    "per SR/Encounter status": ("in-progress", [], []),
}


@needs_table
@rows("person")
def test_a_row_happens_to_the_person_and_all_tasks_of_the_case(row: dict[str, str]) -> None:
    code = code_of(row)
    stage = Stage("medcom").planned("in-progress")
    if not code.startswith("ST"):
        stage.happens("STIN")
    message = stage.happens(code)
    assert codes(message) == []
    place, resume = PERSON[code]
    assert (stage.stand(), len(stage.opened("decision"))) == (place, resume)
    assert message.outcome["foreign"] == f"medcom {code}"


PERSON = {
    "STIN": ("on-hold/client-in-hospital", 0),
    "STOR": ("in-progress", 0),
    "SLHJ": ("on-hold/client-in-hospital", 1),
    "AN_STIN": ("on-hold/client-in-hospital", 1),
}
"""Where the measure is afterwards, and whether the Kümmerer is asked if it goes on: nothing resumes by itself."""
