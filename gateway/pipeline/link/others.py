"""What else a party is asked, as far as its browser has redeemed it: by name only where its code was shown."""

from dataclasses import dataclass

from gateway.pipeline.link.enter import sits
from gateway.pipeline.link.record import Link, behind
from gateway.pipeline.link.rows import worded
from gateway.pipeline.link.view import view
from gateway.pipeline.rooms import Rooms

DAY = 10
"""Characters of a moment that are its day."""


@dataclass(frozen=True, slots=True)
class Other:
    """Another link of the same browser and party: the id of its Task, its day, what it is about where that is open."""

    id: str
    made: str
    title: str = ""
    is_open: bool = False


def others(link: Link, rooms: Rooms) -> list[Other]:
    """The other links of a browser that still count, the oldest first."""
    now = rooms.now()
    found = (each for each in behind(link.device, rooms) if each.id != link.id and each.partner == link.partner)
    return [
        Other(each.id, each.made[:DAY], title(each, rooms) if sits(each, now) else "", sits(each, now))
        for each in found
        if not each.is_over(now)
    ]


def title(link: Link, rooms: Rooms) -> str:
    """The help that a link asks for, as its party may see it."""
    seen = view(link, rooms)
    requests = seen.tree.get("ServiceRequest", ()) if seen else ()
    return next((text for request in requests for text in worded(request, ("code",))), "")
