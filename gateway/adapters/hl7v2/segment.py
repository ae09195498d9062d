"""One segment between its text and its place in the tree (chapter 2.5)."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

from gateway.adapters.hl7v2 import facts
from gateway.adapters.hl7v2.escape import Escapes
from gateway.adapters.hl7v2.separators import Separators
from gateway.domain.codec import Tree

KEYS = tuple(str(n) for n in range(1, facts.FIELDS + 1))
Notice = Callable[[str, str, str], None]
"""Told (field, place below it, kind) of what an escape sequence has that a reader should know."""


def keys(count: int) -> Iterable[str]:
    """The keys "1", "2", ... of `count` parts."""
    return KEYS if count <= facts.FIELDS else map(str, range(1, count + 1))


def read_segment(name: str, text: str, escapes: Escapes, notice: Notice) -> Tree:
    """The text of all fields from field 1 on -> the fields that hold something."""
    sep = escapes.sep
    fields = text.split(sep.field)
    shapes = facts.shape(name)
    if len(fields) > len(shapes):
        shapes += ((),) * (len(fields) - len(shapes))
    rows = zip(keys(len(fields)), fields, shapes, strict=False)
    component = sep.component
    if sep.escape in text or sep.subcomponent in text or sep.repetition in text:
        out = _mixed(rows, escapes, notice)
    else:
        out = {
            key: [plain(field, nested, component)]
            if component in field
            else [{"1": {"1": field}}]
            if nested and nested[0] == "1"
            else [{"1": field}]
            for key, field, nested in rows
            if field
        }
    return _trimmed(out) if _open_ended(text, sep) else out


def _open_ended(text: str, sep: Separators) -> bool:
    """Whether a field may end in empty parts."""
    last = text[-1:]
    return any(mark == last or mark + sep.field in text for mark in (sep.component, sep.repetition, sep.subcomponent))


def _trimmed(fields: Tree) -> Tree:
    """The fields without empty repetitions at their ends."""
    for repetitions in fields.values():
        while repetitions and not repetitions[-1]:
            repetitions.pop()
    return {key: repetitions for key, repetitions in fields.items() if repetitions}


def _mixed(fields: Iterable[tuple[str, str, tuple[str, ...]]], escapes: Escapes, notice: Notice) -> Tree:
    """Fields of which some have repetitions, sub-components or escape sequences."""
    sep = escapes.sep
    component, repetition, escape, subcomponent = sep.component, sep.repetition, sep.escape, sep.subcomponent
    out: Tree = {}
    for key, text, nested in fields:
        if not text:
            continue
        if escape in text:
            out[key] = _escaped(text, nested, escapes, partial(notice, key))
        elif repetition in text:
            out[key] = [
                parted(part, nested, component, subcomponent) if subcomponent in part else plain(part, nested, component)
                for part in text.split(repetition)
            ]
        elif subcomponent in text:
            out[key] = [parted(text, nested, component, subcomponent)]
        else:
            out[key] = [plain(text, nested, component)]
    return out


def plain(text: str, nested: tuple[str, ...], component: str) -> Tree:
    """A repetition without escape sequences and sub-components; an empty one is an empty dict."""
    parts = text.split(component)
    out: Tree = (
        {key: part for key, part in zip(keys(len(parts)), parts, strict=False) if part}
        if "" in parts
        else dict(zip(keys(len(parts)), parts, strict=False))
    )
    for key in nested:
        if key in out:
            out[key] = {"1": out[key]}
    return out


def parted(text: str, nested: tuple[str, ...], component: str, subcomponent: str) -> Tree:
    """A repetition with sub-components; those that its datatype does not have get keys as `1.2`."""
    out: Tree = {}
    for key, part in zip(keys(text.count(component) + 1), text.split(component), strict=False):
        if not part:
            continue
        if subcomponent not in part:
            out[key] = {"1": part} if key in nested else part
            continue
        pieces = part.split(subcomponent)
        below = {number: piece for number, piece in zip(keys(len(pieces)), pieces, strict=False) if piece}
        if key not in nested:
            out.update({key if number == "1" else f"{key}.{number}": piece for number, piece in below.items()})
        elif below:
            out[key] = below
    return out


def _escaped(text: str, nested: tuple[str, ...], escapes: Escapes, notice: Callable[[str, str], None]) -> list[Tree]:
    """A field with escape sequences, all its repetitions."""
    sep = escapes.sep
    out: list[Tree] = []
    for number, part in enumerate(text.split(sep.repetition), 1):
        repetition = parted(part, nested, sep.component, sep.subcomponent)
        at = f"[{number}]" if number > 1 else ""
        for key, value in repetition.items():
            report = partial(notice, f"{at}.{key}")
            if isinstance(value, str):
                repetition[key] = escapes.read(value, report)
            else:
                repetition[key] = {k: escapes.read(v, report) for k, v in value.items()}
        out.append(repetition)
    return out


def write_segment(name: str, segment: Mapping[str, Any], escapes: Escapes) -> str:
    """A segment of the tree -> its text without the line end; raises ValueError where the tree has no such shape."""
    sep = escapes.sep
    fields = {int(key): value for key, value in segment.items() if key.isdecimal()}
    if name in ("MSH", "BHS", "FHS"):
        first, fields = name + sep.field + sep.encoding, {n - 2: v for n, v in fields.items() if n > 2}
    else:
        first = name
    last = max(fields, default=0)
    if last > facts.FIELDS:
        raise ValueError(f"{name}-{last}")
    texts = [write_field(fields[n], escapes) if n in fields else "" for n in range(1, last + 1)]
    return sep.field.join([first, *texts]).rstrip(sep.field) if texts else first


def write_field(repetitions: list[Tree], escapes: Escapes) -> str:
    """All repetitions of a field."""
    return escapes.sep.repetition.join(write_parts(r, escapes) for r in repetitions).rstrip(escapes.sep.repetition)


def write_parts(repetition: Mapping[str, Any], escapes: Escapes) -> str:
    """The components of one repetition, trailing empty ones left out."""
    parts: dict[int, dict[int, str]] = {}
    for key, value in repetition.items():
        number, _, below = key.partition(".")
        pieces = parts.setdefault(int(number), {})
        if isinstance(value, str):
            pieces[int(below or 1)] = escapes.write(value)
        else:
            pieces.update({int(k): escapes.write(v) for k, v in value.items()})
    joined = {n: _joined(pieces, escapes.sep.subcomponent) for n, pieces in parts.items()}
    return _joined(joined, escapes.sep.component)


def _joined(parts: dict[int, str], separator: str) -> str:
    last = max((n for n, text in parts.items() if text), default=0)
    if last > facts.FIELDS:
        raise ValueError(str(last))
    return separator.join(parts.get(n, "") for n in range(1, last + 1))
