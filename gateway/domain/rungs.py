"""The rungs of the channel ladder: how long each is tried, what counts as arrived, and what is done at its end.

`tables/rungs.csv`, one row per road. A road that is not in the table is a rung like any electronic one, so a channel
works before its row is written. `wait` is a length, or the name of a timer whose length it is, as a site has it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal, cast

from gateway.domain.table import read
from gateway.domain.timers import timers
from gateway.domain.working_time import Duration, duration

GRADES = ("E0", "E1", "E2", "E3", "E4")
"""Evidence, the weakest first (design: workflow, grades)."""
USUAL = "measure-delivered"
"""The timer of a rung that says nothing else."""


@dataclass(frozen=True, slots=True)
class Rung:
    """One row of the table.

    road     the word of partner.yaml
    wait     how long it may take until the next rung
    arrived  the grade of evidence from which on nobody climbs any more
    unread   what is done where it was handed over, nobody has taken note in time, and no rung is left: `tell` whoever
             asks for the measure, or `decide`: the Task could not be delivered, and the Kümmerer finds another way
    opens    the event (events.csv) that being on this rung is; empty for none
    built    whether the gateway has this road
    """

    road: str
    name: str = ""
    wait: str = USUAL
    arrived: str = "E2"
    unread: Literal["tell", "decide"] = "tell"
    opens: str = ""
    built: bool = True

    def has_arrived(self, grade: str) -> bool:
        """Whether evidence of this grade is enough."""
        return grade in GRADES[GRADES.index(self.arrived) :]

    def length(self, own: str = "", site: Mapping[str, str] | None = None) -> Duration:
        """How long it may take: as its partner says (`own`), else as the table does; a timer as the site has it."""
        named = {timer.name: timer.allowed for timer in timers(site)}
        return duration(own) or duration(self.wait) or named[self.wait]


def rung(road: str) -> Rung:
    """The rung that a road is."""
    return rungs().get(road, Rung(road))


@cache
def rungs() -> dict[str, Rung]:
    """The rows of the table by road, in its order."""
    return {
        row["road"]: Rung(
            row["road"],
            row["name"],
            row["wait"],
            row["arrived"],
            cast("Literal['tell', 'decide']", row["unread"]),
            row["opens"],
            bool(row["built"]),
        )
        for row in read("rungs")
    }
