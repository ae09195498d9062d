"""Invariants of profiles in FHIRPath (ElementDefinition.constraint, chapter 2.28.1), where fhirpathpy is installed."""

from collections.abc import Callable, Sequence
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any

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


def check(value: Any, rules: Sequence[tuple[str, str, str]], place: str, note: Note) -> None:
    """Reports the rules (key, text, expression) that do not hold; one that cannot be judged says nothing."""
    for key, text, expression in rules:
        compiled = _compiled(expression)
        if compiled is None:
            continue
        try:
            result = compiled(value)
        except Exception:  # noqa: BLE001, S112 - an expression that fails is not the message's fault
            continue
        if result == [False]:
            note("profile.rule", place, f"The rule {key} does not hold: {text}.", "See the profile.")
