"""Which Tasks may be opened, by whom, and whom they are for."""

import pytest

from tests.pipeline.line.world import IK
from tests.pipeline.rest.client import Client, Resource, body, codes, task


def at(desk: Client, kind: str, reference: str) -> Resource:
    """A stored resource by `Type/id`."""
    return desk.stored({"resourceType": kind, "id": reference.partition("/")[2]})


def fresh(desk: Client, case: Resource) -> Resource:
    """Another request for the person of a case."""
    return desk.request(at(desk, "Patient", case["for"]["reference"]), intent="filler-order")


def test_an_owner_may_be_named_by_its_number(desk: Client) -> None:
    case, _ = desk.planned()
    owner = {"identifier": {"system": IK, "value": "260550448"}}
    assert desk.made(task(fresh(desk, case), part=case, owner=owner))["owner"]["reference"] == "Organization/elsey"


def test_an_owner_may_be_named_by_an_organisation_of_that_number(desk: Client) -> None:
    case, _ = desk.planned()
    numbers = [{"system": IK, "value": "260550448"}]
    named = desk.made({"resourceType": "Organization", "name": "Sozialstation", "identifier": numbers})
    owner = {"reference": f"Organization/{named['id']}"}
    assert desk.made(task(fresh(desk, case), part=case, owner=owner))["owner"]["reference"] == "Organization/elsey"


def test_who_acts_for_an_organisation_owns_what_the_organisation_owns(desk: Client) -> None:
    role = desk.made({"resourceType": "PractitionerRole", "organization": {"reference": "Organization/elsey"}})
    case, _ = desk.planned()
    owner = {"reference": f"PractitionerRole/{role['id']}"}
    made = desk.made(task(fresh(desk, case), part=case, owner=owner))
    assert desk.partner("elsey").move(made, "accepted").status == 200


def test_a_partner_refers_by_its_own_request(desk: Client) -> None:
    person = desk.person()
    clinic = desk.partner("senneklinik")
    made = clinic.made(task(clinic.request(person)))
    assert made["requester"]["reference"] == "Organization/senneklinik"
    assert made["meta"]["source"] == "urn:kuemmerer:partner:senneklinik"
    assert codes(clinic.create(task(desk.request(person)))) == ["rest.task.stranger"]


def test_only_who_has_the_case_asks_for_a_measure(desk: Client) -> None:
    case, _ = desk.planned()
    request = fresh(desk, case)
    wanted = task(request, part=case, owner={"reference": "Organization/elsey"})
    assert codes(desk.partner("elsey").create(wanted)) == ["rest.task.stranger"]
    assert desk.partner("stelle-senne").create(wanted).status == 201


@pytest.mark.parametrize("part", [True, False])
def test_what_is_done_is_asked_for_by_a_request(desk: Client, part: bool) -> None:  # noqa: FBT001 - a parameter
    case, _ = desk.planned()
    assert codes(desk.create(task(case, part=case if part else None))) == ["rest.task.focus"]


def test_a_task_names_tasks_of_one_case(desk: Client) -> None:
    case, _ = desk.planned()
    other, _ = Client(desk.world).planned()
    for focus, part in ((case["for"], "none"), (case["focus"], "none"), (case["focus"], other["id"])):
        lost = {**task(case, kind="decision"), "focus": focus, "partOf": [{"reference": f"Task/{part}"}]}
        assert codes(desk.create(lost)) == ["rest.task.case"]


def test_nothing_new_is_asked_in_a_case_that_has_ended(desk: Client) -> None:
    case, (measure,) = desk.planned("elsey")
    desk.proxy("author", "verifier", reason="verzogen").move(case, "completed", "outcome-partial")
    assert codes(desk.create(task(fresh(desk, case), part=case))) == ["rest.task.ended"]
    assert codes(desk.create(task(measure, kind="question", part=measure))) == ["rest.task.ended"]


def test_nothing_is_asked_about_a_task_that_has_ended(desk: Client) -> None:
    _, (measure,) = desk.planned("elsey")
    desk.move(measure, "rejected", "no-capacity", "kein Platz")
    assert codes(desk.create(task(measure, kind="question", part=measure))) == ["rest.task.ended"]


def test_a_focus_that_is_not_known_is_refused(desk: Client) -> None:
    wrong = {**task(desk.request(desk.person())), "focus": {"reference": "ServiceRequest/none"}}
    told = desk.create(wrong)
    assert [(p.code, p.place) for p in told.problems] == [("rest.task.unknown", "Task.focus")]


def test_a_new_task_is_in_no_case_but_its_own(desk: Client) -> None:
    claimed = {"system": "https://kuemmerer-gateway.de/fhir/sid/case", "value": "other"}
    case = body(desk.create(task(desk.request(desk.person()), groupIdentifier=claimed)))
    assert case["groupIdentifier"]["value"] == case["id"]


def test_whoever_was_refused_may_ask_again_once_it_has_ended(desk: Client) -> None:
    request = desk.request(desk.person())
    first = desk.made(task(request))
    desk.move(first, "cancelled", "withdrawn-by-requester", "doch nicht")
    assert desk.create(task(request)).status == 201


def test_an_owner_is_found_for_a_measure_that_had_none(desk: Client) -> None:
    case, _ = desk.planned()
    made = desk.made(task(fresh(desk, case), part=case))
    now = desk.stored(made)
    assert desk.partner("stelle-senne").update({**now, "owner": {"reference": "Organization/elsey"}}).status == 200


def test_a_role_speaks_for_its_organisation_as_requester(desk: Client) -> None:
    role = desk.made({"resourceType": "PractitionerRole", "organization": {"reference": "Organization/lutterbach"}})
    case = desk.referral(requester={"reference": f"PractitionerRole/{role['id']}"})
    told = desk.partner("lutterbach").move(case, "cancelled", "withdrawn-by-requester", "doch nicht")
    assert told.status == 200
