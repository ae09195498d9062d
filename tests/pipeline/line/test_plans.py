"""Record, plans: every measure gets a Task for its recipient; whoever was asked hears what changes of it."""

from typing import Any

import pytest

from gateway.domain.system import MEASURE
from tests.pipeline.line.world import (
    ELSEY,
    IK,
    RAVENSBERG,
    WOHNBERATUNG,
    Resource,
    World,
    answer,
    back,
    bundle,
    discharge,
    measure,
    url,
)

UNKNOWN: list[Any] = [
    [],
    [{"display": "die Tochter"}],
    [{"reference": "Practitioner/none"}],
    [{"reference": "Organization/none"}],
]
OTHER_PERSON = {"name": "Oerling^Jan", "born": "19500101", "kvnr": "A123456780", "visit": "77"}


def codes(message: Any) -> list[str]:
    return [problem.code for problem in message.problems if problem.severity != "information"]


def test_each_measure_gets_a_task_of_its_own_in_the_case_for_its_recipient(world: World) -> None:
    message = world.planned(measure("A-1", RAVENSBERG), measure("A-2", ELSEY))
    case, task = world.case(), world.task("A-2")
    assert world.told(message) == [("elsey", "measures"), ("ravensberg", "measures")]
    assert task["partOf"] == [{"reference": f"Task/{case['id']}"}]
    assert (task["owner"]["reference"], task["for"]) == ("Organization/elsey", case["for"])
    assert task["basedOn"][0]["reference"].startswith("CarePlan/")
    assert (world.stand("A-2"), world.stand()) == ("requested dispatched", "in-progress active-support")


def test_a_plan_before_the_site_accepted_says_that_it_accepts(world: World) -> None:
    world.referred()
    message = world.sends("stelle-senne", world.plan(measure("A-1", ELSEY)))
    assert world.stand() == "in-progress active-support"
    assert world.told(message) == [("elsey", "measures"), ("senneklinik", "answer accepted")]


def test_a_plan_that_names_no_referral_waits_for_a_person(world: World) -> None:
    lost = measure("A-1", ELSEY, subject={"reference": "Patient/p"})
    message = world.sends("stelle-senne", bundle(lost))
    assert (message.stopped, codes(message)[-1]) == ("record", "record.referral")


def test_a_site_that_sends_no_measures_plans_nothing(world: World) -> None:
    world.referred()
    message = world.sends("stelle-senne", world.plan())
    assert (message.stopped, message.case, world.told(message)) == ("", "", [])


def test_a_plan_for_a_case_that_another_site_has_in_hand_is_not_taken(world: World) -> None:
    world.referred()
    message = world.sends("stelle-mitte", world.plan(measure("A-1", ELSEY)))
    assert (message.stopped, codes(message)) == ("record", ["record.owner"])
    assert world.outbox("elsey") == []


def test_nothing_new_is_planned_for_a_referral_that_has_ended(world: World) -> None:
    world.referred()
    world.sends("stelle-senne", answer(world.case(), "rejected", "no-capacity", "voll"))
    message = world.sends("stelle-senne", world.plan(measure("A-1", ELSEY)))
    assert (message.stopped, codes(message)) == ("record", ["record.ended"])


def test_a_measure_is_for_the_person_of_the_referral(world: World) -> None:
    world.sends("senneklinik", discharge("SK-2", person="5", **OTHER_PERSON))
    other = world.case()["for"]
    world.referred()
    message = world.sends("stelle-senne", world.plan(measure("A-1", ELSEY, subject=other)))
    assert (message.stopped, codes(message)) == ("record", ["record.subject"])


# --- who carries it out ----------------------------------------------------------------------------------------------


def test_the_recipient_may_be_named_by_a_role_or_a_service(world: World) -> None:
    house = {"resourceType": "Organization", "id": "o", "identifier": [{"system": IK, "value": ELSEY}], "name": "E"}
    role = {"resourceType": "PractitionerRole", "id": "r", "organization": {"reference": url("o")}}
    service = {"resourceType": "HealthcareService", "id": "s", "providedBy": {"reference": url("o")}}
    by_role = measure("A-1", "", performer=[{"reference": url("r")}])
    by_service = measure("A-2", "", performer=[{"reference": url("s")}])
    world.referred()
    plan = world.plan(by_role, by_service)
    plan["entry"] += bundle(house, role, service)["entry"]
    world.sends("stelle-senne", plan)
    owners = [world.task(number)["owner"]["reference"] for number in ("A-1", "A-2")]
    assert owners == ["Organization/elsey"] * 2


def test_or_by_a_role_that_was_sent_before(world: World) -> None:
    numbered = [{"system": "urn:role", "value": "1"}]
    house = {"resourceType": "Organization", "id": "o", "identifier": [{"system": IK, "value": ELSEY}], "name": "E"}
    role = {"resourceType": "PractitionerRole", "id": "r", "organization": {"reference": url("o")}}
    world.sends("stelle-senne", bundle(house, {**role, "identifier": numbered}))
    kept = world.all("PractitionerRole")[0]
    world.planned(measure("A-1", "", performer=[{"reference": f"PractitionerRole/{kept['id']}"}]))
    assert world.task("A-1")["owner"]["reference"] == "Organization/elsey"


