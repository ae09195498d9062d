"""MDM^T02 to an HL7 v2 sender: a document its clinic can file, read here by python-hl7 and by eye."""

from typing import Any

import hl7

from gateway.domain.system import PERSON
from tests.pipeline.acknowledge.world import (
    CASE,
    HOSPITAL,
    PATIENT,
    REQUEST,
    World,
    moved,
    replaced,
)


def report(world: World, status: str, business: str = "", *, cause: str = "track-2", **more: Any) -> hl7.Message:
    """What a stranger reads of the answer to a move; nothing in it was left over by the maps."""
    written = world.sent(moved(CASE, status, business, **more), cause=cause)
    assert written.problems == []
    assert written.delivery is not None
    return hl7.parse(written.delivery.data.decode("utf-8"))


def lines(message: hl7.Message) -> list[str]:
    return [str(obx[5]) for obx in message.segments("OBX") if str(obx[2]) == "TX"]


def test_a_refusal_reads_like_a_letter() -> None:
    message = report(World(), "rejected", "no-capacity", statusReason={"text": "Bis Januar ist kein Platz frei"})
    assert lines(message) == [
        "Stand der Anfrage: abgelehnt",
        "Zurzeit ist kein Platz frei.",
        "Grund: Bis Januar ist kein Platz frei",
        "Zuständig: Kümmererstelle Bielefeld-Senne",
        "Wann: 20.03.2026, 11:30 Uhr",
        "Rückruf: 0521 5550100",
        "Anfrage: Häusliche Hilfe",
    ]


def test_an_outcome_says_what_came_of_it() -> None:
    outcome = [
        {"type": {"text": "Ergebnis"}, "valueString": "Der Pflegedienst kommt täglich"},
        {"type": {"text": "Ergebnis"}, "valueString": "Hausnotruf ist angeschlossen"},
    ]
    message = report(World(), "completed", "outcome-helped", before="in-progress", output=outcome)
    assert lines(message)[:4] == [
        "Stand der Anfrage: abgeschlossen",
        "Die Hilfe wurde geleistet.",
        "Ergebnis: Der Pflegedienst kommt täglich",
        "Ergebnis: Hausnotruf ist angeschlossen",
    ]


def test_the_lines_are_counted_and_final() -> None:
    obx = list(report(World(), "accepted", "scheduled").segments("OBX"))
    assert [str(line[1]) for line in obx] == [str(n) for n in range(1, len(obx) + 1)]
    assert {str(line[11]) for line in obx} == {"F"}


def test_the_last_line_is_for_machines() -> None:
    last = list(report(World(), "accepted", "scheduled").segments("OBX"))[-1]
    assert str(last[2]) == "CWE"
    assert str(last[5]) == "scheduled^Beginn vereinbart^99KG-STATUS^accepted^^TASK-STATUS"


def test_without_a_more_exact_state_no_system_stands_without_a_code() -> None:
    last = list(report(World(), "accepted").segments("OBX"))[-1]
    assert str(last[5]) == "^^^accepted^^TASK-STATUS"


def test_it_names_patient_visit_and_order_as_the_clinic_knows_them() -> None:
    message = report(World(), "accepted")
    assert str(message.segment("PID")[3]) == "520002^^^SENNEKLINIK^PI"
    assert str(message.segment("PV1")[19]) == "260118^^^SENNEKLINIK^VN"
    assert str(message.segment("TXA")[14]) == "RF-1^SENNEKLINIK"
    assert str(message.segment("TXA")[15]) == "t0"


def test_it_goes_back_to_the_system_that_asked() -> None:
    head = report(World(), "accepted").segment("MSH")
    assert [str(head[n]) for n in (3, 5, 6)] == ["KUEMMERER", "KIS", "SENNEKLINIK"]
    assert str(head[9]) == "MDM^T02^MDM_T02"
    assert str(head[7]) == "20260320113005"


def test_the_facility_of_partner_yaml_counts_where_the_first_message_is_gone() -> None:
    road = {"road": "mllp", "format": "hl7v2-de", "from": "127.0.0.1/32", "facility": "SENNE-KIS"}
    world = replaced(World(), {**HOSPITAL, "sends": [road]})
    task = {**CASE, "identifier": CASE["identifier"][:2]}
    written = world.sent(moved(task, "accepted"))
    assert written.delivery is not None
    assert str(hl7.parse(written.delivery.data.decode()).segment("MSH")[6]) == "SENNE-KIS"


