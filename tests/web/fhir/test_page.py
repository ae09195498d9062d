"""What docs/reference/fhir-api.md promises is what is there, and what it shows is what happens."""

import re
import shutil
from pathlib import Path

import pytest

from gateway.web.fhir.outcome import ISSUES
from gateway.web.fhir.routes import routes
from gateway.web.fhir.tables import TYPES
from tests.house.play import Player

pytestmark = pytest.mark.xdist_group("the ports of the demo")
PATH = Path(__file__).parents[3] / "docs" / "reference" / "fhir-api.md"
PAGE = PATH.read_text(encoding="utf-8")


def test_every_route_is_described_and_no_other() -> None:
    offered = {(route.template or "/", method) for route in routes() for method in route.handlers}
    assert set(re.findall(r"^\| `(/[^`]*)` \| ([A-Z]+) \|", PAGE, re.MULTILINE)) == offered


def test_every_type_is_named() -> None:
    listed = re.search(r"^Types: ([^.]+)\.", PAGE, re.MULTILINE)
    assert listed is not None
    assert tuple(re.split(r",\s+", listed[1])) == TYPES


def test_every_status_of_a_refusal_is_described() -> None:
    described = {int(status) for status in re.findall(r"^\| (\d{3}) \|", PAGE, re.MULTILINE)}
    assert described == {*ISSUES}


@pytest.mark.skipif(shutil.which("curl") is None, reason="the page calls curl")
def test_what_the_page_shows_is_what_happens(tmp_path: Path) -> None:
    player = Player(tmp_path)
    try:
        said = player.page(PATH)
    finally:
        codes = player.end()
    assert [(each.command, each.missing(), each.answer) for each in said if each.missing()] == []
    assert codes == [0]
