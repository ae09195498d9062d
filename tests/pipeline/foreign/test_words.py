"""What is read of a foreign status, what is not, who may say it, and what the other side is told in its own words."""

import re
from pathlib import Path
from typing import Any

import pytest

from gateway.domain.foreign import systems, uri_of
from gateway.domain.system import BUSINESS_STATUS
from gateway.pipeline.tasks.foreign_words import Said, in_their_words, spoken, with_ours
from tests.pipeline.foreign.stage import ACTIVITY, Stage, codes, stand, theirs
from tests.pipeline.line.world import answer

BSER = uri_of("bser")


def task(status: str = "accepted", *codings: tuple[str, str], **more: Any) -> dict[str, Any]:
    coded = [{"system": system, "code": code} if system else {"code": code} for system, code in codings]
    business = {"businessStatus": {"coding": coded}} if coded else {}
    return {"resourceType": "Task", "id": "t", "status": status, **business, **more}


@pytest.mark.parametrize(
    ("item", "system", "said"),
    [
        (task("requested", (BSER, "7.0")), "", [("bser", "7.0")]),
        (task("requested", ("", "7.0")), "", []),
        (task("requested", ("", "7.0")), "bser", [("bser", "7.0")]),
        (task("requested", ("urn:x", "7.0")), "bser", []),
        (task("accepted", businessStatus={"text": "Couldn't contact"}), "findhelp", [("findhelp", "Couldn't contact")]),
        (task("accepted", businessStatus={"text": "wartet auf Rückruf"}), "findhelp", []),
        (task("accepted"), "bser", []),
        (task("accepted"), "", []),
        (task("in-progress"), "be-uhmep", [("be-uhmep", "in-progress")]),
        (task("in-progress"), "umzhconnect", [("umzhconnect", "in-progress")]),
        (task("in-progress", (uri_of("cow"), "awaiting-information")), "",
         [("fhir-r4", "in-progress"), ("cow", "awaiting-information")]),
        (task("failed", statusReason={"coding": [{"system": BSER, "code": "4.0"}]}), "", [("bser", "4.0")]),
        (task("accepted", (BUSINESS_STATUS, "scheduled"), (BSER, "5.1.1")), "bser", []),
        (task("accepted", (BUSINESS_STATUS, "scheduled"), (BSER, "5.1.4")), "bser", [("bser", "5.1.4")]),
        (task("accepted", (BUSINESS_STATUS, "scheduled")), "umzhconnect", []),
    ],
)  # fmt: skip
def test_a_status_is_read_where_its_system_is_known(
    item: dict[str, Any], system: str, said: list[tuple[str, str]]
) -> None:
    assert spoken(item, system) == [Said(*word) for word in said]


def test_their_code_is_understood_without_a_setting_where_its_system_is_named() -> None:
    stage = Stage("bser").planned()
    stage.world.change("elsey", statuses="")
    assert codes(stage.say("5.1.1")) == []
    assert (stage.stand(), stage.theirs()) == ("accepted/scheduled", ["5.1.1"])


def test_a_code_of_the_other_side_is_refused_and_moves_nothing() -> None:
    stage = Stage("bser").planned("in-progress")
    message = stage.say("5.2", "elsey")
    assert codes(message) == ["foreign.actor"]
    assert (message.stopped, stage.stand()) == ("record", "in-progress")


def test_a_code_that_nobody_knows_waits_for_a_person() -> None:
    stage = Stage("bser").planned()
    message = stage.say("9.9", "elsey")
    assert (codes(message), message.stopped, stage.stand()) == (["foreign.code"], "record", "requested/dispatched")


def test_a_code_that_comes_too_early_says_so() -> None:
    stage = Stage("bser").planned()
    assert codes(stage.say("6.0", "elsey")) == ["foreign.when"]


def test_who_neither_asked_nor_was_asked_reports_nothing() -> None:
    stage = Stage("bser").planned()
    assert codes(stage.say("3.0", "lutterbach")) == ["record.owner"]
    assert stage.stand() == "requested/dispatched"


def test_a_question_is_asked_once_however_often_it_is_said() -> None:
    stage = Stage("findhelp").planned()
    stage.say("Needs client action")
    stage.say("Needs client action")
    assert len(stage.opened("question")) == 1


