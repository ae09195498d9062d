"""`gateway person`: restricted, deleted, and the certificate of it."""

import io
import json
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest
from pypdf import PdfReader

from gateway.domain.ledger import Save
from gateway.pipeline.stored.terms import terms
from gateway.pipeline.tasks.family import kind_of
from tests.cli.command import Call
from tests.cli.deployed import CANARY, Deployed, told_of_nobody

WHY = ("--reason", "Antrag vom 20.11.")


def person_of(deployed: Deployed) -> str:
    """The person of the first referral."""
    with deployed.store() as store:
        tasks = (version.resource for version in store.find("Task", [], 100))
        found: str = next(task for task in tasks if kind_of(task) == "referral")["for"]["reference"]
    return found


def closed(deployed: Deployed) -> str:
    """The same, once all its Tasks have ended."""
    person = person_of(deployed)
    with deployed.store() as store:
        for version in store.find("Task", [("for", person)], 1000):
            ended = {**version.resource, "status": "entered-in-error"}
            at = datetime(2026, 4, 1, tzinfo=UTC)
            store.commit([Save(ended, version.version, terms(ended, ""), at)]).result()
    return person


def audited(deployed: Deployed, person: str) -> list[str]:
    with deployed.store() as store:
        return [line.action for line in store.audit(object=person)]


def test_a_person_is_restricted_and_released(gateway: Call, deployed: Deployed) -> None:
    person = person_of(deployed)
    assert gateway("person", "restrict", person, *WHY).code == 0
    again = gateway("person", "restrict", person.partition("/")[2], *WHY)
    assert (again.code, "rights.already" in again.err) == (1, True)
    assert gateway("person", "release", person, *WHY).code == 0
    assert audited(deployed, person)[:2] == ["release", "restrict"]


def test_a_deletion_is_suspended_and_resumed(gateway: Call, deployed: Deployed) -> None:
    person = closed(deployed)
    assert gateway("person", "suspend", person, *WHY).code == 0
    refused = gateway("person", "delete", person, *WHY)
    assert (refused.code, "rights.to-keep" in refused.err) == (1, True)
    assert gateway("person", "resume", person, *WHY).code == 0
    assert gateway("person", "delete", person, "--dry-run", *WHY).code == 0
    assert audited(deployed, person)[:2] == ["resume", "suspend"]


def test_a_person_with_an_open_case_is_not_deleted(gateway: Call, deployed: Deployed) -> None:
    refused = gateway("person", "delete", person_of(deployed), *WHY)
    assert (refused.code, "rights.open" in refused.err) == (1, True)


def test_a_deleted_person_is_in_no_byte_of_the_database(gateway: Call, deployed: Deployed, tmp_path: Path) -> None:
    person = closed(deployed)
    before = words(tmp_path)
    only = {"G405718932", "471188"}  # the rest is in messages of others too
    assert only <= before
    told = gateway("person", "delete", person, *WHY, "--out", "papers")
    assert told.code == 0, told.err
    assert told_of_nobody(told.text)
    assert words(tmp_path) & only == set()
    assert gateway("audit", "verify").code == 0


def words(folder: Path) -> set[str]:
    """The words of the person that are in a byte of the database and its companions."""
    data = b"".join(path.read_bytes() for path in folder.glob("gateway.db*"))
    return {word for word in CANARY if word.encode() in data or word.encode("latin-1") in data}


def test_the_certificate_is_json_and_pdf_and_its_hash_stands_in_the_audit(
    gateway: Call, deployed: Deployed, tmp_path: Path
) -> None:
    person = closed(deployed)
    gateway("person", "delete", person, *WHY)
    assert gateway("person", "certificate", person, "--out", "papers").code == 0
    (said,) = (tmp_path / "papers").glob("*.json")
    made = json.loads(said.read_bytes())
    assert (made["person"], made["reason"]) == ([person], WHY[1])
    with deployed.store() as store:
        line = store.audit(object=person)[0]
    assert line.detail == f"{made['total']} things, sha256 {sha256(said.read_bytes()).hexdigest()}"
    (paper,) = (tmp_path / "papers").glob("*.pdf")
    text = PdfReader(io.BytesIO(paper.read_bytes())).pages[0].extract_text()
    assert "Löschbescheinigung" in text
    assert person in text
    assert made["ids"] in text.replace("\n", "")
    assert sha256(said.read_bytes()).hexdigest() in text.replace("\n", "")
    assert told_of_nobody(text)
    assert b"pdfaid" in paper.read_bytes()


@pytest.mark.usefixtures("deployed")
def test_nobody_is_certified_who_was_not_deleted(gateway: Call) -> None:
    assert gateway("person", "certificate", "Patient/x").code == 1
    assert gateway("person", "restrict", "Käthe", *WHY).code == 1


def test_a_person_is_handed_what_is_kept_and_what_was_shown_to_whom(
    gateway: Call, deployed: Deployed, tmp_path: Path
) -> None:
    person = person_of(deployed)
    told = gateway("person", "export", person, "--out", "auskunft")
    assert told.code == 0, told.err
    folder = tmp_path / "auskunft"
    said = json.loads((folder / "auskunft.json").read_bytes())
    assert said["person"] == [person]
    shown = next(one for one in said["disclosures"] if one["about"] == "Auftrag an die Kümmererstelle")
    assert shown["to"] == "Kümmererstelle Bielefeld-Senne"
    assert "Aufenthalte" in shown["data"]
    assert said["received"][0]["from"] == "Senneklinik Bielefeld"
    data = json.loads((folder / "meine-daten.json").read_bytes())
    patient = next(e["resource"] for e in data["entry"] if e["resource"]["resourceType"] == "Patient")
    assert patient["name"][0]["family"] == "Grünewälder"
    text = "".join(page.extract_text() for page in PdfReader(folder / "auskunft.pdf").pages)
    assert "Auskunft über Ihre Daten" in text
    assert "Kümmererstelle Bielefeld-Senne" in text
    assert "export" in audited(deployed, person)
    assert (folder / "auskunft.pdf").stat().st_mode & 0o077 == 0
    assert told_of_nobody(told.text)


@pytest.mark.usefixtures("deployed")
def test_nobody_is_handed_anything_of_somebody_who_is_not_there(gateway: Call, tmp_path: Path) -> None:
    assert gateway("person", "export", "Patient/x", "--out", "auskunft").code == 1
    assert not (tmp_path / "auskunft").exists()


def test_a_folder_that_cannot_be_written_is_told_in_a_sentence(
    gateway: Call, deployed: Deployed, tmp_path: Path
) -> None:
    (tmp_path / "taken").write_bytes(b"")
    told = gateway("person", "export", person_of(deployed), "--out", "taken")
    assert (told.code, told.text) == (1, "")
    assert "cannot be written" in told.err
    assert gateway("recall", "list", "--csv", "taken/rueckrufe.csv").code == 1
