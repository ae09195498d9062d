"""The page of the house names every room that is there, so that nobody looks for a door that is not drawn."""

import tomllib

import pytest

from tests.house.source import ROOT

TEXT = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")


def rooms(floor: str) -> list[str]:
    """The packages of a floor."""
    return sorted(path.parent.name for path in (ROOT / "gateway" / floor).glob("*/__init__.py"))


@pytest.mark.parametrize("room", rooms("pipeline"))
def test_every_room_of_the_pipeline_is_in_its_table(room: str) -> None:
    assert f"\n| `pipeline/{room}` | " in TEXT


@pytest.mark.parametrize("door", rooms("web"))
def test_every_door_is_named(door: str) -> None:
    assert f"web/{door}:" in TEXT


def test_every_step_of_the_line_is_drawn_in_its_order() -> None:
    from gateway.pipeline.line import STEPS  # noqa: PLC0415 - the line is heavy

    drawn = TEXT.partition("## The line")[2].partition("```\n\n")[0]
    names = [step.__name__ for step in STEPS]
    assert [name for name in names if f" {name} " not in drawn] == []
    assert sorted(names, key=lambda name: drawn.index(f" {name} ")) == names


def test_the_rooms_of_the_pipeline_are_drawn_as_the_contract_has_them() -> None:
    told = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]
    (contract,) = (one for one in told if one.get("containers") == ["gateway.pipeline"])
    drawn = TEXT.partition("in one direction, so that")[2].split("```\n")[1].splitlines()
    lines = ["   ".join(layer.split(" | ")) for layer in contract["layers"]]
    assert [f"{line}   ".partition("    ")[0].strip() for line in drawn] == lines
    assert contract["exhaustive"]
