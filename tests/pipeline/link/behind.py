"""A small world in which a neighbourhood service without a system is asked for help."""

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from gateway.domain.ledger import Delivery
from gateway.domain.road import Parcel, Sent
from gateway.pipeline.link import enter, issue, say
from gateway.pipeline.link.record import Link, read
from gateway.pipeline.link.send import sender
from gateway.transports.folder import drop
from tests.pipeline.line.world import PARTIES, World, measure

IK = "600550388"
NEIGHBOURS = {
    "partner": "nachbarn", "title": "Nachbarschaftshilfe Sennestadt", "kind": "other", "identifiers": {"ik": IK},
    "receives": [{"road": "link", "for": ["measures"]}],
}  # fmt: skip
BASE = "https://hilfe.example.org/"


@dataclass
class Moved(World):
    """The world with a clock that can be put on."""

    later: timedelta = timedelta()

    def now(self) -> Any:
        return super().now() + self.later


@dataclass
class Behind:
    """The world after a measure for the neighbours was planned."""

    world: Moved = field(default_factory=lambda: Moved(parties=(*PARTIES, NEIGHBOURS)))
    number: str = "M-1"
    said: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        asked = measure(self.number, IK, **({"code": {"text": "Einkaufen"}} | self.said))
        self.world.planned(asked, measure("M-2", "260550448"))

    @property
    def rooms(self) -> Any:
        return self.world.rooms

    @property
    def task(self) -> dict[str, Any]:
        return self.world.task(self.number)

    @property
    def delivery(self) -> Delivery:
        return self.world.outbox("nachbarn")[-1]

    @property
    def link(self) -> Link:
        link = read(self.task["id"], self.rooms)
        assert link is not None
        return link

    def sent(self, base: str = BASE, **address: Any) -> Sent:
        """The last delivery goes out over its road."""
        kept = self.delivery
        where = {"notify": "desk", **address}
        parcel = Parcel(kept.key, kept.partner, kept.data, kept.media_type, where, {}, kept.about, kept.created)
        return sender(self.rooms, base, 60, drop.send)(parcel)

    def notice(self, folder: Path) -> str:
        """The text of the notice that a delivery puts into a folder."""
        before = set(folder.iterdir())
        self.sent(notify="folder", path=str(folder), name="{key}-" + str(len(before)))
        (file,) = set(folder.iterdir()) - before
        return file.read_text()

    def shown(self, *, anew: bool = False) -> issue.Shown:
        """What `gateway link show` tells."""
        told = issue.shown(self.task["id"], 60, "operator sander", self.rooms, anew=anew)
        assert told is not None
        return told

    def enters(self, key: str, code: str, cookie: str = "", tries: int = 5) -> enter.Entered:
        return enter.enter(enter.Shown(key, code, cookie), tries, self.rooms)

    def inside(self) -> Link:
        """The party has its page open."""
        told = self.shown()
        link = self.enters(told.key, told.code).link
        assert link is not None
        say.arrived(link, self.rooms)
        return link

    def says(self, answer: str, business: str = "", text: str = "") -> int:
        """An answer to the Task as it is now."""
        version = self.world.store.read("Task", self.task["id"]).version
        told = say.say(say.Said(answer, business, text, version), self.link, self.rooms)
        assert not [p for p in told.problems if p.severity == "error"], told.problems
        return told.status

    def stand(self) -> str:
        return self.world.stand(self.number)
