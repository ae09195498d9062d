"""A canonical plan, born in a hospital's referral and with a Kümmerer, leaves as a valid EVP."""

import pytest

from gateway.domain.codec import Tree
from tests.formats.evp.evp import CANONICAL, codes, encoded, example, extension, formats, labels, one, written

GUARDED_CANONICAL = "01-zwei-bedarfe-mit-betreuer.fhir.json"


def bundle_types(tree: dict[str, object]) -> list[str]:
    """Resource types of a Bundle in order."""
    entries = tree["entry"]
    assert isinstance(entries, list)
    return [entry["resource"]["resourceType"] for entry in entries]


def test_a_plan_that_never_was_an_evp_leaves_as_a_valid_one() -> None:
    result = written()
    document, problems = encoded(result)
    assert not result.problems
    assert not problems
    assert document["type"] == "document"
    assert bundle_types(document)[:2] == ["Composition", "Patient"]


def test_the_number_of_the_document_comes_from_the_identity_of_the_plan() -> None:
    identity = one(example(CANONICAL), "CarePlan", id="plan")["fullUrl"]
    assert written().tree["Bundle"][0]["identifier"]["value"] == identity.replace("urn:uuid:", "VPL_")


def test_another_plan_has_another_cover_sheet() -> None:
    def other(tree: Tree) -> None:
        for plan in tree["CarePlan"]:
            plan["fullUrl"] = f"urn:uuid:00000000-0000-4000-8000-{len(plan['id']):012d}"

    covers = {written(change).tree["Composition"][0]["fullUrl"] for change in (None, other)}
    assert len(covers) == 2


def test_sections_have_their_fixed_titles_in_their_order() -> None:
    titles = [section["title"] for section in written().tree["Composition"][0]["section"]]
    assert titles == ["Pflegekasse", "Pflegegrad", "Bedarf", "Behinderung"]
    titles = [
        section["title"]
        for section in written(name="01-zwei-bedarfe-mit-betreuer.fhir.json").tree["Composition"][0]["section"]
    ]
    assert titles == ["Pflegekasse", "Pflegegrad", "Betreuer", "Bedarf", "Behinderung"]


def test_whether_there_is_a_betreuer_is_said_on_the_cover_sheet() -> None:
    assert extension(written().tree["Composition"][0], "Betreuungsverhaeltnis")["valueBoolean"] is False


def test_sender_and_recipient_are_organisation_and_kasse() -> None:
    cover = written().tree["Composition"][0]
    assert extension(cover, "Absender")["extension"][1]["valueString"] == "Kümmererstelle Bad Oeynhausen"
    assert extension(cover, "Empfaenger")["extension"][1]["valueString"] == "Krankenkasse Wiehengebirge"


def test_the_birth_date_and_all_numbers_but_the_kvnr_stay_here() -> None:
    patient = written().tree["Patient"][0]
    assert patient["_birthDate"]["extension"][0]["valueCode"] == "unknown"
    assert not {"birthDate", "gender", "text"} & patient.keys()
    assert [number["value"] for number in patient["identifier"]] == ["M730164828"]


def test_addresses_and_telephones_lose_what_the_profile_forbids() -> None:
    patient = written().tree["Patient"][0]
    assert [set(entry) for entry in patient["telecom"]] == [{"system", "value"}, {"system", "value"}]
    assert set(patient["address"][0]) == {"type", "line", "_line", "city", "postalCode"}


def test_a_performer_by_reference_is_named_and_the_first_is_responsible() -> None:
    measure = one(written().tree, "ServiceRequest", id="hausnotruf")
    assert [who["display"] for who in measure["performer"]] == ["Pflegedienst Siel", "Ostermann"]
    assert [extension(who, "Verantwortlich")["valueBoolean"] for who in measure["performer"]] == [True, False]
    assert not any("reference" in who for who in measure["performer"])


def test_a_moment_becomes_the_day_by_which_the_measure_is_due() -> None:
    measure = one(written().tree, "ServiceRequest", id="hausnotruf")
    assert measure["occurrencePeriod"] == {"end": "2026-12-04"}
    assert "occurrenceDateTime" not in measure


def test_a_measure_without_labels_has_those_of_the_consent() -> None:
    tree = written().tree
    assert labels(one(tree, "ServiceRequest", id="hausnotruf")["meta"]["security"]) == ["1"]
    assert labels(one(tree, "ServiceRequest", id="teppiche")["meta"]["security"]) == ["2"]


@pytest.mark.parametrize(("place", "value"), [("status", "inactive"), ("provision", {"type": "deny"})])
def test_without_a_consent_in_force_nothing_is_written(place: str, value: object) -> None:
    def revoke(tree: Tree) -> None:
        labelled = tree["Consent"][0]
        labelled[place] = {**labelled[place], **value} if isinstance(value, dict) else value

    document, problems = encoded(written(revoke))
    assert not document
    assert "profile.missing" in codes(problems)


def test_a_note_of_more_than_600_characters_is_not_written() -> None:
    def remark(tree: Tree) -> None:
        tree["Observation"][0]["note"] = [{"text": "x" * 601}]

    result = written(remark)
    assert "map.too-long" in codes(result.problems)
    assert "note" not in result.tree["Observation"][0]


def test_tasks_teams_and_stays_are_a_declared_loss() -> None:
    result = written()
    assert not {"Task", "CareTeam", "Encounter"} & result.tree.keys()
    assert {"Task", "CareTeam", "Encounter"} <= {str(leaf.path[0]) for leaf in result.ignored}
    assert not result.unmapped


def test_a_referral_is_no_measure() -> None:
    assert [item["id"] for item in written().tree["ServiceRequest"]] == ["hausnotruf", "teppiche"]


def test_every_resource_claims_its_profile_and_nothing_of_ours() -> None:
    tree = written().tree
    claimed = [url for kind in tree.values() for item in kind for url in item["meta"]["profile"]]
    assert len(claimed) == sum(len(kind) for kind in tree.values())
    assert all(url.startswith("https://fhir.gkvsv.de/") and url.endswith("|1.0") for url in claimed)


def test_an_area_of_concern_without_a_category_is_named() -> None:
    def debts(tree: Tree) -> None:
        need = next(item for item in tree["CarePlan"] if item["id"] == "sturz")
        need["category"][1]["coding"][0]["code"] = "debt"

    result = written(debts)
    assert "map.code.unknown" in codes(result.problems)
    assert not encoded(result)[0]


def test_the_same_plan_gives_the_same_bytes() -> None:
    form = formats()[0]
    first, second = (form.codec.encode([written().tree], form.spec).data for _ in range(2))
    assert first == second != b""
