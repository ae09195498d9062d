"""read, vread, history: versions, their tags, parts of them, both syntaxes (chapters 3.1.0.2, 3.1.0.3, 3.1.0.12)."""

import http.client
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from itertools import count
from typing import Any

import pytest

from gateway.domain.ledger import Save
from tests.web.fhir.interface import FHIR, PATIENT, XML, Interface

NUMBERS = count(1)


def stored(fhir: Interface, *versions: dict[str, Any]) -> str:
    """`Type/id` of a resource with these versions."""
    key = f"r{next(NUMBERS)}"
    for number, version in enumerate(versions):
        save = Save({**version, "id": key}, number, (), datetime.now(UTC))
        fhir.world.store.commit([save]).result()
    return f"{versions[0]['resourceType']}/{key}"


def test_a_resource_is_shown_with_its_version_and_its_tag(fhir: Interface) -> None:
    name = stored(fhir, PATIENT, {**PATIENT, "active": True})
    answer = fhir.get(name)
    assert (answer.status_code, answer.headers["etag"]) == (200, 'W/"2"')
    assert answer.headers["content-type"] == f"{FHIR}; charset=utf-8"
    shown = answer.json()
    assert (shown["meta"]["versionId"], shown["active"]) == ("2", True)
    written = datetime.fromisoformat(shown["meta"]["lastUpdated"])
    assert parsedate_to_datetime(answer.headers["last-modified"]) == written.replace(microsecond=0)


def test_numbers_leave_as_they_came(fhir: Interface) -> None:
    from gateway.fhir import json  # noqa: PLC0415 - only here

    resource, _ = json.loads(
        b'{"resourceType":"Observation","status":"final","code":{"text":"x"},"valueQuantity":{"value":72.50}}'
    )
    assert '"value":72.50' in fhir.get(stored(fhir, resource)).text


def test_an_older_version_is_read_by_its_number(fhir: Interface) -> None:
    name = stored(fhir, PATIENT, {**PATIENT, "active": True})
    answer = fhir.get(f"{name}/_history/1")
    assert ("active" in answer.json(), answer.headers["etag"]) == (False, 'W/"1"')


@pytest.mark.parametrize("path", ["Patient/nobody", "Patient/nobody/_history", "Patient/nobody/_history/1"])
def test_what_is_not_there_is_not_found(fhir: Interface, path: str) -> None:
    answer = fhir.get(path)
    assert (answer.status_code, fhir.codes(answer)) == (404, ["fhir.http.unknown"])


@pytest.mark.parametrize("version", ["2", "0", "x", "99999999999999999999"])
def test_a_version_that_never_was_is_not_found(fhir: Interface, version: str) -> None:
    assert fhir.get(f"{stored(fhir, PATIENT)}/_history/{version}").status_code == 404


@pytest.mark.parametrize("tag", ['W/"1"', '"1"', "1", 'W/"7", W/"1"', "*"])
def test_a_client_that_has_this_version_is_not_sent_it_again(fhir: Interface, tag: str) -> None:
    answer = fhir.get(stored(fhir, PATIENT), If_None_Match=tag)
    assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", 'W/"1"')


def test_a_client_that_has_another_version_is_sent_this_one(fhir: Interface) -> None:
    assert fhir.get(stored(fhir, PATIENT), If_None_Match='W/"2"').status_code == 200


@pytest.mark.parametrize(("hours", "status"), [(1, 304), (-1, 200)])
def test_a_client_is_sent_what_was_written_since(fhir: Interface, hours: int, status: int) -> None:
    since = format_datetime(datetime.now(UTC) + timedelta(hours=hours), usegmt=True)
    assert fhir.get(stored(fhir, PATIENT), If_Modified_Since=since).status_code == status


def test_head_is_the_head_of_a_read(fhir: Interface) -> None:
    name = stored(fhir, PATIENT)
    line = http.client.HTTPConnection(fhir.door.host, fhir.door.port, timeout=10)
    line.request("HEAD", f"/fhir/{name}")
    answer = line.getresponse()
    assert (answer.status, answer.headers["etag"], answer.read()) == (200, 'W/"1"', b"")
    assert int(answer.headers["content-length"]) == len(fhir.get(name).content)
    line.close()