def test_a_question_beside_work_that_goes_on_is_asked_once_too() -> None:
    stage = Stage("umzhconnect").planned("in-progress")
    stage.say("awaiting-information", "elsey")
    stage.say("awaiting-information", "elsey")
    assert (len(stage.opened("question")), stage.stand()) == (1, "in-progress")
    assert stage.theirs() == ["in-progress", "awaiting-information"]


def test_a_stop_is_asked_for_once_and_who_stopped_has_stopped() -> None:
    stage = Stage("bser").planned("in-progress")
    stage.say("5.2")
    stage.say("5.2")
    assert len(stage.opened("abort")) == 1
    stage.say("6.0")
    assert stage.stand() == "failed/aborted-on-request"


@pytest.mark.parametrize(
    ("system", "code"),
    [
        ("bser", "5.2"), ("360x", "OMG^O19 CA"), ("be-uhmep", "Canceled"), ("recare", "search_attribution_cancelled"),
        ("nhs-bars", "servicerequest-request revoked"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("at", ["in-progress", "on-hold"])
def test_in_every_system_who_has_begun_is_asked_to_stop_by_a_task_that_he_is_sent(
    system: str, code: str, at: str
) -> None:
    stage = Stage(system).planned(at)
    message = stage.say(code)
    assert codes(message) == []
    assert ("elsey", "abort") in stage.world.told(message)
    assert [task["owner"]["reference"] for task in stage.opened("abort")] == ["Organization/elsey"]
    assert stage.stand() == {"in-progress": "in-progress/cancellation-requested", "on-hold": "on-hold"}[at]
    assert code in stage.theirs()


def test_the_same_message_run_again_says_nothing_twice() -> None:
    stage = Stage("findhelp").planned()
    message = stage.say("Needs client action")
    versions = len(stage.world.store.history("Task", stage.task["id"]))
    stage.world.again(message)
    assert len(stage.world.store.history("Task", stage.task["id"])) == versions
    assert len(stage.opened("question")) == 1


def test_a_reason_in_words_is_kept_as_the_reason() -> None:
    stage = Stage("bser").planned()
    stage.say("4.0", statusReason={"text": "kein Platz bis Mai"})
    assert stage.task["statusReason"]["text"] == "kein Platz bis Mai"


def test_a_site_hears_of_a_measure_in_the_codes_it_speaks_and_of_no_others() -> None:
    stage = Stage("bser").planned()
    stage.world.change("elsey", statuses="findhelp")
    stage.system = "findhelp"
    stage.say("Eligible")
    (told,) = stage.world.sent("stelle-senne", "Task")
    assert (stand(told), theirs(told)) == ("accepted", ["3.0"])
    assert theirs(stage.task) == ["Eligible"]


def test_a_site_that_speaks_no_other_system_hears_ours_alone() -> None:
    stage = Stage("bser").planned()
    stage.world.change("stelle-senne", statuses="")
    stage.say("5.1.1")
    (told,) = stage.world.sent("stelle-senne", "Task")
    assert stand(told) == "accepted/scheduled"


def test_what_has_no_code_of_theirs_is_told_in_ours() -> None:
    there = {"Task": [task("on-hold", (BUSINESS_STATUS, "client-in-hospital"))]}
    assert in_their_words(there, "be-uhmep") == there
    assert in_their_words({"Patient": []}, "bser") == {"Patient": []}


@pytest.mark.parametrize(
    ("code", "decisions"),
    [("cancel-admit-inpatient", 1), ("discharge-inpatient-home", 1), ("revise-admit-inpatient", 0)],
)
def test_a_hospital_tells_of_the_person_in_a_message_of_its_own(code: str, decisions: int) -> None:
    stage = Stage("medcom").planned("in-progress")
    assert codes(stage.happens("admit-inpatient")) == []
    assert stage.stand() == "on-hold/client-in-hospital"
    stage.happens(code)
    assert (stage.stand(), len(stage.opened("decision"))) == ("on-hold/client-in-hospital", decisions)


def test_what_is_told_of_an_earlier_message_has_happened_already() -> None:
    stage = Stage("medcom").planned("in-progress")
    stage.happens("admit-inpatient", target=[{"reference": "MessageHeader/earlier"}])
    assert stage.stand() == "in-progress"


def test_who_speaks_of_no_known_system_has_told_of_no_event() -> None:
    stage = Stage("medcom").planned("in-progress")
    stage.world.change("klinik-herford", statuses="")
    stage.happens("admit-inpatient", system="urn:unknown")
    assert stage.stand() == "in-progress"
    stage.happens("admit-inpatient", system=ACTIVITY)
    assert stage.stand() == "on-hold/client-in-hospital"


def test_a_referral_that_begins_begins_as_requested_whatever_its_own_task_says() -> None:
    stage = Stage("bser")
    message = stage.refers("7.0")
    assert [problem.code for problem in message.problems if problem.code.startswith("foreign")] == ["foreign.begins"]
    assert (stand(stage.world.case()), theirs(stage.world.case())) == ("requested/dispatched", [])


def test_a_referral_is_closed_through_the_guard_in_their_words_too() -> None:
    stage = Stage("bser").planned("in-progress")
    said = stage.said("7.0")
    message = stage.world.sends("stelle-senne", answer(stage.world.case(), **said))
    assert "closure.measure" in codes(message)
    assert stand(stage.world.case()) == "in-progress/active-support"


@pytest.mark.parametrize(
    ("before", "said", "ours"),
    [
        ("accepted", task("accepted", (BSER, "5.1.1")), ["scheduled"]),
        ("accepted", task("in-progress", (BSER, "5.1.1")), []),
        ("accepted", task("accepted", (BSER, "9.9")), []),
        ("accepted", task("accepted", (BUSINESS_STATUS, "selected"), (BSER, "5.1.1")), ["selected"]),
        ("requested", task("accepted", (BSER, "3.0")), []),
        ("accepted", task("in-progress", (BSER, "5.1.2")), []),
        ("in-progress", task("in-progress", (BSER, "5.1.2")), ["appointment-no-show"]),
    ],
)
def test_who_moves_a_task_itself_gets_our_business_status_where_it_goes_with_the_move(
    before: str, said: dict[str, Any], ours: list[str]
) -> None:
    coded = with_ours(said, before, "")["businessStatus"]["coding"]
    assert [coding["code"] for coding in coded if coding["system"] == BUSINESS_STATUS] == ours
    assert coded[-1] == said["businessStatus"]["coding"][-1]


def test_where_the_sender_says_that_work_has_begun_it_is_written_down_for_who_does_it() -> None:
    stage = Stage("nl-eoverdracht").planned("accepted")
    message = stage.say("in-progress", "stelle-senne")
    assert (codes(message), stage.stand()) == ([], "in-progress/active-support")
    assert [move.actor for move in message.moved if move.task["id"] == stage.task["id"]] == ["P"]
    assert stage.theirs() == ["in-progress"]


def test_the_page_names_every_system_and_where_its_codes_are_kept() -> None:
    page = (Path(__file__).resolve().parents[3] / "docs" / "how-to" / "answer-by-fhir.md").read_text(encoding="utf-8")
    missing = [
        name for name in systems() if not re.search(rf"\| `{name}` \|[^\n]*`{re.escape(uri_of(name))}` \|", page)
    ]
    assert missing == []


def test_a_referral_that_begins_with_a_code_nobody_knows_is_begun_and_told_so() -> None:
    stage = Stage("bser")
    message = stage.refers("9.9")
    assert [problem.code for problem in message.problems if problem.severity == "warning"][-1] == "foreign.code"
    assert (message.stopped, stand(stage.world.case())) == ("", "requested/dispatched")


def test_what_comes_too_late_changes_nothing_and_says_so() -> None:
    stage = Stage("bser").planned("in-progress")
    stage.say("7.0")
    assert codes(stage.say("5.1.4")) == ["task.final"]
    assert stage.stand() == "completed"


def test_a_question_is_answered_in_the_words_of_fhir_whatever_else_is_spoken() -> None:
    stage = Stage("umzhconnect").planned("in-progress")
    stage.say("awaiting-information", "elsey")
    (question,) = stage.opened("question")
    assert codes(stage.world.sends("stelle-senne", answer(question, "completed"))) == []
    assert (stage.opened("question"), stage.stand()) == ([], "in-progress")


def test_an_event_of_the_person_may_be_said_of_a_task_too() -> None:
    stage = Stage("medcom").planned("in-progress")
    assert codes(stage.say("STIN")) == []
    assert stage.stand() == "on-hold/client-in-hospital"
