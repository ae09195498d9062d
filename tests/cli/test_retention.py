"""`gateway retention`: what is over is shown, and deleted."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from gateway.domain.ledger import Save
from gateway.pipeline.rights.retention import RUN
from tests.cli.command import Call
from tests.cli.deployed import Deployed, told_of_nobody
from tests.cli.test_person import closed, words


@pytest.fixture
def aged(deployed: Deployed, tmp_path: Path) -> Deployed:
    """A deployment whose periods are as short as can be."""
    file = tmp_path / "gateway.yaml"
    short = "retention: {cases: 0.00000001, bodies: 0.00000001, parked: 0.00000001}\n"
    file.write_text(file.read_text("utf-8") + short, encoding="utf-8")
    return deployed


def test_the_plan_says_what_is_over_and_deletes_nothing(gateway: Call, aged: Deployed, tmp_path: Path) -> None:
    closed(aged)
    before = words(tmp_path)
    told = gateway("retention", "plan", "--json").json
    assert told["last"] is None
    assert (told["periods"]["cases"]["over"], told["periods"]["parked"]["over"]) == (1, 3)
    assert told["periods"]["links"] == {"days": 30, "over": 0}
    assert words(tmp_path) == before
    text = gateway("retention", "plan").text
    assert "there was no run yet" in text


def test_a_run_deletes_what_is_over_and_says_how_much(gateway: Call, aged: Deployed, tmp_path: Path) -> None:
    person = closed(aged)
    told = gateway("retention", "run")
    assert told.code == 0, told.err
    assert "cases: 1\n" in told.text
    assert told_of_nobody(told.text + told.err)
    assert words(tmp_path) & {"G405718932", "471188"} == set()
    assert gateway("person", "certificate", person, "--out", "papers").code == 0
    assert gateway("retention", "plan", "--json").json["periods"]["cases"]["over"] == 0
    assert gateway("audit", "verify").code == 0
    assert "nothing was over" in gateway("retention", "run").text


def test_the_database_is_written_anew_only_where_that_is_wanted(gateway: Call, deployed: Deployed) -> None:
    del deployed
    assert gateway("retention", "compact").code == 2
    assert gateway("retention", "compact", "--yes").code == 0


def looked_at(gateway: Call) -> tuple[str, str]:
    """What the doctor says of it."""
    (line,) = [one for one in gateway("doctor", "--json").json["findings"] if one["what"] == "retention"]
    return line["verdict"], line["said"]


def test_the_doctor_tells_that_a_run_is_overdue(gateway: Call, aged: Deployed) -> None:
    assert looked_at(gateway) == ("ok", "there was no run yet")
    gateway("retention", "run")
    assert looked_at(gateway)[0] == "ok"
    with aged.store() as store:
        last = {"resourceType": RUN, "id": "last", "at": "2026-03-01T03:00:00+00:00"}
        store.commit([Save(last, None, (), datetime.now(UTC))]).result()
    assert looked_at(gateway)[0] == "warn"
