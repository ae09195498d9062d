"""The how-to pages, played: each file they show is written, each command they show is run and says what is shown."""

import shutil
from pathlib import Path

import pytest

from tests.house.play import Player, matches
from tests.house.source import ROOT

pytestmark = pytest.mark.xdist_group("the ports of the demo")
FOLDER = ROOT / "docs" / "how-to"
PAGES = sorted(path.stem for path in FOLDER.glob("*.md"))


def lacking(text: str) -> list[str]:
    """Tools that a page calls and this machine has not."""
    return [tool for tool in ("bash", "curl", "sha256sum") if tool in text and shutil.which(tool) is None]


@pytest.mark.parametrize("page", PAGES)
def test_what_a_how_to_shows_is_what_happens(page: str, tmp_path: Path) -> None:
    player, path = Player(tmp_path), FOLDER / f"{page}.md"
    if tools := lacking(path.read_text(encoding="utf-8")):
        pytest.skip(f"the page calls {', '.join(tools)}")
    try:
        said = player.page(path)
    finally:
        codes = player.end()
    missing = [(each.command, each.missing(), each.answer) for each in said if each.missing()]
    assert missing == []
    assert not any(codes)


def test_a_line_is_the_one_shown_whatever_its_ids_and_moments() -> None:
    shown = "4451f1a3  2026-11-22 07:07:51  senneklinik  done …"
    found = matches(shown, "0b3c5d11 2027-01-02 23:59:01 senneklinik done deliver")
    assert found is not None
    assert found.groups() == ("0b3c5d11",)


@pytest.mark.parametrize("found", ["0b3c5d11 2027-01-02 23:59:01 senneklinik parked", "senneklinik done"])
def test_another_line_is_not_the_one_shown(found: str) -> None:
    assert matches("4451f1a3  2026-11-22 07:07:51  senneklinik  done …", found) is None
