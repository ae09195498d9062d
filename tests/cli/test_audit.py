"""`gateway audit`: verify, search, export."""

import hashlib
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from gateway.fhir.conform import check_resource
from gateway.store.anchor import AnchorFile
from tests.cli.command import Call
from tests.cli.deployed import HOSPITAL, Deployed, told_of_nobody


@pytest.fixture
def here(deployed: Deployed, monkeypatch: pytest.MonkeyPatch) -> Deployed:
    monkeypatch.chdir(deployed.folder)
    return deployed


def anchored(here: Deployed) -> Path:
    """The settings name an anchor, which has one line."""
    path = here.folder / "anchor.jsonl"
    here.config.write_text(
        here.config.read_text(encoding="utf-8") + "audit: {anchor: anchor.jsonl}\n", encoding="utf-8"
    )
    with here.store() as store:
        head = store.audit(limit=1)[0]
        AnchorFile(path).append(head, head.at)
    return path


def tampered(here: Deployed, statement: str) -> None:
    with closing(sqlite3.connect(here.folder / "gateway.db")) as database, database:
        database.execute(statement)


@pytest.mark.usefixtures("here")
def test_an_audit_as_it_was_written_is_whole(gateway: Call) -> None:
    done = gateway("audit", "verify")
    assert (done.code, done.err) == (0, "")
    assert done.text.startswith("whole: ")
    assert "no anchor: a cut end is not found" in done.text


def test_with_an_anchor_it_is_held_against_it(gateway: Call, here: Deployed) -> None:
    anchored(here)
    assert "held against 1 lines of the anchor" in gateway("audit", "verify").text


@pytest.mark.parametrize(
    ("statement", "code", "place"),
    [
        ("UPDATE audit SET actor = 'x' WHERE number = 3", "audit.chain.changed", "line 3"),
        ("DELETE FROM audit WHERE number = 3", "audit.chain.missing", "line 4"),
        ("DELETE FROM audit WHERE number > 3", "audit.anchor.cut", "anchor line 1"),
    ],
)
def test_what_was_done_to_it_is_said_with_its_place_and_ends_with_1(
    gateway: Call, here: Deployed, statement: str, code: str, place: str
) -> None:
    anchored(here)
    tampered(here, statement)
    done = gateway("audit", "verify")
    assert done.code == 1
    assert f"{place}: " in done.err
    assert f"[{code}]" in done.err
    assert done.text.startswith("not as it was written")
    assert [problem["code"] for problem in gateway("audit", "verify", "--json").json["problems"]] == [code]


def test_an_anchor_that_is_gone_is_found_where_the_audit_knows_of_it(gateway: Call, here: Deployed) -> None:
    path = anchored(here)
    path.unlink()
    assert "held against 0 lines" in gateway("audit", "verify").text
    path.mkdir()
    assert gateway("audit", "verify").code == 2


def test_another_copy_of_the_anchor_can_be_named(gateway: Call, here: Deployed) -> None:
    path = anchored(here)
    path.rename(here.folder / "copy")
    assert "held against 1 lines" in gateway("audit", "verify", "--anchor", "copy").text


def test_lines_are_found_by_actor_action_object_and_day(gateway: Call, here: Deployed) -> None:
    message = here.known["first"]
    found = gateway("audit", "search", "--object", message, "--json").json
    assert {(line["actor"], line["action"]) for line in found} == {(HOSPITAL, "message")}
    assert gateway("audit", "search", "--actor", HOSPITAL, "--action", "message", "--limit", 2, "--json").json
    assert gateway("audit", "search", "--actor", HOSPITAL, "--until", "2020-01-01", "--json").json == []
    assert gateway("audit", "search", "--actor", HOSPITAL, "--since", "2999-01-01", "--json").json == []


def test_a_search_is_a_table_for_people(gateway: Call, here: Deployed) -> None:
    said = gateway("audit", "search", "--object", here.known["first"]).text
    assert "actor" in said.splitlines()[0]
    assert here.known["first"] in said


@pytest.mark.usefixtures("here")
def test_a_moment_that_is_none_is_a_wrong_call(gateway: Call) -> None:
    done = gateway("audit", "search", "--since", "gestern")
    assert done.code == 2
    assert "--since gestern is no moment" in done.err


def test_whoever_looks_into_the_audit_stands_in_it(gateway: Call, here: Deployed) -> None:
    gateway("audit", "search", "--actor", "x", "--since", "2026-01-01")
    gateway("audit", "export")
    with here.store() as store:
        last, before = store.audit(limit=2)
    assert (last.action, before.action, before.detail) == ("audit export", "audit search", "actor, since")
    assert last.actor.startswith("operator")


@pytest.mark.usefixtures("here")
def test_others_can_compute_the_chain_from_an_export(gateway: Call) -> None:
    lines = [json.loads(line) for line in gateway("audit", "export", "--format", "jsonl").text.splitlines()]
    assert [line["number"] for line in lines] == list(range(1, len(lines) + 1))
    before = ""
    for line in lines:
        words = [line[key] for key in ("number", "at", "actor", "action", "object", "outcome", "detail")]
        text = json.dumps([*words, before], separators=(",", ":"), ensure_ascii=False)
        assert (line["before"], line["hash"]) == (before, hashlib.sha256(text.encode()).hexdigest())
        before = line["hash"]


@pytest.mark.usefixtures("here")
def test_an_export_is_a_bundle_of_sound_audit_events(gateway: Call) -> None:
    bundle = gateway("audit", "export", "--format", "fhir", "--since", "2020-01-01").json
    assert (bundle["resourceType"], bundle["type"]) == ("Bundle", "collection")
    events = [entry["resource"] for entry in bundle["entry"]]
    assert {event["resourceType"] for event in events} == {"AuditEvent"}
    assert [problem for event in events for problem in check_resource(event)] == []


@pytest.mark.usefixtures("here")
def test_an_export_of_nothing_is_a_bundle_too(gateway: Call) -> None:
    assert gateway("audit", "export", "--format", "fhir", "--since", "2999-01-01").json == {
        "resourceType": "Bundle",
        "type": "collection",
    }


@pytest.mark.usefixtures("here")
def test_no_person_is_in_any_of_it(gateway: Call) -> None:
    for words in (("export",), ("export", "--format", "fhir"), ("search", "--limit", "9999"), ("verify",)):
        assert told_of_nobody(gateway("audit", *words).text)


def test_a_line_made_unreadable_is_said_and_not_a_crash(gateway: Call, here: Deployed) -> None:
    tampered(here, "UPDATE audit SET at = 'yesterday' WHERE number = 2")
    done = gateway("audit", "search", "--limit", "9999")
    assert done.code == 1
    assert "gateway audit verify" in done.err
    assert gateway("audit", "verify").code == 1
