"""What the FHIR API answers, judged by HAPI's instance validator: statements, outcomes, Bundles of every kind."""

import json
import time
import uuid
from pathlib import Path
from typing import Any

from tests.bench.subscriber import subscriber, subscription
from tests.conformance.clients.served import Served, ask, gateway
from tests.conformance.figures import Figure, Skipped, Verdict
from tests.conformance.oracle import built, judge, without_foreign_profiles

FULFILL = {"coding": [{"system": "http://hl7.org/fhir/CodeSystem/task-code", "code": "fulfill"}]}
PERSON: dict[str, Any] = {
    "resourceType": "Patient",
    "identifier": [{"system": "https://kuemmerer.example/number", "value": "4711"}],
    "name": [{"use": "official", "family": "Brinkmann", "given": ["Änne"]}],
    "gender": "female",
    "birthDate": "1938-09-03",
}
Resource = dict[str, Any]


def referral() -> Resource:
    """A person, a site, a referral and its Task in one transaction."""
    person, site, order, task = (f"urn:uuid:{uuid.uuid4()}" for _ in range(4))
    subject = {"reference": person}
    asked: Resource = {"resourceType": "ServiceRequest", "status": "active", "intent": "order", "subject": subject}
    duty: Resource = {"resourceType": "Task", "status": "requested", "intent": "order", "code": FULFILL, "for": subject}
    duty |= {"focus": {"reference": order}, "requester": {"reference": site}, "owner": {"reference": site}}
    resources: dict[str, Resource] = {
        person: PERSON,
        site: {"resourceType": "Organization", "name": "Stelle Senne"},
        order: asked | {"code": {"text": "Hilfe zu Hause"}},
        task: duty,
    }
    entries = [
        {"fullUrl": urn, "resource": each, "request": {"method": "POST", "url": each["resourceType"]}}
        for urn, each in resources.items()
    ]
    return {"resourceType": "Bundle", "type": "transaction", "entry": entries}


def batch() -> Resource:
    """Something found, something not."""
    urls = ("Patient?name=Brinkmann", "Patient/nobody", "Task?status=requested")
    return {
        "resourceType": "Bundle",
        "type": "batch",
        "entry": [{"request": {"method": "GET", "url": u}} for u in urls],
    }


def plain(base: str) -> dict[str, Resource]:
    """Answers to single requests, by a name that says which."""
    done = ask("POST", base, referral())[1]
    task = next(place for place in places(done) if place.startswith("Task/"))
    patient = next(place for place in places(done) if place.startswith("Patient/"))
    now = ask("GET", f"{base}/{task}")[1]
    asked = {
        "metadata": ("GET", "/metadata", None),
        "batch": ("POST", "", batch()),
        "searchset": (
            "GET",
            "/Task?_include=Task:patient&_revinclude=Provenance:target&_total=accurate&_count=2",
            None,
        ),
        "searchset-empty": ("GET", "/Patient?name=niemand", None),
        "searchset-lenient": ("GET", "/Patient?colour=red", None),
        "summary": ("GET", "/Patient?_summary=true", None),
        "elements": ("GET", "/Patient?_elements=birthDate", None),
        "count": ("GET", "/Patient?_summary=count", None),
        "history": ("GET", f"/{task}/_history", None),
        "history-of-all": ("GET", "/_history", None),
        "read": ("GET", f"/{patient}", None),
        "provenance": ("GET", f"/Provenance?target={task}", None),
        "actions": ("GET", f"/{task}/$actions", None),
        "not-found": ("GET", "/Patient/nobody", None),
        "illegal": ("PUT", f"/{task}", now | {"status": "draft"}),
        "unreadable": ("POST", "/Patient", {"resourceType": "Patient", "gender": "weiblich", "colour": 1}),
        "validated": ("POST", "/Patient/$validate", PERSON),
        "matched": (
            "POST",
            "/Patient/$match",
            {"resourceType": "Parameters", "parameter": [{"name": "resource", "resource": PERSON}]},
        ),
    }
    found = {"transaction": done}
    for name, (method, path, body) in asked.items():
        found[name] = ask(method, f"{base}{path}", body, If_Match='W/"1"')[1]
    return found


def places(answered: Resource) -> list[str]:
    """Where the parts of a transaction were put: `Task/1`."""
    found = (entry["response"].get("location", "") for entry in answered.get("entry", ()))
    return ["/".join(place.partition("/_history")[0].split("/")[-2:]) for place in found]


def notified(served: Served) -> dict[str, Resource]:
    """What a subscriber gets, then what it may ask for; as plain R4, as the Backport's package is not here."""
    with subscriber() as (box, endpoint):
        made = ask("POST", f"{served.base}/Subscription", subscription(endpoint, "full-resource"))[1]
        done = ask("POST", served.base, referral())[1]
        box.wait(next(place for place in places(done) if place.startswith("Task/")))
        time.sleep(0.2)
        found = {f"notification-{number}": bundle for number, bundle in enumerate(box.bundles)}
        for operation in ("status", "events"):
            found[operation] = ask("GET", f"{served.base}/Subscription/{made['id']}/${operation}")[1]
        found["subscription"] = ask("GET", f"{served.base}/Subscription/{made['id']}")[1]
    return {name: without_foreign_profiles(resource) for name, resource in found.items()}


def papers(room: Path) -> list[Verdict]:
    """One file for each answer and each notification, judged together by their kind."""
    if reason := built():
        return [Skipped("HAPI: what the FHIR API answers", reason)]
    with gateway() as served:
        found = [judged("HAPI: what the FHIR API answers", plain(served.base), room / "answers")]
        try:
            told = notified(served)
        except RuntimeError as reason:
            return [*found, Figure("HAPI: what subscribers get", "judged at all", 0, 1, 1.0, str(reason))]
        return [*found, judged("HAPI: what subscribers get", told, room / "notifications")]


def judged(name: str, resources: dict[str, Resource], folder: Path) -> Verdict:
    """What the validator says of all of them."""
    folder.mkdir()
    for file, resource in resources.items():
        (folder / f"{file}.json").write_text(json.dumps(resource), encoding="utf-8")
    return judge(name, folder)
