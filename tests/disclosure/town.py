"""A town with five recipients, each with a system or none, and a case played in it."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from gateway.consent.vocabulary import CONSENT_KIND, DATA_CLASS, PURPOSE, SECRECY_RELEASE
from gateway.domain.ledger import Save
from gateway.pipeline.policies.load import standard
from gateway.pipeline.stored.terms import terms
from tests.disclosure import elements
from tests.disclosure.plainly import Case, Given
from tests.pipeline.line.world import PARTIES, Resource, World, answer
from tests.pipeline.link.behind import NEIGHBOURS

HTTP = {"road": "http", "format": "fhir", "url": "http://127.0.0.1:1"}
RECIPIENTS = ("lutterbach", "elsey", "ravensberg", "wohnberatung", "nachbarn")
"""The electronic care plan, FHIR, a list, FHIR to an office, the page of the secure link."""
OPEN = standard().roles["kuemmerer"]
"""The role that is shown everything."""
OVER = {"start": "2020-01-01", "end": "2020-12-31"}


def town(case: Case) -> World:
    """The parties, each with its role, under one policy."""
    world = World(parties=(*PARTIES, NEIGHBOURS))
    world.change("wohnberatung", receives=[HTTP])
    for party in RECIPIENTS:
        world.change(party, role=case.roles[party].name)
    rules = standard()
    world.rooms.policy = replace(rules, roles={**rules.roles, **{role.name: role for role in case.roles.values()}})
    return world


def played(case: Case) -> World:
    """Referred, consented, planned; one recipient says yes, one no; the plan changes."""
    world = town(case)
    world.sends("senneklinik", elements.discharge())
    world.store.commit([saved(one, number, world) for number, one in enumerate(case.given)]).result()
    partners = list(case.partners)
    world.sends("stelle-senne", answer(world.case(), "accepted"))
    world.sends("stelle-senne", elements.plan(world, partners, case.secret))
    for number, status in enumerate(("accepted", "rejected")[: len(partners)]):
        said = answer(world.task(str(number)), status, "no-capacity" if status == "rejected" else "", "Zqwhy")
        world.sends(partners[number], said, format="fhir")
    return world


def saved(one: Given, number: int, world: World) -> Save:
    """A consent as it is stored."""
    kind = [{"coding": [{"system": CONSENT_KIND, "code": SECRECY_RELEASE}]}] if one.secrecy else []
    provision: Resource = {
        "type": one.type,
        "actor": [{"reference": {"reference": f"Organization/{one.party}"}}],
        "purpose": [{"system": PURPOSE, "code": "CAREMGT"}],
        **({"class": [{"system": DATA_CLASS, "code": name} for name in one.classes]} if one.classes else {}),
        **({"period": OVER} if one.over else {}),
    }
    resource = {"resourceType": "Consent", "id": f"c{number}", "status": one.status, "patient": world.case()["for"],
                "category": kind, "provision": provision}  # fmt: skip
    made = {key: value for key, value in resource.items() if value}
    return Save(made, 0, terms(made, ""), world.now(), "m")


class Lines(logging.Handler):
    """All log lines with everything in them."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(f"{record.getMessage()} {record.__dict__}")


@contextmanager
def logged() -> Iterator[Lines]:
    """Whatever is logged meanwhile, to the finest level."""
    lines, root = Lines(), logging.getLogger("gateway")
    level = root.level
    root.addHandler(lines)
    root.setLevel(logging.DEBUG)
    try:
        yield lines
    finally:
        root.removeHandler(lines)
        root.setLevel(level)


def text(value: Any) -> bytes:
    """Anything as bytes to look into."""
    return value if isinstance(value, bytes) else str(value).encode()
