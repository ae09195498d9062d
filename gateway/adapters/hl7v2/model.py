"""Which paths exist in an HL7 v2 tree, and how its places are written (chapters 2.5, 2A, 2.12)."""

from collections.abc import Sequence
from functools import cache

from gateway.adapters.hl7v2 import canonical, check, facts, structure
from gateway.adapters.hl7v2.samples import SAMPLES
from gateway.domain.codec import Element, Key, Spec, Tree
from gateway.domain.problem import Problem

ROOT = "message"


class Hl7v2Model:
    """Segments, fields, datatypes and groups of the versions 2.3 to 2.8, each in its widest form."""

    root = ROOT

    def element(self, type_name: str, part: str) -> tuple[Element, ...] | None:
        """`PID`, `PID-3`, `IN2-5` below the message or a segment; `3` or `PID-3` below a segment; `4` below a type."""
        return _element(type_name, part)

    def parts(self, type_name: str) -> tuple[str, ...]:
        """Segment names below the message; fields, then following segments below a segment; components of a type."""
        if type_name == ROOT:
            return tuple(facts.segments())
        cells = facts.segments().get(type_name)
        if cells is not None:
            fields = (f"{type_name}-{n}" for n, cell in enumerate(cells, 1) if cell != "-")
            return (*fields, *sorted(structure.followers().get(type_name, frozenset())))
        return tuple(str(n) for n in range(1, len(facts.datatypes().get(type_name, ("",))) + 1))

    def samples(self, type_name: str) -> tuple[str | bool | int, ...]:
        """Valid values of a primitive datatype (chapter 2A)."""
        return SAMPLES.get(type_name, SAMPLES["ST"])

    def place(self, path: Sequence[Key]) -> str:
        """`("PID", 0, "3", 1, "4", "2")` -> `PID-3[2].4.2`; the first of several carries no number."""
        return check.place(path)

    def check(self, tree: Tree, spec: Spec) -> list[Problem]:
        """Unknown segments and fields, repetitions the standard does not have, values no reader would take."""
        return check.check(tree, spec)

    def canonical(self, tree: Tree, spec: Spec) -> Tree:
        """The tree levelled out as `canonical:` says (words: see canonical.py)."""
        return canonical.canonical(tree, spec)


@cache
def _element(type_name: str, part: str) -> tuple[Element, ...] | None:
    name, dash, number = part.partition("-")
    if type_name == ROOT:
        return _segment(name, number, dash)
    if type_name in facts.segments() or type_name == facts.UNTYPED:
        return _below_segment(type_name, part)
    return _component(type_name, part.rpartition(".")[2].rpartition("-")[2])


def _segment(name: str, number: str, dash: str) -> tuple[Element, ...] | None:
    known = name in facts.segments()
    if not known and not (name.startswith("Z") and facts.SEGMENT_NAME.match(name)):
        return None
    type_name = name if known else facts.UNTYPED
    many = name.startswith(facts.UNTYPED) or name in structure.repeating()
    first = Element(name, type_name, listed=True, repeats=many)
    if not dash:
        return (first,)
    below = _field(type_name, number)
    return (first, below) if below else None


def _below_segment(type_name: str, part: str) -> tuple[Element, ...] | None:
    name, dash, number = part.partition("-")
    if not dash and name.isdecimal():
        number, name = name, type_name
    if number and (name == type_name or (type_name == facts.UNTYPED and name.startswith("Z"))):
        below = _field(type_name, number)
        return (below,) if below else None
    if name not in structure.followers().get(type_name, frozenset()):
        return None
    return _segment(name, number, dash)


def _field(segment: str, number: str) -> Element | None:
    found = facts.field_type(segment, int(number)) if number.isdecimal() and len(number) < 4 else None
    if found is None:
        return None
    type_name, many = found
    value = "1" if facts.first_is_primitive(type_name) else ""
    return Element(str(int(number)), type_name, listed=True, repeats=many, value=value)


def _component(type_name: str, number: str) -> tuple[Element, ...] | None:
    if not number.isdecimal() or int(number) < 1:
        return None
    key = str(int(number))
    if type_name == facts.VARIES:
        return (Element(key, "ST", primitive=True),)
    types = facts.datatypes().get(type_name) or ((type_name, "ID") if type_name == "DTM" else (type_name,))
    if int(number) > len(types) or (type_name not in facts.datatypes() and type_name not in SAMPLES):
        return None
    below = types[int(number) - 1]
    if below not in facts.datatypes():
        return (Element(key, "ST" if below in ("-", facts.VARIES) else below, primitive=True),)
    return (Element(key, below, value="1" if facts.first_is_primitive(below) else ""),)


MODEL = Hl7v2Model()
