"""Whether the person agreed to the plan, by the strongest record of it."""

import pytest

from gateway.pipeline.plans.agreement import Agreement, agreed, unagreed
from tests.pipeline.plans.plan import PERSON, PLAN, Resource, but

CONSENT: Resource = {
    "resourceType": "Consent", "id": "zustimmung", "status": "active", "patient": {"reference": PERSON},
    "dateTime": "2026-04-01", "provision": {"type": "permit"},
}  # fmt: skip
PROVENANCE: Resource = {
    "resourceType": "Provenance", "id": "p", "recorded": "2026-04-01T10:00:00+02:00",
    "target": [{"reference": "CarePlan/plan/_history/2"}], "agent": [{"who": {"reference": PERSON}}],
}  # fmt: skip
RELATIVE: Resource = {"resourceType": "RelatedPerson", "id": "tochter", "patient": {"reference": PERSON}}


def test_a_provenance_with_the_person_as_agent_is_an_agreement() -> None:
    assert agreed(PLAN, [PROVENANCE]) == Agreement(PERSON, "2026-04-01T10:00:00+02:00", "provenance")


def test_a_signature_is_stronger_and_the_moment_it_happened_counts_before_the_one_it_was_recorded() -> None:
    signed = but(PROVENANCE, occurredDateTime="2026-03-30", signature=[{"who": {"reference": PERSON}}])
    assert agreed(PLAN, [PROVENANCE, CONSENT, signed]) == Agreement(PERSON, "2026-03-30", "signature")


def test_a_consent_that_the_plan_names_is_an_agreement() -> None:
    assert agreed(PLAN, [CONSENT]) == Agreement(PERSON, "2026-04-01", "consent")
    by = but(CONSENT, performer=[{"reference": "RelatedPerson/tochter"}])
    assert agreed(PLAN, [by, RELATIVE]) == Agreement("RelatedPerson/tochter", "2026-04-01", "consent")


def test_a_contributor_counts_where_nothing_else_is_recorded() -> None:
    plan = but(PLAN, contributor=[{"reference": PERSON}], created="2026-04-01")
    assert agreed(plan, []) == Agreement(PERSON, "2026-04-01", "contributor")
    assert agreed(plan, [CONSENT]) == Agreement(PERSON, "2026-04-01", "consent")


@pytest.mark.parametrize(
    "agent",
    [{"who": {"reference": "RelatedPerson/tochter"}},
     {"who": {"reference": "Practitioner/x"}, "onBehalfOf": {"reference": PERSON}}],
)  # fmt: skip
def test_whoever_speaks_for_the_person_counts_as_the_person(agent: Resource) -> None:
    found = agreed(PLAN, [but(PROVENANCE, agent=[agent]), RELATIVE])
    assert found is not None
    assert found.by == agent["who"]["reference"]


@pytest.mark.parametrize(
    "record",
    [but(CONSENT, status="inactive"), but(CONSENT, provision={"type": "deny"}), but(CONSENT, id="another"),
     but(CONSENT, patient={"reference": "Patient/sonst"}), but(PROVENANCE, target=[{"reference": "CarePlan/x"}]),
     but(PROVENANCE, agent=[{"who": {"reference": "Practitioner/x"}}]), RELATIVE],
)  # fmt: skip
def test_what_is_no_agreement_is_warned_about_once_the_plan_is_active(record: Resource) -> None:
    (problem,) = unagreed(PLAN, [record], [])
    assert (problem.code, problem.severity) == ("plan.agreement", "warning")


def test_no_warning_where_the_person_agreed_the_plan_is_a_draft_or_it_is_a_need() -> None:
    assert unagreed(PLAN, [PROVENANCE], []) == unagreed(PLAN, [], [CONSENT]) == []
    assert unagreed(but(PLAN, status="draft"), [], []) == []
    assert unagreed(but(PLAN, partOf=[{"reference": "CarePlan/plan"}]), [], []) == []


def test_a_plan_without_a_person_is_agreed_by_nobody() -> None:
    plan = but(PLAN, subject=None, contributor=[{"reference": ""}])
    assert agreed(plan, [PROVENANCE]) is None
