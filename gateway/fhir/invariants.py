"""Invariants of profiles in FHIRPath (ElementDefinition.constraint, chapter 2.28.1), where fhirpathpy is installed."""

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import cache, lru_cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from gateway.fhir import json

PLAIN = re.compile(r"(?:[a-z]\w*(?!\w|\()|exists\(\)|empty\(\)|not\(\)|'[^'\\]*'|[\s.=()])+", re.ASCII)
"""Expressions that look at the named elements and nowhere else, so that these decide the answer."""
WORD = re.compile(r"'[^']*'|(\w+)")
LONGEST = 300
"""Bytes of the elements an expression looks at beyond which its answer is not kept for the next."""

Note = Callable[[str, str, str, str], None]


@cache
def _compiled(expression: str) -> Callable[[Any], list[Any]] | None:
    """The expression ready to run; None without fhirpathpy or where it cannot read it."""
    if find_spec("fhirpathpy") is None:
        return None
    fhirpathpy = import_module("fhirpathpy")
    try:
        compiled: Callable[[Any], list[Any]] = fhirpathpy.compile(
            expression, import_module("fhirpathpy.models").models["r4"]
        )
    except Exception:  # noqa: BLE001 - its parser raises what it likes
        return None
    return compiled


@cache
def _looked_at(expression: str) -> tuple[str, ...] | None:
    """The words that may be elements an expression looks at; None where it may look further."""
    if not PLAIN.fullmatch(expression):
        return None
    return ("resourceType", *(word for word in WORD.findall(expression) if word))


def holds(expression: str, value: Any) -> bool:
    """Whether an expression does not say no of a value; many values say the same, which is then known already."""
    words = _looked_at(expression)
    if words is not None and isinstance(value, Mapping):
        part = {key: item for key, item in value.items() if key.lstrip("_").startswith(words)}
        with suppress(TypeError):
            said = json.dumps(part)
            if len(said) <= LONGEST:
                return _known(expression, said)
    return _judged(expression, value)


@lru_cache(maxsize=256)
def _known(expression: str, said: bytes) -> bool:
    return _judged(expression, json.loads(said)[0])


def _judged(expression: str, value: Any) -> bool:
    compiled = _compiled(expression)
    try:
        return compiled is None or compiled(value) != [False]
    except Exception:  # noqa: BLE001 - an expression that fails is not the message's fault
        return True


def check(value: Any, rules: Sequence[tuple[str, str, str]], place: str, note: Note) -> None:
    """Reports the rules (key, text, expression) that do not hold; one that cannot be judged says nothing."""
    for key, text, expression in rules:
        if not holds(expression, value):
            note("profile.rule", place, f"The rule {key} does not hold: {text}.", "See the profile.")
