"""Queries, headers, paths and entries of Bundles that are not what they should be, and those that ask for too much."""

import json
import os
import time
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.web.fhir.interface import FHIR, PATCH, PATIENT, XML, Interface, Resource

pytestmark = pytest.mark.usefixtures("nothing_left")
SECOND = 1.0
SHARED = Path(os.environ.get("GATEWAY_SHARED", Path(__file__).resolve().parents[4] / "shared"))
HOSTILE = SHARED / "data" / "hostile"
KINDS = ("csv", "json", "mail-cpython", "mail-mimekit", "pkcs7", "xhtml", "xml")
LINK = "link=Patient/nobody"


def many(name: str, times: int) -> str:
    return "&".join(f"{name}={n}" for n in range(times))


ASKED = {
    "a thousand parameters": (many("name", 1_000), "search.size"),
    "a thousand values": ("name=" + ",".join(map(str, range(1_000))), "search.size"),
    "chains that lead everywhere": (many("target.identifier", 100), "search.chain"),
    "many includes": (
        "&".join(f"_revinclude:iterate={t}:{p}" for t in ("Task", "Goal", "Consent", "CarePlan", "Encounter", "Patient",
                                                          "Condition", "Coverage")
                 for p in ("patient", "subject", "focus", "owner", "encounter", "link", "based-on", "performer",
                           "part-of", "organization", "policy-holder", "beneficiary", "requester")),
        "search.include"),
    "a negative count": ("_count=-1", "search.value"),
    "a count in other digits": ("_count=٣", "search.value"),
    "an order by nothing": ("_sort=--name", "search.parameter"),
    "an order by more than five": ("_sort=" + ",".join(["name"] * 6), "search.value"),
    "a cursor made up": ("_cursor=WyIiLFtdLDk5OTk5OTk5OTk5OTk5OTk5OTk5XQ", "fhir.http.cursor"),
    "a cursor of another order": ("_sort=name&_cursor=WyIiLFtdLDFd", "fhir.http.cursor"),
    "a cursor beyond all types": ("_type=Task&_cursor=" + "9" * 5_000 + "-x", "fhir.http.cursor"),
    "elements of a whole book": ("_elements=" + "a," * 30_000, "fhir.http.elements"),
}  # fmt: skip


@pytest.mark.parametrize("name", ASKED)
def test_a_search_of_too_much_is_refused_at_once(fhir: Interface, name: str) -> None:
    query, code = ASKED[name]
    kind = "Provenance" if "target" in query else "" if "_type" in query else "Patient"
    began = time.monotonic()
    answer = fhir.get(f"{kind}?{query}", Prefer="handling=strict")
    assert time.monotonic() - began < SECOND
    assert answer.status_code == 400
    assert code in {found.rpartition(".many")[0] or found for found in fhir.codes(answer)}


def test_the_same_include_a_hundred_times_is_one(fhir: Interface) -> None:
    key = fhir.created(PATIENT)["id"]
    others = [{**PATIENT, "link": [{"other": {"reference": f"Patient/{key}"}, "type": "seealso"}]} for _ in range(20)]
    for other in others:
        fhir.created(other)
    asked = "Patient?" + "&".join(["_revinclude:iterate=Patient:*", "_include:iterate=Patient:*"] * 90)
    began = time.monotonic()
    assert fhir.get(asked).status_code == 200
    assert time.monotonic() - began < SECOND


@pytest.mark.parametrize(
    "path",
    [
        "?_type=" + ",".join(["Task"] * 10_000),
        "Patient?_count=999999999999&name=x",
        "Patient?name=%ED%A0%80&%%%=1",
        "Patient/_history?_count=999999999999",
        "Patient?birthdate=ap0001&birthdate=ap9999",
    ],
)
def test_what_is_odd_but_can_be_answered_is_answered_at_once(fhir: Interface, path: str) -> None:
    began = time.monotonic()
    assert fhir.get(path).status_code == 200
    assert time.monotonic() - began < SECOND


@pytest.mark.parametrize(
    "since", ["Fri, 31 Dec 9999 23:59:59 GMT", "Mon, 01 Jan 0001 00:00:00 +2359", "Fri, 31 Dec 9999 23:59:59 -2359"]
)
def test_a_date_at_the_edge_of_the_calendar_is_a_date(fhir: Interface, since: str) -> None:
    key = fhir.created(PATIENT)["id"]
    answer = fhir.get(f"Patient/{key}", If_Modified_Since=since)
    assert answer.status_code == (200 if "0001" in since else 304)


def test_an_authorization_without_words_is_not_the_desks(fhir: Interface) -> None:
    assert fhir.get("metadata", Authorization="").status_code == 401


