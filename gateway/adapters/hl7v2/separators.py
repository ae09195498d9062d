"""The delimiters of a message: MSH-1 and MSH-2 (chapters 2.5.4, 2.14.9.1, 2.14.9.2)."""

from dataclasses import dataclass

from gateway.domain.problem import Problem

DEFAULT = "^~\\&"


@dataclass(frozen=True, slots=True)
class Separators:
    """The delimiters of one message; `truncation` is empty before version 2.7."""

    field: str = "|"
    component: str = "^"
    repetition: str = "~"
    escape: str = "\\"
    subcomponent: str = "&"
    truncation: str = ""

    @property
    def encoding(self) -> str:
        """MSH-2 as it is written."""
        return self.component + self.repetition + self.escape + self.subcomponent + self.truncation


STANDARD = Separators()


def separators(header: str, place: str = "MSH-2") -> tuple[Separators | None, list[Problem]]:
    """The delimiters that an MSH, BHS or FHS line declares; None where it cannot be read at all.

    Missing encoding characters are taken from the standard's own and reported.
    """
    if header.startswith("MSH|^~\\&|"):
        return STANDARD, []
    field = header[3:4]
    if not _usable(field):
        return None, [_unreadable(place)]
    given = header[4:].partition(field)[0]
    if any(not _usable(c) for c in given):
        return None, [_unreadable(place)]
    distinct = "".join(dict.fromkeys(given.replace(field, "")))
    chosen = distinct if len(distinct) >= len(DEFAULT) else _completed(distinct, field)
    if chosen is None:
        return None, [_unreadable(place)]
    problems = [] if chosen[:5] == given else [_repaired(place)]
    component, repetition, escape, subcomponent = list(chosen[:4])
    return Separators(field, component, repetition, escape, subcomponent, chosen[4:5]), problems


def _usable(char: str) -> bool:
    """Letters, digits, full stops and white space would collide with escape sequences."""
    return bool(char) and not char.isalnum() and not char.isspace() and char.isprintable() and char not in '."'


def _completed(given: str, field: str) -> str | None:
    """`given` with what it lacks: by character if all are the standard's own, else by position."""
    if all(c in DEFAULT for c in given):
        return DEFAULT if field not in DEFAULT else None
    chosen = given
    for standard in DEFAULT[len(given) :]:
        if standard in chosen or standard == field:
            return None
        chosen += standard
    return chosen


def _repaired(place: str) -> Problem:
    return Problem(
        "hl7v2.msh.encoding-characters",
        place,
        "The encoding characters are not four or five different ones; the missing ones were taken from ^~\\&.",
        "Let the sender write ^~\\& (or ^~\\&# from version 2.7 on).",
        "warning",
    )


def _unreadable(place: str) -> Problem:
    return Problem(
        "hl7v2.msh.separators",
        place,
        "The delimiters are missing or doubled, or are letters, digits, full stops or spaces.",
        "Let the sender begin the message with MSH|^~\\&|.",
    )
