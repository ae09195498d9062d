"""Dialects and partners state only what differs, down to one rule."""

from gateway.cli.effective import shown
from tests.mapping.shelves import Desk, codes, one, rows, there

PARENT = "- a <-> gender\n- b <-> birthDate"


def child(desk: Desk, maps: str = "", more: str = "", parent: str = PARENT) -> Desk:
    desk.table(parent, more="names: {x: http://parent}\npatterns: {d: '[0-9]'}\nunmapped: warn\n")
    desk.write("child/format.yaml", f"format: child\nextends: trial\n{more}")
    if maps:
        desk.write("child/one.map.yaml", f"map: one\n{maps}")
    return desk


def test_a_child_takes_everything_from_its_parent(desk: Desk) -> None:
    form = child(desk).load("child")
    assert one(form, {"a": "male", "b": "1950"}) == {"gender": "male", "birthDate": "1950"}
    assert (form.file.codec, form.file.unmapped, form.name) == ("delimited", "warn", "child")


def test_a_rule_replaces_the_inherited_one_with_the_same_left_side(desk: Desk) -> None:
    form = child(desk, "rules:\n  - a <-> name.text\n").load("child")
    assert one(form, {"a": "male", "b": "1950"}) == {"name": [{"text": "male"}], "birthDate": "1950"}


def test_two_rules_with_that_left_side_both_take_its_place(desk: Desk) -> None:
    form = child(desk, "rules:\n  - a -> name.text\n  - a <-> gender\n").load("child")
    assert one(form, {"a": "x"}) == {"name": [{"text": "x"}], "gender": "x"}


def test_a_new_rule_comes_behind_the_inherited_ones(desk: Desk) -> None:
    form = child(desk, "rules:\n  - . <-> contact:\n      - b <-> name.text\n").load("child")
    assert list(one(form, {"a": "male", "b": "1950"})) == ["gender", "birthDate", "contact"]


def test_drop_takes_an_inherited_rule_away(desk: Desk) -> None:
    form = child(desk, "drop: [a]\nignore: {a: not kept here}\n").load("child")
    assert one(form, {"a": "male", "b": "1950"}) == {"birthDate": "1950"}


def test_a_drop_of_nothing_is_a_finding(desk: Desk) -> None:
    problems = child(desk, "drop: [c]\n").problems("child")
    assert [(p.code, p.place) for p in problems] == [("map.drop", "child/one.map.yaml:1:1")]


def test_blocks_are_combined_rule_by_rule(desk: Desk) -> None:
    parent = "- . <-> contact:\n    - a <-> name.text\n    - b <-> gender"
    form = child(desk, "rules:\n  - . <-> contact:\n      - b <-> name.family\n", parent=parent).load("child")
    assert one(form, {"a": "x", "b": "y"}) == {"contact": [{"name": {"text": "x", "family": "y"}}]}


def test_a_line_over_a_block_replaces_it(desk: Desk) -> None:
    parent = "- a <-> contact:\n    - . <-> name.text"
    form = child(desk, "rules:\n  - a <-> gender\n", parent=parent).load("child")
    assert one(form, {"a": "x"}) == {"gender": "x"}


def test_a_rule_of_the_child_replaces_one_under_a_guard(desk: Desk) -> None:
    parent = "- when: b = x\n  rules:\n    - a <-> gender\n    - b <-> birthDate | as date"
    form = child(desk, "rules:\n  - a <-> name.text\n", parent=parent).load("child")
    assert one(form, {"a": "m", "b": "x"}) == {"birthDate": "x", "name": [{"text": "m"}]}


def test_drop_reaches_under_guards(desk: Desk) -> None:
    parent = "- b <-> birthDate | as date\n- when: b = x\n  rules:\n    - a <-> gender"
    form = child(desk, "drop: [a]\nignore: {a: not kept here}\n", parent=parent).load("child")
    assert one(form, {"a": "m", "b": "x"}) == {"birthDate": "x"}


def test_a_guard_of_the_child_is_added(desk: Desk) -> None:
    form = child(desk, "rules:\n  - when: b = 1950\n    rules:\n      - a -> name.text\n").load("child")
    assert one(form, {"a": "male", "b": "1950"})["name"] == [{"text": "male"}]


def test_ignored_paths_are_joined_and_the_childs_reason_wins(desk: Desk) -> None:
    desk.table("- a <-> gender", "abc")
    desk.map("one", "row", "Patient", "- a <-> gender", "ignore: {b: parent, c: parent}\n")
    desk.write("child/format.yaml", "format: child\nextends: trial\n")
    desk.write("child/one.map.yaml", "map: one\nignore: {b: child}\n")
    form = desk.load("child")
    ignored = form.to_fhir(rows({"a": "male", "b": "x", "c": "y"}), "s").ignored
    assert [(leaf.path[2], form.reasons[leaf.rule]) for leaf in ignored] == [("b", "child"), ("c", "parent")]


