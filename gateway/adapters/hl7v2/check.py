"""What a tree breaks of the model, and the notation of places (chapter 2.5)."""

from collections.abc import Iterator, Sequence
from typing import Any

from gateway.adapters.hl7v2 import facts
from gateway.adapters.hl7v2.nesting import is_segment
from gateway.adapters.hl7v2.samples import NULL, PATTERNS, TELLING
from gateway.domain.codec import Key, Spec, Tree
from gateway.domain.problem import Problem


def place(path: Sequence[Key]) -> str:
    """A tree path in the standard's notation: `PID-3[2].4.2`, `IN1[2]/IN2-3.1`."""
    out = ""
    in_field = False
    for step in path:
        if isinstance(step, int):
            out += f"[{step + 1}]" if step else ""
        elif is_segment(step):
            out += f"/{step}" if out else step
            in_field = False
        else:
            out += f".{step}" if in_field else f"-{step}"
            in_field = True
    return out or "MSH"


def check(tree: Tree, spec: Spec) -> list[Problem]:  # noqa: ARG001 - the same for all options
    """Unknown segments and fields, repetitions that the standard does not have, values that no reader would take."""
    if not isinstance(tree.get("MSH"), list):
        return [_finding("hl7v2.tree.msh", "MSH", "The message has no segment MSH.", "Let the map fill MSH.", "error")]
    return list(_segments(tree, ()))


def _segments(container: Tree, path: tuple[Key, ...]) -> Iterator[Problem]:
    for name, found in container.items():
        if not is_segment(name):
            continue
        at = (*path, name)
        if not facts.SEGMENT_NAME.match(name) or not isinstance(found, list):
            yield _shape(at)
        elif name not in facts.segments() and not name.startswith("Z"):
            yield _finding("hl7v2.segment.unknown", place(at), "The standard has no such segment.", "Use a Z segment.")
        else:
            for index, segment in enumerate(found):
                yield from _segment(name, segment, (*at, index))


def _segment(name: str, segment: Any, path: tuple[Key, ...]) -> Iterator[Problem]:
    if not isinstance(segment, dict) or not all(isinstance(key, str) for key in segment):
        yield _shape(path)
        return
    yield from _segments(segment, path)
    for key, repetitions in segment.items():
        if is_segment(key):
            continue
        at = (*path, key)
        if not key.isdecimal() or not isinstance(repetitions, list):
            yield _shape(at)
            continue
        found = facts.field_type(name, int(key)) if len(key) < 4 else None
        if found is None:
            yield _finding(
                "hl7v2.field.unknown", place(at), "The segment has no such field in any version.", "Leave it out."
            )
        elif len(repetitions) > 1 and not found[1]:
            yield _finding("hl7v2.field.repeats", place(at), "The field does not repeat in any version.", "Keep one.")
        for index, repetition in enumerate(repetitions):
            yield from _parts(repetition, found[0] if found else facts.VARIES, (*at, index))


def _parts(parts: Any, type_name: str, path: tuple[Key, ...]) -> Iterator[Problem]:
    if not isinstance(parts, dict):
        yield _shape(path)
        return
    types = facts.datatypes().get(type_name, (type_name,))
    for key, value in parts.items():
        first = key.partition(".")[0]
        if not first.isdecimal():
            yield _shape((*path, key))
            continue
        below = types[int(first) - 1] if first == key and 0 < int(first) <= len(types) else "ST"
        if isinstance(value, str):
            yield from _value(value, below, (*path, key))
        elif "." in key or type_name == "":
            yield _shape((*path, key))
        else:
            yield from _subparts(value, below, (*path, key))


def _subparts(parts: Any, type_name: str, path: tuple[Key, ...]) -> Iterator[Problem]:
    types = facts.datatypes().get(type_name, (type_name,))
    if not isinstance(parts, dict) or not all(k.isdecimal() and isinstance(v, str) for k, v in parts.items()):
        yield _shape(path)
        return
    for key, value in parts.items():
        yield from _value(value, types[int(key) - 1] if 0 < int(key) <= len(types) else "ST", (*path, key))


def _value(value: str, type_name: str, path: tuple[Key, ...]) -> Iterator[Problem]:
    pattern = PATTERNS.get(type_name)
    if pattern and value != NULL and not pattern.match(value):
        sentence = f"The value is not {TELLING[type_name]}, as {type_name} asks."
        yield _finding("hl7v2.value.form", place(path), sentence, "Correct the value or the map.")


def _shape(path: tuple[Key, ...]) -> Problem:
    sentence = "The tree has no such shape here: lists of segments and fields, dicts of numbered parts, text as values."
    return _finding("hl7v2.tree.shape", place(path), sentence, "Build the tree as the model says.", "error")


def _finding(code: str, at: str, sentence: str, repair: str, severity: str = "warning") -> Problem:
    return Problem(code, at, sentence, repair, "error" if severity == "error" else "warning")
