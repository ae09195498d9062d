import pytest

from gateway.delivery.by_hand import Person, drop, release
from gateway.delivery.why import why
from gateway.domain.ledger import Conclude, Evidence, Note, Standing
from tests.delivery.sample import NOON, delivery, later

BY = Person("h.kramer", later(60), "Arrived by telephone.")


@pytest.mark.parametrize("standing", ["dead", "uncertain"])
def test_a_released_delivery_waits_again_with_all_attempts_before_it(standing: Standing) -> None:
    row = delivery(standing=standing, attempts=9, grade="E1", reason="Given up.", settled=NOON)
    conclude, note = release(row, BY).changes
    assert isinstance(conclude, Conclude)
    assert isinstance(note, Note)
    assert (conclude.token, conclude.expected) == (None, standing)
    assert conclude.changes["standing"] == "waiting"
    assert (conclude.changes["due"], conclude.changes["attempts"], conclude.changes["settled"]) == (later(60), 0, None)
    assert not {"key", "grade", "data"} & set(conclude.changes)
    assert (note.audit.actor, note.audit.action, note.audit.detail) == ("h.kramer", "release", f"was {standing}")


@pytest.mark.parametrize("standing", ["waiting", "sending", "delivered", "dropped"])
def test_only_what_was_given_up_can_be_released(standing: Standing) -> None:
    decided = release(delivery(standing=standing), BY)
    assert decided.changes == ()
    assert [problem.code for problem in decided.problems] == ["delivery.standing"]


@pytest.mark.parametrize("standing", ["waiting", "dead", "uncertain"])
def test_a_dropped_delivery_keeps_the_reason_and_the_audit_has_no_free_text(standing: Standing) -> None:
    conclude, note = drop(delivery(standing=standing), BY).changes
    assert isinstance(conclude, Conclude)
    assert isinstance(note, Note)
    assert (conclude.changes["standing"], conclude.changes["settled"]) == ("dropped", later(60))
    assert conclude.changes["reason"] == "Arrived by telephone."
    assert "telephone" not in note.audit.detail


def test_nothing_is_dropped_without_a_reason_and_not_while_a_worker_has_it() -> None:
    decided = drop(delivery(standing="sending"), Person("h.kramer", NOON, " "))
    assert decided.changes == ()
    assert [problem.code for problem in decided.problems] == ["delivery.standing", "delivery.reason"]


def proof(outcome: str) -> Evidence:
    return Evidence("d1", NOON, 1, outcome, "E0", "AR", "", "")


@pytest.mark.parametrize(
    ("standing", "code", "last", "problem"),
    [
        ("waiting", "connect", "retry", None),
        ("delivered", "AA", "delivered", None),
        ("uncertain", "timeout", "uncertain", "delivery.uncertain"),
        ("dead", "address", "refused", "delivery.address"),
        ("dead", "AR", "refused", "delivery.refused"),
        ("dead", "connect", "retry", "delivery.exhausted"),
    ],
)
def test_a_person_is_told_why_it_stands_there_and_what_to_do(
    standing: Standing, code: str, last: str, problem: str | None
) -> None:
    said = why(delivery(standing=standing, code=code), [proof("retry"), proof(last)])
    assert (said.code if said else None) == problem
    assert said is None or said.repair
