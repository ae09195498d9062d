"""Changes as questions: no condition, patch, id or reference tells a recipient what a page would not show it."""

from typing import Any

import pytest

from gateway.domain.system import SID
from tests.web.smart.place import Place
from tests.web.smart.test_withheld import MINE, PERSON, office, played

__all__ = ["office"]
PATCH = {"Content-Type": "application/json-patch+json"}
MARK = f"{SID}/known-as"
NEW = {"resourceType": "Patient", "name": [{"family": "Lüking"}], "birthDate": "1950-01-01",
       "identifier": [{"system": "urn:elsey:nr", "value": "1"}]}  # fmt: skip

OTHER = {key: value for key, value in NEW.items() if key != "identifier"}


def patched(place: Place, token: str, *steps: dict[str, Any]) -> tuple[int, Any]:
    tag = place.call("GET", "Task/t1", token).headers["etag"]
    answer = place.call("PATCH", "Task/t1", token, list(steps), **{**PATCH, "If-Match": tag})
    return answer.status_code, answer.json()


def stored(place: Place, name: str) -> dict[str, Any]:
    found = place.world.store.read(*name.split("/"))
    assert found is not None
    return dict(found.resource)


# --- patches ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("right", "wrong"), [("CarePlan/cp", "CarePlan/x"), ("plan", "order")])
def test_a_test_of_a_patch_says_the_same_whether_it_holds_or_not(place: Place, right: str, wrong: str) -> None:
    played(place, "sozialamt_sgb12")
    place.save(PERSON, {**MINE, "basedOn": [{"reference": "CarePlan/cp", "display": "plan"}]})
    token, path = place.token("elsey"), "/basedOn/0/" + ("display" if right == "plan" else "reference")
    told = [patched(place, token, {"op": "test", "path": path, "value": value}, {"op": "test", "path": "/status",
            "value": "no"}) for value in (right, wrong)]  # fmt: skip
    assert told[0][0] == 422
    assert told[0] == told[1]


def test_a_patch_copies_nothing_withheld_to_where_it_is_shown(place: Place, office: str) -> None:
    add = {"op": "add", "path": "/statusReason", "value": {"text": "x"}}
    status, _ = patched(
        place, office, add, {"op": "copy", "from": "/basedOn/0/reference", "path": "/statusReason/text"}
    )
    assert status == 422
    assert patched(place, office, {"op": "copy", "from": "", "path": "/contained"})[0] == 422
    assert "CarePlan/cp" not in place.call("GET", "Task/t1", office).text


def test_a_patch_of_what_is_shown_in_part_reads_and_places_nothing_in_it(place: Place) -> None:
    played(place, "sozialamt_sgb12")
    place.save(PERSON, {**MINE, "reasonCode": [{"coding": [{"system": "urn:x", "code": "1"}], "text": "geheim"}]})
    token = place.token("elsey")
    for step in (
        {"op": "test", "path": "", "value": {}},
        {"op": "replace", "path": "/reasonCode/0/text", "value": "y"},
    ):
        assert patched(place, token, step)[0] == 422
    assert stored(place, "Task/t1")["reasonCode"][0]["text"] == "geheim"


def test_what_is_shown_is_patched_as_before(place: Place, office: str) -> None:
    status, told = patched(place, office, {"op": "test", "path": "/priority", "value": "urgent"},
                           {"op": "replace", "path": "/status", "value": "in-progress"},
                           {"op": "add", "path": "/businessStatus", "value": {"coding": [{
                               "system": "https://kuemmerer-gateway.de/fhir/CodeSystem/business-status",
                               "code": "first-contact-made"}]}})  # fmt: skip
    assert (status, told["status"]) == (200, "in-progress"), told
    assert stored(place, "Task/t1")["basedOn"] == MINE["basedOn"]


def test_no_reference_comes_into_being_by_moving_a_text(place: Place) -> None:
    for word in ("display", "type"):
        status, told = patched(place, place.token("elsey"),
            {"op": "add", "path": "/relevantHistory", "value": [{word: "Task/t2"}]},
            {"op": "move", "from": f"/relevantHistory/0/{word}", "path": "/relevantHistory/0/reference"})  # fmt: skip
        codes = [issue["details"]["coding"][0]["code"] for issue in told["issue"]]
        assert (status, codes) == (422, ["rest.partner.reference"])


def test_whether_a_reference_is_withheld_or_is_none_is_not_told(place: Place, office: str) -> None:
    told = [patched(place, office, {"op": "add", "path": "/relevantHistory", "value": [{"reference": name}]})
            for name in ("CarePlan/cp", "CarePlan/nothing")]  # fmt: skip
    assert told[0] == told[1]


