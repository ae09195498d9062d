"""Working days of a Land (workflow.md, "Timers"): Monday to Friday without its public holidays.

`tables/holidays.csv` has each holiday with its day, fixed (`10-31`) or counted from Easter Sunday (`easter+60`), and
the Länder that keep it, all where none is named. It knows Nordrhein-Westfalen, Niedersachsen and of their neighbours
HB, HE, HH, RP and SH, as they are since 2018; days that only some municipalities keep are working days.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from gateway.domain.table import read

SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Calendar:
    """The calendar of a Land by its two letters (ISO 3166-2:DE); of an unknown one the days kept everywhere."""

    land: str = "NW"

    def works(self, day: date) -> bool:
        """Whether it is a working day."""
        return day.weekday() < SATURDAY and day not in holidays(self.land, day.year)


@cache
def holidays(land: str, year: int) -> Mapping[date, str]:
    """The public holidays of a Land in one year with their names."""
    rows = [(row["name"], row["day"], row["lands"].split()) for row in read("holidays")]
    return {_day(day, year): name for name, day, kept in rows if not kept or land in kept}


def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (Meeus, Jones, Butcher)."""
    century, rest = divmod(year, 100)
    golden = year % 19
    epact = (19 * golden + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (rest // 4) - epact - rest % 4) % 7
    late = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)


def _day(written: str, year: int) -> date:
    """A day of the table in one year."""
    if written.startswith("easter"):
        return easter(year) + timedelta(days=int(written.removeprefix("easter")))
    month, day = written.split("-")
    return date(year, int(month), int(day))
