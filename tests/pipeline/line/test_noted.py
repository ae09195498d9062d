"""The audit says of every message which Tasks it moved, and who is sent what of which case."""

from gateway.store.verify import verify
from tests.pipeline.line.world import World, answer, discharge


def said(world: World, action: str) -> list[tuple[str, str, str, str]]:
    lines = [line for line in reversed(world.store.audit(limit=500)) if line.action == action]
    return [(line.actor, line.object, line.outcome, line.detail) for line in lines]


def test_a_disclosure_names_case_receiver_types_and_delivery_and_no_value() -> None:
    world = World()
    world.sends("senneklinik", discharge("SK-1"))
    (sent,) = world.outbox("stelle-senne")
    ((actor, about, outcome, detail),) = [line for line in said(world, "disclose") if "stelle-senne" in line[3]]
    assert (actor, about, outcome) == ("gateway", f"Task/{world.case()['id']}", "queued")
    assert detail.startswith("referral to stelle-senne: ")
    assert "Patient 1" in detail
    named, _, view = detail.rpartition("; ")
    assert named.endswith(f"delivery {sent.id}")
    assert world.store.read(*view.split("/")) is not None


def test_every_move_of_a_task_names_who_moved_it_from_where_and_by_which_evidence() -> None:
    world = World()
    world.sends("senneklinik", discharge("SK-1"))
    world.arrives(world.outbox("stelle-senne")[-1])
    world.sends("stelle-senne", answer(world.case(), "accepted"))
    actor, about, outcome, detail = said(world, "move")[-1]
    assert (actor, about, outcome) == ("stelle-senne", f"Task/{world.case()['id']}", "accepted")
    assert detail.startswith("from ")
    assert "by its owner, message " in detail
    assert len(said(world, "move")) > 1


def test_what_the_line_notes_is_one_whole_chain() -> None:
    world = World()
    world.sends("senneklinik", discharge("SK-1"))
    verdict = verify(world.store.trail, None)
    assert verdict.lines > 2
    assert verdict.problems == []
