"""What a site says to the gateway as FHIR R4: the state of a referral (Task), a plan (CarePlan) and its measures."""

import copy
from dataclasses import dataclass, field
from uuid import NAMESPACE_URL, uuid5

from standins.case import Case, Order, Party, Permission, Resource

OURS = "https://kuemmererstelle-bielefeld-senne.example/sid"
KG = "https://kuemmerer-gateway.de/fhir"
IK = "http://fhir.de/sid/arge-ik/iknr"
LABEL = {"system": "https://fhir.gkvsv.de/CodeSystem/GKVSV_CS_EVP_Datenweitergabe", "code": "1"}
ACHIEVEMENT = "http://terminology.hl7.org/CodeSystem/goal-achievement"
KUEMMERER = {"family": "Ostermann", "given": ["Jonas"]}


def concept(system: str, code: str, display: str = "") -> Resource:
    """A CodeableConcept of one code (R4, 2.24.0.5)."""
    return {"coding": [{"system": system, "code": code} | ({"display": display} if display else {})]}


def profile(name: str) -> Resource:
    """The profile a resource claims."""
    return {"profile": [f"{KG}/StructureDefinition/{name}"]}


@dataclass
class Draft:
    """A Bundle being written; the same name gives the same identity each time the case is told."""

    case: str
    entries: list[Resource] = field(default_factory=list)

    def url(self, name: str) -> str:
        """The identity of what is called so."""
        return f"urn:uuid:{uuid5(NAMESPACE_URL, f'{OURS}/{self.case}/{name}')}"

    def add(self, name: str, resource: Resource) -> Resource:
        """One more resource; what refers to it."""
        url = self.url(name)
        self.entries.append({"fullUrl": url, "resource": {"id": url.removeprefix("urn:uuid:")} | resource})
        return {"reference": url}

    def bundle(self, stamp: str) -> Resource:
        """The Bundle."""
        return {"resourceType": "Bundle", "type": "collection", "timestamp": stamp, "entry": self.entries}


@dataclass(frozen=True)
class Move:
    """How a Task moves: its status, a code of business-status, why not, and what came of it."""

    status: str
    business: str = ""
    reason: str = ""
    result: str = ""


def told(task: Resource, move: Move, stamp: str) -> Resource:
    """A Bundle with the Task as it was received, moved on (R4, 8.15)."""
    moved = copy.deepcopy(task) | {"status": move.status, "lastModified": stamp}
    moved.pop("businessStatus", None)
    moved.pop("statusReason", None)
    if move.business:
        moved["businessStatus"] = concept(f"{KG}/CodeSystem/business-status", move.business)
    if move.reason:
        coded = concept(f"{KG}/CodeSystem/status-reason", move.business or "other")
        moved["statusReason"] = coded | {"text": move.reason}
    if move.result:
        moved["output"] = [{"type": {"text": "Ergebnis"}, "valueString": move.result}]
    entry = {"fullUrl": f"urn:uuid:{uuid5(NAMESPACE_URL, task['id'])}", "resource": moved}
    return {"resourceType": "Bundle", "type": "collection", "timestamp": stamp, "entry": [entry]}


def agreed(case: Case, site: Party, stamp: str) -> Resource:
    """The plan of a case with everything its measures need, in one Bundle."""
    draft = Draft(case.number)
    person = draft.add("person", case.patient)
    team = _people(draft, site)
    consent = _consent(draft, person, stamp)
    plan = draft.add("plan", _plan(case, person, team, stamp))
    draft.entries[-1]["resource"]["supportingInfo"].append(consent)
    for agreed_with in case.consents:
        _told(draft, person, agreed_with, stamp)
    _insurance(draft, person)
    shared = {"person": person, "plan": plan, "role": team["role"]}
    replaced = {order.replaces for order in case.orders}
    for order in case.orders:
        recipient = draft.add(f"recipient {order.number}", organization(order.recipient))
        asked = _request(case, order, shared | {"recipient": recipient})
        request = draft.add(f"order {order.number}", asked | {"authoredOn": stamp})
        if order.status == "active" or order.number not in replaced:
            _need(draft, order, shared | {"request": request})
    return draft.bundle(stamp)


def organization(party: Party) -> Resource:
    """An Organization by its IK."""
    said = {"resourceType": "Organization", "identifier": [{"system": IK, "value": party.ik}], "name": party.name}
    return said | ({"telecom": [{"system": "phone", "value": party.phone}]} if party.phone else {})


def _people(draft: Draft, site: Party) -> dict[str, Resource]:
    """The Kümmerer, the site, and the one in the name of the other."""
    own = [{"system": f"{OURS}/mitarbeiter", "value": "12"}]
    phone = [{"system": "phone", "value": site.phone}]
    house = draft.add("site", organization(site))
    who = draft.add(
        "kuemmerer",
        {
            "resourceType": "Practitioner",
            "identifier": own,
            "name": [{"use": "official"} | KUEMMERER],
            "telecom": phone,
        },
    )
    role = {"resourceType": "PractitionerRole", "identifier": own, "practitioner": who, "organization": house}
    return {"site": house, "role": draft.add("role", role | {"telecom": phone})}


def _plan(case: Case, person: Resource, team: dict[str, Resource], stamp: str) -> Resource:
    """The agreement; it answers the referral (supportingInfo)."""
    number = Draft(case.number).url("plan").removeprefix("urn:uuid:")
    return {
        "resourceType": "CarePlan",
        "meta": profile("kuemmerer-plan") | {"lastUpdated": stamp},
        "identifier": [
            {"system": f"{OURS}/plan", "value": case.number},
            {"system": "http://gkv-sv.de/fhir/sid/versorgungsplan-id", "value": f"VPL_{number}"},
        ],
        "status": "active",
        "intent": "plan",
        "category": [concept(f"{KG}/CodeSystem/plan-category", "kuemmerer-plan")],
        "title": "Zurück nach Hause",
        "subject": person,
        "created": stamp,
        "author": team["role"],
        "contributor": [team["site"]],
        "supportingInfo": [{"reference": f"ServiceRequest/{case.referral['id']}"}],
    }


