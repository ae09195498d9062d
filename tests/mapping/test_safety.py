"""No map can run Python, loop for ever or read a file: hostile text stays text wherever an integrator writes."""

import ast
import time

import pytest

from gateway.mapping.compile import SAFE
from gateway.mapping.shelf import Shelf
from gateway.wiring import Codecs, folders
from tests.mapping.shelves import Desk, codes, one

HOSTILE = [
    "__import__('os').system('touch boom')",
    "');__import__('os').abort();('",
    '"""\nimport os\n"""',
    "{0.__class__.__mro__}",
    "%(x)s %n",
    "{__import__('os')}",
    "x\nraise SystemExit",
    "x\\nraise SystemExit",
    "\\",
    "'",
    '"',
    "#{}",
    "🙂 ünd mehr",
    "\u2028raise SystemExit",
]
NODES = {
    ast.Module, ast.FunctionDef, ast.arguments, ast.arg, ast.Return, ast.Assign, ast.Expr, ast.If, ast.For, ast.Pass,
    ast.Continue, ast.Break, ast.Name, ast.Load, ast.Store, ast.Constant, ast.Call, ast.Attribute, ast.Subscript,
    ast.Slice, ast.Tuple, ast.List, ast.Dict, ast.Compare, ast.BoolOp, ast.And, ast.Or, ast.UnaryOp, ast.Not, ast.USub,
    ast.In, ast.NotIn, ast.Is, ast.IsNot, ast.Eq, ast.NotEq, ast.Gt, ast.GtE, ast.Lt, ast.GeneratorExp, ast.ListComp,
    ast.comprehension, ast.IfExp, ast.BinOp, ast.Add, ast.AugAssign, ast.keyword, ast.NamedExpr, ast.Set,
}  # fmt: skip
ATTRIBUTES = {
    "append", "get", "setdefault", "used", "trace", "src", "dst", "results", "later", "failed", "resolve", "resource",
    "through", "keep", "point", "latest", "every", "startswith", "split", "beside", "paired", "extend", "around",
    "parts", "make",
}  # fmt: skip
FORMATS = ("hl7v2", "hl7v2-de", "evp", "pflegedienst-liste", "ueberleitungsantrag")


def quoted(text: str) -> str:
    """A YAML text in quotation marks that means `text`."""
    return '"' + "".join(f"\\U{ord(char):08x}" for char in text) + '"'


def run_all(desk: Desk, row: dict[str, str]) -> None:
    """Load, compile and run whatever can be; nothing may be raised and nothing happen."""
    shelf = desk.shelf()
    form = shelf.get("trial")
    if form is not None:
        for variant in ("plain", "account", "lineage"):
            result = form.to_fhir({"row": [row]}, "s", variant)
            form.from_fhir(result.tree, None, variant)
    else:
        assert "error" in {problem.severity for problem in shelf.problems["trial"]}
    assert not list(desk.folder.rglob("boom"))


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("rule", [
    "a <-> gender | {}", "{} <-> gender", "a <-> {}", "= {} -> gender", "a <-> name[use={}].text",
    "a <-> gender | code {}",
    "a <-> name.text | prefix {}", "a <-> name.given | list {}", "a <-> name.text as {}", "a -> name[{}].text", "{}",
    "link {} <-> managingOrganization", "a <-> identifier[type={}|x].value", "a <-> name.text | text {}",
])  # fmt: skip
def test_hostile_text_in_a_rule_stays_text(desk: Desk, text: str, rule: str) -> None:
    desk.table("- b <-> birthDate")
    lines = f"  - b <-> id\n  - {quoted(rule.replace('{}', text))}\n"
    desk.write("trial/one.map.yaml", f"map: one\nsource: row\ntarget: Patient\nrules:\n{lines}")
    run_all(desk, {"a": text, "b": "1"})


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_names_of_maps_and_formats_stay_names(desk: Desk, text: str) -> None:
    desk.table("- b <-> birthDate")
    desk.write("trial/one.map.yaml", f"map: {quoted(text)}\nsource: row\ntarget: Patient\nrules: [a <-> gender]\n")
    desk.write("trial/main.map.yaml", "map: main\nsource: table\ntarget: resources\nrules:\n"
               f"  - {quoted(f'row <-> Patient | {text}')}\n  - row <-> Patient:\n      - a <-> id\n")  # fmt: skip
    run_all(desk, {"a": "x"})


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_root_names_conditions_and_reasons_stay_text(desk: Desk, text: str) -> None:
    desk.table("- b <-> birthDate")
    rules = f"rules:\n  - row <-> Patient | one\n  - any: [{quoted(f'/row.a = {text}')}]\n    rules: []\n"
    head = f"map: {quoted(text)}\nsource: table\ntarget: resources\nwhen: {quoted(f'row.a = {text}')}\n"
    desk.write("trial/main.map.yaml", f"{head}ignore: {{row.a: {quoted(text + '!')}}}\n{rules}")
    run_all(desk, {"a": text, "b": "1950"})


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_codes_and_values_travel_as_text(desk: Desk, text: str) -> None:
    desk.table("- a <-> gender | code sex", more="null: '-'\n").codes("sex", "", "no match: keep")
    cell = text.replace('"', '""')
    desk.write("trial/codes/sex.csv", f'theirs;ours;display;system\nw;"{cell}";"{cell}";"{cell}"\n')
    run_all(desk, {"a": "w"})
    run_all(desk, {"a": text})


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_null_values_and_systems_stay_text(desk: Desk, text: str) -> None:
    desk.table("- a <-> gender\n- b <-> maritalStatus | code sex", more=f"null: {quoted(text)}\n")
    desk.codes("sex", "w;female;;\n", f"no match: {quoted(f'default {text}')}, their system: {quoted(text)}")
    run_all(desk, {"a": text, "b": "x"})


