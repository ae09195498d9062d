"""A world whose clock is set by hand, and a watch over it that is run round by round."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from gateway.domain.working_time import BERLIN
from gateway.pipeline.watch.watch import Watch
from tests.pipeline.line.world import START, World, answer

Resource = dict[str, Any]


@dataclass
class Watched(World):
    """The clock stands still until it is set."""

    moment: datetime = START
    watch: Watch = field(init=False)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.watch = Watch(self.rooms)

    def now(self) -> datetime:
        return self.moment

    def later(self, **by: float) -> None:
        """Time goes by, and the watch looks."""
        self.set(self.moment + timedelta(**by))

    def set(self, moment: datetime) -> None:
        """The clock shows another time, and the watch looks."""
        self.moment = moment
        self.settle_down()

    def settle_down(self) -> None:
        """Rounds until there is nothing more to do."""
        for _ in range(100):
            if not self.watch.round():
                return
        raise AssertionError("the watch never comes to rest")

    def restart(self) -> None:
        """Another process: nothing is known that is not in the store."""
        self.watch = Watch(self.rooms)
        self.settle_down()

    # --- what came of it ---------------------------------------------------------------------------------------------

    def overdue(self) -> list[tuple[str, str]]:
        """(Party, about) of every notice that something is overdue, in the order they were sent."""
        return [(d.partner, d.about) for d in self.outbox() if d.about.startswith("overdue")]

    def flags(self, status: str = "active") -> list[str]:
        """Timers with a Flag of this status."""
        flags = [flag for flag in self.all("Flag") if flag["status"] == status]
        return sorted(flag["code"]["coding"][0]["code"] for flag in flags)

    def flag(self, timer: str) -> Resource:
        (found,) = [flag for flag in self.all("Flag") if flag["code"]["coding"][0]["code"] == timer]
        return found

    def taken(self) -> None:
        """What waits in the outbox arrives."""
        for delivery in self.outbox():
            if delivery.standing == "waiting":
                self.arrives(delivery)

    def says(self, partner: str, status: str, business: str = "", **more: Any) -> None:
        """A partner moves the last referral."""
        self.sends(partner, answer(self.case(), status, business, **more))


def berlin(text: str) -> datetime:
    """A moment on a German clock."""
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN).astimezone(UTC)
