"""Disclose: a recipient gets what it needs for its own measures, and no word of anybody else's."""

import re
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.domain.message import Part
from gateway.pipeline.disclose import VIEWS
from gateway.pipeline.formats import reads_tasks
from tests.pipeline.line.world import (
    ELSEY,
    IK,
    LUTTERBACH,
    RAVENSBERG,
    WOHNBERATUNG,
    Resource,
    World,
    answer,
    back,
    bundle,
    measure,
    url,
)

RECIPIENTS = {"lutterbach": LUTTERBACH, "elsey": ELSEY, "ravensberg": RAVENSBERG, "wohnberatung": WOHNBERATUNG}
KG = "https://kuemmerer-gateway.de/fhir"
PLAN = "5b7c6f0e-3d2a-4c58-a1f4-7b1c9e0d6a35"
SYSTEMS = "http://terminology.hl7.org/CodeSystem"


def coded(system: str, code: str) -> Resource:
    return {"coding": [{"system": system, "code": code}]}


def category(code: str) -> list[Resource]:
    return [coded(f"{KG}/CodeSystem/plan-category", code)]


def around(case: Resource) -> list[Resource]:
    """What a care plan for a care service has to name beside its measures."""
    person = case["for"]
    label = {"system": "https://fhir.gkvsv.de/CodeSystem/GKVSV_CS_EVP_Datenweitergabe", "code": "1"}
    number = {"system": IK, "value": "189876547"}
    payer = {"resourceType": "Organization", "id": "payer", "name": "Pflegekasse", "identifier": [number]}
    coverage = {
        "resourceType": "Coverage", "id": "coverage", "status": "active", "beneficiary": person,
        "type": coded("http://fhir.de/CodeSystem/versicherungsart-de-basis", "GPV"),
        "payor": [{"reference": url("payer")}],
    }  # fmt: skip
    consent = {
        "resourceType": "Consent", "id": "consent",
        "meta": {"profile": [f"{KG}/StructureDefinition/kuemmerer-consent"]},
        "status": "active", "scope": coded(f"{SYSTEMS}/consentscope", "patient-privacy"), "patient": person,
        "category": [coded("http://loinc.org", "59284-0")], "dateTime": "2026-03-12",
        "policyRule": coded(f"{SYSTEMS}/v3-ActCode", "OPTIN"),
        "provision": {"type": "permit", "securityLabel": [label]},
    }  # fmt: skip
    care = {
        "resourceType": "Observation", "id": "grade", "status": "final", "subject": person,
        "code": coded("http://loinc.org", "80391-6"), "effectiveDateTime": "2026-02-01",
        "valueCodeableConcept": coded("http://fhir.de/CodeSystem/bfarm/ops", "9-984.8"),
    }  # fmt: skip
    disabled = {
        "resourceType": "Observation", "id": "disabled", "status": "final", "subject": person,
        "code": coded("http://snomed.info/sct", "116149007"), "valueBoolean": False,
    }  # fmt: skip
    return [payer, coverage, consent, care, disabled]


def whole(case: Resource, words: list[str], mates: list[str]) -> Resource:
    """The agreement; it lists every goal, and the measures of `mates`."""
    goals = [f"goal-{word}" for word in words]
    activity = [{"reference": {"reference": url(f"measure-{word}")}} for word in mates]
    return {
        **({"activity": activity} if mates else {}),
        "resourceType": "CarePlan", "id": "plan", "status": "active", "intent": "plan", "title": "Zuhause",
        "meta": {"profile": [f"{KG}/StructureDefinition/kuemmerer-plan"], "lastUpdated": "2026-03-12T15:00:00+01:00"},
        "category": category("kuemmerer-plan"), "subject": case["for"], "created": "2026-03-12T15:00:00+01:00",
        "supportingInfo": [{"reference": case["focus"]["reference"]}], "goal": [{"reference": url(g)} for g in goals],
        "description": " ".join(goals), "author": {"reference": url("role")},
        "contributor": [{"reference": url("house")}],
        "identifier": [{"system": "http://gkv-sv.de/fhir/sid/versorgungsplan-id", "value": f"VPL_{PLAN}"}],
    }  # fmt: skip


def need(case: Resource, word: str, rest: list[str]) -> list[Resource]:
    """A need with its goal and measure; what is not for its recipient speaks of the others."""
    goal = {
        "resourceType": "Goal", "id": f"goal-{word}", "lifecycleStatus": "active", "subject": case["for"],
        "description": {"text": f"Ziel {word}"}, "meta": {"profile": [f"{KG}/StructureDefinition/kuemmerer-goal"]},
    }  # fmt: skip
    plan = {
        "resourceType": "CarePlan", "id": f"need-{word}", "status": "active", "intent": "plan",
        "meta": {"profile": [f"{KG}/StructureDefinition/kuemmerer-need"]}, "subject": case["for"],
        "category": [*category("kuemmerer-need"), coded(f"{KG}/CodeSystem/areas-of-concern", "transport")],
        "title": f"Bedarf {word}", "partOf": [{"reference": url("plan")}], "goal": [{"reference": url(goal["id"])}],
        "activity": [{"reference": {"reference": url(f"measure-{word}")}}], "note": [{"text": " ".join(rest)}],
    }  # fmt: skip
    return [goal, plan]


