"""Dates as stretches of time (chapter 3.1.1.4.6): from the first to the last microsecond, in UTC."""

import re
from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

HERE = ZoneInfo("Europe/Berlin")
"""The zone of what names none."""
FIRST = "0001-01-01T00:00:00.000000+00:00"
LAST = "9999-12-31T23:59:59.999999+00:00"
"""Where a stretch has no beginning, no end."""

STATED = re.compile(
    r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(Z|[+-]\d\d:\d\d)?)?)?)?", re.ASCII
)
EDGES = (1, 9999)
MICROS = 6
TICK = timedelta(microseconds=1)
Stretch = tuple[str, str]


@lru_cache(maxsize=1024)
def stretch(text: str) -> Stretch | None:
    """First and last microsecond of a date, dateTime or instant of any precision; None where it is none of them."""
    found = STATED.fullmatch(text)
    if found is None:
        return None
    try:
        low, high = _moment(found) if found[4] else _days(found)
    except (ValueError, OverflowError):
        return None
    return _utc(low), _utc(high)


def _days(found: re.Match[str]) -> tuple[datetime, datetime]:
    """A year, month or day, as it is counted here; years at the edges of the calendar know no zone."""
    year, month, day = int(found[1]), int(found[2] or 1), int(found[3] or 1)
    first = date(year, month, day)
    if found[3]:
        last = first
    elif found[2]:
        last = date(year, month, monthrange(year, month)[1])
    else:
        last = date(year, 12, 31)
    zone = UTC if year in EDGES else HERE
    low, high = (datetime.combine(day, clock, zone) for day, clock in ((first, time.min), (last, time.max)))
    return low.astimezone(UTC), high.astimezone(UTC)


def _moment(found: re.Match[str]) -> tuple[datetime, datetime]:
    """A moment, as exactly as it is stated."""
    year, month, day, hour, minute = (int(found[n]) for n in range(1, 6))
    second, fraction = min(int(found[6] or 0), 59), (found[7] or "")[:MICROS]
    micro = int(fraction.ljust(MICROS, "0")) if fraction else 0
    naive = datetime(year, month, day, hour, minute, second, micro, tzinfo=UTC)
    length = timedelta(microseconds=10 ** (MICROS - len(fraction))) if found[6] else timedelta(minutes=1)
    low = _zoned(naive, found[8])
    return low, low + length - TICK


def _zoned(naive: datetime, zone: str | None) -> datetime:
    """What a clock in a zone shows, in UTC."""
    if zone is None:
        return naive.replace(tzinfo=HERE).astimezone(UTC)
    if zone == "Z":
        return naive
    offset = timedelta(hours=int(zone[1:3]), minutes=int(zone[4:]))
    return naive - offset if zone[0] == "+" else naive + offset


def _utc(at: datetime) -> str:
    """Texts of one width, so that they compare as moments do."""
    return at.isoformat(timespec="microseconds")


def widened(low: str, high: str) -> Stretch:
    """A stretch with its own length added on both sides: what is about then (`ap`)."""
    first, last = datetime.fromisoformat(low), datetime.fromisoformat(high)
    length = last - first + TICK
    try:
        return _utc(first - length), _utc(last + length)
    except OverflowError:
        return FIRST, LAST
