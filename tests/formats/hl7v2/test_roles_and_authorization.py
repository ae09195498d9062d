"""Who does what for a patient (ROL, chapter 15.4.7), and what a payer agreed to (AUT, chapter 11.6.2)."""

from tests.formats.hl7v2.messages import example, one, segment, written


def test_the_role_of_a_provider_is_a_member_of_the_care_team() -> None:
    tree = example("13").tree
    member = one(tree, "CareTeam")["participant"][0]
    role = one(tree, "PractitionerRole")
    assert member["member"]["reference"] == role["fullUrl"]
    assert role["code"][0]["coding"][0]["code"] == "PP"
    assert one(tree, "CareTeam")["subject"]["reference"] == one(tree, "Patient")["fullUrl"]


def test_the_role_comes_back_with_its_person_and_time() -> None:
    fields = segment(written(example("13").tree), "ROL")
    assert fields[4].startswith("100412^Steinhagen")
    assert (fields[5], fields[6]) == ("20260101000000", "20261231000000")


def test_what_the_payer_agreed_to_is_the_insurance_of_the_referral() -> None:
    tree = example("31").tree
    agreed = one(tree, "ClaimResponse")
    assert one(tree, "ServiceRequest")["insurance"] == [{"reference": agreed["fullUrl"]}]
    assert (agreed["preAuthRef"], agreed["use"]) == ("AUT-1", "preauthorization")
    assert agreed["preAuthPeriod"] == {"start": "2026-03-01", "end": "2026-09-01"}


def test_a_report_about_a_patient_in_house_has_one_visit() -> None:
    tree = example("01").tree
    kept = {kind: items for kind, items in tree.items() if kind in {"Patient", "Encounter"}}
    visits = [fields for fields in written(kept) if fields[0] == "PV1"]
    assert [fields[2] for fields in visits] == ["I"]
