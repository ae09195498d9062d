"""`gateway consent` and `gateway recall`: given, withdrawn, called back, confirmed; and an emergency."""

import csv
from pathlib import Path
from typing import Any

import pytest

from gateway.pipeline.tasks.family import kind_of
from tests.cli.command import Call
from tests.cli.deployed import Deployed

OFFICE = "wohnberatung-bielefeld"
WHO = ("--said-by", "Käthe Grünewälder", "--entered-by", "Sander, Kümmerin")


@pytest.fixture
def person(deployed: Deployed) -> str:
    with deployed.store() as store:
        tasks = (version.resource for version in store.find("Task", [], 100))
        return str(next(task for task in tasks if kind_of(task) == "referral")["for"]["reference"])


def give(gateway: Call, person: str, *more: str) -> Any:
    return gateway("consent", "give", "--person", person, "--to", OFFICE, *WHO, "--json", *more)


def withdraw(gateway: Call, person: str, *more: str) -> Any:
    return gateway("consent", "withdraw", "--person", person, *WHO, "--json", *more)


def consents(gateway: Call, person: str) -> list[dict[str, str]]:
    return gateway("consent", "show", "--person", person, "--json").json["consents"]  # type: ignore[no-any-return]  # JSON of the verb


def test_what_was_said_is_written_down_with_who_said_it(gateway: Call, deployed: Deployed, person: str) -> None:
    found = give(gateway, person, "--data", "care-level", "--until", "2030-03-31", "--medium", "letter")
    assert found.code == 0, found.err
    (row,) = consents(gateway, person)
    assert (row["status"], row["kind"], row["to"], row["data"], row["until"]) == (
        "active", "permit", OFFICE, "care-level", "2030-03-31",
    )  # fmt: skip
    with deployed.store() as store:
        proofs = [v.resource for v in store.find("Provenance", [("target", row["consent"])])]
    agents = [agent for proof in proofs for agent in proof["agent"] if "onBehalfOf" in agent]
    assert agents[0]["onBehalfOf"] == {"display": "Käthe Grünewälder"}
    assert agents[0]["who"] == {"display": "Sander, Kümmerin"}


def test_taken_back_it_is_inactive_and_what_a_contract_shows_is_refused(gateway: Call, person: str) -> None:
    give(gateway, person, "--data", "care-level")
    assert withdraw(gateway, person, "--to", OFFICE).code == 0
    rows = consents(gateway, person)
    assert [(row["status"], row["kind"]) for row in rows] == [("inactive", "permit"), ("active", "deny")]


def test_a_consent_for_several_goes_on_for_the_others(gateway: Call, person: str) -> None:
    give(gateway, person, "--to", "pflegedienst-lutterbach")
    withdraw(gateway, person, "--to", OFFICE)
    assert consents(gateway, person)[0]["to"] == "pflegedienst-lutterbach"


def test_a_class_taken_back_leaves_the_rest(gateway: Call, person: str) -> None:
    give(gateway, person, "--data", "care-level", "--data", "relatives")
    withdraw(gateway, person, "--to", OFFICE, "--data", "relatives")
    (row,) = consents(gateway, person)
    assert (row["status"], row["data"]) == ("active", "care-level")


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--data", "nonsense"), "consent.class"),
        (("--to", "nobody"), "consent.party"),
        (("--until", "soon"), "--until takes a day"),
        (("--medium", "pigeon"), "nothing is said by"),
    ],
)
def test_what_is_not_known_is_not_written_down(gateway: Call, person: str, more: tuple[str, ...], said: str) -> None:
    found = give(gateway, person, *more)
    assert found.code != 0
    assert said in found.err + found.text
    assert consents(gateway, person) == []


def test_an_emergency_opens_for_a_day_or_says_why_not(gateway: Call, person: str) -> None:
    reason = ("--reason", "gestürzt, Allergien unbekannt", "--entered-by", "Sander, Kümmerin")
    refused = gateway("consent", "emergency", "--person", person, "--to", OFFICE, *reason)
    assert (refused.code, "emergency.role" in refused.err + refused.text) == (1, True)
    found = gateway("consent", "emergency", "--person", person, "--to", "pflegedienst-lutterbach", *reason, "--json")
    assert found.code == 0, found.err
    assert (found.json["kind"], found.json["to"]) == ("emergency", "pflegedienst-lutterbach")


def test_the_audit_of_an_emergency_names_an_account_and_no_private_person(
    gateway: Call, deployed: Deployed, person: str
) -> None:
    reason = ("--reason", "gestürzt, Allergien unbekannt", "--entered-by", "Sander, Kümmerin")
    for party in (OFFICE, "pflegedienst-lutterbach"):
        gateway("consent", "emergency", "--person", person, "--to", party, *reason)
    with deployed.store() as store:
        lines = [line for line in store.audit(object=person) if line.action == "emergency"]
    assert {line.outcome for line in lines} == {"refused", "opened"}
    assert {line.actor.partition(" ")[0] for line in lines} == {"operator"}


def test_what_was_shown_is_called_back_and_the_answer_is_recorded(
    gateway: Call, deployed: Deployed, person: str, tmp_path: Path
) -> None:
    with deployed.store() as store:
        owners = {str(v.resource.get("owner", {}).get("reference")) for v in store.find("Task", [], 100)}
        sent = {d.partner for d in store.deliveries({"standing": "delivered"}, 0, 100)}
    shown = sorted(name for name in sent if f"Organization/{name}" in owners)
    withdraw(gateway, person, "--to", shown[0])
    (line,) = gateway("recall", "list", "--open", "--json").json
    assert line["party"] == shown[0]
    (row,) = gateway("recall", "list").text.splitlines()[1:]
    assert (row.split()[0], line["case"][:8] in row, line["case"] in row) == (line["number"], True, False)
    assert gateway("recall", "show", line["number"]).text.startswith("number")
    said = ("--said-by", "Frau Lohmann", "--entered-by", "Sander", "--medium", "phone", "--text", "=gelöscht")
    assert gateway("recall", "record", line["number"], *said).code == 0
    assert gateway("recall", "list", "--open", "--json").json == []
    file = tmp_path / "rueckrufe.csv"
    assert gateway("recall", "list", "--csv", str(file)).code == 0
    (kept,) = csv.DictReader(file.read_text("utf-8-sig").splitlines(), delimiter=";")
    assert (kept["status"], kept["answer"]) == ("completed", "'=gelöscht"), "no spreadsheet runs what somebody said"


def test_there_is_no_recall_of_a_number_nobody_gave(gateway: Call) -> None:
    assert gateway("recall", "show", "R-NOTHING").code == 2


def test_of_somebody_unknown_it_is_not_said_that_there_is_no_consent(gateway: Call, person: str) -> None:
    found = gateway("consent", "show", "--person", person[:-4])
    assert (found.code, "consent.person" in found.err) == (1, True)


def test_what_the_law_shows_is_taken_back_by_a_refusal_alone(gateway: Call, person: str) -> None:
    found = withdraw(gateway, person, "--data", "care-level")
    assert (found.code, "--refuse" in found.err) == (2, True)


def test_who_refuses_all_refuses_the_site_by_name_only(gateway: Call, person: str) -> None:
    found = withdraw(gateway, person, "--refuse")
    assert (found.code, "by name only" in found.err) == (2, True), "only the site was sent anything"
    give(gateway, person)
    assert withdraw(gateway, person, "--refuse").code == 0
    assert [row["status"] for row in consents(gateway, person)] == ["inactive"]
