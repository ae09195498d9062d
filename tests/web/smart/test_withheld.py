"""What is withheld from a recipient is in no answer: no read, search, count, order, link, error, difference."""

from typing import Any

import pytest

from gateway.consent.vocabulary import PURPOSE
from gateway.directory.parties import Directory
from gateway.domain.ledger import Save
from gateway.domain.system import TASK_CODE
from gateway.pipeline.policies.restricted import ARTICLE, RESTRICTION
from gateway.pipeline.stored.terms import terms
from tests.web.smart.place import KEYS, T0, Place, party, task

PERSON = {
    "resourceType": "Patient", "id": "p", "gender": "female", "birthDate": "1938-09-03",
    "maritalStatus": {"text": "ledig"}, "name": [{"family": "Grünewälder", "given": ["Käthe"]}],
    "address": [{"city": "Bielefeld", "postalCode": "33659"}],
    "identifier": [{"system": "http://fhir.de/sid/gkv/kvid-10", "value": "G405718932"}],
    "text": {"status": "generated", "div": '<div xmlns="http://www.w3.org/1999/xhtml">ledig</div>'},
}  # fmt: skip
MINE = task("t1", "accepted", "elsey", "stelle-senne", focus={"reference": "ServiceRequest/sr1"}, priority="urgent",
            basedOn=[{"reference": "CarePlan/cp"}], description="unter uns", **T0)  # fmt: skip


@pytest.fixture
def office(place: Place) -> str:
    """The token of a partner that is a social office from now on: neither sex nor status nor insurance nor plan."""
    played(place, "sozialamt_sgb12")
    place.save(PERSON, MINE)
    return place.token("elsey")


def played(place: Place, role: str) -> None:
    others = [party(name) for name in KEYS if name != "elsey"]
    told = party("elsey").model_copy(update={"kind": "office", "role": role})
    place.world.rooms.directory = Directory.of([*others, told])


def ids(place: Place, path: str, token: str) -> tuple[set[str], Any]:
    answer = place.call("GET", path, token)
    assert answer.status_code == 200, answer.text
    found = answer.json()
    names = {f"{e['resource']['resourceType']}/{e['resource']['id']}" for e in found.get("entry", ())}
    return names - {name for name in names if name.startswith("OperationOutcome")}, found.get("total")


def test_a_read_shows_what_the_role_may_see(place: Place, office: str) -> None:
    read = place.call("GET", "Patient/p", office)
    assert read.json()["birthDate"] == "1938-09-03"
    assert not {"gender", "maritalStatus", "identifier", "text"} & read.json().keys()
    for path in ("Patient/p/_history/2", "Patient/p/_history", "Patient?_id=p", "Task?_include=Task:patient"):
        answer = place.call("GET", path, office)
        assert "Grünewälder" in answer.text, path
        assert not [word for word in ("female", "ledig", "G405718932") if word in answer.text], path
    assert place.call("GET", "Patient/p", place.token("stelle-senne")).json()["gender"] == "female"


@pytest.mark.parametrize(
    ("shown", "withheld"),
    [
        ("Patient?birthdate=1938-09-03", "Patient?gender=female"),
        ("Patient?family=Gr", "Patient?gender:missing=false"),
        ("Patient?address-city=Bielefeld", "Patient?identifier=http://fhir.de/sid/gkv/kvid-10|G405718932"),
        ("Task?status=accepted", "Task?based-on=CarePlan/cp"),
        ("Task?patient.family=Gr", "Task?patient.gender=female"),
        ("Task?patient=Patient/p", "Task?based-on:missing=false"),
        ("Patient?_has:Task:patient:status=accepted", "Patient?_has:CarePlan:patient:status=active"),
        ("Task?priority=urgent", "ServiceRequest?priority=routine"),
    ],
)
def test_a_search_finds_and_counts_by_what_is_shown_and_by_nothing_else(
    place: Place, office: str, shown: str, withheld: str
) -> None:
    found, total = ids(place, f"{shown}&_total=accurate", office)
    assert (len(found), total) == (1, 1)
    assert ids(place, f"{withheld}&_total=accurate", office) == (set(), 0)
    site = place.token("stelle-senne")
    assert "ServiceRequest" in withheld or ids(place, withheld, site)[0]  # it is there, for whoever may see it


def test_no_link_leads_to_what_is_withheld(place: Place, office: str) -> None:
    searches = ("Task?_include=*&_include:iterate=*", "Patient?_revinclude=CarePlan:patient")
    for path in (*searches, "Task/t1", "Task/t1/_history"):
        assert "CarePlan" not in place.call("GET", path, office).text.replace("_revinclude=CarePlan:patient", "")
    assert place.call("GET", "CarePlan/cp", office).status_code == 404
    assert ids(place, "CarePlan?_total=accurate", office) == (set(), 0)


