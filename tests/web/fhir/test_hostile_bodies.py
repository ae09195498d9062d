"""Bodies that were made to keep the gateway busy: refused within a second, with nothing written."""

import json
import time
from collections.abc import Mapping

import pytest

from gateway.fhir.xml import FHIR as NAMESPACE
from tests.web.fhir.interface import FHIR, PATCH, PATIENT, XML, Interface, Resource

pytestmark = pytest.mark.usefixtures("nothing_left")
SECOND = 1.0
FORM = "application/x-www-form-urlencoded"


def picture(data: str) -> bytes:
    return json.dumps({**PATIENT, "photo": [{"data": data}]}).encode()


def patient(inside: str) -> bytes:
    return f'<Patient xmlns="{NAMESPACE}">{inside}</Patient>'.encode()


def patch(*operations: Resource) -> bytes:
    return json.dumps(operations).encode()


def bundle(kind: str, *entries: object) -> bytes:
    return json.dumps({"resourceType": "Bundle", "type": kind, "entry": entries}).encode()


DOUBLING = [{"op": "copy", "from": "", "path": f"/x{n}"} for n in range(40)]
DEEPER = [{"op": "add", "path": "/a" * (n + 1), "value": {}} for n in range(900)]
TO_AND_FRO = [{"op": "move", "from": f"/{'ab'[n % 2]}", "path": f"/{'ba'[n % 2]}"} for n in range(900)]
HEAVY: Mapping[str, tuple[str, str, bytes, int, str]] = {
    "NaN before strings that never end": (
        "Patient", FHIR, b'[NaN,"' + rb"\"" * 500_000, 400, "json.constant"),
    "a million halves of pairs": (
        "Patient", FHIR, b'["' + b'","'.join([rb"\ud800"] * 100_000) + b'"]', 400, "json.surrogate"),
    "more values than a body may hold": (
        "Patient", FHIR, b"[" + b"{}," * 1_000_000 + b"{}]", 400, "json.values"),
    "brackets that never close": ("Patient", FHIR, b"[" * 400_000, 400, "json.depth"),
    "a number as long as a book": (
        "Patient", FHIR, b'{"resourceType":"Patient","multipleBirthInteger":' + b"9" * 1_000_000 + b"}", 422,
        "fhir.value"),
    "base64 with a blank after each group": ("Patient", FHIR, picture("AAAA " * 50_000 + "!"), 422, "fhir.value"),
    "base64 of blanks": ("Patient", FHIR, picture(" " * 500_000), 422, "fhir.value"),
    "a text over a megabyte": (
        "Patient", FHIR, json.dumps({**PATIENT, "name": [{"family": "a" * 1_100_000}]}).encode(), 422, "fhir.value"),
    "a character that no text of FHIR holds": (
        "Patient", FHIR, json.dumps({**PATIENT, "name": [{"family": "\0"}]}).encode(), 422, "fhir.value"),
    "another charset": ("Patient", FHIR, json.dumps(PATIENT).encode("utf-16"), 400, "json.charset"),
    "entities in XML": (
        "Patient", XML, b'<!DOCTYPE l [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]>' + patient("&b;"), 400, "xml.doctype"),
    "a DOCTYPE in UTF-16": (
        "Patient", XML, '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE l><l/>'.encode("utf-16"), 400,
        "xml.doctype"),
    "a DOCTYPE hidden by its charset": (
        "Patient", XML, b'<?xml version="1.0" encoding="UTF-7"?>+ADwAIQ-DOCTYPE l [<!ENTITY a "a">]><l/>', 400,
        "xml.syntax"),
    "a file of this machine included": (
        "Patient", XML, patient('<i:include xmlns:i="http://www.w3.org/2001/XInclude" href="file:///etc/passwd"/>'),
        400, "xml.element"),
    "an element with many attributes": (
        "Patient", XML, patient("<name " + " ".join(f'a{n}="1"' for n in range(100_000)) + "/>"), 400,
        "xml.attributes"),
    "many elements": ("Patient", XML, patient("<name/>" * 600_000), 400, "xml.values"),
    "elements that never close": ("Patient", XML, patient("<a>" * 300_000), 400, "xml.syntax"),
    "copies of copies": ("Patient/{id}", PATCH, patch(*DOUBLING), 422, "rest.patch.size"),
    "always deeper": ("Patient/{id}", PATCH, patch(*DEEPER), 422, "rest.patch.size"),
    "more operations than a patch has": ("Patient/{id}", PATCH, patch(*DOUBLING[:1] * 1001), 422, "rest.patch.size"),
    "a path as long as a book": (
        "Patient/{id}", PATCH, patch({"op": "test", "path": "/name" * 200_000, "value": 1}), 422, "rest.patch.path"),
    "more entries than a Bundle has": ("", FHIR, bundle("batch", *[1] * 5_001), 413, "fhir.http.entries"),
    "entries that are none": ("", FHIR, bundle("transaction", *[1] * 5_000), 400, "fhir.http.entry.method"),
    "a form as long as a book": ("Patient/_search", FORM, b"name=" + b"%EF%B7%BA" * 200_000, 413,
                                 "fhir.http.form.large"),
    "a form of many fields": ("Patient/_search", FORM, b"a=1&" * 1_100, 400, "fhir.http.form.text"),
    "somebody with many numbers": (
        "Patient/$match", FHIR, json.dumps({**PATIENT, "identifier": [{"value": str(n)} for n in range(20_000)]})
        .encode(), 422, "fhir.http.match.numbers"),
}  # fmt: skip


