"""RRI answers the message that asked, a Task keeps its reader's numbers, a list has a row per change."""

import csv
import io
from typing import Any

import hl7
import pytest

from gateway.domain.ledger import Entry
from gateway.domain.message import Moved
from gateway.fhir import json
from gateway.fhir.conform import check_resource
from gateway.pipeline.answer.manners import answered
from gateway.pipeline.encode import Written
from tests.pipeline.acknowledge.world import (
    ADMISSION,
    CASE,
    HOSPITAL,
    PERFORMING,
    World,
    entry,
    moved,
    replaced,
    with_answers,
)

RRI = with_answers(HOSPITAL, **{"as": "RRI^I12"})
FOLDER = {"road": "folder", "path": "out", "format": "rueckmeldung-liste"}
LIST = with_answers({**HOSPITAL, "kind": "office", "receives": [{**FOLDER, "for": ["answers"]}]}, **{"as": "list"})
HTTP = {"road": "http", "url": "http://127.0.0.1:1", "format": "fhir", "for": ["answers"]}
BY_TASK = with_answers({**HOSPITAL, "receives": [HTTP]}, **{"as": "Task"})


def data(written: Written) -> bytes:
    assert [problem for problem in written.problems if problem.severity != "information"] == []
    assert written.delivery is not None
    return written.delivery.data


def rri(world: World, status: str, **more: Any) -> hl7.Message:
    return hl7.parse(data(world.sent(moved(CASE, status, **more))).decode())


def asked_by(first: Entry) -> World:
    """A world whose referral began with another message."""
    world = replaced(World(), RRI)
    world.store.keep(first).result()
    world.save({**CASE, "identifier": [*CASE["identifier"][:2], {**CASE["identifier"][2], "value": first.id}]})
    return world


# --- RRI^I12 ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "code"),
    [("received", "P"), ("accepted", "A"), ("rejected", "R"), ("completed", "A"), ("cancelled", "E")],
)
def test_an_rri_says_the_status_of_table_0283(status: str, code: str) -> None:
    message = rri(replaced(World(), RRI), status, statusReason={"text": "weil"})
    assert str(message.segment("MSH")[9]) == "RRI^I12^RRI_I12"
    assert str(message.segment("RF1")[1]).startswith(f"{code}^")
    assert str(message.segment("RF1")[6]) == "RF-1^SENNEKLINIK"


def test_an_rri_names_the_message_that_asked() -> None:
    msa = rri(replaced(World(), RRI), "accepted").segment("MSA")
    assert [str(msa[1]), str(msa[2])] == ["AA", "SK-0002"]


def test_an_rri_goes_back_to_who_asked_and_says_whom_to_call() -> None:
    message = rri(replaced(World(), RRI), "accepted")
    assert [str(message.segment("MSH")[n]) for n in (3, 5, 6)] == ["KUEMMERER", "KIS", "SENNEKLINIK"]
    provider = message.segment("PRD")
    assert str(provider[1]).startswith("RT^")
    assert str(provider[5]).startswith("0521 5550100")
    assert str(provider[10]).startswith("Kümmererstelle Bielefeld-Senne")


def test_an_rri_says_why_not_in_words() -> None:
    message = rri(replaced(World(), RRI), "rejected", statusReason={"text": "Bis Januar voll"})
    assert [str(line[3]) for line in message.segments("NTE")] == ["Grund: Bis Januar voll"]


def test_an_rri_repeats_the_event_of_a_referral() -> None:
    first = entry("track-9", key="SK-0031", kind="REF^I13")
    world = asked_by(first)
    task = {**CASE, "identifier": [{**CASE["identifier"][2], "value": "track-9"}]}
    message = hl7.parse(data(world.sent(moved(task, "accepted"))).decode())
    assert str(message.segment("MSH")[9]).startswith("RRI^I13")
    assert str(message.segment("MSA")[2]) == "SK-0031"


def test_an_id_that_fhir_cannot_hold_is_answered_as_it_was() -> None:
    first = entry("track-9", key="SK 31/2")
    task = {**CASE, "identifier": [{**CASE["identifier"][2], "value": "track-9"}]}
    message = hl7.parse(data(asked_by(first).sent(moved(task, "accepted"))).decode())
    assert str(message.segment("MSA")[2]) == "SK 31/2"
    assert "identifier" not in answered("")


