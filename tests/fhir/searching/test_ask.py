"""A query string as a question (chapter 3.1.1); what it finds stands in tests/store/test_search.py."""

from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.problem import Problem
from gateway.domain.question import Condition, Known, Linked, Linking, Missing, Not, OneOf, Question, Span, Term
from gateway.fhir.searching.ask import MOST, question
from gateway.fhir.searching.conditions import READ
from gateway.fhir.searching.parameters import types


def asked(query: str, kind: str = "Task", *, strict: bool = True, base: str = "") -> tuple[Question, list[Problem]]:
    return question(kind, parse_qsl(query), strict=strict, base=base)


def condition(query: str, kind: str = "Task") -> Condition:
    found, problems = asked(query, kind)
    assert problems == []
    return found.where[0]


def code(query: str, kind: str = "Task") -> str:
    _, problems = asked(query, kind)
    return " ".join(f"{problem.severity} {problem.code} {problem.place}" for problem in problems)


def test_values_joined_by_commas_are_alternatives_and_repeated_parameters_all_hold() -> None:
    found, _ = asked("status=draft,requested&status=requested")
    assert found.where == (Term("status", ("draft", "requested")), Term("status", ("requested",)))


@pytest.mark.parametrize(
    ("said", "value"), [("a\\,b", "a,b"), ("a\\|b", "a%7Cb"), ("a\\$b", "a$b"), ("a\\\\b", "a\\b"), ("a\\b", "a\\b")]
)
def test_signs_may_be_escaped(said: str, value: str) -> None:
    assert condition(f"code={said}") == Term("code", (value,))


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("code=s|c", Term("code", ("s|c",))),
        ("code=|c", Term("code", ("|c",))),
        ("code=s|", Term("code", ("s|",), "starts")),
        ("status=|draft", Term("status", ("draft",))),
        ("status=http://hl7.org/fhir/task-status|", Missing("status", is_so=False)),
        ("status=urn:other|draft", Known(())),
        ("status:not=draft", Not(Term("status", ("draft",)))),
        ("business-status:missing=true", Missing("business-status", is_so=True)),
        ("patient=1", Term("for", ("Patient/1",))),
        ("patient:missing=true", Not(Term("for", ("Patient/",), "starts"))),
        ("part-of=1", Term("partOf", ("Task/1",))),
        ("owner=Organization/1", Term("owner", ("Organization/1",))),
        (
            "owner=http://elsewhere.example/fhir/Organization/1/x",
            Term("owner", ("http://elsewhere.example/fhir/Organization/1/x",)),
        ),
        ("owner:Organization=1", Term("owner", ("Organization/1",))),
        ("owner:identifier=s|1", Term("owner:identifier", ("s|1",))),
        ("_id=a,b", Known(("a", "b"))),
        ("_profile=urn:p", Term("_profile", ("urn:p",))),
        ("_tag=s|t", Term("_tag", ("s|t",))),
        ("_source:below=urn:", Term("_source", ("urn:",), "starts")),
        ("patient.family=Maß", Linked("for", "Patient", (Term("fhir:family", ("mass",), "starts"),))),
        ("_has:Task:part-of:status=draft", Linking("Task", "partOf", (Term("status", ("draft",)),))),
    ],
)
def test_a_parameter_becomes_a_condition(query: str, wanted: Condition) -> None:
    assert condition(query) == wanted


@pytest.mark.parametrize("prefix", ["eq", "ne", "gt", "lt", "ge", "le", "sa", "eb"])
def test_a_date_has_its_prefix(prefix: str) -> None:
    low, high = "2026-11-20T12:00:00.000000+00:00", "2026-11-20T12:00:00.999999+00:00"
    assert condition(f"authored-on={prefix}2026-11-20T12:00:00Z") == Span("authored-on", prefix, low, high)  # type: ignore[arg-type]  # one of nine words


def test_about_a_date_is_once_its_precision_to_both_sides() -> None:
    found = condition("authored-on=ap2026-11-20T12:00:00Z")
    assert isinstance(found, Span)
    assert (found.low[11:19], found.high[11:19]) == ("11:59:59", "12:00:01")


def test_a_plus_that_was_not_encoded_is_one_all_the_same() -> None:
    assert condition("_lastUpdated=gt2026-11-20T12:00:00+01:00") == condition("_lastUpdated=gt2026-11-20T11:00:00Z")
    assert condition("phone=+49 5251 12", "Patient") == Term("phone", ("+49525112",))


def test_a_chain_without_a_type_follows_every_type_that_has_the_parameter() -> None:
    found = condition("owner.name=x")
    assert isinstance(found, OneOf)
    kinds = [link.type for link in found.of if isinstance(link, Linked)]
    assert kinds == ["Patient", "RelatedPerson", "Practitioner", "Organization", "HealthcareService"]