def _consent(draft: Draft, person: Resource, stamp: str) -> Resource:
    """The person agrees to the plan, and that it is passed on."""
    terminology = "http://terminology.hl7.org/CodeSystem"
    return draft.add(
        "consent",
        {
            "resourceType": "Consent",
            "meta": profile("kuemmerer-consent"),
            "status": "active",
            "scope": concept(f"{terminology}/consentscope", "patient-privacy"),
            "category": [concept("http://loinc.org", "59284-0")],
            "patient": person,
            "dateTime": stamp[:10],
            "policyRule": concept(f"{terminology}/v3-ActCode", "OPTIN"),
            "provision": {"type": "permit", "securityLabel": [LABEL]},
        },
    )


def _told(draft: Draft, person: Resource, given: Permission, stamp: str) -> None:
    """The person agrees that one recipient is told, and may take that back (R4, 6.2)."""
    terminology = "http://terminology.hl7.org/CodeSystem"
    recipient = {"reference": f"Organization/{given.recipient}"}
    draft.add(
        f"consent {given.recipient}",
        {
            "resourceType": "Consent",
            "status": "inactive" if given.withdrawn else "active",
            "scope": concept(f"{terminology}/consentscope", "patient-privacy"),
            "category": [concept("http://loinc.org", "59284-0")],
            "patient": person,
            "dateTime": stamp[:10],
            "policyRule": concept(f"{terminology}/v3-ActCode", "OPTIN"),
            "provision": {
                "type": "permit",
                "actor": [{"role": concept(f"{terminology}/v3-ParticipationType", "IRCP"), "reference": recipient}],
                "purpose": [{"system": f"{terminology}/v3-ActReason", "code": "CAREMGT"}],
                "class": [{"system": f"{KG}/CodeSystem/data-class", "code": code} for code in given.data],
            },
        },
    )


def _insurance(draft: Draft, person: Resource) -> None:
    """Pflegekasse and Pflegegrad, which a care plan for a care service has to name."""
    payer = draft.add("payer", organization(Party("Pflegekasse Wiehengebirge", "189876547")))
    draft.add(
        "coverage",
        {
            "resourceType": "Coverage",
            "status": "active",
            "type": concept("http://fhir.de/CodeSystem/versicherungsart-de-basis", "GPV"),
            "beneficiary": person,
            "payor": [payer],
        },
    )
    final = {"resourceType": "Observation", "status": "final", "subject": person}
    grade = concept("http://fhir.de/CodeSystem/bfarm/ops", "9-984.8")
    since = {"effectiveDateTime": "2026-02-01", "valueCodeableConcept": grade}
    draft.add("care-level", final | {"code": concept("http://loinc.org", "80391-6")} | since)
    draft.add("disability", final | {"code": concept("http://snomed.info/sct", "116149007"), "valueBoolean": False})


def _need(draft: Draft, order: Order, about: dict[str, Resource]) -> None:
    """What the person needs, what they hope for, and the request that is to bring it about."""
    first = order.replaces or order.number
    goal = {
        "resourceType": "Goal",
        "meta": profile("kuemmerer-goal"),
        "lifecycleStatus": "active" if order.status == "active" else "cancelled",
        **({"achievementStatus": concept(ACHIEVEMENT, order.achieved)} if order.achieved else {}),
        "description": {"text": order.measure.goal},
        "subject": about["person"],
    }
    kind = concept(f"{KG}/CodeSystem/plan-category", "kuemmerer-need")
    need = {
        "resourceType": "CarePlan",
        "meta": profile("kuemmerer-need"),
        "identifier": [{"system": f"{OURS}/bedarf", "value": first}],
        "partOf": [about["plan"]],
        "status": order.status,
        "intent": "plan",
        "category": [kind, area(order)],
        "title": order.measure.need,
        "subject": about["person"],
        "goal": [draft.add(f"goal {first}", goal)],
        "activity": [{"reference": about["request"]}],
    }
    draft.add(f"need {first}", need)


def _request(case: Case, order: Order, about: dict[str, Resource]) -> Resource:
    """The ServiceRequest to one recipient, carrying out the referral (R4, 12.3)."""
    measure = order.measure
    said = {
        "resourceType": "ServiceRequest",
        "meta": profile("kuemmerer-measure") | {"security": [LABEL]},
        "identifier": [number(order)],
        "basedOn": [{"reference": f"ServiceRequest/{case.referral['id']}"}, about["plan"]],
        "status": order.status,
        "intent": "filler-order",
        "category": [area(order)],
        "code": {"text": measure.measure},
        "subject": about["person"],
        "occurrencePeriod": {"start": measure.start, "end": measure.end},
        "requester": about["role"],
        "performer": [about["recipient"]],
    }
    if order.replaces:
        old = next(other for other in case.orders if other.number == order.replaces)
        said["replaces"] = [{"reference": Draft(case.number).url(f"order {old.number}"), "identifier": number(old)}]
    return said


def area(order: Order) -> Resource:
    """The area of concern that a measure serves."""
    return concept(f"{KG}/CodeSystem/areas-of-concern", order.measure.area, order.measure.area_text)


def number(order: Order) -> Resource:
    """The number under which everybody speaks of a measure."""
    return {"system": f"{KG}/sid/massnahme", "value": order.number}
