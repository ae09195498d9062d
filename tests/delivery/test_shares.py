from hypothesis import given
from hypothesis import strategies as st

from gateway.delivery.shares import Shares
from tests.delivery.sample import NOON, delivery


def shares(*on_trial: str, workers: int = 8) -> Shares:
    return Shares(workers, 4, {"mllp": 1}, on_trial.__contains__)


def given_to(room: Shares, partner: str, road: str = "http", times: int = 8) -> int:
    return sum(room.take(delivery(partner=partner, road=road)) for _ in range(times))


def test_a_partner_has_at_most_its_share() -> None:
    assert given_to(shares(), "herford") == 4


def test_an_mllp_partner_has_one_worker() -> None:
    assert given_to(shares(), "senneklinik", "mllp") == 1


def test_a_partner_on_trial_has_one_worker() -> None:
    assert given_to(shares("herford"), "herford") == 1


def test_a_partner_with_a_slow_and_a_fast_road_is_held_to_the_least() -> None:
    room = shares()
    assert given_to(room, "minden", "http", times=1) == 1
    assert given_to(room, "minden", "mllp", times=1) == 0


def test_the_last_workers_are_for_partners_that_have_none() -> None:
    room = shares()
    assert [given_to(room, partner) for partner in ("bünde", "herford", "minden", "höxter", "lemgo")] == [4, 2, 1, 1, 0]


def test_a_partner_with_its_share_is_left_out_until_a_place_is_free() -> None:
    room = shares()
    given_to(room, "herford")
    assert room.room({}).without == ("herford",)
    room.give(delivery(partner="herford"))
    assert room.room({}).without == ()


def test_a_paused_partner_is_left_out_and_does_not_narrow_the_room() -> None:
    room = shares()
    given_to(room, "herford", times=3)
    assert (room.room({"herford": NOON}).limit, room.room({"herford": NOON}).without) == (4, ("herford",))


def test_so_many_are_claimed_that_none_must_be_handed_back_whoever_of_the_known_gets_them() -> None:
    room = shares()
    given_to(room, "herford", times=3)
    assert room.room({}).limit == 1


def test_nothing_is_claimed_without_a_free_worker() -> None:
    room = shares(workers=1)
    given_to(room, "herford", times=1)
    assert room.room({}).limit == 0


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.sampled_from(["http", "mllp"]), st.booleans())))
def test_nobody_ever_has_more_than_the_share_and_all_never_more_than_the_workers(
    events: list[tuple[str, str, bool]],
) -> None:
    room = shares()
    held = [delivery()][:0]
    for partner, road, gives in events:
        wanted = delivery(partner=partner, road=road)
        if gives and held:
            room.give(held.pop())
        elif room.take(wanted):
            held.append(wanted)
        assert 0 <= room.free <= 8
        assert all(0 <= count <= 4 for count in room.taken.values())
        assert 0 <= room.room({}).limit <= room.free