def test_names_of_the_parent_hold_and_the_childs_own_win(desk: Desk) -> None:
    rule = "rules:\n  - a <-> identifier[system=$x].value\n"
    assert one(child(desk, rule).load("child"), {"a": "1"})["identifier"][0]["system"] == "http://parent"
    own = child(desk, rule, "names: {x: http://child}\n").load("child")
    assert one(own, {"a": "1"})["identifier"][0]["system"] == "http://child"


def test_a_childs_name_holds_in_rules_of_the_parent(desk: Desk) -> None:
    parent = "- a <-> identifier[system=$x].value\n- b <-> gender"
    own = child(desk, "", "names: {x: http://child}\n", parent).load("child")
    assert one(own, {"a": "1"})["identifier"][0]["system"] == "http://child"
    assert one(desk.load(), {"a": "1"})["identifier"][0]["system"] == "http://parent"


def test_names_yaml_beside_the_formats_holds_for_all(desk: Desk) -> None:
    desk.write("names.yaml", "everywhere: http://everywhere\n")
    form = desk.table("- a <-> identifier[system=$everywhere].value").load()
    assert one(form, {"a": "1"})["identifier"][0]["system"] == "http://everywhere"


def test_patterns_of_the_parent_hold(desk: Desk) -> None:
    form = child(desk, "rules:\n  - when: b ~ d\n    rules:\n      - a -> name.text\n").load("child")
    assert "name" in one(form, {"a": "x", "b": "7"})
    assert "name" not in one(form, {"a": "x", "b": "1950"})


def test_a_table_of_the_child_replaces_the_parents(desk: Desk) -> None:
    child(desk, "", "codes: {sex: {no match: error}}\n", "- a <-> gender | code sex\n- b <-> birthDate")
    desk.codes("sex", "w;female;;\n")
    desk.write("child/codes/sex.csv", "theirs;ours\n2;female\n")
    assert one(desk.load("child"), {"a": "2"}) == {"gender": "female"}
    assert one(desk.load(), {"a": "w"}) == {"gender": "female"}


def test_a_partner_stands_below_partners_and_names_itself(desk: Desk) -> None:
    desk.table(PARENT).write("partners/klinik/partner.yaml", "partner: klinik\nextends: trial\nunmapped: error\n")
    form = desk.load("klinik")
    assert form.file.unmapped == "error"
    assert there(form, rows({"a": "male"})) == {"Patient": [{"gender": "male"}]}


def test_a_grandchild_takes_from_both(desk: Desk) -> None:
    child(desk, "rules:\n  - a <-> name.text\n").write("kind/format.yaml", "format: kind\nextends: child\n")
    desk.write("kind/one.map.yaml", "map: one\ndrop: [b]\nignore: {b: not kept here}\n")
    assert one(desk.load("kind"), {"a": "x", "b": "1950"}) == {"name": [{"text": "x"}]}


def test_the_map_of_a_child_may_change_source_and_guards(desk: Desk) -> None:
    desk.message("- PID <-> Patient:\n    - 8 <-> gender")
    desk.write("child/format.yaml", "format: child\nextends: trial\n")
    desk.write("child/main.map.yaml", "map: main\nwhen: PV1\n")
    form = desk.load("child")
    assert codes(form.to_fhir({"PID": [{"8": [{"1": "male"}]}]}, "s").problems) == ["map.no-root"]


def test_the_effective_map_shows_each_rule_with_its_file(desk: Desk) -> None:
    form = child(desk, "rules:\n  - a <-> name.text\n  - when: b = 1\n    rules:\n      - b -> id\n").load("child")
    text = shown(form)
    assert "- a <-> name.text   # child/one.map.yaml:3" in text
    assert "- b <-> birthDate   # trial/one.map.yaml:6" in text
    assert "when: b = 1; back: -" in text


def test_the_effective_map_shows_copies_and_ignored_paths(desk: Desk) -> None:
    desk.fhir("- Patient <-> Patient | p")
    more = "copy: [name]\nignore: {fhir name: elsewhere}\n"
    desk.map("p", "Patient", "Patient", "- gender <-> gender\n- contact <-> contact:\n    - gender <-> gender", more)
    text = shown(desk.load())
    assert "copy in: name" in text
    assert "copy out: name" in text
    assert "ignore fhir name: elsewhere" in text


def test_one_rule_takes_the_place_of_two_with_its_left_side(desk: Desk) -> None:
    form = child(desk, "rules:\n  - a <-> name.text\n", parent="- a -> gender\n- a <- gender\n- b <-> id").load("child")
    assert one(form, {"a": "x"}) == {"name": [{"text": "x"}]}
