"""A case with four recipients, and Consents as the site sends them."""

from typing import Any

from gateway.consent.vocabulary import CONSENT_KIND, DATA_CLASS, PURPOSE, SECRECY_RELEASE
from gateway.domain.ledger import Audit
from gateway.domain.message import Message
from gateway.domain.question import Inquiry
from gateway.pipeline.tasks.family import kind_of
from tests.pipeline.line.world import (
    ELSEY,
    HTTP,
    LUTTERBACH,
    RAVENSBERG,
    WOHNBERATUNG,
    Resource,
    World,
    answer,
    bundle,
    measure,
)

SCOPE = {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/consentscope", "code": "patient-privacy"}]}
VOLUNTEERS = "seniorenbuero_quartier_ehrenamt"
CENTRE = "pflegestuetzpunkt_7c_sgb11"
NAME, BORN, STREET = "Grünewälder", "1938-09-03", "Föhrenweg"


def under_way(**office: Any) -> World:
    """A-1 has begun at a service that reads FHIR, A-2 rests in a list, A-3 waits; the office reads FHIR."""
    world = World()
    world.change("wohnberatung", receives=[HTTP], **office)
    world.planned(measure("A-1", ELSEY), measure("A-2", RAVENSBERG), measure("A-3", ELSEY), measure("A-5", LUTTERBACH))
    arrive(world)
    world.sends("elsey", answer(world.task("A-1"), "in-progress"))
    return world


def with_office(role: str, *classes: str) -> World:
    """The same, and an office of a role that needs consent for some classes, with that consent and its measure."""
    world = under_way(role=role)
    world.sends("stelle-senne", bundle(consent(world, to=("wohnberatung",), of=classes)))
    plan = world.plan(*(measure(n, ik) for n, ik in (("A-1", ELSEY), ("A-4", WOHNBERATUNG))))
    world.sends("stelle-senne", plan)
    arrive(world)
    return world


def arrive(world: World) -> None:
    """All that waits has come."""
    for delivery in world.outbox():
        if delivery.standing == "waiting":
            world.arrives(delivery)


def consent(world: World, status: str = "active", *, key: str = "yes", **said: Any) -> Resource:
    """A Consent of the person. `to`: recipients; `of`: classes; `type`; `period`; `kind`: of ours."""
    kind = {"system": CONSENT_KIND, "code": SECRECY_RELEASE}
    coded = kind if said.get("secrecy") else {"system": "http://loinc.org", "code": "59284-0"}
    actors = [
        {"role": {"text": "Empfänger"}, "reference": {"reference": f"Organization/{party}"}}
        for party in said.get("to", ())
    ]
    classes = [{"system": DATA_CLASS, "code": name} for name in said.get("of", ())]
    provision = {
        "type": said.get("type", "permit"),
        **({"actor": actors} if actors else {}),
        "purpose": [{"system": PURPOSE, "code": "CAREMGT"}],
        **({"class": classes} if classes else {}),
        **({"period": said["period"]} if "period" in said else {}),
    }
    return {
        "resourceType": "Consent", "id": key, "status": status, "scope": SCOPE, "category": [{"coding": [coded]}],
        "patient": world.case()["for"], "policyRule": {"text": "schriftlich"}, "dateTime": "2026-03-12",
        "provision": provision,
    }  # fmt: skip


def refuse(world: World, party: str) -> Message:
    """The person does not want a party to be shown anything any more."""
    return world.sends("stelle-senne", bundle(consent(world, key=f"no-{party}", type="deny", to=(party,))))


def recalls(world: World, party: str = "") -> list[Resource]:
    """The recalls, of one party."""
    found = [task for task in world.all("Task") if kind_of(task) == "recall"]
    return [task for task in found if party in ("", task["owner"]["reference"].partition("/")[2])]


def after(world: World, message: Message, party: str) -> list[str]:
    """The texts of all that is sent to a party since a message."""
    number = world.entry(message).number
    sent = [d for d in world.outbox(party) if d.standing != "dropped"]
    return [d.data.decode() for d in sent if (world.store.entry(d.message) or message.entry).number >= number]


def noted(world: World, action: str) -> list[Audit]:
    """The lines of the audit of an action."""
    found: list[Audit] = world.store.inquired(Inquiry(action=action), 0, 100)
    return found
