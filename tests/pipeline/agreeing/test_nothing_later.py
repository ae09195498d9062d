"""Property: whatever is taken back, in whatever order, nothing of it is in any later delivery to that recipient."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.pipeline.policies.asked import decided
from gateway.pipeline.policies.load import standard
from tests.pipeline.agreeing.agreed import VOLUNTEERS, arrive, consent, with_office
from tests.pipeline.line.world import ELSEY, RAVENSBERG, WOHNBERATUNG, World, answer, bundle, measure

RECIPIENTS = {"elsey": ELSEY, "ravensberg": RAVENSBERG, "wohnberatung": WOHNBERATUNG}
VALUES = {
    "last-name": ("Grünewälder",),
    "street": ("Föhrenweg", "33659"),
    "first-name": ("Käthe",),
    "birth-date": ("1938-09-03", "03.09.1938"),
    "insurance": ("G405718932",),
}
"""Class of the policy -> what only it shows of the person of these tests."""
WHOLE = {"everything": tuple(VALUES), "name": ("last-name", "first-name"), "address": ("street",)}
ACTS = st.tuples(
    st.sampled_from(["deny", "inactive", "narrow", "give", "change", "work", "sent"]), st.sampled_from(list(RECIPIENTS))
)


def act(world: World, what: str, party: str, turn: int) -> None:
    """One thing that happens."""
    said: dict[str, Any] = {"key": f"c-{party}", "to": (party,)}
    if what == "deny":
        world.sends("stelle-senne", bundle(consent(world, **{**said, "key": f"no-{party}"}, type="deny")))
    elif what in {"inactive", "narrow", "give"}:
        status = "inactive" if what == "inactive" else "active"
        classes = ("last-name",) if what == "narrow" else ("last-name", "street")
        world.sends("stelle-senne", bundle(consent(world, status, **said, of=classes)))
    elif what == "change":
        note = [{"text": f"Stand {turn}"}]
        world.sends("stelle-senne", world.plan(measure(f"P-{party}", RECIPIENTS[party], note=note)))
    elif what == "work":
        for task in [t for t in world.all("Task") if t.get("status") in {"received", "accepted"} and "partOf" in t]:
            if task["owner"]["reference"] == f"Organization/{party}":
                world.sends(party, answer(task, "in-progress"), format="fhir")
    else:
        arrive(world)


def withheld(world: World, party: str) -> list[str]:
    """What the recipient may not be shown now."""
    found = world.rooms.directory.get(party)
    assert found is not None
    decision = decided(standard(), found, world.case()["for"]["reference"], world.rooms)
    free = {v.data for v in decision.verdicts if v.released}
    free |= {below for name in free for below in WHOLE.get(name, ())}
    free -= {v.data for v in decision.verdicts if not v.released}
    return [value for name, values in VALUES.items() if name not in free for value in values]


@settings(max_examples=8, deadline=None)
@given(acts=st.lists(ACTS, min_size=2, max_size=5))
def test_what_is_withheld_from_somebody_is_in_nothing_it_is_sent_from_then_on(acts: list[tuple[str, str]]) -> None:
    world = with_office(VOLUNTEERS, "last-name", "street")
    for party in RECIPIENTS:
        act(world, "change", party, -1)  # something waits for everybody
    for turn, (what, party) in enumerate(acts):
        before = {d.id for d in world.outbox() if d.standing != "waiting"}
        act(world, what, party, turn)
        for name in RECIPIENTS:
            fresh = [d for d in world.outbox(name) if d.id not in before and d.standing in {"waiting", "sending"}]
            text = "".join(d.data.decode() for d in fresh)
            assert not [value for value in withheld(world, name) if value in text], (what, party, name)
