"""Who has to do with a Task, and by which calendar its clocks go."""

from datetime import UTC, datetime, timedelta

import pytest

from gateway.directory.parties import Directory, Party
from gateway.domain.holidays import Calendar
from gateway.domain.ledger import Save
from gateway.pipeline.stored.terms import terms
from gateway.pipeline.tasks.parties import Concerned, concerned
from gateway.pipeline.watch.cases import worked
from gateway.store.memory import MemoryStore
from tests.pipeline.line.world import PARTIES
from tests.pipeline.watch.clock import berlin

ROLE = {"resourceType": "PractitionerRole", "id": "k", "organization": {"reference": "Organization/stelle-senne"}}
SERVICE = {"resourceType": "HealthcareService", "id": "s", "providedBy": {"reference": "Organization/stelle-senne"}}


def parties(owner: str, fallback: str = "stelle-mitte") -> Concerned:
    """Who has to do with a Task of this owner that the hospital asked for."""
    store, directory = MemoryStore(), Directory.of([Party.model_validate(p) for p in PARTIES], fallback)
    saves = [Save(r, 0, terms(r, ""), datetime.now(UTC)) for r in (ROLE, SERVICE)]
    store.commit(saves).result()
    task = {"id": "t", "owner": {"reference": owner}, "requester": {"reference": "Organization/senneklinik"}}
    return concerned(task, task, store, directory)


@pytest.mark.parametrize("owner", ["Organization/stelle-senne", "PractitionerRole/k", "HealthcareService/s"])
def test_the_owner_is_the_organisation_or_whose_role_or_service_it_is(owner: str) -> None:
    found = parties(owner)
    assert [found.get(role) and found.get(role).id for role in ("owner", "requester", "lead")] == [  # type: ignore[union-attr]  # it is there
        "stelle-senne", "senneklinik", "stelle-mitte",
    ]  # fmt: skip


@pytest.mark.parametrize("owner", ["", "Organization/unknown", "PractitionerRole/unknown", "Patient/x"])
def test_an_owner_whom_the_directory_does_not_know_is_nobody(owner: str) -> None:
    assert parties(owner).owner is None


def test_without_a_fallback_there_is_no_lead_and_no_role_is_anybody_else() -> None:
    found = parties("Organization/stelle-senne", fallback="")
    assert found.lead is None
    assert found.get("gateway") is None


@pytest.mark.parametrize(
    ("said", "land"),
    [({"catchment": {"ags": ["03241001"]}}, "NI"), ({"identifiers": {"ags": "02000000"}}, "HH"),
     ({"catchment": {"ags": ["99000000"]}}, "NW"), ({}, "NW")],
)  # fmt: skip
def test_the_calendar_is_that_of_the_land_of_the_site(said: dict[str, object], land: str) -> None:
    site = Party.model_validate({"partner": "s", "kind": "site", **said})
    assert Concerned(None, None, None, site).calendar == Calendar(land)


def test_without_a_site_the_usual_calendar_and_times_hold() -> None:
    nobody = Concerned(None, None, None, None)
    assert (nobody.calendar, nobody.times) == (Calendar("NW"), {})


@pytest.mark.parametrize(
    ("begin", "end", "hours"),
    [("2026-03-13T12:00", "2026-03-16T12:00", 24), ("2026-03-14T12:00", "2026-03-15T12:00", 0),
     ("2026-03-12T12:00", "2026-03-12T15:00", 3), ("2026-03-12T12:00", "2026-03-12T11:00", 0)],
)  # fmt: skip
def test_of_working_time_weekends_do_not_count(begin: str, end: str, hours: int) -> None:
    assert worked(berlin(begin), berlin(end), Calendar("NW")) == timedelta(hours=hours)
