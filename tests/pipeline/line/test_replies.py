"""Record, replies: what a Task's owner says of it, by whichever number, and what nobody else may say."""

from typing import Any

import pytest

from gateway.domain.system import MEASURE
from tests.pipeline.line.world import (
    ELSEY,
    RAVENSBERG,
    WOHNBERATUNG,
    Resource,
    World,
    answer,
    back,
    bundle,
    discharge,
    measure,
)


def codes(message: Any) -> list[str]:
    return [problem.code for problem in message.problems if problem.severity != "information"]


def own_task(status: str, **focus: Any) -> Resource:
    """A recipient's own Task about a measure of ours."""
    said = {"statusReason": {"text": "voll"}} if status == "rejected" else {}
    task = {"resourceType": "Task", "id": "own", "status": status, "intent": "order", "focus": focus, **said}
    return bundle(task)


@pytest.fixture
def planned(world: World) -> World:
    world.planned(measure("A-1", RAVENSBERG), measure("A-2", ELSEY), measure("A-3", WOHNBERATUNG))
    return world


# --- the site --------------------------------------------------------------------------------------------------------


def test_a_site_accepts_and_the_source_hears_it(world: World) -> None:
    world.referred()
    message = world.sends("stelle-senne", answer(world.case(), "accepted"))
    assert world.stand() == "accepted"
    assert world.told(message) == [("senneklinik", "answer accepted")]
    assert world.entry(message).case == f"Task/{world.case()['id']}"


def test_a_site_declines_with_a_reason(world: World) -> None:
    world.referred()
    message = world.sends("stelle-senne", answer(world.case(), "rejected", "no-capacity", "Keine Plätze"))
    assert (world.stand(), world.case()["statusReason"]["text"]) == ("rejected no-capacity", "Keine Plätze")
    assert world.told(message) == [("senneklinik", "answer declined"), ("stelle-mitte", "decision")]


def test_who_gives_no_reason_is_noted_with_that(world: World) -> None:
    world.referred()
    world.sends("stelle-senne", answer(world.case(), "rejected", "no-capacity"))
    assert world.case()["statusReason"]["text"] == "vom Absender nicht angegeben"


def test_a_site_that_jumps_goes_all_the_steps_between_and_its_outcome_is_kept(world: World) -> None:
    world.referred()
    output = [{"type": {"text": "Ergebnis"}, "valueString": "zu Hause versorgt"}]
    world.sends("stelle-senne", answer(world.case(), "completed", "outcome-helped", output=output))
    history = [v.resource["status"] for v in reversed(world.store.history("Task", world.case()["id"]))]
    assert history == ["draft", "requested", "accepted", "in-progress", "completed"]
    assert (world.stand(), world.case()["output"]) == ("completed outcome-helped", output)


def test_a_move_that_the_table_forbids_waits_for_a_person(world: World) -> None:
    world.referred()
    world.sends("stelle-senne", answer(world.case(), "rejected", "no-capacity", "voll"))
    message = world.sends("stelle-senne", answer(world.case(), "accepted"))
    assert (message.stopped, codes(message)) == ("record", ["task.final"])
    assert world.stand() == "rejected no-capacity"


def test_saying_the_same_again_changes_nothing(world: World) -> None:
    world.referred()
    for _ in range(2):
        message = world.sends("stelle-senne", answer(world.case(), "accepted"), headers={"n": str(_)})
    assert (message.stopped, message.moved, world.told(message)) == ("", (), [])


def test_a_site_that_sends_the_referral_back_as_it_is_accepts_nothing(world: World) -> None:
    world.referred()
    case = world.case()
    echoed = world.store.read("ServiceRequest", case["focus"]["reference"].partition("/")[2]).resource
    message = world.sends("stelle-senne", bundle(echoed))
    assert (message.stopped, world.stand()) == ("", "requested dispatched")


def test_another_site_cannot_answer(world: World) -> None:
    world.referred()
    message = world.sends("stelle-mitte", answer(world.case(), "accepted"))
    assert (message.stopped, codes(message)) == ("record", ["record.owner"])
    assert world.stand() == "requested dispatched"


def test_a_source_that_repeats_its_own_task_reports_nothing(world: World) -> None:
    world.parties = (*world.parties, {"partner": "praxis", "kind": "practice"})
    world.change("praxis")
    request = {
        "resourceType": "ServiceRequest", "id": "r", "status": "active", "intent": "order",
        "subject": {"reference": "Patient/p"}, "identifier": [{"system": "urn:x", "value": "1"}],
    }  # fmt: skip
    world.referred()
    request["subject"] = world.case()["for"]
    world.sends("praxis", bundle(request))
    before = world.stand()
    message = world.sends("praxis", answer(world.case(), "accepted"))
    assert (message.stopped, world.stand()) == ("", before)


