"""Provenance, Communication, CareTeam: who did what, on which evidence, told to whom, and who works on it now."""

from typing import Any

from gateway.domain.system import CANONICAL, TRACKING
from gateway.pipeline.validate import findings
from tests.pipeline.line.world import ELSEY, LUTTERBACH, World, answer, measure

GRADE = f"{CANONICAL}/StructureDefinition/evidence-grade"
MAPS = f"{CANONICAL}/StructureDefinition/map-hash"


def moves(world: World, task: dict[str, Any]) -> list[tuple[str, str, str]]:
    """(Status, evidence, who) of each move of a Task, oldest first."""
    found = [p for p in world.all("Provenance") if p["target"][0]["reference"].startswith(f"Task/{task['id']}/")]
    found = [p for p in found if "activity" in p]
    found.sort(key=lambda p: int(p["target"][0]["reference"].rpartition("/")[2]))
    return [
        (
            p["activity"]["coding"][0]["code"],
            p["extension"][0]["valueCoding"]["code"],
            p["agent"][0]["who"].get("reference") or p["agent"][0]["who"]["display"],
        )
        for p in found
    ]


def test_every_move_says_who_made_it_and_on_which_evidence(world: World) -> None:
    world.planned(measure("A-1", ELSEY))
    world.arrives(world.outbox("elsey")[-1])
    world.sends("elsey", answer(world.task("A-1"), "accepted"))
    assert moves(world, world.task("A-1")) == [
        ("draft", "E1", "Organization/stelle-senne"),
        ("requested", "E1", "Organization/stelle-senne"),
        ("received", "E2", "Kümmerer Gateway"),
        ("accepted", "E4", "Organization/elsey"),
    ]


def test_a_move_names_the_version_before_it_and_the_message_behind_it(world: World) -> None:
    world.planned(measure("A-1", ELSEY))
    message = world.sends("elsey", answer(world.task("A-1"), "accepted"))
    name = f"Task/{world.task('A-1')['id']}"
    (made,) = [p for p in world.all("Provenance") if p["target"] == [{"reference": f"{name}/_history/3"}]]
    assert {"role": "revision", "what": {"reference": f"{name}/_history/2"}} in made["entity"]
    assert {"system": TRACKING, "value": message.entry.id} in [e["what"].get("identifier") for e in made["entity"]]
    assert message.entry.hash in [e["what"].get("identifier", {}).get("value") for e in made["entity"]]


def test_what_was_read_says_from_which_bytes_by_which_maps(world: World) -> None:
    message = world.referred()
    request = world.all("ServiceRequest")[0]["id"]
    read = [p for p in world.all("Provenance") if f"ServiceRequest/{request}/_history/1" in str(p["target"])]
    assert [e["valueString"] for e in read[0].get("extension", []) if e["url"] == MAPS] == (
        [message.map_hash] if message.map_hash else []
    )
    assert read[0]["agent"][0]["who"] == {"reference": "Organization/senneklinik"}


def test_each_view_says_from_which_versions_it_was_made_and_on_whose_behalf(world: World) -> None:
    world.planned(measure("A-1", ELSEY))
    (told,) = [c for c in world.all("Communication") if c.get("recipient") == [{"reference": "Organization/elsey"}]]
    (view,) = [p for p in world.all("Provenance") if p["target"] == [{"reference": f"Communication/{told['id']}"}]]
    shown = [e["what"].get("reference", "") for e in view["entity"]]
    assert f"{world.task('A-1')['focus']['reference']}/_history/1" in shown
    assert view["agent"][0]["onBehalfOf"] == {"reference": "Organization/stelle-senne"}


def test_each_message_is_a_communication_that_says_what_became_of_it(world: World) -> None:
    world.planned(measure("A-1", ELSEY))
    delivery = world.outbox("elsey")[-1]

    def status() -> tuple[str, str]:
        (told,) = [c for c in world.all("Communication") if delivery.id in str(c["identifier"])]
        return told["status"], told.get("statusReason", {}).get("text", "")

    assert status() == ("in-progress", "")
    world.arrives(delivery, standing="dead")
    assert status() == ("not-done", "x")
    world.arrives(delivery)
    assert status()[0] == "completed"


