"""What docs/reference/http.md promises is what is there."""

import re
from pathlib import Path

from gateway.transports.folder.look import UNFINISHED
from gateway.web.refusal import ISSUES
from tests.web.standing import House, ways

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "http.md").read_text(encoding="utf-8")


def test_every_route_is_described_and_no_other() -> None:
    routes = {f"{method} {path}" for method, path in ways(House().doors())}
    intake = PAGE.partition("| the page of a link")[0]  # the pages: tests/house/test_pages.py
    assert set(re.findall(r"^\| `([A-Z]+ /[^`]*)`", intake, re.MULTILINE)) == routes


def test_every_status_of_a_refusal_is_described() -> None:
    described = {int(status) for status in re.findall(r"^\| (\d{3}) \|", PAGE, re.MULTILINE)}
    assert described == {200, 202, *ISSUES}


def test_every_unfinished_suffix_is_named() -> None:
    assert [suffix for suffix in UNFINISHED if f"`{suffix}`" not in PAGE] == []