def test_xml_says_what_json_says(fhir: Interface) -> None:
    from gateway.fhir import xml  # noqa: PLC0415 - only here

    name = stored(fhir, PATIENT)
    answer = fhir.get(name, Accept=XML)
    assert answer.headers["content-type"] == f"{XML}; charset=utf-8"
    assert xml.loads(answer.content) == (fhir.get(name).json(), [])


def test_the_syntax_is_that_of_the_url_else_the_one_wanted_most(fhir: Interface) -> None:
    name = stored(fhir, PATIENT)
    wanted = f"{FHIR};q=0.2, {XML};q=0.9"
    assert fhir.get(name, Accept=wanted).headers["content-type"].startswith(XML)
    assert fhir.get(f"{name}?_format=json", Accept=XML).headers["content-type"].startswith(FHIR)
    assert fhir.get(f"{name}?_format=xml", Accept=FHIR).headers["content-type"].startswith(XML)


def test_a_person_may_read_json_in_lines(fhir: Interface) -> None:
    name = stored(fhir, PATIENT)
    assert (b"\n" in fhir.get(name).content, b"\n  " in fhir.get(f"{name}?_pretty=true").content) == (False, True)


def test_a_summary_is_marked_as_one(fhir: Interface) -> None:
    shown = fhir.get(f"{stored(fhir, {**PATIENT, 'maritalStatus': {'text': 'verwitwet'}})}?_summary=true").json()
    assert ("maritalStatus" in shown, "birthDate" in shown) == (False, True)
    assert [tag["code"] for tag in shown["meta"]["tag"]] == ["SUBSETTED"]


@pytest.mark.parametrize(
    ("asked", "elements"),
    [
        ("_elements=birthDate", {"birthDate"}),
        ("_elements=Patient.birthDate,gender", {"birthDate", "gender"}),
        ("_summary=text", {"text"}),
        ("_summary=data", {"birthDate", "gender", "name", "address"}),
        ("_summary=false", {"birthDate", "gender", "name", "address", "text"}),
    ],
)
def test_a_client_chooses_what_it_is_shown(fhir: Interface, asked: str, elements: set[str]) -> None:
    text = {"status": "generated", "div": '<div xmlns="http://www.w3.org/1999/xhtml">Käthe</div>'}
    shown = fhir.get(f"{stored(fhir, {**PATIENT, 'text': text})}?{asked}").json()
    assert set(shown) - {"resourceType", "id", "meta"} == elements


def test_mandatory_elements_are_always_shown(fhir: Interface) -> None:
    name = stored(fhir, {"resourceType": "Goal", "lifecycleStatus": "active", "description": {"text": "x"},
                         "subject": {"reference": "Patient/1"}, "note": [{"text": "y"}]})  # fmt: skip
    shown = fhir.get(f"{name}?_elements=note").json()
    assert {"lifecycleStatus", "description", "subject", "note"} < set(shown)


def test_a_summary_that_does_not_exist_is_refused(fhir: Interface) -> None:
    answer = fhir.get(f"{stored(fhir, PATIENT)}?_summary=short")
    assert (answer.status_code, fhir.codes(answer)) == (400, ["fhir.http.summary"])


# --- history ---------------------------------------------------------------------------------------------------------


def test_the_history_of_a_resource_has_its_versions_newest_first(fhir: Interface) -> None:
    name = stored(fhir, PATIENT, {**PATIENT, "active": True})
    bundle = fhir.get(f"{name}/_history").json()
    assert (bundle["type"], bundle["total"]) == ("history", 2)
    assert [entry["response"]["etag"] for entry in bundle["entry"]] == ['W/"2"', 'W/"1"']
    assert [entry["request"] for entry in bundle["entry"]] == [
        {"method": "PUT", "url": name},
        {"method": "POST", "url": "Patient"},
    ]
    assert {entry["fullUrl"] for entry in bundle["entry"]} == {f"{fhir.base}/{name}"}


