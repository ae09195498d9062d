"""A measure between a site and a care service that both speak the statuses of another system, or a referral of one."""

from dataclasses import dataclass, field
from typing import Any

from gateway.domain.foreign import system_of, translate, uri_of
from gateway.domain.message import Message
from gateway.domain.problem import Problem
from gateway.domain.system import BUSINESS_STATUS, MEASURE
from gateway.pipeline.tasks.family import kind_of
from tests.pipeline.line.world import ELSEY, HTTP, PARTIES, Resource, World, answer, bundle, measure, url

PRAXIS = {
    "partner": "praxis-senne", "title": "Hausarztpraxis Senne", "kind": "practice",
    "sends": [{"road": "http", "format": "fhir"}], "receives": [{**HTTP, "for": ["answers"]}],
    "answers": {"as": "Task"},
}  # fmt: skip
KLINIK = {
    "partner": "klinik-herford", "title": "Klinik Herford", "kind": "hospital",
    "sends": [{"road": "http", "format": "fhir"}], "receives": [], "statuses": "medcom",
}  # fmt: skip
KVNR = "http://fhir.de/sid/gkv/kvid-10"
ACTIVITY = "http://medcomfhir.dk/ig/terminology/CodeSystem/medcom-messaging-activityCodes"
SPEAKERS = ("stelle-senne", "elsey", "praxis-senne")
SENDER = {"R": "stelle-senne", "O": "elsey", "P": "elsey", "G": "elsey", "": "elsey"}
WAYS = {
    "requested": (),
    "received": ("received",),
    "accepted": ("accepted",),
    "in-progress": ("accepted", "in-progress"),
    "on-hold": ("accepted", "in-progress", "on-hold"),
    "cancellation-requested": ("accepted", "in-progress", "cancellation-requested"),
}
"""Where a Task is to be -> what is said of it before, in FHIR's own words."""


@dataclass
class Stage:
    """A world in which `system` is spoken; statuses of the measure M-1 are said by whoever makes such a move."""

    system: str
    world: World = field(default_factory=lambda: World(parties=(*PARTIES, PRAXIS, KLINIK)))

    def planned(self, at: str = "requested") -> "Stage":
        """The measure, brought to a status before anything foreign is said."""
        self.world.planned(measure("M-1", ELSEY))
        for status in WAYS[at]:
            if status == "cancellation-requested":
                self.world.sends("stelle-senne", answer(self.task, "cancelled"))
            else:
                self.world.sends("elsey", answer(self.task, status, reason="so war es"))
        for name in SPEAKERS:
            self.world.change(name, statuses=self.system)
        return self

    @property
    def task(self) -> Resource:
        (request,) = self.world.store.find("ServiceRequest", [("identifier", f"{MEASURE}|M-1")])
        found = self.world.store.find("Task", [("focus", f"ServiceRequest/{request.id}")])
        task: Resource = next(v.resource for v in found if kind_of(v.resource) == "measure")
        return task

    def say(self, code: str, sender: str = "", **more: Any) -> Message:
        """A status in their code, from whom the table names for it, as a Task that says nothing else."""
        meant = translate(self.system, code, self.task["status"])
        actor = "" if isinstance(meant, Problem) else meant.actor
        return self.world.sends(sender or SENDER[actor], answer(self.task, **{**self.said(code), **more}))

    def said(self, code: str) -> dict[str, Any]:
        """Task.status, where the system has no other place for it, else a code in Task.businessStatus."""
        if system_of(uri_of(self.system)) == "fhir-r4" and code != "awaiting-information":
            return {"status": code}
        uri = uri_of("cow") if code == "awaiting-information" else uri_of(self.system)
        status = self.task["status"] if code == "awaiting-information" else "accepted"
        return {"status": status, "businessStatus": {"coding": [{"system": uri, "code": code}]}}

    def refers(self, code: str) -> Message:
        """A new referral of a practice, its Task with a code."""
        person = {
            "resourceType": "Patient", "id": "person", "name": [{"family": "Wehmeyer", "given": ["Änne"]}],
            "birthDate": "1941-02-17", "gender": "female",
            "address": [{"postalCode": "33659", "city": "Bielefeld"}],
            "identifier": [{"system": "https://praxis-senne.example/patient", "value": "P-88"}],
        }  # fmt: skip
        request = {
            "resourceType": "ServiceRequest", "id": "order", "status": "active", "intent": "order",
            "identifier": [{"system": "https://praxis-senne.example/auftrag", "value": "A-88"}],
            "subject": {"reference": url("person")}, "code": {"text": "Hilfe im Haushalt"},
        }  # fmt: skip
        task = {"resourceType": "Task", "id": "task", "intent": "order", "focus": {"reference": url("order")}}
        self.world.change("praxis-senne", statuses=self.system)
        return self.world.sends(
            "praxis-senne", bundle(person, request, {**task, **self.said(code), "status": "requested"})
        )

    def happens(self, code: str, system: str = "", **more: Any) -> Message:
        """A hospital tells of the person of the measure, as a message Bundle without a Task."""
        header = {
            "resourceType": "MessageHeader", "id": "header", "source": {"endpoint": "https://klinik-herford.example"},
            "eventCoding": {"system": f"{ACTIVITY}/events", "code": "hospital-notification-message"},
        }  # fmt: skip
        person = {
            "resourceType": "Patient", "id": "patient", "name": [{"family": "Grünewälder", "given": ["Käthe"]}],
            "birthDate": "1938-09-03", "gender": "female", "identifier": [{"system": KVNR, "value": "G405718932"}],
        }  # fmt: skip
        activity = {"coding": [{"system": system or ACTIVITY, "code": code}]}
        told = {
            "resourceType": "Provenance", "id": "told", "target": [{"reference": url("header")}],
            "recorded": "2026-03-14T09:00:00+01:00", "agent": [{"who": {"display": "Klinik Herford"}}],
        }  # fmt: skip
        return self.world.sends("klinik-herford", bundle(header, person, {**told, "activity": activity, **more}))

    # --- what came of it ---------------------------------------------------------------------------------------------

    def stand(self) -> str:
        """Status and our business status of the measure's Task, `status/business`."""
        return stand(self.task)

    def theirs(self) -> list[str]:
        """The foreign codes kept on the measure's Task."""
        return theirs(self.task)

    def opened(self, kind: str) -> list[Resource]:
        """The Tasks of a kind of the case that are open."""
        return [t for t in self.world.all("Task") if kind_of(t) == kind and t["status"] == "requested"]


def stand(task: Resource) -> str:
    """`status/business`, or the status alone."""
    ours = [c["code"] for c in task.get("businessStatus", {}).get("coding", ()) if c.get("system") == BUSINESS_STATUS]
    return "/".join([task["status"], *ours])


def theirs(task: Resource) -> list[str]:
    """The codes beside ours."""
    codings = task.get("businessStatus", {}).get("coding", ())
    return [c["code"] for c in codings if c.get("system") != BUSINESS_STATUS]


def codes(message: Message) -> list[str]:
    """The codes of what is wrong with a message."""
    return [problem.code for problem in message.problems if problem.severity == "error"]
