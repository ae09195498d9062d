"""Trees that nobody wrote: what is written reads as the same tree."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.adapters.hl7v2 import codec, facts
from gateway.adapters.hl7v2.escape import escapes
from gateway.adapters.hl7v2.separators import Separators
from gateway.adapters.hl7v2.structure import Group, structure

TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)
DIRTY = st.text(st.sampled_from('ab|^~\\&#"\n\r\tHNEX.br41Zü'), min_size=1, max_size=12)
LEAF = st.one_of(TEXT, DIRTY, st.sampled_from(['""', r"\H\x\N\ ", r"\.br\ ", r"\Zab\ "]))
STRUCTURES = {
    "ADT_A03": "ADT^A03^ADT_A03",
    "REF_I12": "REF^I12^REF_I12",
    "ADT_A39": "ADT^A40^ADT_A39",
    "MDM_T02": "MDM^T02",
}


@st.composite
def repetition(draw: st.DrawFn, type_name: str) -> dict[str, Any]:
    types = facts.datatypes().get(type_name, (type_name,))
    out: dict[str, Any] = {}
    for number in draw(st.sets(st.integers(1, len(types)), min_size=1, max_size=3)):
        below = facts.datatypes().get(types[number - 1])
        numbers = st.integers(1, len(below)).map(str) if below else st.just("1")
        out[str(number)] = draw(st.dictionaries(numbers, LEAF, min_size=1, max_size=2) if below else LEAF)
    return out


@st.composite
def segment(draw: st.DrawFn, name: str, group: Group | None) -> dict[str, Any]:
    cells = facts.segments()[name]
    out: dict[str, Any] = {}
    for number in draw(st.sets(st.integers(1, len(cells)), min_size=1, max_size=3)):
        type_name = cells[number - 1].rstrip("*")
        out[str(number)] = draw(
            st.lists(repetition("varies" if type_name == "-" else type_name), min_size=1, max_size=2)
        )
    if group is not None:
        out |= draw(segments(group))
    return out


@st.composite
def segments(draw: st.DrawFn, group: Group) -> dict[str, Any]:
    names = draw(st.lists(st.sampled_from([n for n in group.order if n != "MSH"]), max_size=3, unique=True))
    return {
        name: draw(st.lists(segment(name, group.allowed[name]), min_size=1, max_size=2))
        for name in sorted(names, key=group.order.index)
    }


@st.composite
def message(draw: st.DrawFn) -> dict[str, Any]:
    name = draw(st.sampled_from(sorted(STRUCTURES)))
    kind = dict(zip("123", STRUCTURES[name].split("^"), strict=False))
    given_by = draw(st.sampled_from(["^~\\&", "^~\\&#", "*+%$"]))
    header = {"1": [{"1": "|"}], "2": [{"1": given_by}], "9": [kind], "18": [{"1": "UNICODE UTF-8"}]}
    return {"MSH": [header], **draw(segments(structure(name)))}


@settings(max_examples=150, deadline=None)
@given(message())
def test_a_generated_tree_survives_writing_and_reading(tree: dict[str, Any]) -> None:
    encoded = codec.encode([tree], {})
    assert [p for p in encoded.problems if p.severity == "error"] == []
    assert codec.decode(encoded.data, {}).trees == [tree]


@settings(max_examples=500, deadline=None)
@given(LEAF, st.sampled_from([Separators(), Separators(truncation="#"), Separators(escape="!")]))
def test_every_leaf_survives_its_escape_sequences(leaf: str, sep: Separators) -> None:
    sequences = escapes(sep, "utf-8")
    assert sequences.read(sequences.write(leaf), lambda _: None) == leaf
