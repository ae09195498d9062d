"""The general acknowledgement: MSH, MSA and ERR (chapters 2.9, 2.13.1 ACK, 2.14.5 ERR, 2.14.8 MSA)."""

import re
from collections.abc import Sequence
from datetime import datetime
from functools import cache

from gateway.adapters.hl7v2 import facts
from gateway.adapters.hl7v2.escape import Escapes, escapes
from gateway.adapters.hl7v2.separators import STANDARD, separators
from gateway.domain.codec import Greeting
from gateway.domain.problem import Problem

VERSION = "2.5"
"""Version of an answer to a message that states none."""
WIDE = frozenset({"utf-16", "utf-32", "iso2022_jp"})
"""Character sets whose bytes would be taken for frame characters or delimiters; the answer is UTF-8 then."""
PLACE = re.compile(
    r"(?:message \d+, )?(?:\S+/)?([A-Z][A-Z0-9]{2})(?:\[(\d+)\])?"
    r"(?:-(\d+)(?:\[(\d+)\])?(?:\.(\d+))?(?:\.(\d+))?)?\Z"
)
"""A place as `model.place` and the problems of this codec write it."""
SEVERITY = {"error": "E", "warning": "W", "information": "I"}
OTHER = "207"


@cache
def conditions() -> dict[str, str]:
    """Table 0357, message error condition codes -> their text."""
    return facts.table("conditions")


@cache
def meant() -> dict[str, str]:
    """A problem's code, or its first words -> its condition in table 0357; what is not listed is `OTHER`."""
    return facts.table("problem_conditions")


def answer(greeting: Greeting, code: str, problems: Sequence[Problem], stamp: datetime, key: str) -> bytes:
    """An ACK with `code` of table 0008 in MSA-1 and an ERR for each problem, in version and character set of the head.

    A message without readable MSH is answered all the same, with the standard's delimiters and an empty MSA-2.
    """
    head = greeting.head
    field = head.get("1", STANDARD.field)
    sep = separators(f"MSH{field}{head.get('2', STANDARD.encoding)}{field}")[0] or STANDARD
    codec = head.get("codec", "utf-8")
    codec = "utf-8" if codec in WIDE else codec
    written = escapes(sep, codec)
    version = _numbers(head.get("12", ""), sep.component)
    error = _error if version >= (2, 5) else _old_error
    lines = [
        _header(greeting, written, version, stamp, key).rstrip(field),
        _acknowledgement(greeting, code, problems if version < (2, 5) else (), written),
        *(f"ERR{field}{error(problem, written)}".rstrip(field) for problem in problems),
    ]
    return "".join(f"{line}\r" for line in lines).encode(codec, "replace")


def _header(greeting: Greeting, written: Escapes, version: tuple[int, ...], stamp: datetime, key: str) -> str:
    """MSH with sender and receiver changed over; type and trigger as the version knows them (MSH-9)."""
    sep, head = written.sep, greeting.head
    event = greeting.kind.partition("^")[2]
    parts = ["ACK", written.write(event), "ACK"] if event else ["ACK"]
    known = 3 if version >= (2, 3, 1) else 2 if version >= (2, 3) else 1
    charset = "UNICODE UTF-8" if head.get("codec") in WIDE else head.get("18", "")
    return sep.field.join(
        [
            f"MSH{sep.field}{sep.encoding}",
            *(head.get(number, "") for number in ("5", "6", "3", "4")),
            stamp.strftime("%Y%m%d%H%M%S%z"),
            "",
            sep.component.join(parts[:known]),
            written.write(key),
            head.get("11", "") or "P",
            head.get("12", "") or VERSION,
            "",
            "",
            "",
            "",
            head.get("17", ""),
            charset,
        ]
    )


def _acknowledgement(greeting: Greeting, code: str, problems: Sequence[Problem], written: Escapes) -> str:
    """MSA: the code, the id as the sender wrote it, and before version 2.5 the first reason as text (MSA-3)."""
    text = written.write(f"{problems[0].sentence} {problems[0].repair}") if problems else ""
    return written.sep.field.join(["MSA", code, greeting.head.get("10", "").strip(), *([text] if text else [])])


def _error(problem: Problem, written: Escapes) -> str:
    """ERR-2 place, ERR-3 condition, ERR-4 severity, ERR-5 our code, ERR-7 what is wrong, ERR-8 what to do."""
    sep, write = written.sep, written.write
    condition = _condition(problem.code)
    fields = [
        "",
        sep.component.join(_location(problem.place)),
        sep.component.join([condition, write(conditions()[condition]), "HL70357"]),
        SEVERITY[problem.severity],
        sep.component.join([write(problem.code), "", "L"]),
        "",
        write(_told(problem)),
        write(problem.repair),
    ]
    return sep.field.join(fields)


def _old_error(problem: Problem, written: Escapes) -> str:
    """ERR-1 before version 2.5 (ELD): segment, sequence, field and the condition with sub-components."""
    sep = written.sep
    condition = _condition(problem.code)
    place = [*_location(problem.place), "", "", ""][:3]
    text, code = conditions()[condition], problem.code
    reason = [condition, *map(written.write, (text, "HL70357", code, _told(problem), "L"))]
    return sep.component.join([*place, sep.subcomponent.join(reason)])


def _told(problem: Problem) -> str:
    """The sentence, with the place where ERR-2 cannot hold it."""
    return problem.sentence if PLACE.match(problem.place) else f"{problem.place}: {problem.sentence}"


def _location(place: str) -> list[str]:
    """A place of an HL7 v2 message as ERL (chapter 2A.3.28): segment, sequence, field, repetition, component, part."""
    match = PLACE.match(place)
    if not match:
        return []
    segment, sequence, field, repetition, component, part = match.groups()
    found = [segment, sequence or "1", field or "", (repetition or "1") if field else "", component or "", part or ""]
    while not found[-1]:
        found.pop()
    return found


def _condition(code: str) -> str:
    """The condition of table 0357 for a problem's code."""
    listed = meant()
    while code and code not in listed:
        code = code.rpartition(".")[0]
    return listed.get(code, OTHER)


def _numbers(field: str, component: str) -> tuple[int, ...]:
    """MSH-12 as numbers; a message without version is answered in `VERSION`."""
    version = field.partition(component)[0].strip() or VERSION
    return tuple(int(part) for part in version.split(".") if part.isdecimal() and len(part) < 5)
