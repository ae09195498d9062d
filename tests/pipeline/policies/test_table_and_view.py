"""What `gateway policy show` tells of the demo's partners is what they are really shown, and what is kept from them."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from gateway.pipeline.disclosed import tree
from gateway.pipeline.policies.asked import decided
from gateway.pipeline.policies.load import standard
from gateway.pipeline.policies.table import Row, element, table
from gateway.pipeline.rooms import Rooms
from gateway.pipeline.tasks.family import kind_of
from tests.cli.deployed import SITE, Deployed, discharge
from tests.pipeline.line.world import bundle, care_plan, measure, url

Resource = dict[str, Any]
PARTNERS = ("pflegedienst-lutterbach", "sozialstation-elsey", "wohnberatung-bielefeld", "fahrdienst-ravensberg")
ALWAYS = frozenset({"id", "fullUrl", "resourceType", "meta"})
"""What a resource is called, and of which version it is."""


@pytest.fixture(scope="module")
def rooms(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rooms]:
    """The demo's partners, a referral of its hospital, and a plan with a measure for each of them."""
    deployed = Deployed(tmp_path_factory.mktemp("demo"))
    with deployed.open() as found:
        deployed.take(found, discharge())
        case = next(v.resource for v in found.store.find("Task", [], 100) if kind_of(v.resource) == "referral")
        person, order = {"reference": case["for"]["reference"]}, {"reference": case["focus"]["reference"]}
        named = {name: found.directory.get(name) for name in PARTNERS}
        iks = {name: party.identifiers["ik"] for name, party in named.items() if party}
        more = {"subject": person, "basedOn": [order], "reasonCode": [{"text": "Sturz"}], "note": [{"text": "leise"}]}
        made = [measure(name, ik, **more) for name, ik in iks.items()]
        steps = [{"reference": {"reference": url(f"measure-{name}")}} for name in iks]
        health = {"resourceType": "Condition", "id": "k", "subject": person, "code": {"text": "Sturz"}}
        plan = bundle(care_plan(case, activity=steps, title="Plan"), health, *made)
        deployed.take(found, json.dumps(plan).encode(), SITE, road="http", format="fhir")
        yield found


def elements(shown: dict[str, list[Resource]]) -> set[str]:
    """`Type.element` of all that is shown."""
    return {f"{kind}.{key}" for kind, items in shown.items() for item in items for key in item.keys() - ALWAYS}


def told(rooms: Rooms, partner: str) -> list[Row]:
    """The table."""
    party, case = rooms.directory.get(partner), rooms.store.find("Task", [], 100)[0].resource
    assert party is not None
    return table(case["id"], decided(standard(), party, case["for"]["reference"], rooms), rooms)


def shown(rooms: Rooms, partner: str) -> dict[str, list[Resource]]:
    """What the line shows."""
    (plan,) = (v.resource for v in rooms.store.find("CarePlan", [], 10))
    return tree(plan, partner, rooms)


@pytest.mark.parametrize("partner", PARTNERS)
def test_what_is_shown_stands_in_the_table_as_released(rooms: Rooms, partner: str) -> None:
    released = {element(row.field) for row in told(rooms, partner) if row.released}
    found = elements(shown(rooms, partner))
    assert {"Patient.name", "Task.status", "ServiceRequest.code"} <= found
    assert found - released == set()


@pytest.mark.parametrize("partner", PARTNERS)
def test_what_the_table_withholds_is_not_shown(rooms: Rooms, partner: str) -> None:
    rows = told(rooms, partner)
    withheld = {element(row.field) for row in rows if not row.released} - {element(r.field) for r in rows if r.released}
    found = shown(rooms, partner)
    assert [kind for kind in found if kind in withheld] == []
    assert elements(found) & withheld == set()


@pytest.mark.parametrize("partner", PARTNERS)
def test_what_the_line_notes_as_withheld_stands_in_the_table_with_its_reason(rooms: Rooms, partner: str) -> None:
    noted = {
        (element(one["path"]), one["reason"])
        for entry in rooms.store.entries({}, 0, 100)
        for one in (rooms.store.entry(entry.id) or entry).outcome.get("withheld", {}).get(partner, {}).get("paths", ())
    }
    rows = {(element(row.field), row.reason) for row in told(rooms, partner) if not row.released}
    assert noted - rows == set()
    assert noted or partner != "wohnberatung-bielefeld"