@pytest.mark.parametrize("where", ["Goal/_history", "_history"])
def test_a_history_is_paged_while_others_write(fhir: Interface, where: str) -> None:
    goal = {
        "resourceType": "Goal",
        "lifecycleStatus": "active",
        "description": {"text": "x"},
        "subject": {"display": "x"},
    }
    names = [stored(fhir, goal) for _ in range(5)]
    page = fhir.get(f"{where}?_count=2").json()
    seen = [entry["request"]["url"] + entry["resource"]["id"] for entry in page["entry"]]
    while following := [link["url"] for link in page["link"] if link["relation"] == "next"]:
        stored(fhir, goal)
        page = fhir.session.get(following[0], timeout=10).json()
        seen += [entry["request"]["url"] + entry["resource"]["id"] for entry in page["entry"]]
    assert seen[:5] == [f"Goal{name.partition('/')[2]}" for name in reversed(names)]
    assert len(seen) == len(set(seen)) or where == "_history"


def test_the_history_of_a_type_has_no_other_type(fhir: Interface) -> None:
    place = stored(fhir, {"resourceType": "Location", "name": "Haus Senne"})
    person = stored(fhir, PATIENT)
    kinds = {
        where: [e["fullUrl"] for e in fhir.get(where).json()["entry"]] for where in ("Location/_history", "_history")
    }
    assert all("/Location/" in url for url in kinds["Location/_history"])
    assert kinds["_history"][:2] == [f"{fhir.base}/{person}", f"{fhir.base}/{place}"]


def test_the_history_of_one_resource_is_paged_while_it_is_written(fhir: Interface) -> None:
    name = stored(fhir, *({**PATIENT, "birthDate": f"193{year}-09-03"} for year in range(5)))
    page, seen = fhir.get(f"{name}/_history?_count=2").json(), list[str]()
    for version in range(5, 10):
        seen += [entry["response"]["etag"] for entry in page["entry"]]
        following = [link["url"] for link in page["link"] if link["relation"] == "next"]
        if not following:
            break
        save = Save({**PATIENT, "id": name.partition("/")[2], "active": True}, version, (), datetime.now(UTC))
        fhir.world.store.commit([save]).result()
        page = fhir.session.get(following[0], timeout=10).json()
    assert seen == [f'W/"{number}"' for number in (5, 4, 3, 2, 1)]


def test_a_history_begins_at_a_moment(fhir: Interface) -> None:
    stored(fhir, {"resourceType": "Location", "name": "alt"})
    since = fhir.get(stored(fhir, {"resourceType": "Location", "name": "neu"})).json()["meta"]["lastUpdated"]
    bundle = fhir.session.get(f"{fhir.base}/Location/_history", params={"_since": since}, timeout=10).json()
    assert [entry["resource"]["name"] for entry in bundle["entry"]] == ["neu"]


def test_a_history_keeps_what_stood_at_a_moment(fhir: Interface) -> None:
    name = stored(fhir, PATIENT, {**PATIENT, "active": True}, {**PATIENT, "active": False})
    moments = [e["response"]["lastModified"] for e in fhir.get(f"{name}/_history").json()["entry"]]
    found = fhir.session.get(f"{fhir.base}/{name}/_history", params={"_at": "2999-01-01"}, timeout=10).json()
    assert [entry["resource"]["meta"]["lastUpdated"] for entry in found["entry"]] == moments[:1]
    assert fhir.get(f"{name}/_history?_at=1999").json().get("entry") is None


@pytest.mark.parametrize("query", ["_since=gestern", "_count=viele", "_cursor=x", "_at=2026-99-99", "_at=%2B"])
def test_a_history_asked_for_wrongly_is_refused(fhir: Interface, query: str) -> None:
    answer = fhir.get(f"{stored(fhir, PATIENT)}/_history?{query}")
    assert (answer.status_code, answer.json()["resourceType"]) == (400, "OperationOutcome")
    assert fhir.get("Patient/_history?_at=2026").status_code == 400
