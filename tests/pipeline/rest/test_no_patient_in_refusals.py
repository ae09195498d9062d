"""What a request says of a person stands in no problem, no log and no audit."""

import logging
from typing import Any

import pytest

from gateway.pipeline.rest.asked import Asked
from tests.pipeline.rest.client import PERSON, Client, task

CANARY = "Kanarienvogel"
BAD: tuple[dict[str, Any], ...] = (
    {**PERSON, f"{CANARY}, K.": "x"},
    {**PERSON, "gender": CANARY},
    {**PERSON, f"{CANARY}, K.": {"reference": "urn:uuid:" + CANARY}},
    {**PERSON, "generalPractitioner": [{"reference": f"Practitioner?name={CANARY}"}]},
    {"resourceType": "Task", "status": CANARY, "intent": "order", "description": CANARY},
    {"resourceType": "Task", "status": "requested", "intent": "order", "focus": {"reference": f"Task/{CANARY}"}},
)


@pytest.mark.parametrize("resource", BAD)
def test_a_refusal_repeats_nothing_of_what_was_sent(
    desk: Client, resource: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        told = desk.create(resource)
    assert told.status >= 400
    assert CANARY not in f"{told.problems} {told.actions} {caplog.text} {desk.world.store.audit()}"


def test_neither_does_one_of_a_name_that_is_no_id(desk: Client) -> None:
    told = desk.asks(Asked("update", "Patient", f"{CANARY} K.", {**PERSON, "id": f"{CANARY} K."}))[0]
    assert told.status == 400
    assert CANARY not in f"{told.problems} {desk.world.store.audit()}"


def test_nor_a_move_that_is_illegal(desk: Client) -> None:
    told = desk.move(desk.referral(description=CANARY), "completed", CANARY, CANARY)
    assert told.status == 422
    assert CANARY not in f"{told.problems} {told.actions} {desk.world.store.audit()}"


def test_nor_does_a_defect_of_ours(desk: Client, monkeypatch: pytest.MonkeyPatch, caplog: Any) -> None:
    def broken(*_: Any) -> None:
        raise ValueError(CANARY)

    monkeypatch.setattr("gateway.pipeline.rest.perform.composed", broken)
    told = desk.create(task({"resourceType": "ServiceRequest", "id": "x", "subject": {"reference": "Patient/x"}}))
    assert (told.status, CANARY in f"{told.problems} {caplog.text}") == (500, False)
