"""Overrides from the environment: `GATEWAY__HTTP__LISTEN=...`, `GATEWAY__MLLP__0__LISTEN=...`, lists as JSON."""

import os
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic_settings import EnvSettingsSource
from pydantic_settings.exceptions import SettingsError

from gateway.domain.problem import Problem
from gateway.mapping.language import finding
from gateway.mapping.typed import Key, described, nearest
from gateway.settings.model import Settings

PREFIX = "GATEWAY__"


def names() -> Iterator[tuple[str, tuple[Key, ...]]]:
    """The variables of the environment that override settings, with the path each means."""
    for name in sorted(os.environ):
        if name.upper().startswith(PREFIX) and os.environ[name]:
            steps = name[len(PREFIX) :].lower().split("__")
            yield name, tuple(int(step) if step.isdecimal() else step for step in steps)


def overrides() -> tuple[dict[str, Any], list[Problem]]:
    """The values of all of them, nested as in the file; one that overrides nothing is an error."""
    problems = [problem for name, path in names() for problem in _unknown(name, path)]
    try:
        return EnvSettingsSource(Settings)(), problems
    except SettingsError:
        sentence = "a list from the environment is written as JSON, and one of these is not"
        place = ", ".join(f"environment {name}" for name, path in names() if not isinstance(path[-1], int))
        problems.append(finding("settings.json", place, sentence, 'write `["a", "b"]`'))
        return {}, problems


def _unknown(name: str, path: tuple[Key, ...]) -> Iterator[Problem]:
    """The first step of a path that leads nowhere."""
    for number, step in enumerate(path):
        known = described(Settings, path[:number])
        if step in known or (isinstance(step, int) and path[:number] == ("mllp",)):
            continue
        above = name[: len(PREFIX)] + "__".join(str(part).upper() for part in path[:number])
        repair = nearest(str(step), known) if known else f"set {above} itself; a list there is written as JSON"
        yield finding("settings.variable", f"environment {name}", "this overrides no setting", repair)
        return


def merged(values: Any, over: Any) -> Any:
    """Values with others laid over them; `{0: ...}` over a list changes its first item."""
    if isinstance(values, list) and isinstance(over, Mapping) and all(str(key).isdecimal() for key in over):
        items = dict(enumerate(values))
        items |= {int(key): merged(items.get(int(key)), item) for key, item in over.items()}
        return [items[number] for number in sorted(items)]
    if isinstance(values, Mapping) and isinstance(over, Mapping):
        return {**values, **{key: merged(values.get(key), item) for key, item in over.items()}}
    if values is None and isinstance(over, Mapping) and over and all(str(key).isdecimal() for key in over):
        return merged([], over)
    return over