def test_no_order_tells_what_is_withheld(place: Place, office: str) -> None:
    for key, sex in (("a", "male"), ("b", "female"), ("c", "male")):
        place.save({**PERSON, "id": key, "gender": sex, "name": [{"family": key}]},
                   {**MINE, "id": f"t-{key}", "for": {"reference": f"Patient/{key}"}})  # fmt: skip
    listed = [[e["resource"]["id"] for e in place.call("GET", f"Patient?_sort={how}", office).json()["entry"]]
              for how in ("gender", "-gender", "family", "-family")]  # fmt: skip
    assert listed[0] == listed[1]
    assert listed[2] == [*reversed(listed[3])] == ["a", "b", "c", "p"]


def test_a_refusal_looks_like_what_is_not_there(place: Place, office: str) -> None:
    place.save({"resourceType": "Consent", "id": "c", "status": "active", "patient": {"reference": "Patient/p"},
                "provision": {"type": "deny", "purpose": [{"system": PURPOSE, "code": "CAREMGT"}]}})  # fmt: skip
    more = ("Patient/{}/_history", "Patient/{}/_history/1", "Task/{}/$actions")
    for path in ("Patient/{}", "Task/{}", "ServiceRequest/{}", *more):
        own = {"Patient": "p", "Task": "t1", "ServiceRequest": "sr1"}[path.partition("/")[0]]
        found, unknown = (place.call("GET", path.format(key), office) for key in (own, "nothing"))
        assert (found.status_code, found.json()) == (404, unknown.json()), path
        assert sorted(found.headers) == sorted(unknown.headers)
    for kind in ("Patient", "Task", "ServiceRequest"):
        assert ids(place, f"{kind}?_total=accurate", office) == (set(), 0)


def test_after_a_refusal_a_party_still_answers_the_wish_to_stop(place: Place, office: str) -> None:
    place.save({"resourceType": "Consent", "id": "c", "status": "active", "patient": {"reference": "Patient/p"},
                "provision": {"type": "deny", "purpose": [{"system": PURPOSE, "code": "CAREMGT"}]}})  # fmt: skip
    code = {"coding": [{"system": TASK_CODE, "code": "abort"}]}
    place.save(task("x", "requested", "elsey", "stelle-senne", focus={"reference": "Task/t1"}, code=code,
                    description="Frau Grünewälder will nicht mehr", **T0))  # fmt: skip
    shown = place.call("GET", "Task/x", office)
    assert shown.json()["description"] == "Bitte beenden: Einwilligung widerrufen"
    assert "Patient" not in shown.text
    sent = {**shown.json(), "status": "accepted"}
    answer = place.call("PUT", "Task/x", office, sent, **{"If-Match": shown.headers["ETag"]})
    assert answer.status_code == 200, answer.text
    assert place.world.store.read("Task", "x").resource["description"] == "Frau Grünewälder will nicht mehr"
    assert (answer.json()["status"], "Grünewälder" in answer.text) == ("accepted", False)


def test_while_processing_is_restricted_it_is_there_for_the_site_alone(place: Place, office: str) -> None:
    flag = {"resourceType": "Flag", "id": "f", "status": "active", "subject": {"reference": "Patient/p"},
            "identifier": [{"system": RESTRICTION, "value": ARTICLE}], "code": {"text": "x"}}  # fmt: skip
    place.world.store.commit([Save(flag, None, terms(flag, ""), place.world.now())]).result()
    assert {place.call("GET", name, office).status_code for name in ("Patient/p", "Task/t1")} == {404}
    assert ids(place, "Task?_total=accurate", office) == (set(), 0)


def test_whoever_sends_a_task_back_as_it_was_shown_takes_nothing_away(place: Place, office: str) -> None:
    shown = place.call("GET", "Task/t1", office)
    assert "basedOn" not in shown.json()
    sent = {**shown.json(), "status": "in-progress"}
    answer = place.call("PUT", "Task/t1", office, sent, **{"If-Match": shown.headers["ETag"]})
    assert answer.status_code == 200, answer.text
    assert not [word for word in ("CarePlan", "unter uns") if word in answer.text]
    stored = place.world.store.read("Task", "t1").resource
    assert (stored["status"], stored["basedOn"], stored["description"]) == ("in-progress", MINE["basedOn"], "unter uns")


def test_what_is_wrong_with_it_says_nothing_of_the_withheld(place: Place, office: str) -> None:
    place.save({**PERSON, "gender": "no-code", "maritalStatus": {"coding": [{"system": "ledig"}]}})
    answer = place.call("GET", "Patient/p/$validate", office)
    assert answer.status_code == 200
    assert not [word for word in ("gender", "maritalStatus", "ledig") if word in answer.text]


def test_a_partner_of_an_unknown_role_is_shown_nothing(place: Place, office: str) -> None:
    played(place, "nobody-knows")
    assert {place.call("GET", name, office).status_code for name in ("Patient/p", "Task/t1", "CarePlan/cp")} == {404}