# --- recipients ------------------------------------------------------------------------------------------------------


def test_a_recipient_answers_with_the_task_it_was_sent(planned: World) -> None:
    message = planned.sends("elsey", answer(planned.task("A-2"), "accepted", "scheduled"))
    assert planned.stand("A-2") == "accepted scheduled"
    assert planned.told(message) == [("stelle-senne", "task accepted")]
    assert planned.entry(message).case == f"Task/{planned.case()['id']}"


def test_with_a_task_of_its_own_about_the_measure(planned: World) -> None:
    planned.sends("elsey", own_task("accepted", reference=planned.task("A-2")["focus"]["reference"]))
    assert planned.stand("A-2") == "accepted"


def test_with_a_task_that_names_the_measure_by_its_number(planned: World) -> None:
    planned.sends("elsey", own_task("rejected", identifier={"system": MEASURE, "value": "A-2"}))
    assert planned.stand("A-2") == "rejected"


@pytest.mark.parametrize(
    "focus",
    [{"identifier": {"system": MEASURE, "value": "nobody's"}}, {"identifier": {"system": "urn:x", "value": "A-2"}}],
)
def test_a_report_on_a_task_that_is_not_known_waits_for_a_person(planned: World, focus: Resource) -> None:
    message = planned.sends("elsey", own_task("accepted", **focus))
    assert (message.stopped, message.moved) == ("record", ())
    assert [problem.code for problem in message.problems] == ["record.task.unknown"]


def test_a_status_word_that_is_not_ours_is_not_taken_for_one(planned: World) -> None:
    said = {"coding": [{"system": "urn:theirs", "code": "scheduled"}]}
    planned.sends("elsey", answer(planned.task("A-2"), "accepted", businessStatus=said))
    assert planned.stand("A-2") == "accepted"


@pytest.mark.parametrize(
    ("word", "stand"),
    [
        ("offen", "accepted"),
        ("läuft", "accepted"),
        ("entfällt", "rejected"),
        ("erledigt", "completed"),
        ("ruht", "on-hold"),
    ],
)
def test_a_recipient_answers_with_a_word_in_its_list(planned: World, word: str, stand: str) -> None:
    planned.sends("ravensberg", back(planned.rows("ravensberg"), Stand=word, Bemerkung="wegen Ferien"))
    assert planned.stand("A-1") == stand
    assert stand not in {"rejected", "on-hold"} or planned.task("A-1")["statusReason"]["text"] == "wegen Ferien"


def test_a_list_sent_back_untouched_says_nothing(planned: World) -> None:
    rows = planned.rows("ravensberg")
    message = planned.sends("ravensberg", back(rows))
    assert rows[0]["Stand"] == "geplant"
    assert (message.stopped, codes(message), planned.stand("A-1")) == ("", [], "requested dispatched")


@pytest.mark.parametrize(
    ("first", "then", "stand"),
    [
        ("offen", "offen", "accepted"),
        ("ruht", "läuft", "in-progress"),
        ("ruht", "ruht", "on-hold"),
        ("erledigt", "erledigt", "completed"),
        ("erledigt", "offen", "completed"),
        ("entfällt", "entfällt", "rejected"),
        ("entfällt", "offen", "rejected"),
        ("offen", "entfällt", "cancelled owner-withdrew"),
        ("offen", "geplant", "accepted"),
    ],
)
def test_and_the_next_list_goes_on_from_there(planned: World, first: str, then: str, stand: str) -> None:
    rows = planned.rows("ravensberg")
    planned.sends("ravensberg", back(rows, Stand=first))
    message = planned.sends("ravensberg", back(rows, Stand=then, Bemerkung="neu"))
    assert (message.stopped, planned.stand("A-1")) == ("", stand)


def test_a_list_that_says_done_of_what_was_declined_waits_for_a_person(planned: World) -> None:
    rows = planned.rows("ravensberg")
    planned.sends("ravensberg", back(rows, Stand="entfällt"))
    assert planned.sends("ravensberg", back(rows, Stand="erledigt")).stopped == "record"


def test_a_row_about_somebody_elses_measure_moves_nothing(planned: World) -> None:
    message = planned.sends("ravensberg", back(planned.rows("wohnberatung"), Stand="entfällt"))
    assert (message.stopped, codes(message)) == ("record", ["record.owner"])
    assert planned.stand("A-3") == "requested dispatched"


