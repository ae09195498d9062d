"""fhirpy's SyncFHIRClient, as it comes, against a FHIR server: talk.py BASE; prints one line a check (TAP)."""

import sys
import time
import uuid
from collections.abc import Callable
from typing import Any

from fhirpy import SyncFHIRClient
from fhirpy.base.exceptions import BaseFHIRError, OperationOutcome, ResourceNotFound

NUMBERS = "https://kuemmerer.example/number"
RUN = f"fhirpy-{time.time_ns()}"
FULFILL = {"coding": [{"system": "http://hl7.org/fhir/CodeSystem/task-code", "code": "fulfill"}]}
client = SyncFHIRClient(sys.argv[1])
kept: dict[str, Any] = {}


def hold(fact: object, sentence: object = "does not hold") -> None:
    if not fact:
        raise ValueError(str(sentence))


def refused(call: Callable[[], object], kind: type[Exception] = BaseFHIRError) -> str:
    try:
        call()
    except kind as reason:
        return str(reason)
    raise ValueError("was not refused")


def person(number: int, family: str = "Brinkmann") -> Any:
    return client.resource(
        "Patient",
        identifier=[{"system": NUMBERS, "value": f"{RUN}-{number}"}],
        name=[{"use": "official", "family": family, "given": ["Änne"]}],
        gender="female",
        birthDate="1938-09-03",
    )


def identified(number: int) -> Any:
    return client.resources("Patient").search(identifier=f"{NUMBERS}|{RUN}-{number}")


def creates() -> None:
    kept["patient"] = patient = person(1)
    patient.save()
    hold(patient.id and patient["meta"]["versionId"] == "1", patient.get("meta"))


def reads() -> None:
    read = client.get("Patient", kept["patient"].id)
    hold(read["name"][0]["given"] == ["Änne"], "another name")
    reference = client.reference("Patient", kept["patient"].id)
    hold(reference.to_resource()["birthDate"] == "1938-09-03", "another birth date")


def nobody_is_not_found() -> None:
    refused(lambda: client.get("Patient", "nobody-of-this-name"), ResourceNotFound)


def updates() -> None:
    patient = kept["patient"]
    patient["gender"] = "other"
    patient.save()
    hold(patient["meta"]["versionId"] == "2" and patient["gender"] == "other", patient["meta"])


def stale_update_is_refused() -> None:
    stale = SyncFHIRClient(sys.argv[1], extra_headers={"If-Match": 'W/"1"'})
    old = stale.resource("Patient", **{**kept["patient"], "gender": "male"})
    refused(old.save)
    fresh = SyncFHIRClient(sys.argv[1], extra_headers={"If-Match": 'W/"2"'})
    new = fresh.resource("Patient", **{**kept["patient"], "gender": "female"})
    new.save()
    hold(new["meta"]["versionId"] == "3", new["meta"])


def refreshes() -> None:
    patient = kept["patient"]
    patient.refresh()
    hold(patient["meta"]["versionId"] == "3", patient["meta"])
    patient.refresh()
    hold(patient["gender"] == "female", "lost by refreshing what had not changed")


def has_a_history() -> None:
    history = client.execute(f"Patient/{kept['patient'].id}/_history", method="get")
    versions = [entry["resource"]["meta"]["versionId"] for entry in history["entry"]]
    hold(history["type"] == "history" and versions == ["3", "2", "1"], versions)


def reads_a_version() -> None:
    first = client.execute(f"Patient/{kept['patient'].id}/_history/1", method="get")
    hold(first["gender"] == "female" and first["meta"]["versionId"] == "1", first["meta"])


def creates_on_condition() -> None:
    once = SyncFHIRClient(sys.argv[1], extra_headers={"If-None-Exist": f"identifier={NUMBERS}|{RUN}-2"})
    first, second = (once.resource("Patient", **person(2)).save() for _ in range(2))
    hold(identified(2).count() == 1, "two were made")
    hold(first.id and second is not None, "no id")


def updates_on_condition() -> None:
    made, new = identified(3).update(person(3))
    hold(new, "was not created")
    changed, new = identified(3).update(client.resource("Patient", **{**person(3), "gender": "other"}))
    hold(not new and changed.id == made.id and changed["gender"] == "other", changed)


def searches() -> None:
    found = identified(1).search(family="brinkm", birthdate__ge="1938-01-01").fetch()
    hold([each.id for each in found] == [kept["patient"].id], len(found))
    hold(identified(1).get().id == kept["patient"].id)
    hold(identified(1).first().id == kept["patient"].id)


def counts() -> None:
    hold(identified(1).count() == 1, identified(1).count())


