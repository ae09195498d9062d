"""How parameters are spelled: names with modifiers and chains, values with commas, bars and escapes (3.1.1.4.1-4.7)."""

import re
from dataclasses import dataclass

from gateway.domain.problem import Problem

KNOWN = frozenset({"_id", "_lastUpdated"})
"""Parameters of every resource that its row answers, not its terms."""

ESCAPED = re.compile(r"\\([\\,|$])")


class Refused(Exception):  # noqa: N818 - never leaves this room
    """A parameter that cannot be answered."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code)
        self.problem = problem


class UnknownName(Exception):  # noqa: N818 - never leaves this room
    """A parameter that a type does not have."""

    def __init__(self, name: str) -> None:
        super().__init__("unknown")
        self.name = name


@dataclass(frozen=True, slots=True)
class Key:
    """The name of a parameter, taken apart.

    whole     as it was written
    type      of the resources that refer to it (`_has`), else empty
    rest      what follows the dot of a chain, or the reference of `_has`; None where nothing does
    """

    whole: str
    name: str
    modifier: str = ""
    type: str = ""
    rest: str | None = None


def key_of(written: str) -> Key:
    """`status`, `subject:Patient.name:exact`, `_has:Task:focus:status`."""
    if written.startswith("_has:"):
        _, kind, name, rest, *_ = *written.split(":", 3), "", "", ""
        return Key(written, name, "", kind or "?", rest)
    head, dot, rest = written.partition(".")
    name, _, modifier = head.partition(":")
    return Key(written, name, modifier, "", rest if dot else None)


def parts(text: str, sign: str) -> list[str]:
    """A text divided at a sign where it is not escaped; the parts still hold their escapes."""
    found, start, skip = [], 0, False
    for place, letter in enumerate(text):
        if skip:
            skip = False
        elif letter == "\\":
            skip = True
        elif letter == sign:
            found.append(text[start:place])
            start = place + 1
    return [*found, text[start:]]


def meant(text: str) -> str:
    """A text without its escapes."""
    return ESCAPED.sub(r"\1", text) if "\\" in text else text
