"""What one attempt does and leaves behind, whatever comes."""

from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import replace
from typing import Any

import pytest

from gateway.delivery.courier import REPEATS
from gateway.domain.ledger import Change, Conclude, Delivery, Save
from gateway.domain.road import Parcel, Send, Sent
from gateway.store.port import Store, UnavailableError
from tests.delivery.sample import BUSY, DELIVERED, REFUSED, SILENT
from tests.delivery.world import BRISK, World, clock, fresh, soon


def one_after_the_other(*answers: Sent) -> Send:
    left = list(answers)
    return lambda _: left.pop(0)


def note(version: int | None) -> Save:
    return Save({"resourceType": "Basic", "id": "followed"}, version, (), clock())


def test_what_is_queued_arrives_with_evidence_and_what_follows_in_the_same_commit(world: World) -> None:
    world.following = lambda *_: [note(0)]
    world.queue(fresh(data=b"plan"))
    with world.delivering():
        soon(lambda: world.standing() == "delivered")
    row = world.row()
    assert (row.grade, row.code, row.attempts, row.until, row.settled is not None) == ("E2", "AA", 1, None, True)
    assert world.outcomes() == ["delivered"]
    assert world.store.read("Basic", "followed") is not None
    assert world.audited() == [("deliver", "delivered")]


def test_what_follows_is_told_the_delivery_as_it_was_the_answer_and_what_changes(world: World) -> None:
    told: list[tuple[str, str, str]] = []

    def following(row: Delivery, sent: Sent, changes: dict[str, Any]) -> Sequence[Change]:
        told.append((row.standing, sent.outcome, changes["standing"]))
        return ()

    world.following = following
    world.peers["lutterbach"] = one_after_the_other(BUSY, REFUSED)
    world.queue(fresh())
    with world.delivering():
        soon(lambda: world.standing() == "dead")
    assert told == [("sending", "retry", "waiting"), ("sending", "refused", "dead")]


def test_it_is_tried_again_under_the_same_key_until_it_arrives(world: World) -> None:
    world.peers["lutterbach"] = one_after_the_other(BUSY, BUSY, DELIVERED)
    world.queue(fresh())
    with world.delivering():
        soon(lambda: world.standing() == "delivered")
    assert world.attempts == [("lutterbach", "key-d1")] * 3
    assert world.outcomes() == ["retry", "retry", "delivered"]
    assert [proof.attempt for proof in world.store.evidence("d1")] == [1, 2, 3]


@pytest.mark.parametrize(
    ("road", "answer", "standing", "audited"),
    [
        ("mllp", BUSY, "dead", ["dead"]),
        ("http", REFUSED, "dead", ["dead"]),
        ("http", SILENT, "uncertain", ["uncertain"]),
        ("mllp", SILENT, "uncertain", ["repeat"] * 5 + ["uncertain"]),
    ],
)
def test_what_does_not_arrive_ends_with_a_word_in_the_audit_and_frees_its_lane(
    world: World, road: str, answer: Sent, standing: str, audited: list[str]
) -> None:
    world.peers["lutterbach"] = lambda parcel: answer if parcel.key == "key-d1" else DELIVERED
    world.queue(fresh(road=road), fresh("d2", road=road))
    with world.delivering():
        soon(lambda: world.standing("d2") == "delivered")
    assert world.standing() == standing
    assert world.row().reason
    assert world.audited() == [("deliver", outcome) for outcome in audited]


@pytest.mark.parametrize("fields", [{"partner": "gone"}, {"road": "pigeon"}])
def test_a_partner_without_such_a_road_gets_nothing_and_a_person_is_told_why(
    world: World, fields: dict[str, str]
) -> None:
    world.addresses["gone"] = None
    world.queue(fresh(**fields))
    with world.delivering():
        soon(lambda: world.standing() == "dead")
    assert (world.row().code, world.attempts) == ("address", [])


def test_a_road_with_a_defect_is_tried_again_and_stops_nobody(world: World, caplog: pytest.LogCaptureFixture) -> None:
    def defect(_: Parcel) -> Sent:
        raise RuntimeError("Erna Musterfrau")

    world.peers["lutterbach"] = defect
    world.queue(fresh(), *(fresh(f"o{number}", "herford", f"Patient/{number}") for number in range(20)))
    with world.delivering():
        soon(lambda: world.settled(20) and world.standing() == "dead")
    assert (world.row().code, world.row().attempts) == ("error", 6)
    assert "Musterfrau" not in world.row().reason + caplog.text


