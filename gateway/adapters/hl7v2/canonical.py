"""Differences between two messages that a format declares as none (`canonical:` of format.yaml).

trailing-empties  empty repetitions at the end of a field, empty components
time-precision    17:05 and 17:05:00, fractions of zero; with an offset, or with the format's `zone`, the same instant
segment-order     the order of segments of different names within a message or group
set-ids           field 1 of type SI (PID-1, NK1-1, DG1-1, IN1-1, ...)
separators        MSH-1 and MSH-2
charset           MSH-18
"""

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from gateway.adapters.hl7v2 import facts
from gateway.adapters.hl7v2.nesting import is_segment
from gateway.domain.codec import Spec, Tree

WORDS = ("trailing-empties", "time-precision", "segment-order", "set-ids", "separators", "charset")
HEADER_FIELDS = {"separators": ("1", "2"), "charset": ("18",)}
TIMED = re.compile(r"(\d{8})(\d{2})(\d{2})?(\d{2})?(?:\.(\d{1,6}))?([+-]\d{4})?\Z")
CLOCK = re.compile(r"(?:[01]\d|2[0-3])[0-5]\d\Z")


def canonical(tree: Tree, spec: Spec) -> Tree:
    """The tree levelled out by the words in `spec["canonical"]`; `spec["zone"]` is the sender's time zone."""
    words = frozenset(spec.get("canonical") or ())
    out = _container(tree, words, _zone(spec.get("zone")))
    dropped = {key for word, keys in HEADER_FIELDS.items() if word in words for key in keys}
    if dropped and "MSH" in out:
        out["MSH"] = [{k: v for k, v in header.items() if k not in dropped} for header in out["MSH"]]
    return out


def _zone(name: object) -> tzinfo | None:
    try:
        return ZoneInfo(str(name)) if name else None
    except (LookupError, ValueError, OSError):
        return None


def _container(tree: Tree, words: frozenset[str], zone: tzinfo | None) -> Tree:
    out = {
        name: [_segment(name, segment, words, zone) for segment in segments]
        for name, segments in tree.items()
        if is_segment(name)
    }
    return dict(sorted(out.items())) if "segment-order" in words else out


def _segment(name: str, segment: Tree, words: frozenset[str], zone: tzinfo | None) -> Tree:
    out: Tree = {}
    for key, repetitions in segment.items():
        if is_segment(key):
            continue
        found = facts.field_type(name, int(key))
        type_name = found[0] if found else facts.VARIES
        if "set-ids" in words and key == "1" and type_name == "SI":
            continue
        levelled = [_parts(repetition, type_name, words, zone) for repetition in repetitions]
        if "trailing-empties" in words:
            while levelled and not levelled[-1]:
                levelled.pop()
        if levelled:
            out[key] = levelled
    return out | _container(segment, words, zone)


def _parts(parts: Any, type_name: str, words: frozenset[str], zone: tzinfo | None) -> Any:
    if isinstance(parts, str):
        return TIMES[type_name](parts, zone) if "time-precision" in words and type_name in TIMES else parts
    types = facts.datatypes().get(type_name, (type_name,))
    out: Tree = {}
    for key, value in parts.items():
        known = key.isdecimal() and 0 < int(key) <= len(types)
        out[key] = _parts(value, types[int(key) - 1] if known else facts.VARIES, words, zone)
    if "trailing-empties" in words:
        return {key: value for key, value in out.items() if value not in ("", {})}
    return out


def _time_of_day(value: str, zone: tzinfo | None) -> str:  # noqa: ARG001 - a time of day has no instant
    return value + "00" if CLOCK.match(value) else value


def _moment(value: str, zone: tzinfo | None) -> str:
    found = TIMED.match(value)
    if not found:
        return value
    day, hour, minute, second, fraction, offset = found.groups()
    text = f"{day}{hour}{minute or '00'}{second or '00'}"
    tail = "." + fraction.rstrip("0") if fraction and fraction.strip("0") else ""
    place = _offset(offset) if offset else zone
    try:
        moment = datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=place or UTC)
        if place is not None:
            text = moment.astimezone(UTC).strftime("%Y%m%d%H%M%S")
    except (ValueError, OverflowError):
        return value
    return text + tail + ("+0000" if place is not None else "")


def _offset(text: str) -> tzinfo:
    minutes = int(text[1:3]) * 60 + int(text[3:5])
    return timezone(timedelta(minutes=min(minutes, 1439)) * (-1 if text[0] == "-" else 1))


TIMES = {"DTM": _moment, "TM": _time_of_day}
