"""What a file may cost before it is refused."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from gateway.domain.problem import Problem


@dataclass(frozen=True, slots=True)
class Limits:
    """Most bytes of a file, segments and places between delimiters (empty ones too) in it, characters of a value."""

    bytes: int = 64 * 1024 * 1024
    segments: int = 100_000
    leaves: int = 1_000_000
    leaf: int = 32 * 1024 * 1024


DEFAULTS = Limits()


def limits(spec: Mapping[str, Any]) -> Limits:
    """`limits` of a format's options, the defaults where it says nothing."""
    given = spec.get("limits")
    if not given:
        return DEFAULTS
    return Limits(**{f.name: given[f.name] for f in fields(Limits) if isinstance(given.get(f.name), int)})


def excess(data: bytes, allowed: Limits) -> list[Problem]:
    """Which limits a file exceeds, counted without reading it."""
    if len(data) > allowed.bytes:
        sentence = f"The file has {len(data)} bytes, more than the {allowed.bytes} allowed."
        return [_exceeded("hl7v2.limit.bytes", sentence, "Split the file, or raise limits.bytes of the format.")]
    lines = max(data.count(b"\r"), data.count(b"\n"))
    if lines > allowed.segments:
        sentence = f"The file has {lines} segments, more than the {allowed.segments} allowed."
        return [_exceeded("hl7v2.limit.segments", sentence, "Split the file, or raise limits.segments of the format.")]
    if len(data) <= allowed.leaves:
        return []
    start = data.find(b"MSH")
    header = data[start : start + 8] if start >= 0 else b"MSH|^~\\&"
    delimiters = {*header[3:6], *header[7:8]}
    places = sum(data.count(bytes([delimiter])) for delimiter in delimiters)
    if places <= allowed.leaves:
        return []
    sentence = f"The file has {places} places between delimiters, more than the {allowed.leaves} allowed."
    return [_exceeded("hl7v2.limit.leaves", sentence, "Split the file, or raise limits.leaves of the format.")]


def _exceeded(code: str, sentence: str, repair: str) -> Problem:
    return Problem(code, "file", sentence, repair)
