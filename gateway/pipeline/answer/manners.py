"""The manners in which a party can be told (`answers.as` of partner.yaml): the resources each of them is made of."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from gateway.domain.codec import Tree
from gateway.domain.system import CANONICAL, SID
from gateway.mapping.runtime import every
from gateway.pipeline.answer.news import News, called, case, envelope, known_person, link, organization, task
from gateway.pipeline.stored.terms import source
from gateway.pipeline.stored.view import bundled
from gateway.pipeline.tasks.family import kind_of

Resource = dict[str, Any]

SOURCE_CODE = f"{CANONICAL}/StructureDefinition/source-code"
ABSENT = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
PROVIDER_ROLE = "http://terminology.hl7.org/CodeSystem/v2-0286"
EVENTS = "http://terminology.hl7.org/CodeSystem/v2-0003"
US = "KUEMMERER"
FHIR_ID = re.compile(r"[A-Za-z0-9.-]{1,64}")


def report(news: News) -> Tree:
    """MDM^T02: a document of its own for the record, replacing the one before where that told the same status."""
    named = {"assigner": {"display": US}}
    made: Resource = {
        "resourceType": "DocumentReference",
        "id": news.number,
        "masterIdentifier": {**named, "value": news.number},
        "status": "current",
    }
    if news.replaced:
        made["relatesTo"] = [{"code": "replaces", "target": {"identifier": {**named, "value": news.replaced}}}]
    made["content"] = [{"attachment": {"contentType": "text/plain", "title": "Stand der Anfrage"}}]
    return case(news) | bundled([made])


def response(news: News) -> Tree:
    """RRI^I12: the answer to the message that asked (MSA-2)."""
    tree = case(news)
    facility, application = called(news)
    receiver = {"resourceType": "Organization", "id": f"receiver-{news.party.id}", "name": facility or news.party.id}
    site = organization(link(news.task, "owner"), news)
    role = {
        "resourceType": "PractitionerRole",
        "id": f"role-{news.number}",
        "code": [{"coding": [{"system": PROVIDER_ROLE, "code": "RT"}]}],
        "organization": {"reference": f"Organization/{site.get('id')}"},
        **({"telecom": site["telecom"]} if "telecom" in site else {}),
    }
    made = bundled([header(news, application, receiver), site, receiver, *([role] if site else [])])
    kept = [o for o in tree.get("Organization", ()) if o["id"] != site.get("id")]
    organizations = [*kept, *made.pop("Organization")]
    return {**tree, **made, "Organization": organizations}


def header(news: News, application: str, receiver: Resource) -> Resource:
    """Whose message is answered, and to whom (chapters 2.14.8 and 2.14.9)."""
    first = news.first
    event = first.kind.partition("^")[2] if first else ""
    unknown = {"_endpoint": {"extension": [{"url": ABSENT, "valueCode": "unknown"}]}}
    to = {"receiver": {"reference": f"Organization/{receiver['id']}"}, **unknown}
    return {
        "resourceType": "MessageHeader",
        "id": f"header-{news.number}",
        "eventCoding": {"system": EVENTS, "code": event if event.startswith("I") else "I12"},
        "destination": [{"name": application, **to} if application else to],
        "source": {"name": US, **unknown},
        "response": {**answered(first.key if first else ""), "code": "ok"},
    }


def answered(key: str) -> Resource:
    """MSA-2 as MessageHeader.response.identifier, which is an id; what is none travels as source code."""
    if FHIR_ID.fullmatch(key):
        return {"identifier": key}
    code = key or "unknown"
    return {"_identifier": {"extension": [{"url": SOURCE_CODE, "valueCoding": {"code": code}}]}}


def listing(news: News) -> Tree:
    """A row of a list: one cell holds all outcomes that are text, the moment is said to the minute."""
    tree = case(news)
    (row,) = tree["Task"]
    if "lastModified" in row:
        row = {**row, "lastModified": datetime.fromisoformat(row["lastModified"]).replace(second=0).isoformat()}
    texts = every(row, ("output", "valueString"))
    output = [{"type": {"text": "Ergebnis"}, "valueString": "; ".join(texts)}] if texts else []
    return {**tree, "Task": [{**row, "output": output} if output else row]}


def by_task(news: News) -> Tree:
    """Task: itself, naming what its reader sent also by the reader's own numbers, and who owns it."""
    made = {key: value for key, value in task(news).items() if key != "extension"}
    for name in ("focus", "for", "encounter"):
        if name in made:
            target = news.read(link(made, name))
            made[name] = {**made[name], **named(own_number(target, news), every(target, ("code", "text")))}
    owner = organization(link(made, "owner"), news)
    if owner:
        known: Resource = next(iter(every(owner, ("identifier",))), {})
        made["owner"] = {**made["owner"], **named(known, every(owner, ("name",)))}
    return envelope(news) | bundled([made, *documents(news)])


def documents(news: News) -> list[Resource]:
    """The documents that answer a question; whoever asked is meant to read them."""
    if kind_of(news.task) != "question":
        return []
    references = [str(name) for name in every(news.task, ("output", "valueReference", "reference"))]
    return [news.read(name) for name in references if name.startswith("DocumentReference/")]


def named(number: Resource, names: list[str]) -> Resource:
    """What a Reference says beside its reference (chapter 2.3.0): identifier and display."""
    return {**({"identifier": number} if number else {}), **({"display": names[0]} if names else {})}


def own_number(resource: Resource, news: News) -> Resource:
    """The first number that the party itself gave a resource, empty where it gave none."""
    if resource.get("resourceType") == "Patient":
        resource = known_person(f"Patient/{resource['id']}", news)
    elif source(resource) != news.party.id:
        return {}
    found = (i for i in every(resource, ("identifier",)) if not str(i.get("system", "")).startswith(SID))
    return next(found, {})


SAYS: Mapping[str, Callable[[News], Tree]] = {"MDM^T02": report, "RRI^I12": response, "Task": by_task, "list": listing}