def test_a_communication_is_part_of_the_task_it_is_about_and_what_came_of_its_case(world: World) -> None:
    message = world.planned(measure("A-1", ELSEY))
    case, task = f"Task/{world.case()['id']}", f"Task/{world.task('A-1')['id']}"
    told = world.all("Communication")
    (out,) = [c for c in told if c.get("recipient") == [{"reference": "Organization/elsey"}]]
    (came,) = [c for c in told if c["identifier"] == [{"system": TRACKING, "value": message.entry.id}]]
    assert (out["partOf"], came["partOf"]) == ([{"reference": task}], [{"reference": case}])


def test_an_answer_is_in_response_to_the_message_it_answers(world: World) -> None:
    world.referred()
    message = world.sends("stelle-senne", answer(world.case(), "accepted"))
    told = {c["id"]: c for c in world.all("Communication")}
    (out,) = [c for c in told.values() if c.get("recipient") == [{"reference": "Organization/senneklinik"}]]
    asked = told[out["inResponseTo"][0]["reference"].partition("/")[2]]
    assert asked["identifier"] == [{"system": TRACKING, "value": message.entry.id}]
    assert asked["sender"] == {"reference": "Organization/stelle-senne"}


def members(world: World) -> set[str]:
    (team,) = world.all("CareTeam")
    return {one["member"]["reference"].partition("/")[2] for one in team["participant"]} - {"id-2"}


def test_a_party_is_in_the_team_while_a_task_of_it_is_under_way(world: World) -> None:
    world.planned(measure("A-1", ELSEY), measure("A-2", LUTTERBACH))
    assert members(world) == {"stelle-senne"}
    world.sends("elsey", answer(world.task("A-1"), "accepted"))
    assert members(world) == {"stelle-senne", "elsey"}
    world.sends("elsey", answer(world.task("A-1"), "completed", "outcome-helped"))
    assert members(world) == {"stelle-senne"}


def test_who_works_or_waits_stays_in_the_team_until_its_task_has_ended(world: World) -> None:
    world.planned(measure("A-1", ELSEY))
    said = (("accepted", ""), ("in-progress", ""), ("on-hold", "waiting-third-party"), ("in-progress", ""))
    for status, business in said:
        world.sends("elsey", answer(world.task("A-1"), status, business, "Warten" if business else ""))
        assert world.stand("A-1").startswith(status)
        assert "elsey" in members(world), status


def test_the_team_ends_with_its_case(world: World) -> None:
    world.planned(measure("A-1", ELSEY))
    world.sends("elsey", answer(world.task("A-1"), "completed", "outcome-helped"))
    assert world.all("CareTeam")[0]["status"] == "active"
    world.sends("stelle-senne", answer(world.case(), "completed", "outcome-helped"))
    assert world.stand().startswith("completed")
    assert world.all("CareTeam")[0]["status"] == "inactive"


def test_there_is_no_team_before_somebody_has_said_yes(world: World) -> None:
    world.referred()
    assert world.all("CareTeam") == []


def test_running_messages_again_adds_no_record(world: World) -> None:
    messages = [world.referred(), world.sends("stelle-senne", answer(world.case(), "accepted"))]
    messages.append(world.sends("stelle-senne", world.plan(measure("A-1", ELSEY))))
    before = [len(world.all(kind)) for kind in ("Provenance", "Communication", "CareTeam")]
    for message in messages:
        world.again(message)
    assert [len(world.all(kind)) for kind in ("Provenance", "Communication", "CareTeam")] == before


def test_all_records_are_sound_fhir(world: World) -> None:
    world.planned(measure("A-1", ELSEY))
    world.arrives(world.outbox("elsey")[-1], standing="dead")
    for kind in ("Provenance", "Communication", "CareTeam", "Task"):
        for resource in world.all(kind):
            assert [p.sentence for p in findings(resource) if p.severity != "information"] == []