def test_a_directory_with_a_defect_is_asked_again(world: World) -> None:
    deliverer = world.deliverer()
    asked: list[str] = []

    def address_of(row: Delivery) -> dict[str, Any]:
        asked.append(row.id)
        if len(asked) < 3:
            raise KeyError(row.id)
        return {}

    deliverer.courier = replace(deliverer.courier, address_of=address_of)
    world.queue(fresh())
    deliverer.start()
    soon(lambda: world.standing() == "delivered")
    deliverer.stop(5)
    assert len(asked) == 3


def test_an_answer_that_no_road_may_give_kills_no_worker(world: World) -> None:
    perhaps: Any = "perhaps"
    world.peers["lutterbach"] = lambda _: Sent(perhaps, "E0", "?")
    world.queue(*(fresh(f"d{number}", person=f"Patient/{number}") for number in range(10)))
    world.queue(*(fresh(f"o{number}", "herford", f"Patient/{number}") for number in range(10)))
    with world.delivering():
        soon(lambda: world.settled(10))


def test_what_follows_is_worked_out_anew_when_somebody_was_faster(world: World) -> None:
    world.store.commit([note(0)]).result()
    versions = [0, 0, 1]
    world.following = lambda *_: [note(versions.pop(0))]
    world.queue(fresh())
    with world.delivering():
        soon(lambda: world.standing() == "delivered")
    assert versions == []
    assert world.outcomes() == ["delivered"]
    assert world.audited() == [("deliver", "delivered")]


def test_a_result_is_kept_even_if_what_follows_never_fits(world: World) -> None:
    world.store.commit([note(0)]).result()
    tries: list[str] = []

    def outdated(row: Delivery, *_: Any) -> Sequence[Change]:
        tries.append(row.id)
        return [note(0)]

    world.following = outdated
    world.queue(fresh())
    with world.delivering():
        soon(lambda: world.standing() == "delivered")
    assert len(tries) == REPEATS
    assert sorted(world.audited()) == [("aftermath", "parked"), ("deliver", "delivered")]


def test_a_result_is_kept_even_if_what_follows_is_a_defect(world: World) -> None:
    def defect(*_: Any) -> Sequence[Change]:
        raise ZeroDivisionError

    world.following = defect
    world.queue(fresh())
    with world.delivering():
        soon(lambda: world.standing() == "delivered")
    assert sorted(world.audited()) == [("aftermath", "parked"), ("deliver", "delivered")]


def test_a_worker_whose_delivery_was_taken_away_leaves_no_trace(world: World) -> None:
    def taken_away(_: Parcel) -> Sent:
        row = world.row()
        world.store.commit([Conclude(row.id, {"standing": "uncertain", "until": None}, row.token)]).result()
        return DELIVERED

    world.peers["lutterbach"] = taken_away
    world.following = lambda *_: [note(0)]
    world.queue(fresh(), fresh("d2", "herford"))
    with world.delivering() as deliverer:
        soon(lambda: world.standing() == "uncertain" and world.settled(1))
        soon(lambda: not deliverer.desk.at_work)
    assert world.outcomes() == []
    assert world.standing() == "uncertain"


class Full:
    """A store whose disk is full for some commits that prove something."""

    def __init__(self, store: Store, times: int) -> None:
        self._store = store
        self.times = times

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def commit(self, changes: Sequence[Change]) -> Future[None]:
        if self.times and len(changes) > 1:
            self.times -= 1
            future: Future[None] = Future()
            future.set_exception(UnavailableError("the disk is full"))
            return future
        return self._store.commit(changes)


def test_a_result_waits_for_a_full_disk_and_is_not_sent_twice(world: World) -> None:
    full: Any = Full(world.store, times=2)
    world.queue(fresh())
    with world.delivering(BRISK, full):
        soon(lambda: world.standing() == "delivered")
    assert (full.times, len(world.attempts)) == (0, 1)


def test_with_a_full_disk_it_still_stops_and_the_next_start_knows_no_answer(world: World) -> None:
    full: Any = Full(world.store, times=1_000_000)
    world.queue(fresh())
    deliverer = world.deliverer(replace(BRISK, lease=0.2), full)
    deliverer.start()
    soon(lambda: bool(world.attempts))
    assert deliverer.stop(0.1) == 1
    assert world.standing() == "sending"
    with world.delivering(replace(BRISK, poll=0.05)):
        soon(lambda: world.standing() == "uncertain")
    assert world.row().code == "crash"