# --- conditions ------------------------------------------------------------------------------------------------------


@pytest.fixture
def own(place: Place) -> tuple[str, str]:
    """The token of an office, and the id of a person it told of, of whom others have said more since."""
    played(place, "sozialamt_sgb12")
    token = place.token("elsey")
    key = place.call("POST", "Patient", token, NEW).json()["id"]
    before = stored(place, f"Patient/{key}")
    mark = {"system": MARK, "code": "senneklinik|urn:klinik:nr||77"}
    place.save({**before, "gender": "female", "maritalStatus": {"text": "ledig"},
                "identifier": [*before["identifier"], {"system": "urn:klinik:nr", "value": "77"}],
                "meta": {**before["meta"], "tag": [*before["meta"].get("tag", ()), mark]}})  # fmt: skip
    return token, key


@pytest.mark.parametrize("guess", ["gender=female", "gender=male", f"_tag={MARK}|senneklinik|urn:klinik:nr||77",
                                   "identifier=urn:klinik:nr|77", "identifier=urn:klinik:nr|78"])  # fmt: skip
def test_a_condition_finds_only_what_fits_it_as_the_caller_sees_it(
    place: Place, own: tuple[str, str], guess: str
) -> None:
    answer = place.call("POST", "Patient", own[0], OTHER, **{"If-None-Exist": guess})
    assert answer.status_code == 201
    assert answer.json()["id"] != own[1]
    put = place.call("PUT", f"Patient?{guess}", own[0], OTHER)
    assert put.status_code == 201
    steps = [{"op": "replace", "path": "/birthDate", "value": "1951-01-01"}]
    assert place.call("PATCH", f"Patient?{guess}", own[0], steps, **PATCH).status_code == 404
    assert stored(place, f"Patient/{own[1]}")["birthDate"] == "1950-01-01"


@pytest.mark.parametrize("asked", ["birthdate=1950-01-01", "family=L&birthdate=1950-01-01"])
def test_a_condition_finds_what_the_caller_sees(place: Place, own: tuple[str, str], asked: str) -> None:
    answer = place.call("POST", "Patient", own[0], NEW, **{"If-None-Exist": asked})
    assert (answer.status_code, answer.json()["id"]) == (200, own[1])
    steps = [{"op": "replace", "path": "/birthDate", "value": "1951-01-01"}]
    assert place.call("PATCH", f"Patient?{asked}", own[0], steps, **PATCH).status_code == 200


def test_no_id_can_be_tried_by_a_condition_that_finds_nothing(place: Place) -> None:
    token = place.token("senneklinik")
    told = [place.call("PUT", "Patient?identifier=urn:x|1", token, {**NEW, "id": key}) for key in ("p", "nothing")]
    assert [answer.status_code for answer in told] == [404, 404]
    assert told[0].json() == told[1].json()
    assert place.world.store.read("Patient", "nothing") is None


# --- numbers that are another's to give ------------------------------------------------------------------------------


def test_nobody_says_of_a_new_person_by_which_number_another_knows_it(place: Place) -> None:
    mark = {"system": MARK, "code": "senneklinik|urn:klinik:nr||77", "userSelected": True}
    said = {**NEW, "identifier": [{"system": f"{SID}/person", "value": "p"}], "meta": {"tag": [mark]}}
    key = place.call("POST", "Patient", place.token("elsey"), said).json()["id"]
    for _ in range(2):
        kept = stored(place, f"Patient/{key}")
        assert not [tag for tag in kept["meta"].get("tag", ()) if tag["code"].startswith("senneklinik|")]
        assert kept["identifier"] == [{"system": f"{SID}/person", "value": key}]
        assert place.call("PUT", f"Patient/{key}", place.token("elsey"), {**said, "id": key}).status_code == 200


def test_nobody_gives_a_request_the_number_of_another_measure(place: Place) -> None:
    token = place.token("elsey")
    key = place.call("POST", "Patient", token, NEW).json()["id"]
    said = {"resourceType": "ServiceRequest", "status": "active", "intent": "order",
            "subject": {"reference": f"Patient/{key}"},
            "identifier": [{"system": f"{SID}/massnahme", "value": "M-1"},
                           {"system": "urn:x", "value": "2"}]}  # fmt: skip
    made = place.call("POST", "ServiceRequest", token, said)
    assert made.json()["identifier"] == [{"system": "urn:x", "value": "2"}]
