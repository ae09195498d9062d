"""Who sees what of a case: what is foreign is 404, and counts nowhere."""

from typing import Any

import pytest

from gateway.domain.system import TASK_KIND
from tests.web.smart.place import CASE, T0, VISIBLE, Place, opened, request, task

NAMES = [f"{each['resourceType']}/{each['id']}" for each in CASE]
WHO = sorted(VISIBLE)


def found(place: Place, path: str, token: str) -> set[str]:
    answer = place.call("GET", path, token)
    assert answer.status_code == 200, answer.text
    entries = answer.json().get("entry", [])
    return {f"{e['resource']['resourceType']}/{e['resource']['id']}" for e in entries}


@pytest.mark.parametrize("who", WHO)
def test_a_partner_reads_its_own_and_404_besides(place: Place, who: str) -> None:
    token = place.token(who)
    for path in ("", "/_history", "/_history/1"):
        read = {name for name in NAMES if place.call("GET", name + path, token).status_code == 200}
        assert read == VISIBLE[who], path
    foreign = {place.call("GET", n, token).status_code for n in set(NAMES) - VISIBLE[who]}
    assert foreign <= {404}


@pytest.mark.parametrize("who", WHO)
def test_a_search_finds_and_counts_no_other(place: Place, who: str) -> None:
    token = place.token(who)
    for kind in {name.partition("/")[0] for name in NAMES}:
        seen = {name for name in VISIBLE[who] if name.startswith(f"{kind}/")}
        answer = place.call("GET", f"{kind}?_total=accurate", token).json()
        assert answer.get("total", 0) == len(seen)
        assert found(place, kind, token) == seen
    everything = found(place, "?_type=Task,ServiceRequest,Patient,CarePlan", token)
    assert everything == {name for name in VISIBLE[who] if not name.startswith(("Encounter", "CareTeam"))}


def test_includes_and_chains_end_at_what_is_foreign(place: Place) -> None:
    token = place.token("elsey")
    assert found(place, "Task?_include=*&_revinclude=Task:part-of", token) == VISIBLE["elsey"]
    assert found(place, "Task?patient.name=Gr", token) == {"Task/t1"}
    assert found(place, "Patient?_has:Task:patient:status=draft", token) == set()
    assert found(place, "Task?patient.name=Gr", place.token("lutterbach")) == set()
    assert found(place, "ServiceRequest?_has:Task:focus:status=draft", token) == set()
    assert found(place, "ServiceRequest?_has:Task:focus:status=accepted", token) == {"ServiceRequest/sr1"}
    site = place.token("stelle-senne")
    assert found(place, "Task?patient.name=Gr&status=draft", site) == {"Task/t2"}


@pytest.mark.parametrize("who", WHO)
def test_what_is_foreign_is_not_included_though_it_refers_to_what_is_shown(place: Place, who: str) -> None:
    kinds = ("Task", "ServiceRequest", "CarePlan", "Encounter")
    back = "&".join(f"_revinclude={kind}:patient" for kind in kinds)
    wanted = {name for name in VISIBLE[who] if name.startswith((*kinds, "Patient"))}
    assert found(place, f"Patient?{back}", place.token(who)) == (wanted if "Patient/p" in wanted else set())


def test_a_recipient_is_shown_what_it_is_sent_and_cannot_ask_for_more(place: Place) -> None:
    token = place.token("elsey")
    read = place.call("GET", "Task/t1", token).json()
    measure = place.call("GET", "ServiceRequest/sr1", token).json()
    assert not {"partOf", "groupIdentifier"} & read.keys()
    assert "reasonCode" not in measure
    for query in ("part-of=Task/t0", "group-identifier=t0", "part-of:missing=false"):
        assert found(place, f"Task?{query}", token) == set()
    assert "partOf" in place.call("GET", "Task/t1", place.token("stelle-senne")).json()


def test_who_knows_a_person_by_which_number_is_nobodys_business(place: Place) -> None:
    token = place.token("stelle-senne")
    assert "tag" not in place.call("GET", "Patient/p", token).json()["meta"]
    assert found(place, "Patient?_tag=x|1", token) == set()


def test_it_is_right_when_it_changes(place: Place) -> None:
    elsey, other = place.token("elsey"), place.token("lutterbach")
    place.save(task("t2", "requested", "lutterbach", "stelle-senne", focus={"reference": "ServiceRequest/sr2"}, **T0))
    assert place.call("GET", "ServiceRequest/sr2", other).status_code == 200
    assert place.call("GET", "Task/t2/_history/1", other).status_code == 404  # it was a draft then
    place.save(task("t1", "completed", "elsey", "stelle-senne", focus={"reference": "ServiceRequest/sr1"}, **T0))
    assert place.call("GET", "Task/t1", elsey).status_code == 200
    assert place.call("GET", "ServiceRequest/sr1", elsey).status_code == 404
    place.save(task("t0", "in-progress", "stelle-mitte", "senneklinik", focus={"reference": "ServiceRequest/sr0"}))
    assert place.call("GET", "Patient/p", place.token("stelle-mitte")).status_code == 200
    assert place.call("GET", "Patient/p", place.token("stelle-senne")).status_code == 404


