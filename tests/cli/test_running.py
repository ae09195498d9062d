"""The verbs beside a gateway that runs: what a person decides is taken up within a second."""

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from gateway.domain.ledger import Conclude
from gateway.settings.keys import Keys, ring
from gateway.settings.model import Settings
from gateway.store.sealing.ring import Ring
from gateway.store.sql.store import SqlStore, open_store
from tests.cli.command import ROOT
from tests.cli.deployed import discharge, doubtful

sys.path.insert(0, str(ROOT / "docker" / "demo"))

from deployment import Deployment

SECOND = 2.0
"""The journal is looked at every half second, the outbox every second; the rest is for a busy machine."""


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    """The demo's gateway and everybody it talks to; a referral has reached the site, a doubtful one is parked."""
    running = Deployment(tmp_path_factory.mktemp("running"))
    try:
        running.start()
        for data in (discharge(), doubtful()):
            assert running.hospital.send(data, running.mllp).code == "CA"
        running.site.cases.wait_until(lambda case: case.patient, 20)
        with store(running) as open_one:
            until(lambda: open_one.entries({"state": "parked"}), 20)
            until(lambda: len(open_one.deliveries({"standing": "delivered"})) == 2, 20)
        yield running
    finally:
        code = running.stop()
    assert code == 0


def store(demo: Deployment) -> closing[SqlStore]:
    return closing(open_store(f"sqlite:///{demo.data / 'gateway.db'}", keys(demo)))


def keys(demo: Deployment) -> Ring | None:
    return ring(Settings(keys=Keys(folder=str(demo.data / "keys"))))


def until(holds: Callable[[], object], seconds: float) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.01)


def rows(demo: Deployment, *words: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(demo.verb("messages", "list", "--json", *words))
    return found


def test_a_released_message_goes_on_within_a_second(demo: Deployment) -> None:
    (doubt,) = rows(demo, "--state", "parked")
    before = len(demo.site.cases)
    demo.verb("messages", "release", doubt["tracking"][:8], "--new-person")
    until(lambda: len(demo.site.cases) == before + 1, SECOND)
    assert rows(demo, "--state", "parked") == []


def test_a_replayed_message_is_run_within_a_second_and_nothing_is_sent_again(demo: Deployment) -> None:
    with store(demo) as open_one:
        first = open_one.entries({}, 0, 10)[-1]
        sent = len(open_one.deliveries({}))
        demo.verb("messages", "replay", first.id[:8])
        until(lambda: [note.action for note in open_one.audit(object=first.id)][:2] == ["message", "replay"], SECOND)
        assert len(open_one.deliveries({})) == sent


def test_a_released_delivery_goes_out_within_a_second_under_its_key(demo: Deployment) -> None:
    with store(demo) as open_one:
        sent = open_one.deliveries({"partner": "kuemmererstelle-bielefeld-senne"})[-1]
        open_one.commit([Conclude(sent.id, {"standing": "dead"})]).result()
        demo.verb("messages", "release", sent.id[:8])
        until(lambda: len(open_one.evidence(sent.id)) == 2, SECOND)
        found = open_one.delivery(sent.id)
    assert found
    assert (found.standing, found.key) == ("delivered", sent.key)


def test_a_phone_call_that_is_written_down_reaches_the_hospital_within_a_second(demo: Deployment) -> None:
    with store(demo) as open_one:
        first = open_one.entries({}, 0, 10)[-1]
        heard = len(demo.hospital.received)
        said = ("--medium", "phone", "--said-by", "Frau Sander", "--entered-by", "Brand, Kümmerer")
        done = json.loads(demo.verb("cases", "record", first.case, "--status", "accepted", *said, "--json"))
        assert done["told"] == [{"to": "senneklinik", "about": "answer accepted", "road": "mllp"}]
        until(lambda: len(demo.hospital.received) == heard + 1, SECOND)


def test_the_doctor_finds_the_running_gateway_well(demo: Deployment) -> None:
    said = json.loads(demo.verb("doctor", "--json"))
    assert said["healthy"]
    assert said["findings"][-1]["said"].endswith(f"{demo.url}/health/ready: ready")


@pytest.mark.parametrize("partner", ["senneklinik", "kuemmererstelle-bielefeld-senne", "fahrdienst-ravensberg"])
def test_partners_that_are_there_can_be_reached_and_hear_no_message(demo: Deployment, partner: str) -> None:
    heard = [len(demo.hospital.received), len(demo.site.received), len(demo.ravensberg.received)]
    said = json.loads(demo.verb("partner", "test", partner, "--json"))
    assert {line["verdict"] for line in said["findings"]} == {"ok"}
    assert [len(demo.hospital.received), len(demo.site.received), len(demo.ravensberg.received)] == heard


def test_a_backup_is_taken_while_it_runs(demo: Deployment, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    demo.verb("db", "backup", str(copy))
    with closing(open_store(f"sqlite:///{copy}", keys(demo))) as found:
        assert found.entries({}, 0, 1)
