"""One segment between its text and its place in the tree (chapter 2.5)."""

import sys
from collections.abc import Callable, Mapping
from functools import partial
from itertools import compress
from typing import Any

from gateway.adapters.hl7v2 import facts
from gateway.adapters.hl7v2.escape import Escapes
from gateway.adapters.hl7v2.separators import Separators
from gateway.domain.codec import Tree

KEYS = tuple(map(str, range(1, facts.FIELDS + 1)))
PLACES = range(sys.maxsize)
MOST = 1_000_000
"""Parts of one text that are written; a greater number in a tree is a mistake."""
Notice = Callable[[str, str, str], None]
"""Told (field, place below it, kind) of what an escape sequence has that a reader should know."""
FULL: tuple[Callable[..., Tree], ...] = (
    dict,
    lambda a: {"1": a},
    lambda a, b: {"1": a, "2": b},
    lambda a, b, c: {"1": a, "2": b, "3": c},
    lambda a, b, c, d: {"1": a, "2": b, "3": c, "4": d},
    lambda a, b, c, d, e: {"1": a, "2": b, "3": c, "4": d, "5": e},
    lambda a, b, c, d, e, f: {"1": a, "2": b, "3": c, "4": d, "5": e, "6": f},
)
"""The components of a repetition that leaves none out, by their number."""
SIZES = len(FULL)


def keys(text: str, sep: Separators) -> tuple[str, ...]:
    """The keys "1", "2", ... of all parts that a text can have."""
    most = max(text.count(sep.field), text.count(sep.component), text.count(sep.subcomponent))
    return KEYS if most < facts.FIELDS else tuple(map(str, range(1, most + 3)))


def read_segment(
    fields: list[str], text: str, shapes: tuple[facts.Shape, ...], escapes: Escapes, notice: Notice
) -> Tree:
    """The texts of fields 1, 2, ..., what they are part of, and their shapes -> the fields that hold something."""
    sep = escapes.sep
    names = KEYS if len(text) < facts.FIELDS else keys(text, sep)
    if len(fields) > facts.FIELDS:
        shapes += (facts.FLAT,) * (len(fields) - len(shapes))
    if sep.escape in text or sep.subcomponent in text or sep.repetition in text:
        return _mixed(fields, shapes, names, escapes, notice)
    out: Tree = {}
    component = sep.component
    for n in compress(PLACES, fields):
        field = fields[n]
        if component in field:
            parts = plain(field, shapes[n], component, names)
            if parts:
                out[names[n]] = [parts]
        else:
            out[names[n]] = [{"1": {"1": field} if shapes[n][1] else field}]
    return out


def _mixed(
    fields: list[str], shapes: tuple[facts.Shape, ...], names: tuple[str, ...], escapes: Escapes, notice: Notice
) -> Tree:
    """Fields of which some have repetitions, sub-components or escape sequences."""
    sep = escapes.sep
    component, repetition, escape, subcomponent = sep.component, sep.repetition, sep.escape, sep.subcomponent
    out: Tree = {}
    for n in compress(PLACES, fields):
        text, shape = fields[n], shapes[n]
        if escape in text:
            found = _escaped(text, shape, escapes, partial(notice, names[n]))
        elif repetition in text:
            found = [
                parted(part, shape, sep, names) if subcomponent in part else plain(part, shape, component, names)
                for part in text.split(repetition)
            ]
        elif subcomponent in text:
            found = [parted(text, shape, sep, names)]
        elif component in text:
            found = [plain(text, shape, component, names)]
        else:
            out[names[n]] = [{"1": {"1": text} if shape[1] else text}]
            continue
        while found and not found[-1]:
            found.pop()
        if found:
            out[names[n]] = found
    return out


def plain(text: str, shape: facts.Shape, component: str, names: tuple[str, ...]) -> Tree:
    """A repetition without escape sequences and sub-components; an empty one is an empty dict."""
    parts = text.split(component)
    number = len(parts)
    if "" in parts:
        out: Tree = {}
        for n in compress(PLACES, parts):
            out[names[n]] = parts[n]
    else:
        out = FULL[number](*parts) if number < SIZES else dict(zip(names, parts))  # noqa: B905 - names never end first
    for key in shape[number] if number < facts.COMPONENTS else shape[-1]:
        if key in out:
            out[key] = {"1": out[key]}
    return out


def parted(text: str, shape: facts.Shape, sep: Separators, names: tuple[str, ...]) -> Tree:
    """A repetition with sub-components; those that its datatype does not have get keys as `1.2`."""
    subcomponent = sep.subcomponent
    left = text.count(subcomponent)
    parts = text.split(sep.component)
    number = len(parts)
    out: Tree = {}
    for n in compress(PLACES, parts):
        out[names[n]] = parts[n]
    for key in shape[number] if number < facts.COMPONENTS else shape[-1]:
        part = out.get(key)
        if part is None:
            continue
        if subcomponent not in part:
            out[key] = {"1": part}
            continue
        pieces = part.split(subcomponent)
        left -= len(pieces) - 1
        below: Tree = {}
        for n in compress(PLACES, pieces):
            below[names[n]] = pieces[n]
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


def _escaped(text: str, shape: facts.Shape, escapes: Escapes, notice: Callable[[str, str], None]) -> list[Tree]:
    """A field with escape sequences, all its repetitions."""
    sep = escapes.sep
    out: list[Tree] = []
    for number, part in enumerate(text.split(sep.repetition), 1):
        repetition = parted(part, shape, sep, keys(part, sep))
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
