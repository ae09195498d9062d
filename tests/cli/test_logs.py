"""What the gateway logs: one line an event, what it says of itself, never the text of a fault."""

import json
import logging

import pytest

from gateway.cli import logs

pytestmark = [pytest.mark.usefixtures("_logging_as_it_was"), pytest.mark.names_people]
PATIENT = "Käthe Grünewälder"


def said(capsys: pytest.CaptureFixture[str], form: str) -> str:
    """What an event with a fault leaves on standard error."""
    logs.set_up("info", form)
    log = logging.getLogger("gateway.pipeline.line")
    try:
        int(PATIENT)
    except ValueError:
        log.exception("a step failed", extra={"step": "map", "tracking": "1f0c"})
    log.debug("not told")
    logging.getLogger("elsewhere").info("not told")
    logging.getLogger("elsewhere").warning("told by a library")
    return capsys.readouterr().err


def test_json_is_one_object_a_line_with_the_extra_fields(capsys: pytest.CaptureFixture[str]) -> None:
    first, second = (json.loads(line) for line in said(capsys, "json").splitlines())
    assert first.pop("at").endswith("+00:00")
    assert first == {
        "level": "error", "logger": "gateway.pipeline.line", "event": "a step failed",
        "step": "map", "tracking": "1f0c", "fault": "ValueError",
    }  # fmt: skip
    assert (second["logger"], second["level"]) == ("elsewhere", "warning")


def test_text_is_one_line_with_the_extra_fields(capsys: pytest.CaptureFixture[str]) -> None:
    first, second = said(capsys, "text").splitlines()
    assert first.endswith(" error   pipeline.line: a step failed step=map tracking=1f0c fault=ValueError")
    assert second.endswith(" warning elsewhere: told by a library")


@pytest.mark.parametrize("form", ["json", "text"])
def test_the_text_of_a_fault_is_never_written(capsys: pytest.CaptureFixture[str], form: str) -> None:
    text = said(capsys, form)
    assert PATIENT not in text
    assert "Grünewälder" not in text.encode().decode("unicode_escape", "replace")
    assert "Traceback" not in text


def test_a_level_says_from_which_gravity_on(capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up("error", "text")
    logging.getLogger("gateway.x").warning("not told")
    assert capsys.readouterr().err == ""


def test_what_json_does_not_know_is_written_as_text(capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up("info", "json")
    logging.getLogger("gateway.x").info("told", extra={"doors": {1}, "fine": None})
    assert json.loads(capsys.readouterr().err)["doors"] == "{1}"


def test_a_line_end_in_a_field_makes_no_second_line(capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up("info", "text")
    logging.getLogger("gateway.x").info("told", extra={"code": "a\nerror forged"})
    assert len(capsys.readouterr().err.splitlines()) == 1
