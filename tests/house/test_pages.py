"""Every path of the pages stands in the reference, so that whoever puts a proxy before them knows what to pass."""

import re
from typing import Any, cast

import pytest
from starlette.applications import Starlette
from starlette.routing import Route

from gateway.web.link.page import Page
from gateway.web.link.page import application as link
from gateway.web.staff.call import Door
from gateway.web.staff.door import application as staff
from tests.house.source import ROOT

NOTHING = cast("Any", None)
TEXT = (ROOT / "docs" / "reference" / "http.md").read_text(encoding="utf-8")


def told(heading: str) -> set[str]:
    """The paths of the table below a heading."""
    table = TEXT.partition(f"| {heading}")[2].partition("\n\n")[0]
    return set(re.findall(r"`(?:GET |POST )?(/[^`]*)`", table))


def served(application: Starlette) -> set[str]:
    """The paths that an application answers, but for the parts of a page (style, script)."""
    return {route.path for route in application.routes if isinstance(route, Route) and "." not in route.path}


@pytest.mark.parametrize(
    ("heading", "application"),
    [
        ("the page of a link", link(Page(NOTHING, "http://127.0.0.1/"))),
        ("the pages of staff", staff(Door(NOTHING, "http://127.0.0.1/"))),
    ],
    ids=["link", "staff"],
)
def test_the_reference_names_every_path_of_the_pages_and_no_other(heading: str, application: Starlette) -> None:
    assert told(heading) == served(application)