def test_but_the_other_rows_of_the_list_count(planned: World) -> None:
    rows = [{**row, "Stand": "offen"} for row in planned.rows("ravensberg") + planned.rows("wohnberatung")]
    message = planned.sends("ravensberg", back(rows))
    assert (message.stopped, codes(message)) == ("", ["record.owner"])
    assert (planned.stand("A-1"), planned.stand("A-3")) == ("accepted", "requested dispatched")


def test_a_measure_that_comes_back_as_it_is_by_fhir_says_nothing(planned: World) -> None:
    (request,) = planned.sent("elsey", "ServiceRequest")
    planned.sends("elsey", bundle(request))
    assert planned.stand("A-2") == "requested dispatched"
    planned.sends("elsey", bundle({**request, "status": "revoked"}))
    assert planned.stand("A-2") == "rejected"


def test_a_task_says_more_than_the_measure_beside_it(planned: World) -> None:
    request = planned.store.read("ServiceRequest", planned.task("A-2")["focus"]["reference"].partition("/")[2]).resource
    said = answer(planned.task("A-2"), "rejected", "no-capacity", "voll")
    said["entry"] += bundle({**request, "status": "completed"})["entry"]
    planned.sends("elsey", said)
    assert planned.stand("A-2") == "rejected no-capacity"


def test_no_recipient_speaks_for_another(planned: World) -> None:
    for partner in ("elsey", "senneklinik", "stelle-mitte"):
        message = planned.sends(partner, answer(planned.task("A-1"), "accepted"), format="fhir")
        assert (message.stopped, codes(message)) == ("record", ["record.owner"])
    assert planned.stand("A-1") == "requested dispatched"


def test_a_site_takes_its_request_back_by_its_task(planned: World) -> None:
    message = planned.sends("stelle-senne", answer(planned.task("A-2"), "cancelled"))
    assert planned.stand("A-2") == "cancelled withdrawn-by-requester"
    assert planned.told(message) == [("elsey", "measures")]


def test_but_says_nothing_else_of_it(planned: World) -> None:
    message = planned.sends("stelle-senne", answer(planned.task("A-2"), "completed"))
    assert (message.stopped, planned.stand("A-2")) == ("", "requested dispatched")


# --- whose it is -----------------------------------------------------------------------------------------------------


def test_nobody_edits_what_another_sent(planned: World) -> None:
    request = planned.store.read("ServiceRequest", planned.case()["focus"]["reference"].partition("/")[2])
    changed = {**request.resource, "code": {"text": "anderes"}}
    message = planned.sends("stelle-senne", bundle(changed))
    assert [p.code for p in message.problems] == ["record.foreign"]
    assert planned.store.read("ServiceRequest", request.id) == request


def test_what_is_repeated_word_for_word_is_no_finding(planned: World) -> None:
    request = planned.store.read("ServiceRequest", planned.case()["focus"]["reference"].partition("/")[2])
    assert planned.sends("stelle-senne", bundle(request.resource)).problems == ()


def test_a_party_of_the_directory_is_not_written_by_messages(planned: World) -> None:
    ik = [{"system": "http://fhir.de/sid/arge-ik/iknr", "value": ELSEY}]
    planned.sends("elsey", bundle({"resourceType": "Organization", "id": "o", "identifier": ik, "name": "Anders"}))
    assert planned.store.read("Organization", "elsey") is None


def test_a_reference_that_leads_nowhere_is_a_warning(planned: World) -> None:
    lost = {**measure("A-9", ELSEY), "encounter": {"reference": "Encounter/none"}}
    message = planned.sends("stelle-senne", planned.plan(lost))
    assert codes(message) == ["record.dangling"]
    assert planned.stand("A-9") == "requested dispatched"


def test_an_older_message_that_runs_late_does_not_overwrite_a_newer_one(world: World) -> None:
    first = world.referred()
    visit = world.all("Encounter")[0]["id"]
    world.sends("senneklinik", discharge("SK-2").replace(b"204^1", b"309^2"))
    newer = world.store.read("Encounter", visit)
    again = world.again(first)
    assert "record.older" in [p.code for p in again.problems]
    assert world.store.read("Encounter", visit) == newer


def test_a_recipient_says_more_closely_how_far_it_is(planned: World) -> None:
    planned.sends("elsey", answer(planned.task("A-2"), "accepted"))
    planned.sends("elsey", answer(planned.task("A-2"), "accepted", "scheduled"))
    assert planned.stand("A-2") == "accepted scheduled"
