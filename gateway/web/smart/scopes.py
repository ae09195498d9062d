"""Scopes: which interactions on which types (SMART App Launch 2.2, chapter 4; `read`, `write` and `*` of version 1)."""

import re
from collections.abc import Iterable
from typing import NamedTuple

SCOPE = re.compile(r"system/([A-Z][A-Za-z]*|\*)\.(read|write|\*|(?=[cruds])c?r?u?d?s?)")
WORDS = {"read": "rs", "write": "cud", "*": "cruds"}
"""Of version 1 of the standard -> letters of version 2."""


class Scope(NamedTuple):
    """A type, `*` for each, with letters of `cruds`."""

    type: str
    letters: frozenset[str]

    def __str__(self) -> str:
        return f"system/{self.type}.{''.join(letter for letter in 'cruds' if letter in self.letters)}"


def scope(text: str) -> Scope | None:
    """A scope as it is written; None where it is none, or holds what searches are narrowed by (`?`)."""
    found = SCOPE.fullmatch(text)
    return Scope(found[1], frozenset(WORDS.get(found[2], found[2]))) if found else None


def scopes(texts: Iterable[str]) -> tuple[Scope, ...]:
    """Those that are some."""
    return tuple(found for text in texts if (found := scope(text)) is not None)


def granted(asked: Iterable[Scope], allowed: Iterable[Scope]) -> tuple[Scope, ...]:
    """What of the scopes that are asked for is allowed; for `*` each type that is allowed stands for itself."""
    kept: dict[str, frozenset[str]] = {}
    for wish in asked:
        for may in allowed:
            kind = may.type if wish.type == "*" else wish.type
            letters = wish.letters & may.letters
            if letters and may.type in {"*", kind}:
                kept[kind] = kept.get(kind, frozenset()) | letters
    return tuple(Scope(kind, letters) for kind, letters in kept.items())


def opens(held: Iterable[Scope], kind: str, letter: str) -> bool:
    """Whether one of them opens an interaction on a type."""
    return any(one.type in {"*", kind} and letter in one.letters for one in held)
