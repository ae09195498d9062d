"""Moments between a format's notation and FHIR: precision, zones and summer time, patterns, days that do not exist."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.mapping import dates
from gateway.mapping.dates import Notation

HL7 = Notation("hl7", "Europe/Berlin")
ISO = Notation("iso", "Europe/Berlin")
GERMAN = Notation(["DD.MM.YYYY hh:mm:ss", "DD.MM.YYYY hh:mm", "DD.MM.YYYY", "MM.YYYY", "YYYY"], "Europe/Berlin")
DAYS = st.dates().filter(lambda day: day.year >= 1000)
PRECISE = st.datetimes(min_value=datetime(1950, 1, 1), max_value=datetime(2090, 1, 1))  # noqa: DTZ001 - local times


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1941", "1941"),
        ("194105", "1941-05"),
        ("19410509", "1941-05-09"),
        ("2026112008", "2026-11-20T08:00:00+01:00"),
        ("202611200815", "2026-11-20T08:15:00+01:00"),
        ("20261120081530", "2026-11-20T08:15:30+01:00"),
        ("20261120081530.1234", "2026-11-20T08:15:30.1234+01:00"),
        ("20261120081530+0000", "2026-11-20T08:15:30+00:00"),
        ("20261120081530-0330", "2026-11-20T08:15:30-03:30"),
    ],
)
def test_hl7_precision_is_kept(text: str, expected: str) -> None:
    assert dates.to_moment(HL7)(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("9999-12-31T23:59:59Z", "31.12.9999 23:59:59"), ("0001-01-01T00:00:00+14:00", "01.01.0001 00:00:00")],
)
def test_the_first_and_the_last_day_there_is_have_no_other_zone(text: str, expected: str) -> None:
    assert dates.from_fhir(GERMAN)(text) == expected


@pytest.mark.parametrize(
    ("text", "offset"),
    [
        ("20260329015959", "+01:00"),
        ("20260329030000", "+02:00"),
        ("20261025015959", "+02:00"),
        ("20261025030000", "+01:00"),
        ("20260701120000", "+02:00"),
        ("19450601120000", "+03:00"),
        ("20161231235960", "+01:00"),
    ],
)
def test_a_local_time_gets_the_offset_of_its_day(text: str, offset: str) -> None:
    moment = dates.to_moment(HL7)(text)
    assert moment is not None
    assert moment.endswith(offset)


def test_the_hour_that_comes_twice_is_the_first_of_the_two() -> None:
    assert dates.to_moment(HL7)("20261025023000") == "2026-10-25T02:30:00+02:00"


def test_the_zone_of_the_format_counts() -> None:
    assert dates.to_moment(Notation("hl7", "Europe/London"))("20260701120000") == "2026-07-01T12:00:00+01:00"


@pytest.mark.parametrize(
    "text",
    ["20260230", "202613", "20260101T", "2026010125", "202601010860", "", "0000", "20260532", "1.1.2026", "20261120 "],
)
def test_moments_that_do_not_exist_are_not_read(text: str) -> None:
    assert dates.to_moment(HL7)(text) is None
    assert dates.to_date(HL7)(text) is None


def test_a_date_takes_the_day_of_a_moment() -> None:
    assert dates.to_date(HL7)("20261120081530") == "2026-11-20"


def test_a_timed_conversion_wants_a_time_of_day() -> None:
    assert dates.to_moment(HL7, timed=True)("20261120") is None
    assert dates.to_moment(HL7, full=True)("20261120") is None
    assert dates.to_moment(HL7, full=True)("202611200815") == "2026-11-20T08:15:00+01:00"


def test_the_zones_own_offset_is_left_out_on_the_way_back() -> None:
    assert dates.from_fhir(HL7)("2026-11-20T08:15:30+01:00") == "20261120081530"
    assert dates.from_fhir(HL7)("2026-07-20T08:15:30+01:00") == "20260720081530+0100"
    assert dates.from_fhir(HL7)("2026-07-20T08:15:30Z") == "20260720081530+0000"


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("09.05.1941", "1941-05-09"),
        ("05.1941", "1941-05"),
        ("1941", "1941"),
        ("20.11.2026 08:15", "2026-11-20T08:15:00+01:00"),
        ("20.11.2026 08:15:30", "2026-11-20T08:15:30+01:00"),
    ],
)
def test_patterns_keep_precision_both_ways(theirs: str, ours: str) -> None:
    assert dates.to_moment(GERMAN)(theirs) == ours
    back = dates.from_fhir(GERMAN)(ours)
    assert back in {theirs, f"{theirs}:00"}


def test_a_time_without_seconds_is_written_by_a_pattern_without_them() -> None:
    notation = Notation("DD.MM.YYYY hh:mm", "Europe/Berlin")
    assert dates.from_fhir(notation)("2026-11-20T08:15:00+01:00") == "20.11.2026 08:15"
    assert dates.from_fhir(notation)("2026-11-20T08:15:30+01:00") is None


def test_patterns_write_local_time_of_the_zone() -> None:
    assert dates.from_fhir(GERMAN)("2026-11-20T23:30:00Z") == "21.11.2026 00:30:00"


def test_a_precision_without_a_pattern_is_not_written() -> None:
    assert dates.from_fhir(Notation("DD.MM.YYYY", "Europe/Berlin"))("1941-05") is None


def test_signs_of_a_pattern_stand_for_themselves() -> None:
    assert Notation("YYYY.MM", "Europe/Berlin").read("1941x05") is None


def test_what_is_no_fhir_date_is_not_written() -> None:
    assert dates.from_fhir(HL7)("2026-02-30") is None
    assert dates.from_fhir(HL7)("bald") is None


def test_iso_is_written_as_it_is() -> None:
    assert dates.to_moment(ISO)("2026-11-20T08:15:30") == "2026-11-20T08:15:30+01:00"
    assert dates.to_moment(ISO)("2026-11-20T08:15") == "2026-11-20T08:15:00+01:00"
    assert dates.from_fhir(ISO)("2026-11-20T08:15:30+01:00") == "2026-11-20T08:15:30+01:00"
    assert dates.from_fhir(ISO)("1941-05") == "1941-05"


@pytest.mark.parametrize(("theirs", "ours"), [("0815", "08:15:00"), ("081530", "08:15:30"), ("08", "08:00:00")])
def test_hl7_times_get_seconds(theirs: str, ours: str) -> None:
    assert dates.to_time(HL7)(theirs) == ours
    assert dates.from_time(HL7)(ours) == ours.replace(":", "")


def test_other_formats_write_times_with_colons() -> None:
    assert dates.to_time(GERMAN)("08:15") == "08:15:00"
    assert dates.from_time(GERMAN)("08:15:00") == "08:15"
    assert dates.from_time(GERMAN)("08:15:30") == "08:15:30"
    assert dates.from_time(GERMAN)("08:15") == "08:15"


@pytest.mark.parametrize("text", ["25", "0860", "x", "", "08:15:30:00"])
def test_times_that_do_not_exist_are_not_read(text: str) -> None:
    assert dates.to_time(HL7)(text) is None
    assert dates.to_time(GERMAN)(text) is None


@given(DAYS)
def test_every_day_comes_back(day: datetime) -> None:
    for notation, text in ((HL7, f"{day:%Y%m%d}"), (GERMAN, f"{day:%d.%m.%Y}")):
        ours = dates.to_date(notation)(text)
        assert ours == day.isoformat()
        assert dates.from_fhir(notation)(ours) == text


@given(PRECISE, st.sampled_from([HL7, GERMAN]))
def test_every_local_moment_comes_back_but_for_the_hour_that_is_skipped(local: datetime, notation: Notation) -> None:
    text = f"{local:%Y%m%d%H%M%S}" if notation.hl7 else f"{local:%d.%m.%Y %H:%M:%S}"
    ours = dates.to_moment(notation)(text)
    assert ours is not None
    exists = datetime.fromisoformat(ours).astimezone(UTC).astimezone(notation.zone).replace(tzinfo=None)
    if exists == local.replace(microsecond=0):
        assert dates.from_fhir(notation)(ours) == text


@given(PRECISE, st.integers(-12 * 60, 14 * 60))
def test_a_foreign_offset_means_the_same_instant(local: datetime, minutes: int) -> None:
    sign, (hours, rest) = "-" if minutes < 0 else "+", divmod(abs(minutes), 60)
    ours = f"{local:%Y-%m-%dT%H:%M:%S}{sign}{hours:02d}:{rest:02d}"
    text = dates.from_fhir(HL7)(ours)
    assert text is not None
    again = dates.to_moment(HL7)(text)
    assert again is not None
    assert datetime.fromisoformat(again) - datetime.fromisoformat(ours) == timedelta()


@given(st.text(alphabet="0123456789+-.:TZ ", max_size=26))
def test_no_text_breaks_a_conversion(text: str) -> None:
    for notation in (HL7, ISO, GERMAN):
        for convert in (dates.to_date, dates.to_moment, dates.to_time, dates.from_fhir):
            found = convert(notation)(text)
            assert found is None or re.fullmatch(r"[0-9T:.+\-Z ]+", found)


def test_an_offset_that_is_written_stays() -> None:
    assert dates.to_moment(ISO)("2026-11-20T08:15:30+02:00") == "2026-11-20T08:15:30+02:00"
    assert dates.to_moment(ISO)("2026-11-20T08:15:30Z") == "2026-11-20T08:15:30Z"