def written(fhir: Interface) -> list[int]:
    return [version.number for version in fhir.world.store.versions("", 0, 1000)]


@pytest.mark.parametrize("name", HEAVY)
def test_a_heavy_body_is_refused_within_a_second(fhir: Interface, name: str) -> None:
    path, media, data, status, code = HEAVY[name]
    key = fhir.created(PATIENT)["id"]
    before, noted = written(fhir), len(fhir.house.audits)
    verb, began = "PATCH" if media == PATCH else "POST", time.monotonic()
    answer = fhir.ask(verb, path.format(id=key), data, Accept=FHIR, Content_Type=media)
    assert time.monotonic() - began < SECOND
    assert (answer.status_code, fhir.codes(answer)[0]) == (status, code)
    assert len(answer.content) < 100_000
    assert written(fhir) == before
    assert len(fhir.house.audits) - noted == (0 if code.startswith(("fhir.value", "rest.")) else 1)


def test_persons_with_thousands_of_names_are_compared_by_a_few(fhir: Interface) -> None:
    many = {
        **PATIENT,
        "name": [{"family": f"Grün{n}", "given": [f"Käthe{n}"]} for n in range(3_000)],
        "address": PATIENT["address"] * 3_000,
    }
    fhir.created(many)
    began = time.monotonic()
    assert fhir.ask("POST", "Patient/$match", many).status_code == 200
    assert time.monotonic() - began < SECOND


def test_of_a_thousand_findings_a_hundred_are_told(fhir: Interface) -> None:
    odd = {**PATIENT, **{f"k{n}": 1 for n in range(1_000)}}
    issues = fhir.issues(fhir.ask("POST", "Patient", odd))
    assert len(issues) == 101
    assert "1000 findings" in issues[-1]["details"]["text"]


@pytest.mark.parametrize("move", ["add", "copy", "move", "replace"])
def test_what_a_patch_puts_is_counted_whatever_puts_it(fhir: Interface, move: str) -> None:
    key = fhir.created(PATIENT)["id"]
    value = [0] * 3_000
    made: list[Resource] = [{"op": "add", "path": "/a", "value": value}, {"op": "add", "path": "/b", "value": 0}]
    more: dict[str, list[Resource]] = {"copy": [{"op": "copy", "from": "/a", "path": "/b"}] * 100, "move": TO_AND_FRO}
    usual: list[Resource] = [{"op": move, "path": "/a", "value": value}] * 100
    answer = fhir.ask("PATCH", f"Patient/{key}", patch(*made, *more.get(move, usual)), Content_Type=PATCH)
    assert fhir.codes(answer) == ["rest.patch.size"]
