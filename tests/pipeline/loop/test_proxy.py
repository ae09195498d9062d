"""A proxy entry: a Kümmerer writes down a phone call or a letter (workflow.md, "Actors"; issue part 7)."""

from datetime import UTC, datetime
from typing import Any

import pytest

from gateway.pipeline.proof.proxy import Call, provenance
from gateway.pipeline.rest.asked import Asked
from tests.pipeline.line.world import ELSEY, RAVENSBERG, World, answer, measure
from tests.pipeline.loop.handing import approval, proposal
from tests.pipeline.loop.roads import kinds
from tests.pipeline.rest.client import Client

AT = datetime(2026, 3, 12, 10, 0, tzinfo=UTC)
SANDER = {"display": "Sander, Kümmerin"}


def desk(world: World, said_by: str, medium: str = "phone") -> Client:
    """The desk with a call of an organisation, or of somebody named."""
    whom = {"reference": said_by} if "/" in said_by else {"display": said_by}
    return Client(world, "", provenance(Call(medium, whom, SANDER, AT)))


def calls(world: World) -> list[dict[str, Any]]:
    """Communications that no road carried."""
    return [c for c in world.all("Communication") if "text" not in c.get("medium", [{}])[0]]


def last(world: World) -> str:
    """What the hospital was sent last."""
    return world.outbox("senneklinik")[-1].data.decode()


def test_from_a_phone_call_of_the_site_to_the_letter_in_the_hospitals_record(world: World) -> None:
    world.referred()
    told = desk(world, "Organization/stelle-senne").move(world.case(), "accepted")
    assert (told.status, world.stand()) == (200, "accepted")
    assert world.outbox("senneklinik")[-1].about == "answer accepted"
    assert "Stand der Anfrage: angenommen" in last(world)
    assert "MDM^T02" in last(world)


def test_a_refusal_by_letter_is_told_with_its_reason(world: World) -> None:
    world.referred()
    desk(world, "Organization/stelle-senne", "letter").move(world.case(), "rejected", "no-capacity", "erst ab Mai")
    assert "Grund: erst ab Mai" in last(world)
    assert "Zurzeit ist kein Platz frei." in last(world)


def test_the_site_hears_what_a_service_without_a_computer_said(world: World) -> None:
    world.planned(measure("A-1", RAVENSBERG))
    desk(world, "Organization/ravensberg").move(world.task("A-1"), "accepted", "scheduled")
    desk(world, "Organization/ravensberg").move(world.task("A-1"), "in-progress")
    desk(world, "Organization/ravensberg").move(world.task("A-1"), "completed", "outcome-helped")
    assert [d.about for d in world.outbox("stelle-senne")][-2:] == ["task accepted", "task completed"]
    assert world.sent("stelle-senne", "Task")[0]["status"] == "completed"


@pytest.mark.parametrize(("medium", "code"), [("phone", "PHONE"), ("letter", "MAILWRIT"), ("fax", "FAXWRIT"),
                                              ("visit", "FACE")])  # fmt: skip
def test_the_call_itself_is_a_communication_from_who_said_it_to_who_wrote_it_down(
    world: World, medium: str, code: str
) -> None:
    world.planned(measure("A-1", RAVENSBERG))
    desk(world, "Organization/ravensberg", medium).move(world.task("A-1"), "rejected", "no-capacity", "kein Wagen frei")
    (call,) = calls(world)
    assert call["medium"][0]["coding"][0]["code"] == code
    assert call["partOf"] == [{"reference": f"Task/{world.task('A-1')['id']}"}]
    assert (call["sender"], call["recipient"]) == ({"reference": "Organization/ravensberg"}, [SANDER])
    assert (call["sent"], call["status"]) == ("2026-03-12T10:00:00+00:00", "completed")
    assert call["subject"] == world.case()["for"]
    assert "kein Wagen" not in str(call)


def test_the_provenance_of_the_move_names_enterer_and_on_whose_behalf_and_the_call(world: World) -> None:
    world.planned(measure("A-1", RAVENSBERG))
    desk(world, "Frau Lohmann").move(world.task("A-1"), "accepted")
    target = f"Task/{world.task('A-1')['id']}/_history"
    proof = next(p for p in reversed(world.all("Provenance")) if p["target"][0]["reference"].startswith(target)
                 and p["activity"]["coding"][0]["code"] == "accepted")  # fmt: skip
    (agent,) = proof["agent"]
    assert (agent["who"], agent["onBehalfOf"]) == (SANDER, {"display": "Frau Lohmann"})
    assert proof["extension"][0]["valueCoding"]["code"] == "E3"
    assert datetime.fromisoformat(proof["occurredDateTime"]) == AT < datetime.fromisoformat(proof["recorded"])
    assert {"role": "source", "what": {"reference": f"Communication/{calls(world)[0]['id']}"}} in proof["entity"]


