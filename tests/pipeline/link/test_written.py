"""How a date stands on a page and in a letter: as it is written in Germany, and by the clock of here."""

from datetime import UTC, datetime

import pytest

from gateway.directory.party import Party
from gateway.pipeline.link.letter import Sheet, about_code
from gateway.pipeline.link.rows import date


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("2026-03-19", "19.03.2026"),
        ("2026-11-22T17:25:03Z", "22.11.2026, 18:25 Uhr"),
        ("2026-07-01T23:30:00.000+00:00", "02.07.2026, 01:30 Uhr"),
        ("2026-07-01T23:30:00+02:00", "01.07.2026, 23:30 Uhr"),
        ("2026-03-19T14:00:00", "19.03.2026, 14:00 Uhr"),
    ],
    ids=["a day", "winter", "summer, the next day", "said by the clock of here", "no clock said"],
)
def test_a_moment_is_told_by_the_clock_of_here(said: str, written: str) -> None:
    assert date(said) == written


@pytest.mark.parametrize("said", ["2026", "2026-03", "", "am Donnerstag", "2026-02-30", "9999-12-31T23:59:59Z"])
def test_what_is_no_whole_date_or_the_last_there_is_stays_as_it_is(said: str) -> None:
    assert date(said) == said


def test_a_letter_that_is_written_after_midnight_bears_the_new_day() -> None:
    office, to = Party(partner="stelle", kind="site"), Party(partner="nachbarn", kind="other")
    sheet = Sheet(office, to, "5b2e41c7", datetime(2026, 7, 1, 22, 30, tzinfo=UTC))
    info = about_code(sheet, "4829 7365", "https://hilfe.example.org/")["info"]
    assert ["Datum", "02.07.2026"] in info
