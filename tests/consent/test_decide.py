"""The decision: policy, role, consent, purpose, secrecy; deny by default."""

from typing import Any

import pytest

from gateway.consent.decide import Decision, decide
from gateway.consent.vocabulary import CONSENT_KIND, SECRECY_RELEASE
from tests.consent.people import NOW, asking, care, consent, given, named, of, office, policy, to

CLASSES = {"name": "Patient.name", "level": "Observation"}


def reasons(decision: Decision) -> dict[str, str]:
    return {verdict.data: verdict.reason for verdict in decision.verdicts}


def test_a_role_is_shown_what_the_policy_releases_on_its_ground() -> None:
    assert reasons(office(CLASSES, release=("name",))) == {"name": "law"}
    assert reasons(office(CLASSES, release=("name",), ground="contract")) == {"name": "contract"}


def test_what_a_role_never_sees_no_consent_releases() -> None:
    assert reasons(office(CLASSES, given("level"), never=("level",))) == {"level": "never"}


def test_an_unknown_role_is_shown_nothing_and_a_party_without_role_has_that_of_its_kind() -> None:
    rules = policy(CLASSES, office={"kinds": ("office",), "release": ("name",)})
    assert decide(rules, [], asking(role="stranger"), NOW).closed == "role"
    assert decide(rules, [], asking(role="", kind="site"), NOW).closed == "role"
    assert reasons(decide(rules, [], asking(role=""), NOW)) == {"name": "law"}


def test_a_purpose_the_role_does_not_have_shows_nothing() -> None:
    assert office(CLASSES, release=("name",), asked=asking(purpose="HMARKT")).closed == "purpose"


def test_restricted_processing_shows_nothing() -> None:
    assert office(CLASSES, release=("name",), asked=asking(restricted=True)).closed == "restricted"


def test_a_decision_says_by_which_policy_and_law_it_was_made_and_on_which_consents_it_rests() -> None:
    made = office(CLASSES, given("level"), release=("name",), consent=("level",))
    assert (made.policy, made.policy_hash, made.legal, made.consents) == ("test", "sha256:0", ("SGB X 67a",), ("c1",))


@pytest.mark.parametrize(
    ("consents", "reason"),
    [
        ([given("level")], "consent"),
        ([given("level", period={"start": "2026-05", "end": "2026-05-04"})], "consent"),
        ([given("level", period={"start": "2026-05-04T11:59:00+00:00"})], "consent"),
        ([consent(**to("sozialamt"), **care(), provision=[{"type": "permit", **of("level")}])], "consent"),
        ([], "no-consent"),
        ([given("name")], "other-data"),
        ([given()], "other-data"),
        ([given("level", status="inactive")], "withdrawn"),
        ([given("level", status="rejected")], "withdrawn"),
        ([given("level", status="draft")], "no-consent"),
        ([given("level", status="inactive", type="deny")], "no-consent"),
        ([given("level", period={"end": "2026-05-03"})], "expired"),
        ([given("level", period={"start": "2026-05-04T12:00:01+00:00"})], "expired"),
        ([given("level", period={"end": "someday"})], "expired"),
        ([given("level", period={"end": 2027})], "expired"),
        ([given("level", period="always")], "expired"),
        ([given("level", **to("wohnungsamt"))], "other-recipient"),
        ([consent(**care(), **of("level"))], "other-recipient"),
        ([given("level", **care("HMARKT"))], "other-purpose"),
        ([given("level", purpose=[{"code": "CAREMGT"}])], "other-purpose"),
        ([consent(**to("sozialamt"), **of("level"))], "other-purpose"),
        ([given("level", **{"class": "level"})], "other-data"),
        ([consent(person="Patient/other", **to("sozialamt"), **care(), **of("level"))], "no-consent"),
        ([{**given("level"), "provision": "all"}], "no-consent"),
        ([given("level"), given("level", key="c2", type="deny")], "refused"),
        ([given("level"), consent("c2", type="deny", **of("level"))], "refused"),
        ([given("level"), consent("c2", type="deny", **of("level"), period="never")], "refused"),
        ([given("level", provision=[{"type": "deny", **of("level")}])], "refused"),
        ([given("level", provision=[{"type": "deny", **of("name")}, "x"])], "consent"),
        ([given("level", provision="x")], "consent"),
        ([given("level"), given("level", key="c2", status="inactive")], "consent"),
    ],
)  # fmt: skip
def test_data_that_need_consent_are_shown_only_if_one_names_recipient_purpose_and_data(
    consents: list[dict[str, Any]], reason: str
) -> None:
    assert reasons(office(CLASSES, *consents, consent=("level",))) == {"level": reason}