def shared(case: Resource, words: list[str]) -> Resource:
    """A need that all measures answer."""
    alone = {key: value for key, value in need(case, "allen", [])[1].items() if key != "goal"}
    return {
        **alone, "id": "shared", "title": "Bedarf von allen",
        "activity": [{"reference": {"reference": url(f"measure-{word}")}} for word in words],
    }  # fmt: skip


def asked(word: str, partner: str, others: list[str]) -> Resource:
    """A measure whose text is its own word; what is not for its recipient speaks of the others."""
    label = {"system": "https://fhir.gkvsv.de/CodeSystem/GKVSV_CS_EVP_Datenweitergabe", "code": "1"}
    profile = f"{KG}/StructureDefinition/kuemmerer-measure"
    return measure(
        word, RECIPIENTS[partner], code={"text": f"Hilfe {word}"}, note=[{"text": f"Hinweis {word}"}],
        meta={"profile": [profile], "security": [label]}, reasonCode=[{"text": f"weil {o}"} for o in others],
        occurrencePeriod={"start": "2026-03-16", "end": "2026-09-30"}, requester={"reference": url("role")},
        category=[coded(f"{KG}/CodeSystem/areas-of-concern", "transport")],
    )  # fmt: skip


def plan_of(world: World, owners: dict[str, str], *, mates: bool) -> Resource:
    """A plan with one need for each word; with `mates` another one for all, and the agreement lists all measures."""
    case, words = world.case(), list(owners)
    rest = {word: [other for other in words if other != word] for word in words}
    needs = [r for word in words for r in need(case, word, rest[word])]
    if mates:
        needs.append(shared(case, words))
    house = {
        "resourceType": "Organization", "id": "house", "name": "Kümmererstelle Senne",
        "identifier": [{"system": IK, "value": "590598767"}], "telecom": [{"system": "phone", "value": "0521 5550500"}],
    }  # fmt: skip
    role = {
        "resourceType": "PractitionerRole", "id": "role", "practitioner": {"reference": url("kuemmerer")},
        "organization": {"reference": url("house")}, "telecom": [{"system": "phone", "value": "0521 5550500"}],
    }  # fmt: skip
    person = {"resourceType": "Practitioner", "id": "kuemmerer", "name": [{"family": "Ostermann"}]}
    requests = [{**asked(w, p, rest[w]), "subject": case["for"]} for w, p in owners.items()]
    return bundle(whole(case, words, words if mates else []), house, role, person, *requests, *needs, *around(case))


