"""The process dies right before and right after each kind of commit; what was promised holds (reliability, R2)."""

from contextlib import suppress

import pytest

from tests.faults.conftest import Town
from tests.faults.hospital import Line, verdict
from tests.faults.people import ORIGINAL, SENNE, discharge, person
from tests.faults.running import until

BOUNDARIES = [(kind, side) for kind in ("intake", "line", "claim", "result") for side in ("before", "after")]
HELD = [("claim", "after"), ("result", "before")]
"""Where it dies with the referral in its hands, before and after sending it."""
MESSAGE = discharge(1, SENNE, ORIGINAL)
NUMBER = person(1).number


def die_at(town: Town, kind: str, side: str) -> None:
    """One message into a gateway that dies at its first commit of a kind, and again into a sound one."""
    town.gateway.start(FAULT_COMMIT=f"{kind} {side} 1")
    heard = []
    with suppress(OSError), Line(town.gateway.mllp) as line:
        heard.append(line.ask(MESSAGE))
    town.gateway.died()
    town.gateway.start()
    with Line(town.gateway.mllp) as line:
        heard.append(line.ask(MESSAGE))
    assert verdict(heard[-1]) == ("AA", "K000001")
    assert len(set(heard)) == 1, "a message that came again hears the same answer"


@pytest.mark.parametrize(("kind", "side"), BOUNDARIES)
def test_a_death_at_a_commit_loses_nothing_and_repeats_under_the_same_key(town: Town, kind: str, side: str) -> None:
    die_at(town, kind, side)
    counts = town.gateway.quiet()
    assert town.gateway.stop() == 0
    received = town.site.received
    assert {came.number for came in received} == {NUMBER}
    assert len(set(received)) == 1, "a repeat is the same delivery: one key, one Task, the same bytes"
    assert len(received) == (2 if (kind, side) == ("result", "before") else 1), "repeated only where it must be"
    assert counts == {"messages.done": 1, "deliveries.delivered": 2}
    assert len(list((town.gateway.folder / "out" / "klinik").iterdir())) == 1, "the hospital hears once"


@pytest.mark.parametrize(("kind", "side"), HELD)
def test_what_may_have_arrived_where_no_key_is_honoured_is_left_to_a_person(town: Town, kind: str, side: str) -> None:
    town.tell("site-senne", "33659", town.site.port, honours_key=False)
    die_at(town, kind, side)
    sent_before = kind == "result"
    assert town.gateway.quiet() == {"messages.done": 1, "deliveries.uncertain": 1}
    assert len(town.site.received) == sent_before, "nothing is silently sent again"
    (unsure,) = town.gateway.listed("--deliveries", "--state", "uncertain")
    assert (unsure["partner"], unsure["about"]) == ("site-senne", "referral")

    town.gateway.verb("messages", "release", unsure["delivery"])
    until(lambda: len(town.site.received) == sent_before + 1, "released by a person, it is sent")
    assert town.gateway.quiet() == {"messages.done": 1, "deliveries.delivered": 2}
    assert len(set(town.site.received)) == 1
    assert town.gateway.stop() == 0