def test_a_constant_of_hostile_text_is_written_as_it_is(desk: Desk) -> None:
    desk.table("- a <-> gender\n- '= __import__(\"os\").abort() -> name.text'")
    assert one(desk.load(), {"a": "x"})["name"] == [{"text": '__import__("os").abort()'}]


@pytest.mark.parametrize("tag", ["!!python/object/apply:os.system ['touch boom']", "!!python/name:os.system", "!x y"])
@pytest.mark.parametrize("where", ["trial/format.yaml", "trial/one.map.yaml", "names.yaml"])
def test_yaml_tags_are_refused(desk: Desk, tag: str, where: str) -> None:
    desk.table("- a <-> gender")
    file = desk.folder / where
    text = file.read_text(encoding="utf-8") if file.exists() else ""
    key = {"trial/format.yaml": "title", "trial/one.map.yaml": "key"}.get(where, "x")
    desk.write(where, f"{text}{key}: {tag}\n")
    run_all(desk, {"a": "x"})


def test_a_tag_below_options_is_a_finding(desk: Desk) -> None:
    desk.table("- a <-> gender", options="zone: !!python/name:os.system\n")
    assert "error" in {problem.severity for problem in desk.problems()}


@pytest.mark.parametrize(
    "pattern",
    ["(a+)+", "(a|a)*", "a*", "a+b+", "(?=a)", "a{1,1000}", ".*", "a{2}{2}", "[a", "\\", "a|b", "^a", "x" * 2000],
)
def test_patterns_that_could_take_long_are_findings_or_quick(desk: Desk, pattern: str) -> None:
    desk.table("- a <-> name[text~p].text", more=f"patterns: {{p: {quoted(pattern)}}}\n")
    shelf = desk.shelf()
    form = shelf.get("trial")
    if form is None:
        assert "map.pattern" in codes(shelf.problems["trial"])
        return
    started = time.perf_counter()
    form.from_fhir({"Patient": [{"name": [{"text": "a" * 200_000 + "!"}, {"text": "a" * 199 + "!"}]}]})
    assert time.perf_counter() - started < 1


def test_rules_that_call_each_other_end(desk: Desk) -> None:
    desk.table("- a <-> gender\n- . <-> . | one")
    shelf = desk.shelf()
    form = shelf.get("trial")
    assert form is None
    assert "map.circle" in codes(shelf.problems["trial"])


def test_a_circle_that_goes_down_the_tree_ends_with_it(desk: Desk) -> None:
    desk.fhir("- QuestionnaireResponse <-> QuestionnaireResponse | q")
    desk.map("q", "QuestionnaireResponse", "QuestionnaireResponse", "- item <-> item | item")
    item = "QuestionnaireResponse.item"
    desk.map("item", item, item, "- linkId <-> linkId\n- item <-> item | item")
    tree = {"item": [{"linkId": "1", "item": [{"linkId": "1.1", "item": [{"linkId": "1.1.1"}]}]}]}
    form = desk.load()
    assert form.to_fhir({"QuestionnaireResponse": [tree]}, "s").tree["QuestionnaireResponse"][0]["item"] == tree["item"]


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("direction", ["to_fhir", "from_fhir"])
def test_compiled_maps_hold_only_statements_and_names_of_the_whitelist(name: str, direction: str) -> None:
    form = Shelf(folders(), Codecs()).get(name)
    assert form is not None
    tree = ast.parse(form.ready(direction, "lineage").text)
    nodes = list(ast.walk(tree))
    assert {type(node) for node in nodes} - NODES == set()
    assert {node.attr for node in nodes if isinstance(node, ast.Attribute)} - ATTRIBUTES == set()
    names = {node.id for node in nodes if isinstance(node, ast.Name)}
    assert not [found for found in names if found.startswith("__")]


def test_the_builtins_of_a_compiled_map_are_a_few_harmless_ones() -> None:
    assert set(SAFE) == {"len", "enumerate", "any", "str", "bool", "filter", "id", "range"}


def test_references_in_a_circle_end_with_a_problem(desk: Desk) -> None:
    desk.fhir("- Goal <-> Goal | g\n- Patient <-> Patient | p").map(
        "g", "Goal", "Goal", "- subject:Patient <-> subject:Patient | p"
    )
    desk.map("p", "Patient", "Patient", "- link.other:Patient <-> link.other:Patient | p\n- gender <-> gender")
    url = "urn:uuid:p"
    person = {"resourceType": "Patient", "fullUrl": url, "gender": "male", "link": [{"other": {"reference": url}}]}
    goal = {"resourceType": "Goal", "fullUrl": "urn:uuid:g", "subject": {"reference": url}}
    assert codes(desk.load().to_fhir({"Goal": [goal], "Patient": [person]}, "s").problems) == ["map.depth"]