def test_exceptions_to_a_refusal_are_permissions() -> None:
    only_level = {"type": "permit", **to("sozialamt"), **care(), **of("level")}
    for refusal in (consent(type="deny", provision=[only_level]), consent(type="deny", **of("level", "name"),
                    provision=[only_level])):  # fmt: skip
        made = office(CLASSES, refusal, release=("name",), consent=("level",))
        assert (made.closed, reasons(made)) == ("", {"name": "refused", "level": "consent"})


def test_a_refusal_of_a_class_counts_where_the_law_would_show_it() -> None:
    made = office(CLASSES, consent(type="deny", **of("name")), release=("name",))
    assert reasons(made) == {"name": "refused"}


def test_a_refusal_of_a_class_counts_though_the_role_is_shown_the_same_under_another_name() -> None:
    rules = {**CLASSES, "family": "Patient.name.family", "all": "*"}
    for refused in ("family", "all"):
        made = office(rules, consent(type="deny", **of(refused)), release=("name",))
        assert reasons(made) == {"name": "law", refused: "refused"}


def test_a_refusal_of_a_recipient_shows_it_nothing() -> None:
    assert office(CLASSES, consent(type="deny", **to("sozialamt")), release=("name",)).closed == "refused"
    assert office(CLASSES, consent(type="deny", **to("wohnungsamt")), release=("name",)).closed == ""


def test_a_role_on_the_ground_of_consent_is_shown_nothing_without_one_for_it() -> None:
    role: dict[str, Any] = {"ground": "consent", "release": ("name",)}
    assert office(CLASSES, **role).closed == "no-consent"
    assert office(CLASSES, given(**to("wohnungsamt")), **role).closed == "other-recipient"
    made = office(CLASSES, given(), **role)
    assert (reasons(made), made.consents) == ({"name": "consent"}, ("c1",))


def test_a_resource_named_in_a_consent_is_released_and_one_named_in_a_refusal_is_not() -> None:
    no = consent("c2", type="deny", **named("Condition/2"))
    other = given(key="c3", **named("Condition/3"), **to("wohnungsamt"))
    linked = given(key="c4", **named("Condition/4", meaning="related"))
    made = office(CLASSES, given(**named("Condition/1")), no, other, linked, given(key="c5", data="x"))
    assert made.items == {"Condition/1": "item", "Condition/2": "refused"}


def test_items_under_professional_secrecy_need_a_release_unless_the_role_is_bound_by_it_too() -> None:
    kind = {"category": [{"coding": [{"system": CONSENT_KIND, "code": SECRECY_RELEASE}]}]}
    assert office(CLASSES, given()).freed is False
    assert office(CLASSES, secrecy="bound").freed is True
    made = office(CLASSES, given() | kind)
    assert (made.freed, made.consents) == (True, ("c1",))
    assert office(CLASSES, given(**to("wohnungsamt")) | kind).freed is False
    assert office(CLASSES, given() | {"category": [{"coding": [{"system": CONSENT_KIND, "code": "x"}]}]}).freed is False


@pytest.mark.parametrize(
    "codings",
    [
        [{"system": "urn:others", "code": SECRECY_RELEASE}],
        [{"code": SECRECY_RELEASE}],
        [{"system": CONSENT_KIND, "code": "x"}, {"system": "urn:others", "code": SECRECY_RELEASE}],
    ],
)
def test_a_word_of_another_system_is_no_release_from_secrecy(codings: list[dict[str, str]]) -> None:
    assert office(CLASSES, given() | {"category": [{"coding": codings}]}).freed is False
