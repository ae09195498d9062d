"""The pages as HTML, from templates that escape whatever stands in a case; the look is that of the secure link."""

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from jinja2 import Environment
from starlette.responses import HTMLResponse

from gateway.pipeline.staff.roles import ROLES, Right, may
from gateway.web.drawing import templates
from gateway.web.staff.words import WORDS

if TYPE_CHECKING:
    from gateway.web.staff.call import Call, Door

GOOD = frozenset({"left"})
"""Notices that are no refusal."""
WAYS: tuple[tuple[str, Right], ...] = (
    ("desk", "cases"), ("shown", "disclosed"), ("recalls", "recall"), ("audit", "audit"), ("counts", "counts"),
)  # fmt: skip
"""What the line of links offers, by right."""


@cache
def environment() -> Environment:
    """The templates; frame and macros are those of the link's pages."""
    return templates("gateway.web.staff", "gateway.web.link", words=WORDS)


@cache
def style() -> bytes:
    """How the pages look: as the link's, and what tables need."""
    link = files("gateway.web.link").joinpath("pages", "page.css").read_bytes()
    return link + files("gateway.web.staff").joinpath("pages", "desk.css").read_bytes()


def drawn(template: str, status: int, **values: Any) -> HTMLResponse:
    """A template filled in; `up` leads from its address to the pages' own."""
    values = {"notice": "", "up": "", "call": None, "ways": [], "role": None, "refresh": "", **values}
    text = environment().get_template(f"{template}.html").render(good=values["notice"] in GOOD, **values)
    return HTMLResponse(text, status)


def page(template: str, call: "Call", status: int = 200, **values: Any) -> HTMLResponse:
    """A page of somebody who sits here."""
    role = call.who.role
    ways = [name for name, right in WAYS if may(role, right)]
    up = "../" if "id" in call.where else ""
    word = {"call": call, "ways": ways, "role": ROLES[role], "up": up}
    return drawn(template, status, **word, **values)


def entrance(door: "Door", notice: str = "", status: int = 200) -> HTMLResponse:
    """The door, with why somebody was turned away."""
    return drawn("enter", status, notice=notice, local=door.local, provider=door.provider is not None)


def message(notice: str, status: int, call: "Call | None" = None) -> HTMLResponse:
    """A page with one sentence."""
    return page("message", call, status, notice=notice) if call else drawn("message", status, notice=notice)


def onward() -> HTMLResponse:
    """A page that leads on to the desk."""
    return drawn("onward", 200, up="../", refresh="0; url=../desk")
