"""T0 follows from its measures once work has begun; how it ends is never derived."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.domain.derived import derived, follows
from gateway.domain.table import read
from gateway.domain.task import FINAL, Stand, move, statuses

RUNNING = Stand("in-progress", "active-support")
HOSPITAL = Stand("on-hold", "client-in-hospital")
STANDS = st.one_of(
    st.sampled_from([Stand(row["status"], row["code"]) for row in read("business")]),
    st.sampled_from([Stand(status) for status in statuses()]),
)


@pytest.mark.parametrize(
    ("stand", "children", "becomes"),
    [
        (RUNNING, [HOSPITAL, HOSPITAL], HOSPITAL),
        (RUNNING, [HOSPITAL, Stand("completed", "outcome-helped")], HOSPITAL),
        (RUNNING, [HOSPITAL, Stand("requested")], None),
        (RUNNING, [Stand("requested"), RUNNING], None),
        (HOSPITAL, [HOSPITAL, RUNNING], RUNNING),
        (HOSPITAL, [HOSPITAL], None),
        (RUNNING, [Stand("completed"), Stand("failed")], None),
        (HOSPITAL, [Stand("failed", "ended-by-death")], RUNNING),
        (RUNNING, [], None),
        (HOSPITAL, [], None),
        (Stand("in-progress", "handover-proposed"), [RUNNING], None),
    ],
)
def test_on_hold_while_all_that_is_open_is_on_hold(stand: Stand, children: list[Stand], becomes: Stand | None) -> None:
    assert derived(stand, children) == becomes


@pytest.mark.parametrize("status", [status for status in statuses() if status not in {"in-progress", "on-hold"}])
def test_before_the_start_and_after_the_end_nothing_is_derived(status: str) -> None:
    assert derived(Stand(status), [HOSPITAL]) is None
    assert follows(Stand(status), [HOSPITAL]) is None


@pytest.mark.parametrize(
    ("causes", "said"),
    [
        (["waiting-third-party", "client-in-hospital"], "client-in-hospital"),
        (["client-unreachable", "waiting-third-party"], "client-unreachable"),
        ([""], "waiting-third-party"),
    ],
)
def test_the_cause_is_the_gravest_of_its_measures(causes: list[str], said: str) -> None:
    assert derived(RUNNING, [Stand("on-hold", cause) for cause in causes]) == Stand("on-hold", said)


@settings(deadline=None)
@given(STANDS, st.lists(STANDS, max_size=5))
def test_what_is_derived_is_legal_for_the_gateway_and_never_an_end(stand: Stand, children: list[Stand]) -> None:
    wish = follows(stand, children)
    if wish is None:
        assert derived(stand, children) is None
        return
    assert derived(stand, children) == Stand(wish.to, wish.business)
    assert wish.to not in FINAL
    assert move(stand, wish) == []


@settings(deadline=None)
@given(STANDS, st.lists(STANDS, max_size=5))
def test_what_was_derived_once_stays(stand: Stand, children: list[Stand]) -> None:
    becomes = derived(stand, children)
    assert becomes is None or derived(becomes, children) is None


@settings(deadline=None)
@given(st.sampled_from([RUNNING, HOSPITAL]), st.lists(STANDS, max_size=5))
def test_the_order_of_the_measures_does_not_matter(stand: Stand, children: list[Stand]) -> None:
    assert derived(stand, children) == derived(stand, children[::-1])
