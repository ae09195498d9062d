"""Many who write at once, on a real database: the history stays legal, and everybody is told what is stored."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import pytest

from gateway.domain.task import FINAL, legal
from gateway.pipeline.rest.asked import Asked, Told
from gateway.pipeline.rest.perform import perform
from gateway.pipeline.tasks.walk import stand
from gateway.store.sql.store import open_store
from tests.pipeline.line.world import World
from tests.pipeline.rest.client import Client, Resource

WISHES = ("received", "accepted", "in-progress", "on-hold", "draft")


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Client]:
    """The desk of a gateway with a database."""
    store = open_store(f"sqlite:///{tmp_path / 'gateway.db'}")
    yield Client(World(store=store))
    store.close()


def wish(client: Client, task: Resource, to: str) -> Told:
    """A move from the version that is current at this moment, as a client without malice makes it."""
    seen = client.world.store.read("Task", task["id"])
    assert seen is not None
    changed = {**seen.resource, "status": to, "statusReason": {"text": "weil"}}
    return perform(
        [Asked("update", "Task", task["id"], changed, match=str(seen.version))],
        client.caller, client.world.rooms, whole=True,
    )[0]  # fmt: skip


def is_legal(before: Resource, after: Resource) -> bool:
    """Whether some actor may bring a Task from the one version to the next."""
    old, new = stand(before), stand(after)
    rows = (row for actor in "ROPG" for row in legal(old.status, actor))
    return old == new or any(row.to == new.status and new.business in ("", *row.business) for row in rows)


def test_a_hundred_moves_at_once_leave_a_legal_history(office: Client) -> None:
    _, (measure,) = office.planned("elsey")
    with ThreadPoolExecutor(16) as pool:
        told = [*pool.map(lambda number: wish(office, measure, WISHES[number % len(WISHES)]), range(100))]
    history = [*reversed(office.world.store.history("Task", measure["id"]))]
    assert all(is_legal(old.resource, new.resource) for old, new in pairwise(history))
    assert {one.status for one in told} <= {200, 412, 422}
    stored = {version.version: version.resource for version in history}
    done = [one.version for one in told if one.status == 200 and one.version]
    assert all(stored[version.version] == version.resource for version in done)
    assert {version.version for version in done} == set(stored) - {1, 2}
    assert len(stored) > 5


def test_of_two_who_saw_the_same_version_exactly_one_writes(office: Client) -> None:
    _, measures = office.planned(*["elsey"] * 10)
    for measure in measures:
        version = str(office.world.store.read("Task", measure["id"]).version)
        now = office.stored(measure)
        changes = [{**now, "status": to, "statusReason": {"text": "weil"}} for to in ("accepted", "rejected")]
        with ThreadPoolExecutor(2) as pool:
            told = [*pool.map(lambda body, v=version: office.update(body, match=v), changes)]
        assert sorted(one.status for one in told) == [200, 412]


def test_measures_of_one_case_that_move_at_once_leave_their_referral_right(office: Client) -> None:
    case, measures = office.planned(*["elsey"] * 8)
    for to in ("accepted", "in-progress", "on-hold"):
        with ThreadPoolExecutor(8) as pool:
            told = [*pool.map(lambda task, to=to: wish(office, task, to), measures)]
        assert {one.status for one in told} == {200}
    assert office.stored(case)["status"] == "on-hold"


def test_everything_that_follows_is_written_with_the_move_or_not_at_all(office: Client) -> None:
    case, measures = office.planned(*["elsey"] * 4)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda task: wish(office, task, "rejected"), measures))
    ended = [task for task in office.world.all("Task") if task["status"] in FINAL]
    decisions = [task for task in office.world.all("Task") if "reasonCode" in task]
    assert {task["id"] for task in ended} == {task["id"] for task in measures}
    assert len(decisions) == len(ended)
    assert all(task["groupIdentifier"]["value"] == case["id"] for task in decisions)


def test_of_many_who_create_on_one_condition_exactly_one_does(office: Client) -> None:
    number = {"system": "urn:example:wohnberatung", "value": "4711"}
    place = {"resourceType": "Location", "identifier": [number], "name": "Pflegestützpunkt Lemgo"}
    wheres = (f"identifier={number['system']}|{number['value']}", f"identifier=x,{number['system']}|{number['value']}")
    with ThreadPoolExecutor(16) as pool:
        told = [*pool.map(lambda n: office.create(place, where=wheres[n % 2]), range(32))]
    assert sorted(one.status for one in told) == [201, *[304] * 31]
    assert len({one.version.id for one in told if one.version}) == 1
    assert len(office.world.all("Location")) == 1


def test_of_many_who_update_on_one_condition_that_finds_nothing_one_creates(office: Client) -> None:
    number = {"system": "urn:example:wohnberatung", "value": "4712"}
    place = {"resourceType": "Location", "identifier": [number], "name": "Pflegestützpunkt Lemgo"}
    asked = Asked("update", "Location", resource=place, where=f"identifier={number['system']}|{number['value']}")
    with ThreadPoolExecutor(8) as pool:
        told = [*pool.map(lambda _: office.asks(asked)[0], range(8))]
    assert sorted(one.status for one in told) == [*[200] * 7, 201]
    assert len(office.world.all("Location")) == 1
