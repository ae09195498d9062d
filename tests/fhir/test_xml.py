"""FHIR's XML is the same value as its JSON, and the entrance lets no attack through."""

from typing import Any

import pytest

from gateway.fhir import json, xml
from gateway.fhir.json import Limits
from tests.fhir.corpus import files, needs_data

PATIENT = b"""<?xml version="1.0" encoding="UTF-8"?>
<Patient xmlns="http://hl7.org/fhir"><id value="p1"/>
  <text><status value="generated"/><div xmlns="http://www.w3.org/1999/xhtml"><p>Ada</p></div></text>
  <contained><Goal><id value="z"/></Goal></contained>
  <extension url="http://example.org/x"><valueDecimal value="72.50"/></extension>
  <active value="true"/>
  <name><given value="Ada"/>
    <given><extension url="http://example.org/y"><valueCode value="n"/></extension></given></name>
  <multipleBirthInteger value="2"/>
</Patient>"""
AS_JSON = {
    "resourceType": "Patient",
    "id": "p1",
    "text": {"status": "generated", "div": '<div xmlns="http://www.w3.org/1999/xhtml"><p>Ada</p></div>'},
    "contained": [{"resourceType": "Goal", "id": "z"}],
    "extension": [{"url": "http://example.org/x", "valueDecimal": json.Number("72.50")}],
    "active": True,
    "name": [
        {
            "given": ["Ada", None],
            "_given": [None, {"extension": [{"url": "http://example.org/y", "valueCode": "n"}]}],
        }
    ],
    "multipleBirthInteger": 2,
}


def wrapped(inner: str) -> bytes:
    return f'<Patient xmlns="http://hl7.org/fhir">{inner}</Patient>'.encode()


def without_narrative(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: without_narrative(item) for key, item in value.items() if key != "div"}
    return [without_narrative(item) for item in value] if isinstance(value, list) else value


def test_xml_is_read_as_the_value_of_its_json() -> None:
    assert xml.loads(PATIENT) == (AS_JSON, [])


def test_xml_is_written_in_the_order_of_the_standard() -> None:
    shuffled = dict(reversed(AS_JSON.items()))
    assert xml.loads(xml.dumps(shuffled)[0]) == (AS_JSON, [])


@pytest.mark.parametrize(
    ("data", "code", "place"),
    [
        (b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]><a>&x;</a>', "xml.doctype", "file"),
        ("<!DOCTYPE a><a/>".encode("utf-16"), "xml.doctype", "file"),
        (b"<Patient", "xml.syntax", "line 1, column 9"),
        (b"", "xml.syntax", "line 1, column 1"),
        (b"<Patient/>", "xml.resource", "file"),
        (b'<Patent xmlns="http://hl7.org/fhir"/>', "xml.resource", "file"),
        (wrapped('<nmae value="x"/>'), "xml.element", "Patient.nmae"),
        (wrapped('<active value="true"/><active value="true"/>'), "xml.element", "Patient.active"),
        (wrapped("<name>Ada</name>"), "xml.text", "Patient.name[0]"),
        (wrapped('<name use="official"/>'), "xml.attribute", "Patient.name[0]"),
        (wrapped("<extension>" * 100 + "</extension>" * 100), "xml.depth", "file"),
    ],
)
def test_what_is_no_fhir_xml_is_a_problem_with_its_place(data: bytes, code: str, place: str) -> None:
    value, problems = xml.loads(data)
    assert value is None
    assert (problems[0].code, problems[0].place) == (code, place)


def test_an_encoding_nobody_knows_is_a_problem() -> None:
    assert [p.code for p in xml.loads(b'<?xml version="1.0" encoding="klingon"?><a/>')[1]] == ["xml.syntax"]


def test_a_file_that_is_too_large_is_not_parsed() -> None:
    assert [p.code for p in xml.loads(PATIENT, Limits(bytes=10))[1]] == ["xml.bytes"]


def test_names_of_characters_in_a_narrative_become_the_characters() -> None:
    div = '<div xmlns="http://www.w3.org/1999/xhtml">H&ouml;xter&nbsp;&lt;</div>'
    data, problems = xml.dumps({"resourceType": "Goal", "text": {"status": "additional", "div": div}})
    assert (b"H\xc3\xb6xter\xc2\xa0&lt;" in data, problems) == (True, [])


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"id": "a\x00b"}, "xml.character"),
        ({"text": {"div": "<div>"}}, "xml.narrative"),
        ({"nmae": "x"}, "xml.element"),
        ({"name": ["x"]}, "xml.value"),
    ],
)
def test_what_xml_cannot_hold_is_a_problem(change: dict[str, Any], code: str) -> None:
    assert [p.code for p in xml.dumps({"resourceType": "Patient", **change})[1]] == [code]


@needs_data
def test_official_examples_survive_the_way_through_xml() -> None:
    for path in files("fhir-r4/examples/*.json"):
        value, _ = json.loads(path.read_bytes())
        data, problems = xml.dumps(value)
        again, more = xml.loads(data)
        assert (path.name, problems + more) == (path.name, [])
        assert without_narrative(again) == without_narrative(value), path.name


@needs_data
def test_attacks_and_foreign_documents_are_problems() -> None:
    attacks = files("hostile/xml/**/*") + files("hostile/xhtml/*")
    assert all(xml.loads(path.read_bytes())[1] for path in attacks)
