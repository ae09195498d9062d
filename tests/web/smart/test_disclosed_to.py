"""$disclosed with a token: a party asks for itself, the site of the case for everybody, nobody else for anything."""

import pytest

from tests.web.smart.place import Place

ASK = "CarePlan/cp/$disclosed?recipient=Organization/"


def names(place: Place, recipient: str, token: str) -> set[str]:
    answer = place.call("GET", ASK + recipient, token)
    assert answer.status_code == 200, answer.text
    return {f"{e['resource']['resourceType']}/{e['resource']['id']}" for e in answer.json().get("entry", [])}


def test_a_recipient_sees_what_it_is_shown(place: Place) -> None:
    found = names(place, "elsey", place.token("elsey"))
    assert {"Task/t1", "ServiceRequest/sr1", "Patient/p", "CarePlan/cp"} <= found
    assert not {"Task/t0", "Task/t2", "ServiceRequest/sr0", "ServiceRequest/sr2"} & found


def test_the_site_of_the_case_sees_what_each_of_them_is_shown(place: Place) -> None:
    assert names(place, "elsey", place.token("stelle-senne")) == names(place, "elsey", place.token("elsey"))
    assert names(place, "lutterbach", place.token("stelle-senne")) == set()  # its Task is a draft


@pytest.mark.parametrize(
    ("who", "recipient"),
    [("elsey", "stelle-senne"), ("elsey", "lutterbach"), ("elsey", ""), ("lutterbach", "lutterbach"),
     ("lutterbach", "elsey"), ("senneklinik", "elsey"), ("stelle-mitte", "elsey"), ("stelle-mitte", "stelle-mitte")],
)  # fmt: skip
def test_to_anybody_else_there_is_no_such_plan(place: Place, who: str, recipient: str) -> None:
    token = place.token(who)
    answer, unknown = (place.call("GET", path, token) for path in (ASK + recipient, "CarePlan/nothing/$disclosed"))
    assert (answer.status_code, answer.json()) == (404, unknown.json())


def test_without_the_scope_it_is_403(place: Place) -> None:
    assert place.call("GET", ASK + "elsey", place.token("elsey", "system/Task.rs")).status_code == 403
