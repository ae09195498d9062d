"""A client of the FHIR API without HTTP: what it asks goes straight to `perform`, in the small world of the line."""

from dataclasses import dataclass, field
from typing import Any

from gateway.domain.ledger import Version
from gateway.domain.system import BUSINESS_STATUS, TASK_CODE, TASK_KIND
from gateway.pipeline.rest.asked import Asked, Caller, Told
from gateway.pipeline.rest.perform import perform
from tests.pipeline.line.world import World

Resource = dict[str, Any]

PERSON: Resource = {
    "resourceType": "Patient", "name": [{"family": "Grünewälder", "given": ["Käthe"]}], "birthDate": "1938-09-03",
    "address": [{"line": ["Föhrenweg 7"], "city": "Bielefeld", "postalCode": "33659"}],
}  # fmt: skip
CODES = {"question": TASK_KIND, "decision": TASK_KIND}


@dataclass
class Client:
    """Somebody who calls: the desk of the gateway, or a partner."""

    world: World = field(default_factory=World)
    party: str = ""
    provenance: Resource | None = None

    @property
    def caller(self) -> Caller:
        return Caller(self.party, self.provenance)

    def partner(self, party: str) -> "Client":
        """A partner of the directory in the same world."""
        return Client(self.world, party)

    def proxy(self, *kinds: str, reason: str = "") -> "Client":
        """The same caller with an X-Provenance of agents of these kinds, each another person."""
        agents = [
            {"type": {"coding": [{"code": kind}]}, "who": {"reference": f"Practitioner/{kind}"}} for kind in kinds
        ]
        said = {"reason": [{"text": reason}]} if reason else {}
        return Client(self.world, self.party, {"resourceType": "Provenance", "agent": agents, **said})

    # --- what it asks ------------------------------------------------------------------------------------------------

    def asks(self, *asked: Asked, whole: bool = True) -> list[Told]:
        return perform(asked, self.caller, self.world.rooms, whole=whole)

    def create(self, resource: Resource, **more: Any) -> Told:
        return self.asks(Asked("create", resource["resourceType"], resource=resource, **more))[0]

    def update(self, resource: Resource, match: str = "?", **more: Any) -> Told:
        """`match`: empty for none, `?` for the version that is stored."""
        kind, key = resource["resourceType"], resource.get("id", "")
        return self.asks(Asked("update", kind, key, resource, match=self.match(kind, key, match), **more))[0]

    def patch(self, resource: Resource, *operations: Resource, match: str = "?") -> Told:
        kind, key = resource["resourceType"], resource["id"]
        return self.asks(Asked("patch", kind, key, patch=operations, match=self.match(kind, key, match)))[0]

    def match(self, kind: str, key: str, match: str) -> str:
        stored = self.world.store.read(kind, key)
        return (str(stored.version) if stored else "") if match == "?" else match

    def move(self, task: Resource, status: str, business: str = "", reason: str = "", **more: Any) -> Told:
        """The stored Task with another status."""
        now = self.stored(task)
        said = {key: value for key, value in now.items() if key not in ("businessStatus", "statusReason")}
        coded = {"businessStatus": {"coding": [{"system": BUSINESS_STATUS, "code": business}]}} if business else {}
        why = {"statusReason": {"text": reason}} if reason else {}
        return self.update({**said, "status": status, **coded, **why, **more})

    # --- what is there -----------------------------------------------------------------------------------------------

    def stored(self, resource: Resource) -> Resource:
        found = self.world.store.read(resource["resourceType"], resource["id"])
        assert found is not None
        body: Resource = found.resource
        return body

    def stand(self, task: Resource) -> str:
        now = self.stored(task)
        return " ".join([now["status"], *(c["code"] for c in now.get("businessStatus", {}).get("coding", []))])

    def made(self, resource: Resource) -> Resource:
        """A resource that is created without any doubt, as it is stored."""
        told = self.create(resource)
        assert told.status == 201, told.problems
        return body(told)

    # --- the usual beginnings ----------------------------------------------------------------------------------------

    def person(self, **more: Any) -> Resource:
        return self.made({**PERSON, **more})

    def request(self, person: Resource, **more: Any) -> Resource:
        return self.made({
            "resourceType": "ServiceRequest", "status": "active", "intent": "order",
            "subject": {"reference": f"Patient/{person['id']}"}, **more,
        })  # fmt: skip

    def referral(self, **more: Any) -> Resource:
        """T0 of a new referral."""
        return self.made(task(self.request(self.person()), **more))

    def planned(self, *owners: str) -> tuple[Resource, list[Resource]]:
        """A referral in progress at Stelle Senne, with a measure for each owner."""
        case = self.referral(owner={"reference": "Organization/stelle-senne"})
        person = self.stored({"resourceType": "Patient", "id": case["for"]["reference"].partition("/")[2]})
        requests = [self.request(person, intent="filler-order", code={"text": "Hilfe"}) for _ in owners]
        tasks = [
            self.made(task(request, part=case, owner={"reference": f"Organization/{owner}"}))
            for request, owner in zip(requests, owners, strict=True)
        ]
        return self.stored(case), tasks


def body(told: Told) -> Resource:
    """The resource that somebody is told of."""
    assert isinstance(told.version, Version)
    return told.version.resource


def codes(told: Told) -> list[str]:
    return [problem.code for problem in told.problems]


def task(focus: Resource, *, kind: str = "fulfill", part: Resource | None = None, **more: Any) -> Resource:
    """A new Task about a request or another Task."""
    person = focus.get("subject") or focus.get("for")
    above = {"partOf": [{"reference": f"Task/{part['id']}"}]} if part else {}
    return {
        "resourceType": "Task", "status": "requested", "intent": "order", "for": person,
        "code": {"coding": [{"system": CODES.get(kind, TASK_CODE), "code": kind}]},
        "focus": {"reference": f"{focus['resourceType']}/{focus['id']}"}, **above, **more,
    }  # fmt: skip
