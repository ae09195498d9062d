"""How the workers are shared, so that neither a slow partner nor a few of them can take all."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from gateway.domain.ledger import Delivery


@dataclass(frozen=True, slots=True)
class Room:
    """What may be claimed now: so many deliveries, and none of these partners."""

    limit: int
    without: tuple[str, ...]


@dataclass(slots=True)
class Shares:
    """Which partner has how many of the workers.

    workers  how many there are; a quarter of them is kept for partners that have none at work
    most     how many a partner may have
    roads    the same for a road, where it is less: an MLLP connection carries one message at a time (chapter 2.9.2).
             A partner with several roads is held to the least of those it used
    on_trial whether a partner is being tried after a pause, with one
    """

    workers: int
    most: int
    roads: Mapping[str, int]
    on_trial: Callable[[str], bool]
    taken: Counter[str] = field(default_factory=Counter)
    caps: dict[str, int] = field(default_factory=dict)
    free: int = field(init=False)
    least: int = field(init=False)

    def __post_init__(self) -> None:
        self.free, self.least = self.workers, self.most

    def seats(self, partner: str) -> int:
        """How many more deliveries this partner may have at work."""
        cap = 1 if self.on_trial(partner) else self.caps.get(partner, self.most)
        mine = self.taken[partner]
        unreserved = self.free - (self.workers // 4 if mine else 0)
        return max(min(cap - mine, unreserved), 0)

    def room(self, paused: Iterable[str]) -> Room:
        """How many deliveries to claim, so that hardly any must be handed back, and of whom none."""
        seats = {name: self.seats(name) for name in self.taken} | dict.fromkeys(paused, 0)
        without = tuple(sorted(name for name, count in seats.items() if not count))
        return Room(min([self.free, self.least, *filter(None, seats.values())]), without)

    def take(self, delivery: Delivery) -> bool:
        """Give a claimed delivery to a worker; false if its partner has its share already."""
        partner = delivery.partner
        cap = self.caps[partner] = min(self.roads.get(delivery.road, self.most), self.caps.get(partner, self.most))
        self.least = min(cap, self.least)
        if not self.seats(partner):
            return False
        self.taken[partner] += 1
        self.free -= 1
        return True

    def give(self, delivery: Delivery) -> None:
        """The worker is free again."""
        self.free += 1
        self.taken[delivery.partner] -= 1
        if not self.taken[delivery.partner]:
            del self.taken[delivery.partner]
