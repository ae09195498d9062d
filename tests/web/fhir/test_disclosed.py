"""$disclosed: what a party sees of a plan is, resource by resource, what the line sends it."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.pipeline.line.world import ELSEY, RAVENSBERG, WOHNBERATUNG, World, answer, measure, url
from tests.web.fhir.interface import Interface, opened

HTTP = {"road": "http", "format": "fhir", "url": "http://127.0.0.1:1"}
Resource = dict[str, Any]


@pytest.fixture
def fhir(tmp_path: Path) -> Iterator[Interface]:
    """A case with measures of a care service (two), a driver and an office."""
    with opened(tmp_path) as made:
        world = made.world
        world.change("wohnberatung", receives=[HTTP])
        numbers = (("A-1", ELSEY), ("A-2", ELSEY), ("A-3", RAVENSBERG), ("A-4", WOHNBERATUNG))
        named = [{"reference": {"reference": url(f"measure-{number}")}} for number, _ in numbers]
        world.planned(*(measure(number, party) for number, party in numbers), activity=named)
        yield made


def plan(world: World) -> str:
    return str(next(item["id"] for item in world.all("CarePlan") if "partOf" not in item))


def shown(fhir: Interface, partner: str) -> dict[str, Resource]:
    """Resources by type and id."""
    answer = fhir.get(f"CarePlan/{plan(fhir.world)}/$disclosed?recipient=Organization/{partner}")
    assert answer.status_code == 200, answer.text
    return {f"{r['resourceType']}/{r['id']}": r for r in (e["resource"] for e in answer.json().get("entry", []))}


def sent(world: World, partner: str) -> dict[str, Resource]:
    """What the line sent it of its measures."""
    entries = [entry for delivery in world.outbox(partner, "measures") for entry in json.loads(delivery.data)["entry"]]
    return {f"{e['resource']['resourceType']}/{e['resource']['id']}": e["resource"] for e in entries}


@pytest.mark.parametrize("partner", ["elsey", "wohnberatung"])
def test_it_is_what_the_line_sent(fhir: Interface, partner: str) -> None:
    said, was = shown(fhir, partner), sent(fhir.world, partner)
    assert said.keys() == was.keys()
    plans = {name for name in was if name.startswith("CarePlan/")}
    assert {n: r for n, r in said.items() if n not in plans} == {n: r for n, r in was.items() if n not in plans}


def test_a_plan_holds_the_own_measures_and_no_other(fhir: Interface) -> None:
    own = shown(fhir, "elsey")[f"CarePlan/{plan(fhir.world)}"]
    wanted = {fhir.world.task(number)["focus"]["reference"].partition("/")[2] for number in ("A-1", "A-2")}
    assert {item["reference"]["reference"].removeprefix("urn:uuid:") for item in own["activity"]} == wanted


def test_a_measure_of_another_case_of_the_same_person_is_not_of_this_plan(fhir: Interface) -> None:
    world = fhir.world
    first, before = plan(world), shown(fhir, "elsey")
    case, measures = world.case()["id"], {name for name in before if name.startswith("ServiceRequest/")}
    world.referred(key="SK-2", visit="2604799")
    assert (world.case()["id"] != case, len(world.all("Patient"))) == (True, 1)
    world.sends("stelle-senne", answer(world.case(), "accepted"))
    world.sends("stelle-senne", world.plan(measure("B-1", ELSEY), id="plan-2"))
    assert world.task("B-1")["status"] == "requested"
    answered = fhir.get(f"CarePlan/{first}/$disclosed?recipient=Organization/elsey").json()
    now = {f"{e['resource']['resourceType']}/{e['resource']['id']}" for e in answered["entry"]}
    assert {name for name in now if name.startswith("ServiceRequest/")} == measures


def test_an_office_sees_neither_the_plan_nor_the_insurance(fhir: Interface) -> None:
    found = shown(fhir, "wohnberatung")
    assert not [name for name in found if name.startswith(("CarePlan/", "Coverage/"))]
    assert "G405718932" not in str(found)


def test_the_site_sees_the_whole_case_and_another_party_nothing(fhir: Interface) -> None:
    world = fhir.world
    tasks = {f"Task/{world.task(number)['id']}" for number in ("A-1", "A-2", "A-3", "A-4")}
    assert tasks <= shown(fhir, "stelle-senne").keys()
    assert shown(fhir, "lutterbach") == shown(fhir, "stelle-mitte") == {}


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("CarePlan/nothing/$disclosed?recipient=Organization/elsey", 404),
        ("CarePlan/{plan}/$disclosed?recipient=Organization/nobody", 400),
        ("CarePlan/{plan}/$disclosed?recipient=Patient/elsey", 400),
        ("CarePlan/{plan}/$disclosed", 400),
    ],
)
def test_without_a_plan_or_a_partner_it_is_refused(fhir: Interface, path: str, status: int) -> None:
    assert fhir.get(path.format(plan=plan(fhir.world))).status_code == status


def test_whoever_looked_stands_in_the_audit(fhir: Interface) -> None:
    shown(fhir, "elsey")
    (line,) = [line for line in fhir.world.store.audit(limit=5) if "$disclosed" in line.detail]
    assert (line.actor, line.object) == ("desk", f"CarePlan/{plan(fhir.world)}")
