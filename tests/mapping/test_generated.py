"""Law 4 on maps made up by hypothesis: two-way rules bring any tree back."""

import tempfile
from pathlib import Path
from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.mapping.explain import explain
from gateway.mapping.generate import Grower
from tests.mapping.shelves import Desk, bare, errors, rows

TARGETS = [
    "name[use=official].family",
    "name[use=maiden].family",
    "name[use=official].given[0]",
    "name[use=official].given[1] | words",
    "gender | code sex",
    "birthDate | as date",
    "identifier[system=http://x].value",
    "identifier[type=http://t|PI].value",
    "address.line[1]",
    "address.line[0]",
    "maritalStatus | code status",
    "telecom[system=phone].value | prefix T-",
    "contact[gender=male].name.text",
    "contact[gender=female].name.text",
    "birthDate.extension[url=http://e].valueString",
    "managingOrganization:Organization.name",
    "meta.tag[system=http://m].code",
]
COLUMNS = "abcdefgh"
WORD = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=8)
MAPS = st.lists(st.sampled_from(TARGETS), min_size=1, max_size=len(COLUMNS), unique=True)
SEX, STATUS = "m;male;;\nw;female;;\n", "v;verwitwet;;\n"
slow = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


def written(folder: str, targets: list[str]) -> Desk:
    rules = "\n".join(f"- {column} <-> {target}" for column, target in zip(COLUMNS, targets, strict=False))
    desk = Desk(Path(folder)).table(rules, COLUMNS[: len(targets)])
    used = {name: f"code {name}" in rules for name in ("sex", "status")}
    if used["sex"]:
        desk.codes("sex", SEX, "no match: keep")
    if used["status"]:
        desk.codes("status", STATUS, "no match: keep, system: http://h, their system: http://t")
    return desk


@slow
@given(MAPS, st.data())
def test_a_map_of_two_way_rules_brings_every_row_back(targets: list[str], data: st.DataObject) -> None:
    columns = COLUMNS[: len(targets)]
    row = st.dictionaries(st.sampled_from(columns), WORD, min_size=1)
    tree = rows(*data.draw(st.lists(row, min_size=1, max_size=3)))
    with tempfile.TemporaryDirectory() as folder:
        form = written(folder, targets).load()
        result = form.to_fhir(tree, "s", "lineage")
        assert errors(result) == []
        assert result.unmapped == []
        assert form.from_fhir(result.tree).tree == tree
        assert bare(form.to_fhir(tree, "s", "plain").tree) == bare(result.tree)
        assert all(origin.rule for origin in explain(form, result).values)


@slow
@given(MAPS, st.dictionaries(st.sampled_from(COLUMNS), st.text(max_size=20).filter(bool), min_size=1))
def test_any_text_gives_a_result_or_problems(targets: list[str], row: dict[str, str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        result = written(folder, targets).load().to_fhir(rows(row), "s")
        assert result.tree or result.problems


def test_generated_trees_hold_what_constants_blocks_patterns_and_chains_ask_for(desk: Desk) -> None:
    rules = """
        - a <-> = 5
        - b <-> contact:
            - . <-> name.text
        - d <-> address.text | oid | prefix x-
    """
    desk.table(rules, "abd", more='patterns: {three: "\\\\d{3}"}\n')
    form = desk.load()
    assert form.plan
    trees = [Grower(form.plan, form.model, form.patterns, Random(n)).grow() for n in range(20)]
    found = [row for tree in trees for row in tree.get("row", ())]
    assert {row["a"] for row in found} == {"5"}
    assert any("b" in row for row in found)
    assert not any("d" in row for row in found), "no sample of a text is an OID"
    assert Grower(form.plan, form.model, form.patterns, Random(1)).fitting("three") == "111"


def test_generated_trees_of_maps_that_call_themselves_end(desk: Desk) -> None:
    desk.fhir("- Questionnaire <-> Questionnaire as all | all")
    desk.map("all", "Questionnaire", "Questionnaire", "- item <-> item | item")
    desk.map("item", "Questionnaire.item", "Questionnaire.item", "- linkId <-> linkId\n- item <-> item | item")
    form = desk.load()
    assert form.plan
    assert Grower(form.plan, form.model, form.patterns, Random(3), share=1.0).grow()["Questionnaire"]
