"""$emergency-access with a token: a foreign person opens for a day, with a reason in the body, and not without."""

import pytest
import requests

from tests.web.smart.place import Place

PATH = "Patient/p/$emergency-access"


def ask(place: Place, who: str, reason: str = "gestürzt, Allergien unbekannt", path: str = PATH) -> requests.Response:
    said = {"resourceType": "Parameters", "parameter": [{"name": "reason", "valueString": reason}]}
    return place.call("POST", path, place.token(who), said)


def test_a_service_that_has_no_part_in_the_case_sees_the_person_then(place: Place) -> None:
    assert place.call("GET", PATH, place.token("lutterbach")).status_code == 404
    answer = ask(place, "lutterbach")
    assert answer.status_code == 201, answer.text
    kinds = {entry["resource"]["resourceType"] for entry in answer.json()["entry"]}
    assert "Patient" in kinds
    again = place.call("GET", PATH, place.token("lutterbach"))
    assert (again.status_code, again.json()["entry"]) == (200, answer.json()["entry"])


def test_it_opens_no_other_road_to_the_person(place: Place) -> None:
    ask(place, "lutterbach")
    assert place.call("GET", "Task/t0", place.token("lutterbach")).status_code == 404


@pytest.mark.parametrize(("reason", "path", "status"), [("", PATH, 403), ("", f"{PATH}?reason=Sturz", 400)])
def test_without_a_reason_or_with_one_in_the_address_nothing_opens(
    place: Place, reason: str, path: str, status: int
) -> None:
    assert ask(place, "lutterbach", reason, path).status_code == status


def test_the_same_reason_again_is_409(place: Place) -> None:
    ask(place, "lutterbach")
    assert ask(place, "lutterbach").status_code == 409


def test_a_person_that_is_not_there_is_404(place: Place) -> None:
    assert ask(place, "lutterbach", path="Patient/nobody/$emergency-access").status_code == 404


def test_a_token_for_tasks_alone_opens_no_person(place: Place) -> None:
    token = place.token("lutterbach", "system/Task.rs")
    assert place.call("POST", PATH, token, {"resourceType": "Parameters"}).status_code == 403
