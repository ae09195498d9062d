"""Law 2: after a run every leaf is used, ignored with a written reason, or unmapped; nothing is silently lost."""

import pytest

from gateway.domain.problem import worst
from gateway.mapping.run import leaves
from tests.mapping.shelves import Desk, codes, message, rows

ROW = {"a": "male", "b": "x", "c": "y"}


def abc(desk: Desk, rules: str = "- a <-> gender", more: str = "", policy: str = "warn") -> Desk:
    desk.table(rules, "abc", more=f"unmapped: {policy}\n")
    return desk.map("one", "row", "Patient", rules, more)


def test_a_leaf_no_rule_uses_is_unmapped_with_its_place(desk: Desk) -> None:
    result = abc(desk).load().to_fhir(rows(ROW), "s")
    assert [(leaf.path, leaf.value) for leaf in result.unmapped] == [(("row", 0, "b"), "x"), (("row", 0, "c"), "y")]
    assert [p.place for p in result.problems] == ["row 1, column b", "row 1, column c"]


@pytest.mark.parametrize(("policy", "severity"), [("error", "error"), ("park", "warning"), ("warn", "warning")])
def test_the_policy_says_how_grave_an_unmapped_leaf_is(desk: Desk, policy: str, severity: str) -> None:
    result = abc(desk, policy=policy).load().to_fhir(rows(ROW), "s")
    assert {(p.code, p.severity) for p in result.problems} == {("map.unmapped", severity)}


def test_a_new_format_parks(desk: Desk) -> None:
    assert desk.table("- a <-> gender").load().file.unmapped == "park"


def test_an_ignored_leaf_keeps_its_reason(desk: Desk) -> None:
    form = abc(desk, more="ignore:\n  b: counted elsewhere\n  c: of no meaning\n").load()
    result = form.to_fhir(rows(ROW), "s")
    assert result.unmapped == []
    assert [form.reasons[leaf.rule] for leaf in result.ignored] == ["counted elsewhere", "of no meaning"]


def test_an_ignored_path_covers_everything_below_it(desk: Desk) -> None:
    form = desk.message("- PID <-> Patient:\n    - 8 <-> gender").load()
    desk.map("main", "message", "resources", "- PID <-> Patient:\n    - 8 <-> gender",
             "ignore: {MSH: envelope, PID-5: the name is not needed}\n")  # fmt: skip
    form = desk.load()
    assert form.to_fhir(message(form, "PID|||||Brinkmann^Ilse~Sander|||male"), "s").unmapped == []


def test_a_dot_ignores_everything_else_of_the_object(desk: Desk) -> None:
    form = abc(desk, more="ignore: {.: the rest is for the ward}\n").load()
    result = form.to_fhir(rows(ROW), "s")
    assert result.unmapped == []
    assert {form.reasons[leaf.rule] for leaf in result.ignored} == {"the rest is for the ward"}
    assert len(result.ignored) == 2


def test_a_fhir_path_is_ignored_on_the_way_back(desk: Desk) -> None:
    form = abc(desk, more="ignore: {fhir birthDate: not in the list}\n").load()
    result = form.from_fhir({"Patient": [{"gender": "male", "birthDate": "1950", "active": True}]})
    assert [leaf.path[2:] for leaf in result.ignored] == [("birthDate",)]
    assert [p.place for p in result.problems] == ["Patient[0].active"]


def test_an_ignored_path_with_a_selector_covers_only_what_fits(desk: Desk) -> None:
    more = "ignore: {'fhir telecom[system=fax]': nobody faxes}\n"
    form = abc(desk, more=more).load()
    phones = [{"system": "fax", "value": "1"}, {"system": "phone", "value": "2"}]
    result = form.from_fhir({"Patient": [{"gender": "male", "telecom": phones}]})
    assert [p.place for p in result.problems] == ["Patient[0].telecom[1].system", "Patient[0].telecom[1].value"]


def test_a_rule_wins_over_an_ignored_path(desk: Desk) -> None:
    form = abc(desk, more="ignore: {a: never, b: never, c: never}\n").load()
    assert [leaf.path[2] for leaf in form.to_fhir(rows(ROW), "s").ignored] == ["b", "c"]


def test_what_a_rule_of_the_other_direction_made_is_no_loss(desk: Desk) -> None:
    form = abc(desk, "- a <-> gender\n- b <- birthDate").load()
    result = form.to_fhir(rows({"a": "male", "b": "x"}), "s")
    assert result.unmapped == []
    assert form.reasons[result.ignored[0].rule] == "one way: b <- birthDate"


def test_a_leaf_that_a_conversion_refused_stays_unmapped(desk: Desk) -> None:
    result = abc(desk, "- a <-> gender\n- b <-> birthDate | date").load().to_fhir(rows({"a": "x", "b": "y"}), "s")
    assert [leaf.path for leaf in result.unmapped] == [("row", 0, "b")]


@pytest.mark.parametrize(
    "rules",
    [
        "- a <-> gender",
        "- a <-> gender\n- b <-> birthDate | date",
        "- when: b = x\n  rules:\n    - a <-> gender",
        "- . <-> contact:\n    - a <-> gender\n    - c <-> name.text",
    ],
)
def test_every_leaf_is_used_or_ignored_or_unmapped(desk: Desk, rules: str) -> None:
    form = abc(desk, rules, "ignore: {c: left out}\n").load()
    tree = rows(ROW, {"b": "x"})
    result = form.to_fhir(tree, "s")
    assert result.book is not None
    used = {place for place, rule in result.book.used.items() if not form.reasons[rule]}
    left = {leaf.path for leaf in (*result.unmapped, *result.ignored)}
    for holder, key, path, _ in leaves(tree):
        assert ((id(holder), key) in used) != (path in left)


def test_identities_of_resources_are_no_content(desk: Desk) -> None:
    form = abc(desk).load()
    tree = {"Patient": [{"resourceType": "Patient", "fullUrl": "urn:uuid:1", "id": "1", "gender": "male"}]}
    assert form.from_fhir(tree).unmapped == []


def test_the_kind_of_a_bundle_is_its_envelopes_own(desk: Desk) -> None:
    tree = {"Bundle": [{"type": "collection", "timestamp": "2026"}], "Patient": [{"gender": "male"}]}
    assert [leaf.path for leaf in abc(desk).load().from_fhir(tree).unmapped] == [("Bundle", 0, "timestamp")]


def test_an_empty_result_is_an_error(desk: Desk) -> None:
    form = abc(desk).load()
    for result in (form.to_fhir(rows({"b": "x"}), "s"), form.from_fhir({"Patient": [{"birthDate": "1950"}]})):
        assert "map.empty" in codes(result.problems)
        assert worst(result.problems) == "error"


def test_an_empty_source_is_an_empty_result(desk: Desk) -> None:
    assert codes(abc(desk).load().to_fhir({}, "s").problems) == ["map.empty"]


def test_an_envelope_around_nothing_is_an_empty_result(desk: Desk) -> None:
    desk.message("- MSH-7 -> /Bundle.timestamp | instant\n- PID <-> Patient:\n    - 8 <-> gender")
    form = desk.load()
    assert "map.empty" in codes(form.to_fhir(message(form, "PID|1"), "s").problems)
