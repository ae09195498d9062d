"""`gateway explain Type/<id>`: where the values of a stored resource came from."""

from tests.cli.command import Call
from tests.cli.deployed import Deployed


def person(deployed: Deployed) -> str:
    """`Patient/<id>` of somebody who was referred by HL7 v2."""
    with deployed.store() as store:
        (found, *_) = store.find("Patient", [])
    return f"Patient/{found.id}"


def test_a_stored_value_names_its_message_and_its_rule(gateway: Call, deployed: Deployed) -> None:
    name = person(deployed)
    (one,) = gateway("explain", name, "--path", "birthDate", "--json").json
    assert (one["path"], one["source"], one["format"], one["how"]) == (
        "Patient.birthDate", "PID-7.1", "hl7v2-de", "message",
    )  # fmt: skip
    text = gateway("explain", name, "--path", "birthDate").text
    assert "PID-7.1" in text
    assert "patient.map.yaml" in text
    assert "(made here)" in gateway("explain", name, "--path", "meta").text


def test_whoever_looks_stands_in_the_audit(gateway: Call, deployed: Deployed) -> None:
    name = person(deployed)
    gateway("explain", name)
    with deployed.store() as store:
        assert [line.action for line in store.audit(object=name)][:1] == ["explain"]


def test_what_is_not_there_is_a_wrong_call(gateway: Call, deployed: Deployed) -> None:
    assert deployed
    assert gateway("explain", "Patient/niemand").code == 2
    assert gateway("explain", "brief.hl7").code == 2