@settings(max_examples=12, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(st.lists(st.sampled_from(sorted(RECIPIENTS)), min_size=2, max_size=5), st.booleans())
def test_no_word_of_another_recipients_part_is_in_a_recipients_bytes(partners: list[str], mates: bool) -> None:  # noqa: FBT001 - hypothesis gives it
    world = World()
    owners = {f"Wort{n}Z": partner for n, partner in enumerate(partners)}
    world.referred()
    message = world.sends("stelle-senne", plan_of(world, owners, mates=mates))
    assert [p for p in message.problems if p.severity == "error"] == []
    sent = [d for d in world.outbox() if d.about == "measures"]
    assert len(sent) == len(partners)
    tasks = {world.task(word)["id"]: word for word in owners}
    for delivery in sent:
        own = tasks[delivery.task.removeprefix("Task/")]
        text = delivery.data.decode("utf-8-sig")
        assert f"Hilfe {own}" in text
        assert set(re.findall(r"Wort\dZ", text)) == {own}
        assert [key for key in tasks if key in text and tasks[key] != own] == []
        assert "urn:kuemmerer" not in text


def test_a_recipient_gets_its_need_and_its_goal(world: World) -> None:
    world.referred()
    world.sends("stelle-senne", plan_of(world, {"Wort0Z": "elsey", "Wort1Z": "ravensberg"}, mates=True))
    titles = {plan.get("title") for plan in world.sent("elsey", "CarePlan")}
    assert titles == {"Zuhause", "Bedarf von allen", "Bedarf Wort0Z"}
    assert [goal["description"]["text"] for goal in world.sent("elsey", "Goal")] == ["Ziel Wort0Z"]
    assert {o["resourceType"] for e in world.bundle("elsey")["entry"] for o in [e["resource"]]} >= {
        "Task", "ServiceRequest", "Patient", "Consent", "Coverage", "Observation", "PractitionerRole", "Practitioner",
    }  # fmt: skip


def test_an_office_does_not_get_what_only_a_care_service_needs(world: World) -> None:
    world.change("wohnberatung", receives=[{"road": "http", "format": "fhir", "url": "http://x"}])
    world.referred()
    world.sends("stelle-senne", plan_of(world, {"Wort0Z": "wohnberatung"}, mates=False))
    assert world.sent("wohnberatung", "Observation") == []
    assert world.sent("wohnberatung", "Coverage") == []  # policies/standard.yaml: insurance never to an office


def test_what_the_hospital_sent_is_not_the_recipients(world: World) -> None:
    world.planned(measure("A-1", ELSEY))
    kinds = {entry["resource"]["resourceType"] for entry in world.bundle("elsey")["entry"]}
    assert kinds <= {"Task", "ServiceRequest", "Patient", "CarePlan", "Organization"}


# --- numbers of a person ---------------------------------------------------------------------------------------------


def numbers(resource: Resource) -> set[str]:
    return {identifier["value"] for identifier in resource["identifier"]}


def test_the_site_reads_the_hospitals_number_because_the_hospital_referred(world: World) -> None:
    world.referred()
    (person,) = world.sent("stelle-senne", "Patient")
    assert {"471188", "G405718932", person["id"]} <= numbers(person)
    assert "tag" not in person.get("meta", {})


def test_a_recipient_reads_the_insurance_number_and_ours_but_nobody_elses(world: World) -> None:
    world.planned(measure("A-1", ELSEY))
    (person,) = world.sent("elsey", "Patient")
    assert numbers(person) == {"G405718932", person["id"]}
    assert "471188" not in world.outbox("elsey")[-1].data.decode()


def test_and_the_number_that_it_gave_the_person_itself(world: World) -> None:
    world.planned(measure("A-1", ELSEY))
    (person,) = world.sent("elsey", "Patient")
    own = {"system": "urn:elsey", "value": "E-77"}
    world.sends("elsey", bundle({**person, "identifier": [*person["identifier"], own]}))
    world.sends("stelle-senne", world.plan(measure("A-2", ELSEY), measure("A-3", RAVENSBERG)))
    assert "E-77" in numbers(world.sent("elsey", "Patient")[0])
    assert "E-77" not in world.outbox("ravensberg")[-1].data.decode("utf-8-sig")
    world.sends("senneklinik", world.entry_of("senneklinik").replace(b"SK-1", b"SK-7").replace(b"204^1", b"9^9"))
    assert "E-77" not in world.outbox("stelle-senne")[-1].data.decode()


def test_nothing_says_which_partner_sent_a_resource(world: World) -> None:
    world.planned(measure("A-1", ELSEY), measure("A-2", RAVENSBERG))
    world.sends("elsey", answer(world.task("A-1"), "accepted"))
    assert [d.id for d in world.outbox() if b"urn:kuemmerer" in d.data] == []


# --- how a measure is shown ------------------------------------------------------------------------------------------


def test_a_list_says_planned_until_it_is_accepted_and_open_afterwards(world: World) -> None:
    first = measure("A-1", RAVENSBERG)
    world.planned(first)
    assert world.rows("ravensberg")[0]["Stand"] == "geplant"
    world.sends("ravensberg", back(world.rows("ravensberg"), Stand="offen"))
    world.sends("stelle-senne", world.plan({**first, "code": {"text": "anders"}}))
    assert world.rows("ravensberg")[0]["Stand"] == "offen"


def test_fhir_says_it_by_the_task_and_leaves_the_measure_as_it_is(world: World) -> None:
    world.planned(measure("A-1", ELSEY))
    assert [r["status"] for r in world.sent("elsey", "ServiceRequest")] == ["active"]
    assert [r["status"] for r in world.sent("elsey", "Task")] == ["requested"]


def test_a_measure_on_hold_stays_so_in_a_list(world: World) -> None:
    world.planned(measure("A-1", RAVENSBERG, status="on-hold"))
    assert world.rows("ravensberg")[0]["Stand"] == "ruht"


@pytest.mark.parametrize("partner", ["gone", "stelle-senne"])
def test_who_has_no_road_for_measures_has_no_other_habits(world: World, partner: str) -> None:
    assert reads_tasks(partner, world.rooms)


def test_a_part_for_somebody_who_left_the_directory_holds_what_every_kind_may_see(world: World) -> None:
    message = world.planned(measure("A-1", ELSEY))
    part = Part("gone", "measures", {}, f"Task/{world.task('A-1')['id']}", message.person, message.case)
    seen: Any = VIEWS["measures"](part, message, world.rooms)
    assert "Observation" not in seen


def test_contacts_that_the_hospital_named_are_not_the_recipients(world: World) -> None:
    world.referred()
    kin = {
        "resourceType": "RelatedPerson",
        "id": "kin",
        "patient": world.case()["for"],
        "name": [{"family": "Tochter"}],
    }
    world.sends("senneklinik", bundle(kin), format="fhir")
    world.sends("stelle-senne", world.plan(measure("A-1", ELSEY)))
    assert world.sent("elsey", "RelatedPerson") == []