def test_what_others_know_of_the_person_is_not_told() -> None:
    written = World().sent(moved(CASE, "accepted"))
    assert written.delivery is not None
    for secret in ("99-77", "ANDERSWO", "Sennestraße", "Schlaganfall", "Enkelin"):
        assert secret not in written.delivery.data.decode()


def test_order_and_visit_of_another_sender_are_not_told() -> None:
    world = World()
    world.save({**REQUEST, "meta": {"source": "urn:kuemmerer:partner:anderswo"}})
    assert "RF-1" not in str(report(world, "accepted"))


def test_a_note_that_came_with_the_move_is_told_and_an_older_one_is_not() -> None:
    note = [*CASE["note"], {"text": "Wir rufen morgen an"}]
    message = report(World(), "accepted", note=note)
    assert [str(line[3]) for line in message.segments("NTE")] == ["Wir rufen morgen an"]


def test_every_report_is_a_document_of_its_own() -> None:
    world = World()
    first, second = (report(world, status) for status in ("received", "accepted"))
    assert str(first.segment("TXA")[12]) == f"{first.segment('MSH')[10]}^KUEMMERER"
    assert str(first.segment("TXA")[12]) != str(second.segment("TXA")[12])
    assert [str(m.segment("TXA")[13]) for m in (first, second)] == ["", ""]


def test_a_report_that_says_the_same_status_more_closely_replaces_the_one_before() -> None:
    world = World()
    before = report(world, "accepted", cause="track-2")
    world.save(moved(CASE, "accepted").task, message="track-2")
    after = report(world, "accepted", "scheduled", cause="track-3", before="accepted")
    assert str(after.segment("TXA")[13]) == str(before.segment("TXA")[12])
    assert str(after.segment("TXA")[12]) != str(before.segment("TXA")[12])


def test_a_repeat_carries_the_same_number() -> None:
    numbers = {str(report(World(), "accepted").segment("MSH")[10]) for _ in range(2)}
    assert len(numbers) == 1
    assert len(numbers.pop()) <= 20


def test_a_case_with_little_in_it_is_told_all_the_same() -> None:
    world = World()
    bare = {k: v for k, v in CASE.items() if k not in {"encounter", "owner", "authoredOn", "identifier", "note"}}
    world.save({k: v for k, v in REQUEST.items() if k not in {"identifier", "encounter", "code"}})
    written = world.sent(moved(bare, "accepted"))
    assert written.delivery is not None
    assert lines(hl7.parse(written.delivery.data.decode())) == [
        "Stand der Anfrage: angenommen",
        "Wann: 20.03.2026, 11:30 Uhr",
    ]


def test_a_clinic_that_reads_8859_1_is_no_business_of_the_report() -> None:
    assert str(report(World(), "accepted").segment("MSH")[18]) == "UNICODE UTF-8"


def test_who_has_it_in_hand_may_be_named_by_role() -> None:
    world = World()
    link = {"reference": "Organization/kuemmererstelle-senne"}
    world.save({"resourceType": "PractitionerRole", "id": "r1", "organization": link})
    message = report(world, "accepted", owner={"reference": "PractitionerRole/r1"})
    assert "Rückruf: 0521 5550100" in lines(message)


def test_somebody_without_an_organisation_is_not_named() -> None:
    assert not [line for line in lines(report(World(), "accepted", owner={"display": "Frau Temme"})) if "Temme" in line]


def test_our_own_number_of_a_person_is_not_told_and_that_of_the_insured_only_where_there_is_no_other() -> None:
    ours = {"system": PERSON, "value": "p1"}
    insured = {"system": "http://fhir.de/sid/gkv/kvid-10", "value": "X110412347"}
    world = World()
    marks = world.store.read("Patient", "p1")
    assert marks is not None
    world.save({**marks.resource, "identifier": [*PATIENT["identifier"], ours, insured]})
    assert str(report(world, "accepted").segment("PID")[3]) == "520002^^^SENNEKLINIK^PI"
    world.save({**marks.resource, "identifier": [ours, insured]})
    assert str(report(world, "accepted").segment("PID")[3]).startswith("X110412347^")
    world.save({**marks.resource, "identifier": [ours]})
    assert str(report(world, "accepted").segment("PID")[3]) == ""
