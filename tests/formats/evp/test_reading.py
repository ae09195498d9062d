"""What an EVP becomes: its cover sheet a plan, each Bedarf a need, each Massnahme a measure."""

from gateway.domain.codec import Tree
from tests.formats.evp.evp import GUARDED, TOLERANT, categories, codes, extension, labels, one, read


def test_the_cover_sheet_becomes_the_plan_with_the_number_of_the_document() -> None:
    plan = one(read(GUARDED).tree, "CarePlan", title="Versorgungsplan Pflege")
    assert categories(plan) == ["kuemmerer-plan"]
    assert plan["identifier"][0]["value"].startswith("VPL_")
    assert (plan["status"], plan["intent"], plan["created"]) == ("active", "plan", "2026-11-17")


def test_author_and_custodian_travel_as_author_and_contributor() -> None:
    tree = read(GUARDED).tree
    plan = one(tree, "CarePlan", title="Versorgungsplan Pflege")
    assert plan["author"]["reference"] == tree["Practitioner"][0]["fullUrl"]
    assert (
        plan["contributor"][0]["reference"]
        == one(tree, "Organization", name="Pflegestützpunkt Kreis Herford")["fullUrl"]
    )


def test_each_bedarf_becomes_a_need_of_the_plan() -> None:
    tree = read(GUARDED).tree
    plan = one(tree, "CarePlan", title="Versorgungsplan Pflege")
    needs = [item for item in tree["CarePlan"] if "kuemmerer-need" in categories(item)]
    assert len(needs) == 2
    assert all(need["partOf"] == [{"reference": plan["fullUrl"]}] for need in needs)


def test_a_bedarf_keeps_its_category_and_gets_an_area_of_concern() -> None:
    need = one(read(GUARDED).tree, "CarePlan", id="treppe")
    assert categories(need) == ["kuemmerer-need", "2", "daily-living"]


def test_a_category_without_a_row_in_the_table_stays_alone() -> None:
    need = one(read(TOLERANT).tree, "CarePlan", id="einkauf")
    assert categories(need) == ["kuemmerer-need", "4"]


def test_each_goal_becomes_a_resource_of_its_own() -> None:
    tree = read(GUARDED).tree
    need = one(tree, "CarePlan", id="bad")
    assert [goal["reference"] for goal in need["goal"]] == [goal["fullUrl"] for goal in tree["Goal"]]
    assert tree["Goal"][0]["description"] == {"text": "Badet wieder zweimal in der Woche"}


def test_measures_keep_who_is_responsible_and_who_may_know() -> None:
    measure = one(read(GUARDED).tree, "ServiceRequest", id="wannenlift")
    assert [extension(who, "Verantwortlich")["valueBoolean"] for who in measure["performer"]] == [True, False]
    assert labels(measure["meta"]["security"]) == ["2", "3"]


def test_the_labels_of_the_cover_sheet_become_a_consent() -> None:
    tree = read(GUARDED).tree
    consent = tree["Consent"][0]
    assert (consent["status"], consent["provision"]["type"]) == ("active", "permit")
    assert labels(consent["provision"]["securityLabel"]) == ["2", "3"]
    assert consent["patient"] == {"reference": tree["Patient"][0]["fullUrl"]}


def test_the_pflegekasse_becomes_the_payer_of_the_pflegeversicherung() -> None:
    tree = read(GUARDED).tree
    assert tree["Coverage"][0]["type"]["coding"][0]["code"] == "GPV"
    assert tree["Coverage"][0]["payor"] == [
        {"reference": one(tree, "Organization", name="Pflegekasse Teutoburg")["fullUrl"]}
    ]


def test_a_masked_birth_date_stays_masked() -> None:
    patient = read(GUARDED).tree["Patient"][0]
    assert "birthDate" not in patient
    assert patient["_birthDate"]["extension"][0]["valueCode"] == "unknown"


def test_a_birth_date_that_should_have_been_masked_is_read() -> None:
    def unmask(tree: Tree) -> None:
        del tree["Patient"][0]["_birthDate"]
        tree["Patient"][0]["birthDate"] = "1938-05-02"

    assert read(TOLERANT, unmask).tree["Patient"][0]["birthDate"] == "1938-05-02"


def test_value_application_and_benefit_of_the_pflegegrad_are_three_facts() -> None:
    found = read(GUARDED).tree["Observation"][0]
    assert found["valueCodeableConcept"]["coding"][0]["code"] == "9-984.7"
    assert {entry["url"].rpartition("_")[2] for entry in found["extension"]} == {"PflegeGradAntrag", "LeistungsArt"}


def test_what_the_profiles_forbid_is_read_all_the_same() -> None:
    result = read(TOLERANT)
    assert result.tree["Patient"][0]["gender"] == "male"
    assert not result.problems


def test_a_repeated_document_gives_the_same_identities() -> None:
    assert read(GUARDED).tree == read(GUARDED).tree


def test_a_new_version_of_a_plan_keeps_the_identity_of_the_plan() -> None:
    def later(tree: Tree) -> None:
        tree["Bundle"][0]["timestamp"] = "2026-12-01T08:00:00+01:00"
        tree["Composition"][0]["fullUrl"] = "urn:uuid:00000000-0000-4000-8000-000000000001"

    first, second = (one(read(GUARDED, c).tree, "CarePlan", title="Versorgungsplan Pflege") for c in (None, later))
    assert first["fullUrl"] == second["fullUrl"]


def test_a_bundle_without_a_cover_sheet_is_no_evp() -> None:
    def headless(tree: Tree) -> None:
        del tree["Composition"]

    assert codes(read(GUARDED, headless).problems) == {"map.no-root"}


def test_a_measure_that_no_bedarf_names_is_reported() -> None:
    def orphan(tree: Tree) -> None:
        for plan in tree["CarePlan"]:
            del plan["activity"]

    found = read(TOLERANT, orphan)
    assert "ServiceRequest" not in found.tree
    assert codes(found.problems) == {"map.unmapped"}
