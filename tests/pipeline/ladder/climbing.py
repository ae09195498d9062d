"""A world in which one measure is sent over a ladder of roads, and a clock that is set by hand."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from gateway.domain.ledger import Conclude, Delivery
from gateway.domain.road import Sent
from gateway.pipeline.aftermath import aftermath
from gateway.pipeline.tasks.family import case_task
from tests.pipeline.line.world import ELSEY, PARTIES, answer, measure
from tests.pipeline.watch.clock import Watched, berlin

HTTP = {"road": "http", "format": "fhir", "url": "http://127.0.0.1:1"}
FOLDER = {"road": "folder", "format": "pflegedienst-liste", "path": "out"}
LINK = {"road": "link", "for": ["measures"]}
LETTER = {"road": "letter", "for": ["measures"], "path": "letters"}
PHONE = {"road": "phone", "for": ["measures"]}
MONDAY = berlin("2026-03-16T09:00")


@dataclass
class Ladder(Watched):
    """The measure M-1 for Elsey, which has some roads."""

    roads: tuple[dict[str, Any], ...] = (HTTP, FOLDER, LINK)
    also: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        own = {"receives": list(self.roads), "phone": "05205 000000", **self.also}
        self.parties = tuple({**p, **(own if p["partner"] == "elsey" else {})} for p in PARTIES)
        self.moment = MONDAY
        super().__post_init__()
        self.planned(measure("M-1", ELSEY))
        self.settle_down()

    @property
    def last(self) -> Delivery:
        """The newest delivery of the measure."""
        return self.outbox("elsey", "measures")[-1]

    def came(self, outcome: Any = "delivered", grade: Any = "E1", standing: str = "delivered", code: str = "x") -> None:
        """What an attempt on the newest rung leads to, committed as the courier does."""
        others = [party.id for party in self.rooms.directory.parties if party.id != "elsey"]
        self.store.claim("w", self.moment + timedelta(days=365), 99, 60.0, others).result()
        delivery = self.last
        said = {"standing": standing, "grade": grade}
        following = aftermath(delivery, Sent(outcome, grade, code), said, self.rooms)
        self.store.commit([Conclude(delivery.id, said), *following]).result()
        self.settle_down()

    def answers(self, status: str, business: str = "", reason: str = "") -> None:
        """Elsey answers, by whatever road."""
        self.sends("elsey", answer(self.task("M-1"), status, business, reason))
        self.settle_down()

    def way(self) -> list[tuple[str, str]]:
        """(Road, standing) of the rungs, the first first."""
        return [(d.road, d.standing) for d in self.outbox("elsey", "measures")]

    def decisions(self, purpose: str) -> list[str]:
        """Statuses of the decisions of a purpose."""
        return [task["status"] for task in self.all("Task") if case_task(task).purpose == purpose]


def said(world: Ladder) -> str:
    """The description of the call that somebody is asked to make."""
    (found,) = [task["description"] for task in world.all("Task") if case_task(task).purpose == "call"]
    return str(found)
