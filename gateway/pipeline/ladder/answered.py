"""What was answered by one road is not sent by the next: a rung that still waits is taken back."""

from collections.abc import Iterator, Sequence

from gateway.domain.ledger import Change, Conclude, Delivery
from gateway.domain.message import Message
from gateway.pipeline.ladder.climb import rung_id
from gateway.pipeline.ladder.waiting import MEASURES, MOST
from gateway.pipeline.proof.communications import concluded
from gateway.pipeline.rooms import Rooms
from gateway.pipeline.tasks.family import kind_of, root

WHY = "It was answered by another road."


def withdrawn(message: Message, rooms: Rooms) -> Iterator[Change]:
    """The rungs to take back because of the moves of a message; whoever has begun to send one is not held up."""
    for move in message.moved:
        if move.before != "requested" or move.task["status"] == "requested" or kind_of(move.task) != "measure":
            continue
        listed = rooms.store.deliveries({"case": f"Task/{root(move.task)}"}, 0, MOST)
        made = [each for each in listed if each.task == f"Task/{move.task['id']}" and each.about == MEASURES]
        for one in climbed_to(made):
            said = {"standing": "dropped", "settled": rooms.now(), "reason": WHY}
            yield Conclude(one.id, said, expected="waiting")
            yield from concluded(one, "dropped", WHY, rooms)


def climbed_to(made: Sequence[Delivery]) -> Iterator[Delivery]:
    """Those that wait and came about by the ladder; news of a measure that was changed goes on its way."""
    for one in made:
        if one.standing == "waiting" and any(rung_id(other.id, one.road, one.format) == one.id for other in made):
            yield one
