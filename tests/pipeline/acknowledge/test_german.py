"""Every status and business status that can be told has words that a nurse understands."""

import csv
from collections.abc import Iterator

import pytest

from gateway.domain.table import TABLES
from gateway.domain.task import display, statuses
from gateway.mapping.codes import Table
from tests.pipeline.acknowledge.world import CASE, HOSPITAL, SHELF, World, moved, replaced, with_answers

TELLABLE = ("received", "accepted", "rejected", "completed", "failed", "cancelled")
OF_A_REPORT = {"outcome-sent", "outcome-acknowledged"}


def business() -> Iterator[tuple[str, str]]:
    with (TABLES / "business.csv").open(encoding="utf-8") as file:
        yield from ((row["status"], row["code"]) for row in csv.DictReader(file, delimiter=";"))


BUSINESS = list(business())
TOLD = [(status, code) for status, code in [*((s, "") for s in TELLABLE), *BUSINESS] if status in TELLABLE]


def table(form: str, name: str) -> Table:
    found = SHELF.get(form)
    assert found is not None
    return found.tables[name]


@pytest.mark.parametrize(("form", "name"), [("hl7v2", "stand"), ("rueckmeldung-liste", "stand")])
def test_every_status_has_its_word(form: str, name: str) -> None:
    assert [status for status in statuses() if table(form, name).theirs(status) is None] == []


@pytest.mark.parametrize(("form", "name"), [("hl7v2", "bearbeitungsstand"), ("rueckmeldung-liste", "naeheres")])
def test_every_business_status_has_its_word_and_no_other_has_the_same(form: str, name: str) -> None:
    rows = [table(form, name).theirs(code) for _, code in BUSINESS]
    assert None not in rows
    assert len({row.theirs for row in rows if row}) == len(BUSINESS) == 53


def test_the_list_says_it_in_the_words_of_the_profile() -> None:
    rows = {code: table("rueckmeldung-liste", "naeheres").theirs(code) for _, code in BUSINESS}
    assert {code: row.theirs for code, row in rows.items() if row} == {code: display(code) for _, code in BUSINESS}


@pytest.mark.parametrize("as_", ["MDM^T02", "RRI^I12"])
@pytest.mark.parametrize(("status", "code"), [pair for pair in TOLD if pair[1] not in OF_A_REPORT])
def test_what_is_told_is_told_in_german(as_: str, status: str, code: str) -> None:
    world = replaced(World(), with_answers(HOSPITAL, **{"as": as_}))
    written = world.sent(moved(CASE, status, code, statusReason={"text": "so ist es"}))
    assert written.problems == []
    assert written.delivery is not None
    text = written.delivery.data.decode()
    sentence = table("hl7v2", "bearbeitungsstand").theirs(code)
    words = table("hl7v2", "stand").theirs(status)
    assert sentence is None or sentence.theirs in text
    assert words is not None
    assert as_ == "RRI^I12" or words.theirs in text


def test_a_business_status_of_somebody_else_is_told_as_it_was_named() -> None:
    foreign = {"coding": [{"system": "https://example.org/x", "code": "7", "display": "Platz im Mai"}], "text": "Mai"}
    for as_ in ("MDM^T02", "RRI^I12"):
        world = replaced(World(), with_answers(HOSPITAL, **{"as": as_}))
        for state in (foreign, {"text": "Mai"}):
            written = world.sent(moved(CASE, "accepted", businessStatus=state))
            assert written.delivery is not None
            assert "Mai" in written.delivery.data.decode()
