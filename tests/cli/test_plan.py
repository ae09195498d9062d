"""`gateway plan`: an agreement as it stands, and what changed in it."""

from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from gateway.domain.ledger import Save
from gateway.pipeline.stored.terms import terms
from tests.cli.command import Call
from tests.cli.deployed import Deployed
from tests.pipeline.plans.plan import ALL, GOAL, MEASURE, PLAN, Resource, but, coded

START = datetime(2026, 4, 1, 8, 0, tzinfo=UTC)
DAYS = count()


def written(deployed: Deployed, *resources: Resource) -> None:
    """New versions, a day after those before."""
    day = next(DAYS)
    at = START + timedelta(days=day)
    with deployed.store() as store:
        store.commit([Save(resource, None, terms(resource, ""), at, f"m-{day}") for resource in resources]).result()


@pytest.fixture
def planned(deployed: Deployed) -> Deployed:
    consent = {"resourceType": "Consent", "id": "zustimmung", "status": "active", "dateTime": "2026-04-01",
               "patient": PLAN["subject"]}  # fmt: skip
    written(deployed, *ALL, consent)
    return deployed


@pytest.mark.usefixtures("planned")
def test_a_plan_is_shown_with_its_parts_and_the_agreement(gateway: Call) -> None:
    text = gateway("plan", "show", "CarePlan/plan").text
    assert "Hilfeplan  Wieder zu Hause" in text
    assert "    Ausführung: Pflegedienst Lutterbach" in text
    assert "Zustimmung: Patient/otte, 01.04.2026, durch Einwilligung (by consent)" in text
    shown = gateway("plan", "show", "plan", "--json").json
    assert [part["kind"] for part in shown["parts"]] == ["Hilfeplan", "Bedarf", "Ziel", "Maßnahme"]
    assert shown["agreement"]["how"] == "consent"


def test_whoever_looks_at_a_plan_stands_in_the_audit(gateway: Call, planned: Deployed) -> None:
    gateway("plan", "show", "plan")
    gateway("plan", "diff", "plan")
    with planned.store() as store:
        assert [line.action for line in store.audit(object="CarePlan/plan")] == ["show", "show"]


def test_what_changed_since_the_last_version_is_said_in_both_languages(gateway: Call, planned: Deployed) -> None:
    written(planned, but(GOAL, achievementStatus=coded("achieved")))
    written(planned, but(PLAN, title="Gut zu Hause"))
    assert gateway("plan", "diff", "plan", "--json").json == [
        {"kind": "plan", "change": "changed", "part": "CarePlan/plan", "element": "title", "before": "Wieder zu Hause",
         "after": "Gut zu Hause", "de": "Hilfeplan „Gut zu Hause“: Titel: Wieder zu Hause → Gut zu Hause",
         "en": 'plan "Gut zu Hause": title: Wieder zu Hause -> Gut zu Hause'},
    ]  # fmt: skip
    written(planned, but(PLAN, title="Gut zu Hause", status="completed"))
    text = gateway("plan", "diff", "plan", "--from", "1", "--to", "3").text
    assert "Stand: aktiv → abgeschlossen" in text


def test_of_a_plan_with_one_version_it_is_said_what_changed_since_it_was_written(
    gateway: Call, planned: Deployed
) -> None:
    assert "keine Änderung" in gateway("plan", "diff", "plan").text
    written(planned, but(GOAL, achievementStatus=coded("achieved")))
    written(planned, but(MEASURE, performer=[{"reference": "Organization/elsey"}]))
    lines = [one["de"] for one in gateway("plan", "diff", "plan", "--json").json]
    assert lines == [
        "Ziel „Geht ohne Angst durch die Wohnung“: erreicht",
        "Maßnahme „Hausnotruf“: Ausführung: Pflegedienst Lutterbach → Sozialstation Elsey",
    ]


def test_a_plan_that_replaces_another_is_compared_with_it(gateway: Call, planned: Deployed) -> None:
    new = but(PLAN, id="neu", title="Weiter zu Hause", replaces=[{"reference": "CarePlan/plan"}])
    written(planned, new)
    lines = [one["de"] for one in gateway("plan", "diff", "CarePlan/neu", "--json").json]
    assert lines[0] == "Hilfeplan „Weiter zu Hause“: Titel: Wieder zu Hause → Weiter zu Hause"
    assert "Maßnahme „Hausnotruf“: entfällt" in lines


@pytest.mark.usefixtures("planned")
@pytest.mark.parametrize("call", [("show", "none"), ("show", "plan", "--version", "9"), ("diff", "plan", "--to", "9")])
def test_a_plan_or_version_that_does_not_exist_is_a_wrong_call(gateway: Call, call: tuple[str, ...]) -> None:
    done = gateway("plan", *call)
    assert done.code == 2
    assert "there is no CarePlan/" in done.err


def test_an_author_by_role_is_called_by_the_organisation_behind_it(gateway: Call, planned: Deployed) -> None:
    role = {"resourceType": "PractitionerRole", "id": "kuemmerer", "organization": {"reference": "Organization/elsey"}}
    written(planned, role)
    assert "    Verantwortlich: Sozialstation Elsey" in gateway("plan", "show", "plan").text


def test_a_plan_to_which_nobody_agreed_says_so(gateway: Call, planned: Deployed) -> None:
    written(planned, but(PLAN, supportingInfo=None))
    assert "keine Zustimmung festgehalten (no agreement recorded)" in gateway("plan", "show", "plan").text
