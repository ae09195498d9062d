import hashlib
from typing import Any

import pytest

from gateway.delivery.outbox import CRASH, honours_key, lane, parcel, result
from gateway.delivery.retry import Attempt, Policy, next_step
from gateway.domain.ledger import Change, Conclude, Note, Prove
from gateway.domain.road import Sent
from tests.delivery.sample import DELIVERED, DOWN, NOON, REFUSED, SILENT, delivery


def left_behind(sent: Sent, *, honours: bool = False, **fields: Any) -> list[Change]:
    attempt = Attempt(delivery(**fields), sent, NOON, honours)
    return result(attempt, next_step(attempt, Policy(), lambda: 0.5))


def noted(changes: list[Change]) -> list[tuple[str, str, str]]:
    return [(c.audit.object, c.audit.outcome, c.audit.detail) for c in changes if isinstance(c, Note)]


def test_a_lane_is_receiver_and_person() -> None:
    assert lane("lutterbach", "Patient/1") == "lutterbach Patient/1"


def test_a_parcel_is_equal_on_every_attempt() -> None:
    address = {"url": "https://lutterbach.example/evp"}
    assert parcel(delivery(attempts=0), address) == parcel(delivery(attempts=3, token=9, code="timeout"), address)
    assert parcel(delivery(), address).key == "key-d1"


@pytest.mark.parametrize(
    ("road", "address", "honours"),
    [
        ("mllp", {}, True),
        ("folder", {}, True),
        ("http", {}, False),
        ("http", {"honours_key": True}, True),
        ("mllp", {"honours_key": False}, False),
        ("folder", None, True),
    ],
)
def test_a_road_says_whether_a_repeat_is_known_by_its_key(
    road: str,
    address: dict[str, bool] | None,
    honours: bool,  # noqa: FBT001 - a column of the table
) -> None:
    assert honours_key(delivery(road=road), address) is honours


def test_an_attempt_leaves_its_standing_under_the_token_and_its_evidence_over_the_bytes() -> None:
    conclude, prove, note = left_behind(DELIVERED, attempts=2, data=b"bytes")
    assert isinstance(conclude, Conclude)
    assert isinstance(prove, Prove)
    assert (conclude.delivery, conclude.token, conclude.changes["standing"]) == ("d1", 7, "delivered")
    said = prove.evidence
    assert (said.attempt, said.outcome, said.grade, said.code, said.reply) == (3, "delivered", "E2", "AA", b"MSA|AA")
    assert said.hash == hashlib.sha256(b"bytes").hexdigest()
    assert isinstance(note, Note)
    assert note.audit.detail == f"measures to lutterbach, E2, sha256 {said.hash}"


@pytest.mark.parametrize(
    ("sent", "honours", "outcomes"),
    [
        (DELIVERED, False, ["delivered"]),
        (DOWN, False, []),
        (REFUSED, False, ["dead"]),
        (SILENT, False, ["uncertain"]),
        (SILENT, True, ["repeat"]),
    ],
)
def test_the_audit_hears_of_what_arrived_is_given_up_unsure_or_repeated(
    sent: Sent,
    honours: bool,  # noqa: FBT001 - a column of the table
    outcomes: list[str],
) -> None:
    assert [outcome for _, outcome, _ in noted(left_behind(sent, honours=honours))] == outcomes


@pytest.mark.parametrize(("road", "says"), [("mllp", "repeat after a crash"), ("http", "uncertain after a crash")])
def test_what_is_left_after_a_crash_is_said_in_evidence_and_audit(road: str, says: str) -> None:
    changes = left_behind(CRASH, honours=honours_key(delivery(road=road), {}), road=road)
    evidence = next(change.evidence for change in changes if isinstance(change, Prove))
    assert noted(changes) == [("d1", says.split(maxsplit=1)[0], says)]
    assert (evidence.outcome, evidence.code) == ("uncertain", "crash")
    assert evidence.detail.endswith("after a crash.")
