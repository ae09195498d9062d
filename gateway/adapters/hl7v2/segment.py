"""One segment between its text and its place in the tree (chapter 2.5)."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from gateway.adapters.hl7v2 import facts
from gateway.adapters.hl7v2.escape import Escapes
from gateway.domain.codec import Tree

KEYS = tuple(str(n) for n in range(1, 400))
Notice = Callable[[str, str], None]
"""Told (kind, place below the segment) of what an escape sequence has that a reader should know."""


def keys(count: int) -> Iterable[str]:
    """The keys "1", "2", ... of `count` parts."""
    return KEYS if count <= len(KEYS) else map(str, range(1, count + 1))


def read_segment(name: str, fields: list[str], escapes: Escapes, notice: Notice) -> Tree:
    """The texts of fields 1, 2, ... -> the segment's fields that hold something."""
    sep = escapes.sep
    shapes = facts.shape(name)
    out: Tree = {}
    for index, text in enumerate(fields):
        if not text:
            continue
        nested = shapes[index] if index < len(shapes) else ()
        key = KEYS[index] if index < len(KEYS) else str(index + 1)
        if text.isalnum():
            out[key] = [{"1": {"1": text}}] if nested and nested[0] else [{"1": text}]
        elif sep.repetition in text or sep.escape in text or sep.subcomponent in text:
            repetitions = read_field(text, nested, escapes, lambda kind, at, k=key: notice(kind, f"{k}{at}"))
            if repetitions:
                out[key] = repetitions
        else:
            found = read_plain(text, nested, sep.component)
            if found:
                out[key] = [found]
    return out


def read_plain(text: str, nested: tuple[bool, ...], component: str) -> Tree:
    """A repetition without escape sequences and without sub-component delimiters."""
    parts = text.split(component)
    if not nested:
        return {key: part for key, part in zip(keys(len(parts)), parts, strict=False) if part}
    if len(parts) > len(nested):
        nested = nested + (False,) * (len(parts) - len(nested))
    return {
        key: {"1": part} if deep else part
        for key, deep, part in zip(keys(len(parts)), nested, parts, strict=False)
        if part
    }


def read_field(text: str, nested: tuple[bool, ...], escapes: Escapes, notice: Notice) -> list[Tree]:
    """A field with all its repetitions; empty ones in between keep their place as an empty dict."""
    sep = escapes.sep
    out: list[Tree] = []
    for number, part in enumerate(text.split(sep.repetition), 1):
        if sep.escape in part or sep.subcomponent in part:
            at = f"[{number}]" if number > 1 else ""
            out.append(read_repetition(part, nested, escapes, lambda kind, c, at=at: notice(kind, f"{at}.{c}")))
        else:
            out.append(read_plain(part, nested, sep.component))
    while out and not out[-1]:
        out.pop()
    return out


def read_repetition(text: str, nested: tuple[bool, ...], escapes: Escapes, notice: Notice) -> Tree:
    """A repetition with sub-components or escape sequences."""
    sep = escapes.sep
    parts = text.split(sep.component)
    out: Tree = {}
    for index, (key, part) in enumerate(zip(keys(len(parts)), parts, strict=False)):
        if not part:
            continue
        deep = index < len(nested) and nested[index]
        below = {
            number: escapes.read(piece, lambda kind, k=key: notice(kind, k))
            for number, piece in zip(keys(part.count(sep.subcomponent) + 1), part.split(sep.subcomponent), strict=False)
            if piece
        }
        if deep and below:
            out[key] = below
        elif not deep:
            out |= {(key if number == "1" else f"{key}.{number}"): leaf for number, leaf in below.items()}
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
    if last > len(KEYS):
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
    if last > len(KEYS):
        raise ValueError(str(last))
    return separator.join(parts.get(n, "") for n in range(1, last + 1))