def test_an_rri_about_a_message_that_is_gone_and_without_owner_is_still_an_answer() -> None:
    task = {key: value for key, value in CASE.items() if key not in {"identifier", "owner"}}
    message = hl7.parse(data(replaced(World(), RRI).sent(moved(task, "accepted"))).decode())
    assert str(message.segment("RF1")[1]).startswith("A^")
    assert "PRD" not in str(message)


def test_a_first_message_that_is_no_hl7_names_no_application() -> None:
    first = entry("track-9", data=b"Nr.;Name\r\n", format="pflegedienst-liste", road="folder")
    task = {**CASE, "identifier": [{**CASE["identifier"][2], "value": "track-9"}]}
    message = hl7.parse(data(asked_by(first).sent(moved(task, "accepted"))).decode())
    assert str(message.segment("MSH")[5]) == ""
    broken = entry("track-8", data=ADMISSION[30:], key="x")
    task = {**CASE, "identifier": [{**CASE["identifier"][2], "value": "track-8"}]}
    assert data(asked_by(broken).sent(moved(task, "accepted")))


# --- Task ------------------------------------------------------------------------------------------------------------


def sent_task(world: World, task: dict[str, Any], status: str, **more: Any) -> dict[str, Any]:
    bundle = json.loads(data(world.sent(moved(task, status, **more))))[0]
    assert len(bundle["entry"]) == 1
    resource: dict[str, Any] = bundle["entry"][0]["resource"]
    assert [p for p in check_resource(resource, "Task") if p.severity == "error"] == []
    return resource


def test_a_task_comes_back_with_the_numbers_of_who_sent_it_and_ours() -> None:
    task = sent_task(replaced(World(), BY_TASK), CASE, "accepted")
    assert task["identifier"] == CASE["identifier"]
    assert task["focus"]["identifier"]["value"] == "RF-1"
    assert task["for"]["identifier"]["value"] == "520002"
    assert task["encounter"]["identifier"]["value"] == "260118"


def test_a_task_names_its_owner_by_number_and_name() -> None:
    owner = sent_task(replaced(World(), BY_TASK), CASE, "accepted")["owner"]
    assert (owner["identifier"]["value"], owner["display"]) == ("260550199", "Kümmererstelle Bielefeld-Senne")


def test_a_site_hears_of_its_measure_by_the_reference_and_number_it_knows() -> None:
    task = sent_task(World(), PERFORMING, "rejected", business="no-capacity", statusReason={"text": "voll"})
    assert task["focus"]["reference"] == "ServiceRequest/s1"
    assert task["focus"]["identifier"] == {"system": "https://senne.example/auftrag", "value": "A-7"}
    assert (task["status"], task["statusReason"]) == ("rejected", {"text": "voll"})
    assert "identifier" not in task["for"]


def test_a_task_of_which_little_is_known_is_told_all_the_same() -> None:
    bare = {key: PERFORMING[key] for key in ("resourceType", "id", "meta", "intent", "partOf")}
    assert sent_task(World(), bare, "accepted")["status"] == "accepted"


# --- list ------------------------------------------------------------------------------------------------------------


def rows(world: World, status: str, business: str = "", **more: Any) -> list[dict[str, str]]:
    text = data(world.sent(moved(CASE, status, business, **more))).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text), delimiter=";"))


def test_a_list_has_a_row_for_the_change() -> None:
    assert rows(replaced(World(), LIST), "rejected", "no-capacity", statusReason={"text": "Bis Januar voll"}) == [
        {
            "Vorgang": "t0", "Kennung des Absenders": "RF-1", "Stand": "abgelehnt", "Näheres": "Keine Kapazität",
            "Grund": "Bis Januar voll", "Ergebnis": "", "Wer": "Kümmererstelle Bielefeld-Senne",
            "Wann": "20.03.2026 11:30", "Rückruf": "0521 5550100",
        }
    ]  # fmt: skip


def test_a_moment_with_seconds_stands_in_the_list_to_the_minute() -> None:
    world = replaced(World(), LIST)
    task = {**CASE, "status": "received", "lastModified": "2026-03-20T10:30:27.123+00:00"}
    written = world.sent(Moved(task, "requested", "E2", "G"))
    assert "20.03.2026 11:30;" in data(written).decode("utf-8-sig")


def test_all_outcomes_stand_in_one_cell() -> None:
    output = [{"type": {"text": "x"}, "valueString": text} for text in ("Hausnotruf", "Rampe")]
    row = rows(replaced(World(), LIST), "completed", "outcome-helped", before="in-progress", output=output)[0]
    assert row["Ergebnis"] == "Hausnotruf; Rampe"
