"""Under which terms and spans a resource is found (chapter 3.1.1.4)."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.system import CASE
from gateway.fhir.searching.entries import entries, plan
from gateway.fhir.searching.parameters import parameters, types
from gateway.fhir.searching.texts import EXACT, folded


def terms(name: str, kind: str, /, **elements: Any) -> list[str]:
    found, _ = entries({"resourceType": kind, **elements})
    return [value for term, value in found if term == name]


def spans(name: str, kind: str, /, **elements: Any) -> list[tuple[str, str]]:
    _, found = entries({"resourceType": kind, **elements})
    return [(low[:10], high[:10]) for span, low, high in found if span == name]


def test_a_coding_is_found_by_code_and_by_both() -> None:
    coded = {"coding": [{"system": "urn:s", "code": "a"}, {"code": "b"}, {"display": "c"}], "text": "d"}
    assert terms("code", "Task", code=coded) == ["a", "urn:s|a", "b", "|b"]


def test_a_code_without_system_cannot_be_taken_for_one_with_a_system() -> None:
    assert terms("identifier", "Task", identifier=[{"value": "urn:s|a"}])[0] == "urn:s%7Ca"


def test_the_line_and_the_interface_share_their_terms() -> None:
    task = {
        "for": {"reference": "Patient/1"},
        "partOf": [{"reference": "Task/0"}],
        "basedOn": [{"reference": "CarePlan/1"}],
    }
    found, _ = entries({"resourceType": "Task", "status": "draft", **task})
    assert {("for", "Patient/1"), ("partOf", "Task/0"), ("basedOn", "CarePlan/1"), ("status", "draft")} <= set(found)
    assert len(found) == len({*found}) == 4
    assert terms("subject", "Coverage", beneficiary={"reference": "Patient/1"}) == ["Patient/1"]


def test_numbers_of_persons_stand_apart_from_those_by_which_persons_are_matched() -> None:
    number = [{"system": "urn:s", "value": "1"}]
    assert terms("identifier", "Patient", identifier=number) == []
    assert terms("fhir:identifier", "Patient", identifier=number) == ["1", "urn:s|1"]


def test_a_task_is_found_by_its_case() -> None:
    assert terms("case", "Task", groupIdentifier={"system": CASE, "value": "t0"}) == ["t0"]
    assert terms("case", "Task", groupIdentifier={"system": "urn:other", "value": "t0"}) == []


def test_references_are_found_without_their_version_and_by_their_identifier() -> None:
    assert terms("owner", "Task", owner={"reference": "Organization/1/_history/7"}) == ["Organization/1"]
    assert terms("owner", "Task", owner={"reference": "#inside"}) == []
    assert terms("owner:identifier", "Task", owner={"identifier": {"system": "urn:ik", "value": "1"}}) == [
        "1",
        "urn:ik|1",
    ]


def test_a_parameter_of_one_type_takes_no_others() -> None:
    agents = [{"who": {"reference": "Patient/1"}}, {"who": {"reference": "Device/2"}}]
    assert terms("patient", "AuditEvent", agent=agents) == ["Patient/1"]
    assert terms("agent", "AuditEvent", agent=agents) == ["Patient/1", "Device/2"]


def test_strings_are_compared_without_case_and_accents_and_kept_as_they_stand() -> None:
    name = {"given": ["René", "O'Neil"]}
    assert terms("given", "Patient", name=[name]) == [f"rene{EXACT}René", f"o neil{EXACT}O'Neil"]
    assert folded("  Müller-LÜDENSCHEIDT ß ") == "muller ludenscheidt ss"


def test_a_name_is_found_by_each_of_its_parts() -> None:
    name = {"text": "Dr. A B", "family": "B", "given": ["A"], "prefix": ["Dr."], "use": "official"}
    said = [value.partition(EXACT)[2] for value in terms("name", "Patient", name=[name])]
    assert sorted(said) == ["A", "B", "Dr.", "Dr. A B"]


def test_contact_points_are_found_by_kind_without_signs() -> None:
    telecom = [{"system": "phone", "value": "+49 (5251) 12-34"}, {"system": "email", "value": "A.B@Example.org"}]
    assert terms("phone", "Patient", telecom=telecom) == ["+4952511234"]
    assert terms("email", "Patient", telecom=telecom) == ["a.b@example.org"]
    assert terms("telecom", "Patient", telecom=telecom) == ["+4952511234", "a.b@example.org"]


@pytest.mark.parametrize(
    ("stated", "found"), [({}, "false"), ({"deceasedBoolean": True}, "true"), ({"deceasedDateTime": "2020"}, "true")]
)
def test_who_is_not_said_to_have_died_lives(stated: dict[str, Any], found: str) -> None:
    assert terms("deceased", "Patient", **stated) == [found]


def test_a_period_is_open_where_it_says_nothing() -> None:
    assert spans("period", "Task", executionPeriod={"start": "2026-01-02"}) == [("2026-01-01", "9999-12-31")]
    assert spans("period", "Task", executionPeriod={"end": "2026-01-02"}) == [("0001-01-01", "2026-01-02")]
    assert spans("period", "Task", executionPeriod={}) == []


def test_a_timing_counts_by_its_outer_limits() -> None:
    timing = {
        "event": ["2026-03-01", "2026-02-02"],
        "repeat": {"boundsPeriod": {"start": "2026-02-10", "end": "2026-04-01"}},
    }
    assert spans("occurrence", "ServiceRequest", occurrenceTiming=timing) == [("2026-02-01", "2026-04-01")]
    assert spans("occurrence", "ServiceRequest", occurrenceTiming={"repeat": {"frequency": 1}}) == []


def test_every_type_has_its_plan_and_a_type_without_parameters_has_nothing() -> None:
    assert len(types()) == 23  # Binary has none of its own
    assert all(plan(kind).below for kind in types())
    assert entries({"resourceType": "Basic", "identifier": [{"value": "1"}]}) == ((), ())
    assert entries({}) == ((), ())


def test_the_parameters_that_users_need_are_there() -> None:
    wanted = "status owner requester patient subject focus code part-of based-on business-status authored-on modified"
    assert set(wanted.split()) <= set(parameters("Task"))
    assert {"name", "birthdate", "identifier", "family", "gender", "phone"} <= set(parameters("Patient"))
    assert all("patient" in parameters(kind) for kind in ("CarePlan", "Goal", "Consent", "Encounter", "Observation"))


NAMES = st.sampled_from(["coding", "system", "value", "reference", "start", "family", "event", "repeat", "code"])
junk = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=5)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(NAMES, inner, max_size=4)),
    max_leaves=8,
)


@given(st.sampled_from(sorted(types())), st.data())
def test_no_resource_is_too_odd(kind: str, data: st.DataObject) -> None:
    names = st.sampled_from(sorted(plan(kind).below))
    resource = data.draw(st.dictionaries(names, junk, max_size=5))
    found, stretches = entries({**resource, "resourceType": kind})
    assert all(isinstance(part, str) for each in (*found, *stretches) for part in each)
