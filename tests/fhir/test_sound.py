"""What sound.py lets pass has no finding in conform.py."""

from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from random import Random
from typing import Any

import pytest

from gateway.fhir import conform, sound
from gateway.fhir.json import Number, loads

FILES = sorted((Path(__file__).parents[2] / "mappings" / "evp" / "examples").glob("*.json"))
STRANGE: tuple[Any, ...] = (
    None,
    "",
    [],
    {},
    True,
    7,
    " a",
    "a b",
    "1941-02",
    Number("1.50"),
    [None],
    {"extension": []},
    "Group/1",
)


def objects(value: Any) -> Iterator[dict[str, Any]]:
    """Every object of a value."""
    if isinstance(value, dict):
        yield value
    for below in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from objects(below)


def spoiled(value: Any, chance: Random) -> Any:
    """A copy in which one element is missing, strange, listed or beside itself."""
    value = deepcopy(value)
    node = chance.choice([found for found in objects(value) if found])
    key = chance.choice(sorted(node))
    strange = deepcopy(chance.choice(STRANGE))
    kind = chance.randrange(4)
    if kind == 0:
        del node[key]
    else:
        node.update(({key: strange}, {key: [node[key]]}, {"_" + key.lstrip("_"): strange})[kind - 1])
    return value


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_what_passes_quickly_passes_slowly(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    value, _ = loads(path.read_bytes())
    chance = Random(path.name)
    passed = [v for v in (value, *(spoiled(value, chance) for _ in range(60))) if sound.resource(v)]
    monkeypatch.setattr(sound, "resource", lambda _: False)
    assert [conform.check_resource(v) for v in passed] == [[]] * len(passed)


def test_an_exported_plan_takes_no_closer_look() -> None:
    value, _ = loads(next(path for path in FILES if path.name.endswith(".back.json")).read_bytes())
    assert sound.resource(value)
