"""The pages as HTML, from templates that escape whatever stands in a case."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from jinja2 import Environment
from starlette.responses import HTMLResponse

from gateway.pipeline.link.others import Other
from gateway.pipeline.link.rows import asking, date, named, sections, stand
from gateway.pipeline.link.say import ANSWERS, REPLIES, offered
from gateway.pipeline.link.view import View
from gateway.pipeline.link.words import WORDS
from gateway.web.drawing import templates

GOOD = frozenset({"saved", "left"})
"""Notices that are no refusal."""
SAVED = frozenset({200, 201})


@dataclass(frozen=True, slots=True)
class Tried:
    """What somebody has just answered, and the notice about it; the words are shown again where they were not taken."""

    notice: str = ""
    answer: str = ""
    text: str = ""
    status: int = 200


@cache
def environment() -> Environment:
    """The templates."""
    return templates("gateway.web.link", words=WORDS, named=named, date=date)


def drawn(template: str, status: int, **values: Any) -> HTMLResponse:
    """A template filled in."""
    notice = values.pop("notice", "")
    text = environment().get_template(f"{template}.html").render(notice=notice, good=notice in GOOD, **values)
    return HTMLResponse(text, status)


def entrance(notice: str = "", status: int = 200, key: str = "") -> HTMLResponse:
    """The neutral page, with why somebody was turned away and the key as it was typed."""
    return drawn("enter", status, notice=notice, key=key)


def message(notice: str, status: int) -> HTMLResponse:
    """A page with one sentence."""
    return drawn("message", status, notice=notice)


def case(view: View, tried: Tried, others: Sequence[Other] = ()) -> HTMLResponse:
    """A party's part with the answers it may give now, and what else it has been asked."""
    saved = tried.status in SAVED
    return drawn(
        "case",
        200,  # a page that is shown is no error; so no body of an error ever holds a person's data
        notice=tried.notice,
        stand=stand(view.task),
        stopping=view.stopping,
        sections=[*sections(view.tree), *asking(view.office)],
        talks=[talk for talk in view.talks if talk.ours or talk.answered],  # the others are asks
        notes=view.notes,
        version=view.version,
        answers=[(name, ANSWERS[name]) for name in offered(str(view.task.get("status", "")))],
        link=view.task["id"],
        asks=[(ask, REPLIES[ask.kind].items()) for ask in view.asks],
        others=others,
        tried="" if saved else tried.answer,
        text=tried.text,
    )
