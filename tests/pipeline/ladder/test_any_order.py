"""Whatever order results, times and answers come in, a party acts at most once and nothing is lost."""

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.pipeline.ladder.climbing import FOLDER, HTTP, LETTER, LINK, PHONE, Ladder

ROADS = (HTTP, FOLDER, LINK, LETTER, PHONE)
HAPPENINGS = st.lists(
    st.one_of(
        st.sampled_from([
            ("came", "delivered", "E1", "delivered"), ("came", "delivered", "E2", "delivered"),
            ("came", "refused", "E0", "dead"), ("came", "retry", "E0", "waiting"),
            ("came", "uncertain", "E1", "uncertain"),
        ]),
        st.sampled_from([("hours", 1), ("hours", 5), ("hours", 60), ("hours", 300)]),
        st.sampled_from([
            ("says", "accepted", "selected", ""), ("says", "rejected", "no-capacity", "ausgebucht"),
            ("says", "received", "delivered", ""),
        ]),
        st.just(("restart",)),
    ),
    max_size=9,
)  # fmt: skip
ACTED = {"accepted", "rejected"}


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.permutations(ROADS), st.integers(1, 5), HAPPENINGS)
def test_a_party_acts_at_most_once_and_nothing_is_lost(roads: Any, many: int, happenings: Any) -> None:
    world = Ladder(roads=tuple(roads[:many]), also={"address": ["Weg 1", "33659 Bielefeld"]})
    for happening in happenings:
        happens(world, *happening)
    way = world.outbox("elsey", "measures")
    assert acted(world) <= 1
    assert len({(d.road, d.format) for d in way}) == len(way) <= many  # no road is gone twice
    assert len({d.task for d in way}) == 1  # and the Task is the same on each
    assert len([d for d in way if d.standing == "waiting"]) <= 1  # nor are two under way at once
    assert world.stand("M-1").startswith("requested") or "waiting" not in [d.standing for d in way[1:]]
    assert is_in_hand(world), world.way()


def happens(world: Ladder, what: str, *said: Any) -> None:
    """One thing happens."""
    if what == "came" and world.last.standing in {"waiting", "uncertain"}:
        outcome, grade, standing = said
        world.came(outcome, grade, standing)
    elif what == "hours":
        world.later(hours=said[0])
    elif what == "says":
        world.answers(*said)
    elif what == "restart":
        world.restart()


def acted(world: Ladder) -> int:
    """How often the Task came to an answer."""
    listed = reversed(world.store.history("Task", world.task("M-1")["id"]))
    moves = [version.resource["status"] for version in listed]
    return sum(1 for before, now in zip(["", *moves], moves, strict=False) if now in ACTED and now != before)


def is_in_hand(world: Ladder) -> bool:
    """Whether somebody has it, it is on its way, its time runs, or a person knows that it did not get through."""
    status, _, business = world.stand("M-1").partition(" ")
    if status != "requested":
        return True
    if business == "dispatch-failed":
        return world.decisions("re-route").count("requested") == 1
    runs = bool(world.watch.next.get(world.task("M-1")["id"])) or world.task("M-1")["id"] in world.watch.overdue
    return world.last.standing in {"waiting", "delivered", "uncertain"} and runs
