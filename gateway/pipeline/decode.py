"""Step 2: bytes -> trees, by the codec of the agreed format."""

from dataclasses import replace

from gateway.domain.message import Message
from gateway.domain.problem import Problem, worst
from gateway.mapping.format import Format
from gateway.pipeline.formats import source_of
from gateway.pipeline.rooms import Rooms

ANSWERED_LATER = frozenset({"fhir.reference"})
"""Findings of a codec about what the store may know: a reference to a resource that the partner has from us."""


def decode(message: Message, rooms: Rooms) -> Message:
    """The trees of the file; what cannot be read waits for a person."""
    source = source_of(message.entry, rooms)
    wrong = unready(source, message.entry.format)
    if source is None or wrong:
        return message.stop("decode", *wrong)
    decoded = source.codec.decode(message.entry.data, source.spec)
    problems = [problem for problem in decoded.problems if problem.code not in ANSWERED_LATER]
    if not decoded.trees and worst(problems) != "error":
        problems.append(nothing())
    read = replace(message.with_problems(*problems), trees=tuple(decoded.trees), map_hash=source.hash)
    return read.stop("decode") if worst(problems) == "error" else read


def nothing() -> Problem:
    """The finding for a file without any message."""
    repair = "check that the file is complete and in this format"
    return Problem("map.empty", "file", "the file holds no message", repair)


def unready(source: Format | None, name: str) -> list[Problem]:
    """Why a format cannot read anything."""
    if source is None:
        repair = f"run `gateway check` on `{name}`, then `gateway messages replay`"
        return [Problem("line.format", name, f"the format `{name}` is not there or has errors", repair)]
    if not source.goes("to_fhir"):
        repair = "agree another format for this road in partner.yaml"
        return [Problem("map.direction", name, f"`{name}` is only written", repair)]
    return []
