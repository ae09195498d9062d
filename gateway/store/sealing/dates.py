"""Dates of persons without order: a stretch of days as decades, years, months and days, each one sealed word."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from gateway.fhir.searching.moments import HERE

FROM, TO = 1850, 2149
"""The years that are told apart."""
EARLIER, LATER = "<", ">"
DAY = timedelta(days=1)


def day(moment: str) -> date | None:
    """The day of a moment here; None at the edges of the calendar."""
    try:
        return datetime.fromisoformat(moment).astimezone(HERE).date()
    except OverflowError:
        return None


def first_day(moment: str) -> date | None:
    """The day that begins at a moment, if one does, and if it can be told from others."""
    return _edge(moment, time.min)


def last_day(moment: str) -> date | None:
    """The day that ends with a moment, if one does, and if it can be told from others."""
    return _edge(moment, time.max)


def _edge(moment: str, clock: time) -> date | None:
    found = day(moment)
    if found is None or not FROM <= found.year <= TO:
        return None
    there = datetime.fromisoformat(moment).astimezone(HERE)
    return found if there.time() == clock else None


def words(moment: str) -> tuple[str, ...]:
    """Day, month, year and decade of a moment, or that it is before or after all that are told apart."""
    found = day(moment)
    if found is None or not FROM <= found.year <= TO:
        return (EARLIER if moment < str(FROM) else LATER,)
    said = found.isoformat()
    return said, said[:7], said[:4], said[:3]


def cover(first: date | None, last: date | None) -> tuple[str, ...]:
    """The fewest words that hold all days from `first` to `last` and no other; None: without end."""
    found = [EARLIER] if first is None else []
    found += _cover(first or date(FROM, 1, 1), last or date(TO, 12, 31))
    return tuple(found + ([LATER] if last is None else []))


def _cover(at: date, last: date) -> Iterator[str]:
    while at <= last:
        said = at.isoformat()
        decade, year, month = date(at.year // 10 * 10 + 9, 12, 31), date(at.year, 12, 31), _month(at)
        if at.month == at.day == 1 and at.year % 10 == 0 and decade <= last:
            yield said[:3]
            at = decade + DAY
        elif at.month == at.day == 1 and year <= last:
            yield said[:4]
            at = year + DAY
        elif at.day == 1 and month <= last:
            yield said[:7]
            at = month + DAY
        else:
            yield said
            at += DAY


def _month(at: date) -> date:
    """The last day of its month."""
    return (at.replace(day=28) + 4 * DAY).replace(day=1) - DAY