@pytest.mark.parametrize("performer", UNKNOWN)
def test_a_measure_of_somebody_unknown_stays_with_the_site_with_a_warning(world: World, performer: Any) -> None:
    message = world.planned(measure("A-1", "", performer=performer))
    assert (message.stopped, "route.performer" in codes(message)) == ("", True)
    assert (world.stand("A-1"), "owner" in world.task("A-1")) == ("requested dispatch-failed", False)
    assert world.told(message) == [("stelle-senne", "task undeliverable")]


def test_once_the_partner_is_known_running_it_again_sends_it(world: World) -> None:
    message = world.planned(measure("A-1", "123456789"))
    assert world.again(message).moved == ()
    world.parties = (*world.parties, {"partner": "neu", "kind": "office", "identifiers": {"ik": "123456789"},
                                      "receives": [{"road": "http", "format": "fhir", "url": "http://x"}]})  # fmt: skip
    world.change("neu")
    world.again(message)
    assert (world.stand("A-1"), world.task("A-1")["owner"]["reference"]) == ("requested dispatched", "Organization/neu")
    assert [d.about for d in world.outbox("neu")] == ["measures"]


def test_one_party_can_have_two_measures_and_gets_two_deliveries(world: World) -> None:
    message = world.planned(measure("A-1", ELSEY), measure("A-2", ELSEY))
    assert world.told(message) == [("elsey", "measures")] * 2
    assert len({d.task for d in world.outbox("elsey")}) == 2


# --- what changes ----------------------------------------------------------------------------------------------------


def test_only_who_has_a_changed_measure_hears_of_a_new_version_of_the_plan(world: World) -> None:
    first, second = measure("A-1", RAVENSBERG), measure("A-2", ELSEY)
    world.planned(first, second)
    changed = [{**first, "authoredOn": "2026-03-13"}, {**second, "code": {"text": "anders"}}]
    message = world.sends("stelle-senne", world.plan(*changed))
    assert world.told(message) == [("elsey", "measures")]
    assert world.sent("elsey", "ServiceRequest")[0]["code"]["text"] == "anders"


def test_a_draft_said_later_does_not_make_an_active_measure_a_draft(world: World) -> None:
    world.planned(measure("A-1", ELSEY))
    world.sends("stelle-senne", world.plan(measure("A-1", ELSEY, status="draft")))
    assert world.all("ServiceRequest")[-1]["status"] == "active"


def test_another_performer_of_a_measure_that_was_sent_is_a_warning(world: World) -> None:
    world.planned(measure("A-1", RAVENSBERG))
    message = world.sends("stelle-senne", world.plan(measure("A-1", ELSEY)))
    assert "record.performer" in codes(message)
    assert world.task("A-1")["owner"]["reference"] == "Organization/ravensberg"
    assert world.outbox("elsey") == []


def test_a_withdrawn_measure_is_cancelled_and_its_recipient_hears_it(world: World) -> None:
    world.planned(measure("A-1", RAVENSBERG), measure("A-2", ELSEY))
    message = world.sends(
        "stelle-senne",
        world.plan(measure("A-1", RAVENSBERG, status="revoked"), measure("A-2", ELSEY, status="revoked")),
    )
    assert [world.stand(n) for n in ("A-1", "A-2")] == ["cancelled withdrawn-by-requester"] * 2
    assert world.told(message) == [("elsey", "measures"), ("ravensberg", "measures")]
    assert [row["Stand"] for row in world.rows("ravensberg")] == ["entfällt"]
    assert [task["status"] for task in world.sent("elsey", "Task")] == ["cancelled"]


def test_a_withdrawn_measure_that_is_under_way_is_asked_to_stop(world: World) -> None:
    world.planned(measure("A-1", ELSEY))
    world.sends("elsey", answer(world.task("A-1"), "in-progress"))
    message = world.sends("stelle-senne", world.plan(measure("A-1", ELSEY, status="revoked")))
    assert world.stand("A-1") == "in-progress cancellation-requested"
    assert world.told(message) == [("elsey", "abort"), ("elsey", "measures")]


def test_of_what_is_on_hold_its_owner_is_asked_to_stop(world: World) -> None:
    world.planned(measure("A-1", ELSEY))
    world.sends("elsey", answer(world.task("A-1"), "on-hold", "client-in-hospital", "Klinik"))
    message = world.sends("stelle-senne", world.plan(measure("A-1", ELSEY, status="revoked")))
    assert world.stand("A-1") == "on-hold client-in-hospital"
    assert ("elsey", "abort") in world.told(message)