def test_a_type_that_is_none_is_not_repeated(fhir: Interface) -> None:
    answer = fhir.ask("POST", "", {"resourceType": "Kanarienvogel"})
    assert (answer.status_code, "Kanarienvogel" in answer.text) == (400, False)


@pytest.mark.parametrize(
    "condition", ["_count=1", "_format=json", "_include=Patient:link", "_total=none", "_elements=id", "_summary=count"]
)
def test_a_condition_that_asks_nothing_is_none(fhir: Interface, condition: str) -> None:
    answer = fhir.ask("POST", "Patient", PATIENT, If_None_Exist=condition)
    assert (answer.status_code, fhir.codes(answer)[0]) == (400, "rest.where")


# --- entries of Bundles ----------------------------------------------------------------------------------------------


def entry(method: str, url: str, resource: Resource) -> Resource:
    return {"request": {"method": method, "url": url}, "resource": resource}


ELSEWHERE = {
    "POST Patient/_search": 400,
    "POST Patient/$match": 400,
    "POST Patient/a/b": 400,
    "POST Medication": 404,
    "PUT Medication/1": 404,
    "PUT Patient/1/_history/3": 405,
    "PUT Patient/a_b": 404,
    "POST ../Patient": 400,
    "PATCH Patient/$match": 405,
    "POST Patient\r\nX-Evil: 1": 404,
}


@pytest.mark.parametrize("kind", ["batch", "transaction"])
@pytest.mark.parametrize("line", ELSEWHERE)
def test_an_entry_goes_nowhere_that_it_could_not_go_alone(fhir: Interface, line: str, kind: str) -> None:
    method, _, url = line.partition(" ")
    resource = {"resourceType": "Medication", "id": "1"} if "Medication" in url else {**PATIENT, "id": "1"}
    before = len(fhir.world.store.versions("", 0, 1000))
    answer = fhir.ask("POST", "", {"resourceType": "Bundle", "type": kind, "entry": [entry(method, url, resource)]})
    told = answer.status_code if kind == "transaction" else int(answer.json()["entry"][0]["response"]["status"][:3])
    assert told == ELSEWHERE[line]
    assert len(fhir.world.store.versions("", 0, 1000)) == before
    assert "Evil" not in answer.text + str(answer.headers)


def test_answers_to_a_bundle_end_where_they_are_long_enough(fhir: Interface, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.web.fhir.bundle.ENTRIES", 10)
    for _ in range(5):
        fhir.created(PATIENT)
    reads = [{"request": {"method": "GET", "url": "Patient?_count=5"}}] * 6
    told = fhir.ask("POST", "", {"resourceType": "Bundle", "type": "batch", "entry": reads}).json()["entry"]
    assert [one["response"]["status"][:3] for one in told] == ["200", "200", "413", "413", "413", "413"]


# --- what others collected -------------------------------------------------------------------------------------------

DOORS = (
    ("POST", "Patient", FHIR), ("POST", "Patient", XML), ("POST", "", FHIR), ("PATCH", "Patient/{key}", PATCH),
    ("POST", "Patient/_search", "application/x-www-form-urlencoded"), ("POST", "$transform?from=evp&to=hl7v2-de", FHIR),
)  # fmt: skip
HEADERS = ("If-Match", "If-None-Exist", "X-Provenance", "Accept", "Host", "Authorization", "X-HTTP-Method-Override")


@pytest.mark.skipif(not HOSTILE.is_dir(), reason="the collection of hostile files is not here (GATEWAY_SHARED)")
@pytest.mark.parametrize("kind", KINDS)
def test_no_hostile_file_gets_through_any_entrance(fhir: Interface, kind: str) -> None:
    key = fhir.created(PATIENT)["id"]
    before = len(fhir.world.store.versions("", 0, 1000))
    for file in sorted((HOSTILE / kind).rglob("*")):
        data = file.read_bytes() if file.is_file() else b""
        if not data:
            continue
        slowest = time.monotonic()
        for method, path, media in DOORS:
            answer = fhir.ask(method, path.format(key=key), data, Accept=FHIR, Content_Type=media)
            assert 200 <= answer.status_code < 500, (file.name, path, answer.status_code)
        for path in ("Patient?name=", "Patient?_cursor=", "Task?_has:", "Patient/", "?_type="):
            assert fhir.get(path + quote(data[:1_000])).status_code < 500, (file.name, path)
        said = bytes(byte for byte in data[:500] if 32 < byte < 127) or b"x"
        for name in HEADERS:
            body = json.dumps({**PATIENT, "id": key})
            answer = fhir.ask("PUT", f"Patient/{key}", body, **{name: said.decode()})
            assert 200 <= answer.status_code < 500, (file.name, name, answer.status_code)
        assert time.monotonic() - slowest < SECOND * (len(DOORS) + len(HEADERS)), file.name
    assert len(fhir.world.store.versions("", 0, 1000)) == before