def test_types_that_the_scopes_do_not_name_are_shut_everywhere(place: Place) -> None:
    token = place.token("stelle-senne", "system/Task.rs")
    assert place.call("GET", "Patient/p", token).status_code == 403
    assert place.call("GET", "Patient", token).status_code == 403
    assert place.call("GET", "?_type=Task,Patient", token).status_code == 403
    assert found(place, "Task?_include=Task:patient", token) == {"Task/t0", "Task/t1", "Task/t2"}
    assert found(place, "Task?patient.name=Gr", token) == set()
    body = {"resourceType": "Bundle", "type": "batch", "entry": [{"request": {"method": "GET", "url": "Patient/p"}}]}
    assert place.call("POST", "", token, body).json()["entry"][0]["response"]["status"].startswith("403")


# --- writing ---------------------------------------------------------------------------------------------------------


def note(focus: str, **more: Any) -> dict[str, Any]:
    made = {**task("x", "requested", "stelle-senne", "elsey", focus={"reference": focus}), **more}
    return {key: value for key, value in made.items() if key not in {"id", "meta", "groupIdentifier"}}


def test_what_is_foreign_is_not_changed_and_its_version_not_told(place: Place) -> None:
    token = place.token("lutterbach")
    for path in ("Task/t1", "Task/nothing"):
        body = {**note("ServiceRequest/sr1"), "id": path.partition("/")[2]}
        answer = place.call("PUT", path, token, body, **{"If-Match": 'W/"1"'})
        assert (answer.status_code, answer.json()["issue"][0]["code"]) == (404, "not-found")


@pytest.mark.parametrize(
    "focus", ["ServiceRequest/sr0", "ServiceRequest/none", "ServiceRequest?status=active", "{base}/ServiceRequest/sr0"]
)
def test_nobody_refers_to_what_he_does_not_see(place: Place, focus: str) -> None:
    answer = place.call("POST", "Task", place.token("elsey"), note(focus.format(base=place.base)))
    assert answer.status_code == 422
    assert answer.json()["issue"][0]["details"]["coding"][0]["code"] == "rest.partner.reference"


def test_whose_task_has_ended_sees_the_person_no_more_and_gets_there_by_no_task_of_his_own(place: Place) -> None:
    place.save(task("t1", "completed", "elsey", "stelle-senne", focus={"reference": "ServiceRequest/sr1"}, **T0))
    token = place.token("elsey")
    code = {"coding": [{"system": TASK_KIND, "code": "question"}]}
    more = {"code": code, "partOf": [{"reference": "Task/t1"}], "description": "Welche Wunde?"}
    for owner in ("stelle-senne", "elsey"):
        named = {"owner": {"reference": f"Organization/{owner}"}}
        assert place.call("POST", "Task", token, note("Task/t1", **more, **named)).status_code == 422
    place.save(task("q", "requested", "elsey", "elsey", focus={"reference": "Task/t1"}, **more))
    assert place.call("GET", "Task/q", token).status_code == 200
    assert {place.call("GET", name, token).status_code for name in ("Patient/p", "CarePlan/cp")} == {404}


def test_a_site_makes_no_case_of_its_own_of_a_measure_for_another(place: Place) -> None:
    focus = {"reference": "ServiceRequest/sr1"}
    place.save(task("t1", "requested", "stelle-mitte", "stelle-senne", focus=focus, **T0))
    token, own = place.token("stelle-mitte"), {"reference": "Organization/stelle-mitte"}
    asked = place.call("POST", "Task", token, note("Task/t1", owner=own, requester=own))
    assert asked.status_code == 422
    assert place.call("GET", "Patient/p", token).status_code == 404


def test_a_condition_finds_nothing_foreign(place: Place) -> None:
    body = {key: value for key, value in request("x", "elsey").items() if key not in {"id", "meta", "subject"}}
    token = place.token("elsey")
    sent = {**body, "subject": {"display": "Käthe"}}
    chained = place.call("POST", "ServiceRequest", token, sent, **{"If-None-Exist": "subject:Patient.name=Gr"})
    assert chained.status_code == 422
    plain = place.call("POST", "ServiceRequest", token, sent, **{"If-None-Exist": "status=active"})
    again = place.call("POST", "ServiceRequest", token, sent, **{"If-None-Exist": "status=active"})
    assert (plain.status_code, again.status_code) == (201, 200)
    assert plain.json()["id"] == again.json()["id"]


def test_an_owner_moves_its_task_and_sees_of_it_what_it_may(place: Place) -> None:
    token = place.token("elsey")
    step = [{"op": "replace", "path": "/status", "value": "in-progress"}]
    headers = {"If-Match": 'W/"1"', "Content-Type": "application/json-patch+json"}
    answer = place.call("PATCH", "Task/t1", token, step, **headers)
    assert (answer.status_code, answer.json().get("status")) == (200, "in-progress"), answer.text
    assert "partOf" not in answer.json()
    assert place.call("GET", "Task/t1/$actions", token).status_code == 200
    assert place.call("GET", "Task/t0/$actions", token).status_code == 404


# --- the desk --------------------------------------------------------------------------------------------------------


def test_without_a_token_there_is_nothing_unless_the_desk_is_open(place: Place, tmp_path: Any) -> None:
    assert place.call("GET", "Task/t0").status_code == 401
    with opened(tmp_path, desk=True) as desk:
        assert desk.call("GET", "Patient/p").status_code == 200
