"""One segment between its text and its place in the tree (chapter 2.5)."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

from gateway.adapters.hl7v2 import facts
from gateway.adapters.hl7v2.escape import Escapes
from gateway.adapters.hl7v2.separators import Separators
from gateway.domain.codec import Tree

KEYS = tuple(str(n) for n in range(1, facts.FIELDS + 1))
MOST = 1_000_000
"""Parts of one text that are written; a greater number in a tree is a mistake."""
Notice = Callable[[str, str, str], None]
"""Told (field, place below it, kind) of what an escape sequence has that a reader should know."""


def keys(text: str, sep: Separators) -> tuple[str, ...]:
    """The keys "1", "2", ... of all parts that a text can have."""
    if len(text) < facts.FIELDS:
        return KEYS
    most = max(text.count(sep.field), text.count(sep.component), text.count(sep.subcomponent))
    return KEYS if most < facts.FIELDS else tuple(map(str, range(1, most + 2)))


def read_segment(name: str, text: str, escapes: Escapes, notice: Notice) -> Tree:
    """The text of all fields from field 1 on -> the fields that hold something."""
    sep = escapes.sep
    names = keys(text, sep)
    fields = text.split(sep.field)
    shapes = facts.shapes().get(name, facts.UNSHAPED)
    if len(fields) > len(shapes):
        shapes += ((),) * (len(fields) - len(shapes))
    rows = zip(names, fields, shapes, strict=False)
    component = sep.component
    if sep.escape in text or sep.subcomponent in text or sep.repetition in text:
        out = _mixed(rows, names, escapes, notice)
    else:
        out = {
            key: [plain(field, nested, component, names)]
            if component in field
            else [{"1": {"1": field}}]
            if nested and nested[0] == "1"
            else [{"1": field}]
            for key, field, nested in rows
            if field
        }
    if text[-1:] in sep.ends or sep.ends[0] in text or sep.ends[1] in text or sep.ends[2] in text:
        return _trimmed(out)
    return out


def _trimmed(fields: Tree) -> Tree:
    """The fields without empty repetitions at their ends."""
    for repetitions in fields.values():
        while repetitions and not repetitions[-1]:
            repetitions.pop()
    return {key: repetitions for key, repetitions in fields.items() if repetitions}


def _mixed(
    fields: Iterable[tuple[str, str, tuple[str, ...]]], names: tuple[str, ...], escapes: Escapes, notice: Notice
) -> Tree:
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
                parted(part, nested, sep, names) if subcomponent in part else plain(part, nested, component, names)
                for part in text.split(repetition)
            ]
        elif subcomponent in text:
            out[key] = [parted(text, nested, sep, names)]
        elif component in text or nested:
            out[key] = [plain(text, nested, component, names)]
        else:
            out[key] = [{"1": text}]
    return out


def plain(text: str, nested: tuple[str, ...], component: str, names: tuple[str, ...]) -> Tree:
    """A repetition without escape sequences and sub-components; an empty one is an empty dict."""
    parts = text.split(component)
    if "" in parts:
        out: Tree = {key: part for key, part in zip(names, parts) if part}  # noqa: B905 - names never end first
    else:
        out = dict(zip(names, parts))  # noqa: B905 - names never end first
    for key in nested:
        if key in out:
            out[key] = {"1": out[key]}
    return out


def parted(text: str, nested: tuple[str, ...], sep: Separators, names: tuple[str, ...]) -> Tree:
    """A repetition with sub-components; those that its datatype does not have get keys as `1.2`."""
    subcomponent = sep.subcomponent
    left = text.count(subcomponent)
    out: Tree = {key: part for key, part in zip(names, text.split(sep.component)) if part}  # noqa: B905 - names never end first
    for key in nested:
        part = out.get(key)
        if part is None:
            continue
        if subcomponent not in part:
            out[key] = {"1": part}
            continue
        pieces = part.split(subcomponent)
        left -= len(pieces) - 1
        below = {number: piece for number, piece in zip(names, pieces) if piece}  # noqa: B905 - names never end first
        if below:
            out[key] = below
        else:
            del out[key]
    if left:
        return _without_depth(out, subcomponent, names)
    return out


def _without_depth(parts: Tree, subcomponent: str, names: tuple[str, ...]) -> Tree:
    """The components without empty ones, unexpected sub-components under keys of their own."""
    out: Tree = {}
    for key, part in parts.items():
        if isinstance(part, str) and subcomponent in part:
            below = zip(names, part.split(subcomponent), strict=False)
            out.update({key if number == "1" else f"{key}.{number}": piece for number, piece in below if piece})
        elif part:
            out[key] = part
    return out


def _escaped(text: str, nested: tuple[str, ...], escapes: Escapes, notice: Callable[[str, str], None]) -> list[Tree]:
    """A field with escape sequences, all its repetitions."""
    sep = escapes.sep
    out: list[Tree] = []
    for number, part in enumerate(text.split(sep.repetition), 1):
        repetition = parted(part, nested, sep, keys(part, sep))
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
    first, skipped = (name + sep.field + sep.encoding, 2) if name in ("MSH", "BHS", "FHS") else (name, 0)
    texts = {int(key) - skipped: write_field(value, escapes) for key, value in segment.items()}
    return sep.field.join([first, *_spread({n: text for n, text in texts.items() if n > 0})])


def write_field(repetitions: list[Tree], escapes: Escapes) -> str:
    """All repetitions of a field."""
    if len(repetitions) == 1:
        return write_parts(repetitions[0], escapes)
    return escapes.sep.repetition.join([write_parts(r, escapes) for r in repetitions]).rstrip(escapes.sep.repetition)


def write_parts(repetition: Mapping[str, Any], escapes: Escapes) -> str:
    """The components of one repetition, trailing empty ones left out."""
    texts: dict[int, str] = {}
    extra: dict[int, dict[int, str]] = {}
    for key, value in repetition.items():
        if not isinstance(value, str):
            below = {int(k): escapes.write(v) for k, v in value.items()}
            texts[int(key)] = escapes.sep.subcomponent.join(_spread(below))
        elif "." not in key:
            texts[int(key)] = escapes.write(value)
        else:
            number, _, place = key.partition(".")
            extra.setdefault(int(number), {})[int(place)] = escapes.write(value)
    for at, pieces in extra.items():
        pieces.setdefault(1, texts.get(at, ""))
        texts[at] = escapes.sep.subcomponent.join(_spread(pieces))
    return escapes.sep.component.join(_spread(texts))


def _spread(parts: dict[int, str]) -> list[str]:
    """Numbered texts -> all texts from number 1 to the last one that is not empty."""
    last = max((n for n, text in parts.items() if text), default=0)
    if last > MOST or min(parts, default=1) < 1:
        raise ValueError(str(last))
    return [parts.get(n, "") for n in range(1, last + 1)]