def test_a_proxy_may_not_do_what_the_owner_may_not(world: World) -> None:
    world.planned(measure("A-1", ELSEY))
    before = len(world.outbox())
    told = desk(world, "Organization/elsey").move(world.task("A-1"), "completed", "outcome-helped")
    assert (told.status, [p.code for p in told.problems]) == (422, ["task.move"])
    said = {(a["actor"], a["status"]) for a in told.actions}
    assert said == {("P", "received"), ("P", "accepted"), ("P", "rejected")}
    assert (len(world.outbox()), calls(world), world.stand("A-1")) == (before, [], "requested dispatched")


def test_nor_say_no_without_a_reason(world: World) -> None:
    world.planned(measure("A-1", ELSEY))
    told = desk(world, "Organization/elsey").move(world.task("A-1"), "rejected", "no-capacity")
    assert (told.status, world.stand("A-1")) == (422, "requested dispatched")
    assert next(a for a in told.actions if a["status"] == "rejected")["reason"]


def test_nor_close_a_case_that_is_not_done(world: World) -> None:
    world.planned(measure("A-1", ELSEY))
    told = desk(world, "Organization/stelle-senne").move(world.case(), "completed", "outcome-helped")
    assert (told.status, [p.code for p in told.problems]) == (422, ["closure.measure"])


def test_the_word_of_another_house_moves_nothing(world: World) -> None:
    world.planned(measure("A-1", ELSEY))
    told = desk(world, "Organization/ravensberg").move(world.task("A-1"), "accepted")
    assert (told.status, [p.code for p in told.problems]) == (422, ["rest.task.behalf"])
    assert world.stand("A-1") == "requested dispatched"


def test_who_has_the_case_now_enters_what_was_said_to_the_wish_of_the_site_before(world: World) -> None:
    world.planned(measure("A-1", ELSEY))
    world.sends("elsey", answer(world.task("A-1"), "in-progress"))
    world.sends("stelle-senne", world.plan(measure("A-1", ELSEY, status="revoked")))
    world.sends("stelle-senne", proposal(world))
    world.sends("stelle-mitte", answer(approval(world), "completed"))
    heard = provenance(Call("phone", {"reference": "Organization/elsey"}, SANDER, AT))
    (stop,) = kinds(world, "abort")
    assert Client(world, "stelle-mitte", heard).move(stop, "completed").status == 200
    assert world.stand("A-1") == "failed aborted-on-request"


def test_what_nobody_owns_yet_is_moved_by_the_word_of_whoever_was_called(world: World) -> None:
    world.planned(measure("A-1", "109999999"))
    assert "owner" not in world.task("A-1")
    told = desk(world, "Organization/ravensberg").move(world.task("A-1"), "accepted")
    assert (told.status, world.stand("A-1")) == (200, "accepted")
    assert calls(world)[0]["sender"] == {"reference": "Organization/ravensberg"}


def test_the_same_call_entered_twice_is_kept_and_told_once(world: World) -> None:
    world.referred()
    caller = desk(world, "Organization/stelle-senne")
    caller.move(world.case(), "accepted")
    before = (len(world.outbox()), len(calls(world)), len(world.store.history("Task", world.case()["id"])))
    caller.update(world.case())
    assert (len(world.outbox()), len(calls(world)), len(world.store.history("Task", world.case()["id"]))) == before


def test_an_entry_that_came_by_phone_and_then_by_message_is_told_once(world: World) -> None:
    world.planned(measure("A-1", ELSEY))
    desk(world, "Organization/elsey").move(world.task("A-1"), "accepted")
    before = len(world.outbox("stelle-senne"))
    world.sends("elsey", {"resourceType": "Bundle", "type": "collection", "entry": [
        {"fullUrl": "urn:uuid:5b2e41c7-0a8e-4d0e-9d2c-5a1c6a2f7e10", "resource": world.task("A-1")}]})  # fmt: skip
    assert (len(world.outbox("stelle-senne")), world.stand("A-1")) == (before, "accepted")


def test_a_provenance_beside_the_task_in_a_transaction_keeps_the_call_too(world: World) -> None:
    world.planned(measure("A-1", RAVENSBERG))
    client, task = Client(world), world.task("A-1")
    said = provenance(Call("letter", {"reference": "Organization/ravensberg"}, SANDER, AT))
    proof = {**said, "target": [{"reference": f"Task/{task['id']}"}], "recorded": AT.isoformat()}
    moved = {key: value for key, value in task.items() if key != "businessStatus"} | {"status": "accepted"}
    told = client.asks(
        Asked("create", "Provenance", resource=proof),
        Asked("update", "Task", task["id"], moved, match=client.match("Task", task["id"], "?")),
    )
    assert [one.status for one in told] == [201, 200]
    (call,) = calls(world)
    assert call["medium"][0]["coding"][0]["code"] == "MAILWRIT"
    assert call["partOf"] == [{"reference": f"Task/{task['id']}"}]
