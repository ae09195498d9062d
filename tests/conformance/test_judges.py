"""The judges count and decode as they say."""

import json

from tests.conformance.figures import Figure, Skipped, as_json, table
from tests.conformance.messages import declared, kind
from tests.conformance.oracle import BASE, stamp


def test_a_figure_below_its_goal_is_missed() -> None:
    assert Figure("corpus", "what", 9, 10, 1.0).missed
    assert not Figure("corpus", "what", 10, 10, 1.0).missed


def test_a_figure_over_nothing_misses_its_goal() -> None:
    assert Figure("corpus", "what", 0, 0, 1.0).missed


def test_a_figure_without_goal_is_only_told() -> None:
    assert not Figure("corpus", "what", 0, 10).missed


def test_the_table_names_what_was_skipped_and_why() -> None:
    assert "java is not installed" in table([Skipped("HAPI", "java is not installed")])
    assert json.loads(as_json([Skipped("HAPI", "no java")])) == [{"corpus": "HAPI", "reason": "no java"}]


def test_the_kind_of_a_message_is_read_from_its_ninth_field() -> None:
    assert kind(b"MSH|^~\\&|KIS|A|B|C|20260311||MDM^T02|1|P|2.5\rEVN|T02\r") == "MDM"
    assert kind(b"FHS|^~\\&\r") == ""


def test_a_message_is_put_into_the_charset_that_it_declares() -> None:
    message = "MSH|^~\\&|||||||ADT^A01||P|2.5||||||8859/15\rNTE|1||5 € für Änne\r"
    assert declared(message.encode()) == message.encode("iso-8859-15")


def test_resources_are_asked_to_meet_the_profile_of_their_role() -> None:
    need = {"resourceType": "CarePlan", "category": [{"coding": [{"code": "kuemmerer-need"}]}]}
    plain = {"resourceType": "Location"}
    stamped = stamp({"entry": [{"resource": need}, {"resource": plain}]})
    assert stamped["entry"][0]["resource"]["meta"]["profile"] == [f"{BASE}/StructureDefinition/kuemmerer-need"]
    assert "meta" not in stamped["entry"][1]["resource"]