def test_references_to_this_server_are_its_own() -> None:
    found, _ = asked("patient=http://here:1/fhir/Patient/1", base="http://here:1/fhir/")
    assert found.where == (Term("for", ("Patient/1",)),)


def test_order_limit_and_total_stand_beside_the_conditions() -> None:
    found, problems = asked("_sort=-_lastUpdated,part-of&_count=7&_total=accurate&_include=Task:owner&_elements=id")
    assert problems == []
    assert (found.sort, found.limit, found.total) == ((("_lastUpdated", True), ("partOf", False)), 7, True)
    assert asked("_count=0")[0].total
    assert (asked("_summary=count")[0].limit, asked("_summary=count")[0].total) == (0, True)
    assert asked("_count=999999999999")[0].limit == MOST


def test_who_asks_for_what_changed_gets_it_as_it_changed() -> None:
    assert asked("_lastUpdated=gt2026")[0].sort == (("_lastUpdated", False),)
    assert asked("_lastUpdated=gt2026&_sort=_id")[0].sort == (("_id", False),)


@pytest.mark.parametrize(
    ("query", "problem"),
    [
        ("wrong=1", "error search.parameter wrong"),
        ("_sort=wrong", "error search.parameter _sort=wrong"),
        ("Geheim%20Müller=1", "error search.parameter ?"),
        ("status:text=x", "error search.modifier status:text"),
        ("status:above=x", "error search.modifier status:above"),
        ("_id:not=x", "error search.modifier _id:not"),
        ("authored-on=gestern", "error search.value authored-on"),
        ("_lastUpdated=2026-02-30", "error search.value _lastUpdated"),
        ("owner:missing=maybe", "error search.value owner:missing"),
        ("_count=-1", "error search.value _count"),
        ("_total=some", "error search.value _total"),
        ("_summary=some", "error search.value _summary"),
        ("status=,", "error search.value status"),
        ("status.name=x", "error search.chain status.name"),
        ("patient.wrong=x", "error search.chain patient.wrong"),
        ("patient:Goal.status=x", "error search.chain patient:Goal.status"),
        ("patient.organization.name=x", "error search.chain patient.organization.name"),
        ("_has:Goal:subject:status=x", "error search.chain _has:Goal:subject:status"),
        ("_has:Task:wrong:status=x", "error search.parameter _has:Task:wrong:status"),
        ("_has:Task=x", "error search.parameter _has:Task"),
        ("_text=x", "error search.parameter _text"),
        ("_sort=_id,_id,_id,_id,_id,_id", "error search.value _sort"),
        ("_id=" + "a," * 200, "error search.size ?"),
        ("_count=a&wrong=1", "error search.value _count error search.parameter wrong"),
    ],
)
def test_what_cannot_be_asked_is_said(query: str, problem: str) -> None:
    assert code(query) == problem


def test_unknown_parameters_are_passed_over_unless_handling_is_strict() -> None:
    found, problems = asked("wrong=1&status=draft", strict=False)
    assert found.where == (Term("status", ("draft",)),)
    assert [problem.severity for problem in problems] == ["warning"]


def test_values_are_never_repeated() -> None:
    _, problems = asked("authored-on=Geheim&status:text=Geheim&_count=Geheim&wrong=Geheim&patient.wrong=Geheim")
    assert len(problems) == 5
    assert "Geheim" not in " ".join(map(str, problems))


words = st.sampled_from(
    [
        "status",
        "patient.name",
        "_has:Task:focus:status",
        "owner:identifier",
        "authored-on",
        "_sort",
        "_count",
        "_id",
        "_lastUpdated",
        "name:exact",
        "_has:",
        "_has:Task:patient.x:y",
        ":",
        ".",
        "subject:Patient.",
        "_include",
        "status:missing",
        "phone",
        "_profile:below",
        "",
    ]
)


@given(
    st.sampled_from(sorted({*types(), "Binary"})),
    st.lists(st.tuples(st.one_of(words, st.text(max_size=9)), st.text(max_size=9))),
)
def test_no_query_is_too_odd(kind: str, pairs: list[tuple[str, str]]) -> None:
    found, _ = question(kind, pairs, strict=True)
    assert found.type == kind


def test_half_a_letter_is_no_value() -> None:
    _, problems = question("Patient", [("name", "a\ud800")], strict=True)
    assert [problem.code for problem in problems] == ["search.value"]


def test_every_kind_is_read_without_a_modifier() -> None:
    assert {kind for kind, modifier in READ if not modifier} == {"token", "string", "reference", "date", "uri"}
