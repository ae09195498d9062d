"""Whether the person agreed to the plan, and how it is recorded (workflow.md, phase 3; Provenance, chapter 6.3)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from gateway.domain.problem import Problem
from gateway.mapping.runtime import every

Resource = dict[str, Any]
How = Literal["signature", "provenance", "consent", "contributor"]


@dataclass(frozen=True, slots=True)
class Agreement:
    """Who agreed (`Patient/id`, or who may speak for the person), when (as it was said, may be empty), and how."""

    by: str
    when: str
    how: How


def agreed(plan: Resource, related: Sequence[Resource]) -> Agreement | None:
    """How the person agreed to the plan, by the strongest record of it; None where nothing says so.

    In this order: a Provenance of the plan with the person as agent (signed or not), a Consent that the plan names,
    the person as contributor of the plan. Somebody who acts on behalf of the person counts as the person.
    """
    person = next(iter(every(plan, ("subject", "reference"))), "")
    speakers = {str(person)} | set(_speakers(str(person), related))
    found = [*_proven(plan, speakers, related), *_consented(plan, str(person), related), *_contributed(plan, speakers)]
    return min(found, key=lambda one: ORDER.index(one.how), default=None) if person else None


ORDER: Sequence[How] = ("signature", "provenance", "consent", "contributor")
"""The strongest first."""


def unagreed(plan: Resource, provenances: Sequence[Resource], consents: Sequence[Resource]) -> list[Problem]:
    """A warning where an agreement is active that nobody recorded the person's agreement to."""
    if plan.get("status") != "active" or plan.get("partOf") or agreed(plan, [*provenances, *consents]):
        return []
    sentence = "the plan is active, and nothing says that the person agreed to it"
    repair = "send a Provenance of the plan with the person as agent, or name a Consent in CarePlan.supportingInfo"
    return [Problem("plan.agreement", "CarePlan.status", sentence, repair, "warning")]


def _proven(plan: Resource, speakers: set[str], related: Sequence[Resource]) -> Iterator[Agreement]:
    """By a Provenance of the plan, any version of it, with the person among its agents."""
    target = f"CarePlan/{plan.get('id')}"
    for resource in _of_type("Provenance", related):
        targets = {str(t).partition("/_history/")[0] for t in every(resource, ("target", "reference"))}
        if target not in targets:
            continue
        when = str(resource.get("occurredDateTime") or resource.get("recorded", ""))
        signed = {str(who) for who in every(resource, ("signature", "who", "reference"))}
        for agent in every(resource, ("agent",)):
            for who in every(agent, ("who", "reference")):
                on_behalf = {str(whom) for whom in every(agent, ("onBehalfOf", "reference"))}
                if str(who) in speakers or on_behalf & speakers:
                    yield Agreement(str(who), when, "signature" if str(who) in signed else "provenance")


def _consented(plan: Resource, person: str, related: Sequence[Resource]) -> Iterator[Agreement]:
    """By an active Consent of the person that permits, named in supportingInfo."""
    named = {str(reference) for reference in every(plan, ("supportingInfo", "reference"))}
    for resource in _of_type("Consent", related):
        permits = next(iter(every(resource, ("provision", "type"))), "permit") == "permit"
        known = f"Consent/{resource.get('id')}" in named and person in every(resource, ("patient", "reference"))
        if known and permits and resource.get("status") == "active":
            by = next(iter(every(resource, ("performer", "reference"))), person)
            yield Agreement(str(by), str(resource.get("dateTime", "")), "consent")


def _contributed(plan: Resource, speakers: set[str]) -> Iterator[Agreement]:
    """By being named among those who made the plan."""
    for who in every(plan, ("contributor", "reference")):
        if str(who) in speakers:
            yield Agreement(str(who), str(plan.get("created", "")), "contributor")


def _speakers(person: str, related: Sequence[Resource]) -> Iterator[str]:
    """The RelatedPersons of the person among the resources: relatives, legal guardians."""
    for resource in _of_type("RelatedPerson", related):
        if person in every(resource, ("patient", "reference")):
            yield f"RelatedPerson/{resource.get('id')}"


def _of_type(kind: str, related: Sequence[Resource]) -> Iterator[Resource]:
    return (resource for resource in related if resource.get("resourceType") == kind)
