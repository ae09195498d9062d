"""What the person took back of a contract, and what an emergency opens for a day."""

from typing import Any

import pytest

from gateway.consent.decide import Decision
from gateway.consent.vocabulary import CONSENT_KIND, EMERGENCY
from tests.consent.people import asking, care, consent, given, named, office, to

CLASSES = {"name": "Patient.name", "level": "Observation"}
ANYBODY = {"resourceType": "Consent", "id": "all", "patient": {"reference": "Patient/kaethe"}}


def contract(*consents: dict[str, Any], kind: str = "office", **role: Any) -> Decision:
    said: dict[str, Any] = {"ground": "contract", "release": ("name",), **role}
    return office(CLASSES, *consents, asked=asking(kind=kind), **said)


def urgent(*names: str, key: str = "n1", **more: Any) -> dict[str, Any]:
    coded = {"coding": [{"system": CONSENT_KIND, "code": EMERGENCY}]}
    return {**given(*names, key=key, **more), "category": [coded]}


def shown(decision: Decision) -> dict[str, str]:
    return {verdict.data: verdict.reason for verdict in decision.verdicts}


def test_a_consent_for_a_party_that_was_withdrawn_ends_what_its_contract_shows() -> None:
    assert contract(given(status="inactive")).closed == "withdrawn"
    assert contract(given(status="inactive"), given(key="c2")).closed == ""
    assert contract(consent(status="inactive", **to("tafel"), **care())).closed == ""


def test_the_law_shows_what_it_shows_all_the_same() -> None:
    assert contract(given(status="inactive"), ground="law").closed == ""


@pytest.mark.parametrize("narrow", [given("level", status="inactive"), consent("c", "inactive", **named("Goal/1"))])
def test_one_that_names_data_takes_back_no_more_than_those(narrow: dict[str, Any]) -> None:
    assert contract(narrow).closed == ""


def test_so_does_one_whose_inner_provision_names_them() -> None:
    inner: Any = {"provision": [{"class": [{"code": "level"}]}, "nonsense"]}
    assert contract(consent(status="inactive", **to("sozialamt"), **care(), **inner)).closed == ""


def test_a_consent_that_names_nobody_is_the_one_to_the_case_and_ends_it_for_all_but_who_has_it() -> None:
    gone = {**ANYBODY, "status": "inactive"}
    assert contract(gone).closed == "withdrawn"
    assert contract(gone, kind="site").closed == ""
    assert contract(gone, {**ANYBODY, "id": "new", "status": "active"}).closed == ""
    assert contract({**gone, "patient": {"reference": "Patient/paula"}}).closed == ""
    assert contract({**ANYBODY, "status": "entered-in-error"}).closed == ""


def test_what_refused_was_no_permission_that_could_be_taken_back() -> None:
    assert contract({**ANYBODY, "status": "inactive", "provision": {"type": "deny"}}).closed == ""


def test_an_emergency_opens_the_classes_the_policy_names_even_those_never_shown() -> None:
    found = office(CLASSES, urgent("level"), never=("level",), emergency=("level",), release=("name",))
    assert shown(found) == {"level": "emergency", "name": "law"}


def test_it_opens_no_others_and_nothing_for_a_role_without_it() -> None:
    assert shown(office(CLASSES, urgent("level"), never=("level",))) == {"level": "never"}
    assert shown(office(CLASSES, urgent("name"), never=("level",), emergency=("level",))) == {"level": "never"}


def test_it_opens_what_no_consent_opens_and_only_that() -> None:
    found = office(CLASSES, urgent("level"), ground="consent", release=("name",), emergency=("level",))
    assert (shown(found), found.consents) == ({"level": "emergency"}, ("n1",))


def test_it_ends_by_itself() -> None:
    over = urgent("level", period={"end": "2026-05-03T12:00:00+00:00"})
    assert office(CLASSES, over, ground="consent", emergency=("level",)).closed == "no-consent"


def test_a_refusal_of_the_person_holds_in_an_emergency() -> None:
    refused = consent("no", type="deny", **to("sozialamt"))
    assert office(CLASSES, urgent("level"), refused, emergency=("level",)).closed == "refused"


@pytest.mark.parametrize("category", [None, "x", [None], [{"coding": "x"}], [{"coding": ["x"]}], [{"coding": [{}]}]])
def test_a_category_that_says_nothing_is_none(category: Any) -> None:
    said = {**given("level"), "category": category}
    assert shown(office(CLASSES, said, consent=("level",), emergency=("level",))) == {"level": "consent"}
