import threading
import time

from gateway.delivery.circuit import Circuit
from gateway.delivery.desk import Desk
from gateway.delivery.shares import Room, Shares
from gateway.domain.ledger import Delivery
from tests.delivery.sample import DELIVERED, DOWN, NOON, delivery, later


def desk(workers: int = 2) -> Desk:
    circuit = Circuit()
    return Desk(Shares(workers, 4, {}, circuit.on_trial), circuit)


def claiming(at: Desk) -> Room:
    room = at.begin_claim(NOON)
    assert room is not None
    return room


def given(at: Desk, *rows: Delivery) -> list[Delivery]:
    return at.end_claim(claiming(at), rows)


def slept(at: Desk, seconds: float) -> bool:
    began = time.monotonic()
    at.sleep(seconds)
    return time.monotonic() - began >= seconds


def test_one_claim_runs_at_a_time_and_who_came_second_is_told_when_it_has_ended() -> None:
    at = desk()
    room = claiming(at)
    assert at.begin_claim(NOON) is None
    assert slept(at, 0.02), "there is news, but the claim still runs"
    at.end_claim(room, [])
    assert not slept(at, 1)


def test_a_claim_that_was_filled_is_news_because_more_may_be_due() -> None:
    at = desk()
    room = claiming(at)
    at.end_claim(room, [delivery(str(number), str(number)) for number in range(room.limit)])
    assert not slept(at, 1)


def test_a_claim_that_was_not_filled_is_no_news() -> None:
    at = desk()
    given(at, delivery())
    assert slept(at, 0.02)


def test_looking_takes_the_news() -> None:
    at = desk()
    at.wake()
    at.room(NOON)
    assert slept(at, 0.02)


def test_news_ends_a_sleep() -> None:
    at = desk()
    threading.Timer(0.02, at.wake).start()
    assert not slept(at, 2)


def test_nothing_is_claimed_without_a_free_worker() -> None:
    at = desk(workers=1)
    given(at, delivery())
    assert at.begin_claim(NOON) is None


def test_a_seat_is_free_when_the_attempt_is_over_and_what_is_held_is_held_until_all_is_done() -> None:
    at = desk(workers=1)
    given(at, delivery())
    at.leave(delivery(), DELIVERED, NOON)
    assert at.begin_claim(NOON) is not None
    assert at.held() == [delivery()]
    at.done(delivery())
    assert at.held() == []


def test_a_seat_is_given_back_once() -> None:
    at = desk(workers=2)
    given(at, delivery())
    at.leave(delivery(), DELIVERED, NOON)
    at.leave(delivery(), None, NOON)
    assert at.shares.free == 2


def test_the_same_delivery_may_be_claimed_again_before_its_former_worker_is_done() -> None:
    at = desk()
    given(at, delivery(token=1))
    at.leave(delivery(token=1), DOWN, NOON)
    given(at, delivery(token=2))
    at.done(delivery(token=1))
    assert [row.token for row in at.held()] == [2]


def test_a_lease_is_prolonged_while_it_is_held() -> None:
    at = desk()
    given(at, delivery())
    at.prolonged(delivery(), later(30))
    assert [row.until for row in at.held()] == [later(30)]
    at.done(delivery())
    at.prolonged(delivery(), later(60))
    assert at.held() == []


def test_a_closed_desk_claims_nothing_gives_back_what_comes_and_does_not_sleep() -> None:
    at = desk()
    room = claiming(at)
    at.close()
    assert at.end_claim(room, [delivery()]) == [delivery()]
    assert at.begin_claim(NOON) is None
    assert at.tasks.empty()
    assert not slept(at, 1)