def transacts() -> None:
    urns = [f"urn:uuid:{uuid.uuid4()}" for _ in range(3)]
    patient = {"reference": f"Patient/{kept['patient'].id}"}
    order = {"resourceType": "ServiceRequest", "status": "active", "intent": "order", "subject": patient}
    order["code"] = {"text": "Hilfe zu Hause"}
    duty = {"resourceType": "Task", "status": "requested", "intent": "order", "code": FULFILL, "for": patient}
    site = {"reference": urns[2]}
    duty |= {"focus": {"reference": urns[0]}, "requester": site, "owner": site}
    resources = [order, duty, {"resourceType": "Organization", "name": "Stelle Senne"}]
    entries = [
        {"fullUrl": urn, "resource": resource, "request": {"method": "POST", "url": resource["resourceType"]}}
        for urn, resource in zip(urns, resources, strict=True)
    ]
    answered = client.execute("", data={"resourceType": "Bundle", "type": "transaction", "entry": entries})
    hold(answered["type"] == "transaction-response", answered["type"])
    places = [entry["response"]["location"].split("/_history")[0].split("/")[-2:] for entry in answered["entry"]]
    kept["order"], kept["task"], kept["site"] = (client.get(*place) for place in places)
    hold(kept["task"]["focus"]["reference"] == f"ServiceRequest/{kept['order']['id']}", kept["task"]["focus"])


def finds_tasks() -> None:
    tasks = client.resources("Task").search(patient=client.reference("Patient", kept["patient"].id))
    tasks = tasks.search(owner=f"Organization/{kept['site']['id']}", status="requested,received")
    hold([task.id for task in tasks.fetch()] == [kept["task"]["id"]], "not found")


def chains() -> None:
    found = client.resources("Task").search(patient__Patient__identifier=f"{NUMBERS}|{RUN}-1").fetch()
    hold(kept["task"]["id"] in [task.id for task in found], len(found))


def has() -> None:
    found = client.resources("Patient").has("Task", "patient", status="requested", _id=kept["task"]["id"]).fetch()
    hold([each.id for each in found] == [kept["patient"].id], len(found))


def includes() -> None:
    query = client.resources("ServiceRequest").search(_id=kept["order"]["id"])
    bundle = query.include("ServiceRequest", "patient").revinclude("Task", "focus").fetch_raw()
    types = sorted(entry["resource"]["resourceType"] for entry in bundle["entry"])
    hold(types == ["Patient", "ServiceRequest", "Task"], types)


def pages() -> None:
    family = "Seite" + RUN.replace("-", "")
    for number in range(7):
        person(100 + number, family).save()
    query = client.resources("Patient").search(family=family).limit(3).sort("-_lastUpdated")
    seen = [each.id for each in query.fetch_all()]
    hold(len(seen) == 7 == len(set(seen)), len(seen))


def shortens() -> None:
    found = client.resources("Patient").search(_id=kept["patient"].id).elements("birthDate").fetch()
    hold(found[0].get("birthDate") and not found[0].get("name"), dict(found[0]))


def seen(task: Any) -> Any:
    """The Task with a client that says which version it saw, as CapabilityStatement.rest.resource.versioning asks."""
    return SyncFHIRClient(sys.argv[1], extra_headers={"If-Match": f'W/"{task["meta"]["versionId"]}"'})


def task_without_version_is_refused() -> None:
    refused(client.resource("Task", **{**kept["task"], "status": "received"}).save)


def moves_a_task() -> None:
    task = seen(kept["task"]).resource("Task", **{**kept["task"], "status": "received"})
    task.save()
    hold(task["status"] == "received", task["status"])


def illegal_move_is_refused() -> None:
    now = client.get("Task", kept["task"]["id"])
    task = seen(now).resource("Task", **{**now, "status": "draft"})
    hold("accepted" in refused(task.save, OperationOutcome), "what would be legal is not said")


def validates() -> None:
    hold(person(5).is_valid(), "refused what is right")
    wrong = client.resource("Patient", **{**person(5), "gender": "weiblich"})
    hold(not wrong.is_valid(), "accepted what is wrong")


def nothing_is_deleted() -> None:
    refused(lambda: client.delete("Patient", kept["patient"].id), OperationOutcome)
    hold(client.get("Patient", kept["patient"].id)["id"] == kept["patient"].id, "gone")


CHECKS = (
    creates, reads, nobody_is_not_found, updates, stale_update_is_refused, refreshes, has_a_history, reads_a_version,
    creates_on_condition, updates_on_condition, searches, counts, transacts, finds_tasks, chains, has, includes, pages,
    shortens, task_without_version_is_refused, moves_a_task, illegal_move_is_refused, validates, nothing_is_deleted,
)  # fmt: skip

for check in CHECKS:
    name = check.__name__.replace("_", " ")
    try:
        check()
    except Exception as reason:  # noqa: BLE001 - one check must not silence the others
        print(f"not ok - {name} # {type(reason).__name__}: {' '.join(str(reason).split())[:300]}")
    else:
        print(f"ok - {name}")
