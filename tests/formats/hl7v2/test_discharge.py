"""A discharge: the facts, and a draft referral where the discharge code asks for one (§ 301 SGB V)."""

import pytest

from tests.formats.hl7v2.messages import PERSON, example, extension, message, one

REASON = "http://fhir.de/StructureDefinition/Entlassungsgrund"
VISIT = "PV1||I|||||||||||||||||2604^^^HAUS^VN|||||||||||||||||{code}||||||||202603020915|{end}"


def test_discharge_to_a_care_facility_makes_a_draft_referral_beside_the_facts() -> None:
    tree = example("02").tree
    request, task = one(tree, "ServiceRequest"), one(tree, "Task")
    assert (request["status"], request["intent"]) == ("draft", "order")
    assert request["code"]["coding"][0]["code"] == "10"
    assert request["subject"]["reference"] == one(tree, "Patient")["fullUrl"]
    assert request["encounter"]["reference"] == one(tree, "Encounter")["fullUrl"]
    assert (task["status"], task["intent"]) == ("draft", "order")
    assert task["focus"]["reference"] == request["fullUrl"]
    assert task["businessStatus"]["coding"][0]["code"] == "intake-incomplete"


def test_the_draft_is_requested_by_the_sending_house() -> None:
    tree = example("02").tree
    house = next(item for item in tree["Organization"] if item["name"] == "SENNEKLINIK")
    assert one(tree, "ServiceRequest")["requester"]["reference"] == house["fullUrl"]


def test_discharge_home_makes_no_referral() -> None:
    tree = example("03").tree
    assert "ServiceRequest" not in tree
    assert "Task" not in tree
    assert one(tree, "Encounter")["status"] == "finished"


def test_planned_discharge_makes_a_draft_for_the_planned_day() -> None:
    tree = example("04").tree
    assert one(tree, "ServiceRequest")["occurrencePeriod"]["start"].startswith("2026-03-14")
    assert one(tree, "Encounter")["status"] == "in-progress"


def test_an_update_without_planned_discharge_makes_no_draft() -> None:
    assert "ServiceRequest" not in message("ADT^A08", PERSON, VISIT.format(code="109", end=""))


@pytest.mark.parametrize(("code", "drafts"), [("091", 1), ("10", 1), ("119", 1), ("011", 0), ("079", 0), ("061", 0)])
def test_only_rehabilitation_care_facility_and_hospice_make_a_draft(code: str, drafts: int) -> None:
    tree = message("ADT^A03", PERSON, VISIT.format(code=code, end="202603121030"))
    assert len(tree.get("ServiceRequest", ())) == drafts


def test_discharge_code_is_kept_whole_and_in_its_places() -> None:
    disposition = one(example("02").tree, "Encounter")["hospitalization"]["dischargeDisposition"]
    places = extension(disposition, REASON)
    assert disposition["coding"][0]["code"] == "109"
    assert extension(places, "ErsteUndZweiteStelle")["valueCoding"]["code"] == "10"
    assert extension(places, "DritteStelle")["valueCoding"]["code"] == "9"


def test_a_code_of_two_places_has_no_third() -> None:
    tree = message("ADT^A03", PERSON, VISIT.format(code="09", end="202603121030"))
    places = extension(one(tree, "Encounter")["hospitalization"]["dischargeDisposition"], REASON)
    assert [item["url"] for item in places["extension"]] == ["ErsteUndZweiteStelle"]


def test_local_times_get_the_offset_of_the_day_they_are_of() -> None:
    period = one(example("02").tree, "Encounter")["period"]
    assert period == {"start": "2026-03-02T09:15:00+01:00", "end": "2026-03-12T10:30:00+01:00"}


def test_the_same_message_gives_the_same_identities() -> None:
    first, second = example("02").tree, example("02").tree
    assert one(first, "ServiceRequest")["id"] == one(second, "ServiceRequest")["id"]


def test_admission_and_discharge_are_of_one_patient_and_one_visit() -> None:
    admission, discharge = example("01").tree, example("02").tree
    for kind in ("Patient", "Encounter"):
        assert one(admission, kind)["id"] == one(discharge, kind)["id"]


def test_a_movement_travels_with_the_visit() -> None:
    movement = one(example("02").tree, "Encounter")["extension"][0]
    assert extension(movement, "id")["valueIdentifier"]["value"] == "90002"
    assert extension(movement, "action")["valueCode"] == "REFERENCE"
