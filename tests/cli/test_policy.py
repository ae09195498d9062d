"""`gateway policy`: a policy checked, and who sees what of a case."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from gateway.consent.vocabulary import DATA_CLASS, PURPOSE
from gateway.domain.ledger import Save
from gateway.pipeline.stored.terms import terms
from gateway.pipeline.tasks.family import kind_of
from tests.cli.command import Call
from tests.cli.deployed import Deployed, told_of_nobody

OFFICE = "wohnberatung-bielefeld"


def case_of(deployed: Deployed) -> tuple[str, str]:
    """The id of the first referral's Task, and the person."""
    with deployed.store() as store:
        tasks = (version.resource for version in store.find("Task", [], 100))
        task = next(task for task in tasks if kind_of(task) == "referral")
    return task["id"], task["for"]["reference"]


def written(deployed: Deployed, *resources: dict[str, Any]) -> None:
    with deployed.store() as store:
        at = datetime(2026, 4, 1, tzinfo=UTC)
        store.commit([Save(resource, None, terms(resource, ""), at, "m-1") for resource in resources]).result()


def fields(gateway: Call, case: str, *more: str) -> dict[str, tuple[bool, str]]:
    answer = gateway("policy", "show", "--recipient", OFFICE, "--case", case, "--json", *more).json
    return {row["field"]: (row["released"], row["reason"]) for row in answer["fields"]}


def test_a_field_is_released_or_withheld_with_the_reason(gateway: Call, deployed: Deployed) -> None:
    case, person = case_of(deployed)
    diagnosis = {"resourceType": "Condition", "id": "d", "subject": {"reference": person}, "code": {"text": "x"}}
    written(deployed, diagnosis)
    found = fields(gateway, f"Task/{case}")
    assert found["Patient.name"] == (True, "contract")
    assert found["Condition"] == (False, "never")


def test_consent_changes_what_is_released(gateway: Call, deployed: Deployed) -> None:
    case, person = case_of(deployed)
    relative = {"resourceType": "RelatedPerson", "id": "r", "patient": {"reference": person}, "active": True}
    written(deployed, relative)
    assert fields(gateway, case)["RelatedPerson"] == (False, "no-consent")
    provision = {
        "actor": [{"reference": {"reference": f"Organization/{OFFICE}"}}],
        "purpose": [{"system": PURPOSE, "code": "CAREMGT"}],
        "class": [{"system": DATA_CLASS, "code": "relatives"}],
    }
    agreed = {"resourceType": "Consent", "id": "c", "status": "active", "patient": {"reference": person},
              "provision": provision}  # fmt: skip
    written(deployed, agreed)
    assert fields(gateway, case)["RelatedPerson.active"] == (True, "consent")
    answer = gateway("policy", "show", "--recipient", OFFICE, "--case", case)
    assert "Consent/c" in answer.text


def test_the_table_names_role_law_and_reason_and_no_value(gateway: Call, deployed: Deployed) -> None:
    case, _ = case_of(deployed)
    text = gateway("policy", "show", "--recipient", OFFICE, "--case", case).text
    assert "role office  purpose CAREMGT  legal Auftrag der Person, DSGVO 6(1)e" in text
    assert "Vertrag oder Auftrag der Person" in text
    assert "by a contract with the person" in text
    assert told_of_nobody(text)


def test_the_table_says_of_each_field_whether_it_is_released(gateway: Call, deployed: Deployed) -> None:
    case, person = case_of(deployed)
    diagnosis = {"resourceType": "Condition", "id": "d", "subject": {"reference": person}, "code": {"text": "x"}}
    written(deployed, diagnosis)
    lines = gateway("policy", "show", "--recipient", OFFICE, "--case", case).text.splitlines()
    rows = {words[0]: words[1:3] for line in lines if len(words := line.split()) > 2}
    assert rows["Patient.name"] == ["released", "name"]
    assert rows["Condition"] == ["withheld", "diagnoses"]


def test_whoever_looks_stands_in_the_audit(gateway: Call, deployed: Deployed) -> None:
    case, _ = case_of(deployed)
    fields(gateway, case)
    with deployed.store() as store:
        lines = [line for line in store.audit(object=f"Task/{case}") if line.action == "policy"]
        assert [line.detail for line in lines] == [f"for {OFFICE}"]


def test_the_beginning_of_an_id_as_the_list_of_cases_has_it_is_enough(gateway: Call, deployed: Deployed) -> None:
    case, _ = case_of(deployed)
    assert fields(gateway, f"Task/{case[:8]}") == fields(gateway, case)


@pytest.mark.usefixtures("deployed")
def test_an_unknown_recipient_or_case_is_a_wrong_call(gateway: Call) -> None:
    assert gateway("policy", "show", "--recipient", "nobody", "--case", "1").code == 2
    assert gateway("policy", "show", "--recipient", OFFICE, "--case", "1").code == 2


def test_the_shipped_policy_is_clean(gateway: Call) -> None:
    answer = gateway("policy", "check")
    assert (answer.code, answer.err) == (0, "")
    assert answer.text.startswith("standard.yaml: clean; 10 roles")


def test_a_policy_with_an_error_ends_with_1_and_its_line(gateway: Call, deployed: Deployed, tmp_path: Path) -> None:
    (tmp_path / "kreis.yaml").write_text("policy: kreis\n", encoding="utf-8")
    answer = gateway("policy", "check", "kreis.yaml")
    assert answer.code == 1
    assert "kreis.yaml:1:1" in answer.err
    case, _ = case_of(deployed)
    assert gateway("policy", "show", "--recipient", OFFICE, "--case", case, "--policy", "kreis.yaml").code == 1