def test_withdrawing_what_has_ended_or_never_began_is_nothing(world: World) -> None:
    world.planned(measure("A-1", ELSEY))
    world.sends("elsey", answer(world.task("A-1"), "rejected", "no-capacity", "voll"))
    message = world.sends(
        "stelle-senne", world.plan(measure("A-1", ELSEY, status="revoked"), measure("A-2", ELSEY, status="revoked"))
    )
    assert (codes(message), world.told(message)) == ([], [])


def test_a_measure_that_replaces_another_ends_it_and_both_recipients_hear(world: World) -> None:
    first = measure("A-1", RAVENSBERG)
    world.planned(first)
    second = measure("A-2", ELSEY, replaces=[{"reference": url("measure-A-1")}])
    message = world.sends("stelle-senne", world.plan(first, second))
    assert (world.stand("A-1"), world.stand("A-2")) == ("cancelled superseded", "requested dispatched")
    assert world.told(message) == [("elsey", "measures"), ("ravensberg", "measures")]
    assert [row["Stand"] for row in world.rows("ravensberg")] == ["entfällt"]


def test_replacing_what_was_declined_tells_only_the_new_recipient(world: World) -> None:
    first = measure("A-1", RAVENSBERG)
    world.planned(first)
    world.sends("ravensberg", back(world.rows("ravensberg"), Stand="entfällt"))
    new = measure("A-2", ELSEY, replaces=[{"reference": url("measure-A-1")}])
    message = world.sends("stelle-senne", world.plan({**first, "status": "revoked"}, new))
    assert world.told(message) == [("elsey", "measures")]


# --- numbers ---------------------------------------------------------------------------------------------------------


def test_a_measure_without_a_short_number_gets_one(world: World) -> None:
    world.planned(measure("", ELSEY, identifier=[{"system": "urn:own", "value": "7"}]))
    request = world.all("ServiceRequest")[-1]
    own, given = request["identifier"]
    assert own == {"system": "urn:own", "value": "7"}
    assert given == {"system": MEASURE, "value": f"M-{request['id'][:13].upper()}"}
    assert [t["focus"]["identifier"] for t in world.all("Task") if "partOf" in t] == [given]


def second_case(world: World, number: str) -> Resource:
    """Another site plans a measure by the same number for its own case."""
    world.sends("senneklinik", discharge("SK-2", person="5", plz="33602", **OTHER_PERSON))
    world.sends("stelle-mitte", world.plan({**measure(number, WOHNBERATUNG), "id": "other"}))
    return world.all("ServiceRequest")[-1]


def test_two_sites_may_use_the_same_number_and_each_measure_keeps_one_of_its_own(world: World) -> None:
    world.planned(measure("A-1", RAVENSBERG))
    other = second_case(world, "A-1")
    (number,) = [i["value"] for i in other["identifier"] if i["system"] == MEASURE]
    assert number.startswith("M-")
    assert world.rows("wohnberatung")[0]["Maßnahme-Nr."] == number
    world.sends("wohnberatung", back(world.rows("wohnberatung"), Stand="offen"))
    assert (world.stand("A-1"), world.stand(number)) == ("requested dispatched", "accepted")


def test_a_site_means_its_own_measure_when_it_says_the_number_again(world: World) -> None:
    world.planned(measure("A-1", RAVENSBERG))
    second_case(world, "B-1")
    world.sends("stelle-mitte", world.plan({**measure("B-1", WOHNBERATUNG, status="revoked"), "id": "later"}))
    assert (world.stand("A-1"), world.stand("B-1")) == ("requested dispatched", "cancelled withdrawn-by-requester")


def test_a_measure_that_the_site_pauses_is_news_for_its_recipient(world: World) -> None:
    world.planned(measure("A-1", RAVENSBERG))
    message = world.sends("stelle-senne", world.plan(measure("A-1", RAVENSBERG, status="on-hold")))
    assert world.told(message) == [("ravensberg", "measures")]
    assert world.rows("ravensberg")[0]["Stand"] == "ruht"


def test_a_site_accepts_and_plans_in_one_message(world: World) -> None:
    world.referred()
    both = answer(world.case(), "accepted")
    both["entry"] += world.plan(measure("A-1", "", performer=[{"reference": "Organization/elsey"}]))["entry"]
    message = world.sends("stelle-senne", both)
    assert (message.stopped, world.stand()) == ("", "in-progress active-support")
    assert world.task("A-1")["owner"]["reference"] == "Organization/elsey"


def test_the_referral_may_be_one_of_several_things_a_measure_is_based_on(world: World) -> None:
    world.referred()
    based = [{"reference": "ServiceRequest/none"}, {"reference": world.case()["focus"]["reference"]}]
    lone = measure("A-1", ELSEY, basedOn=based, subject=world.case()["for"])
    world.sends("stelle-senne", bundle(lone))
    assert (world.stand("A-1"), "basedOn" in world.task("A-1")) == ("requested dispatched", False)
