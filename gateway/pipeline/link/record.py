"""What is written down of a link: hashes of its secrets, how often it was tried, how long it counts."""

from dataclasses import dataclass
from datetime import datetime

from gateway.domain.ledger import Save, Version
from gateway.pipeline.rooms import Rooms
from gateway.pipeline.stored.own import content, record

KIND = "SecureLink"
"""The store's type for it. It is no type of FHIR, so no FHIR interface shows it."""


@dataclass(frozen=True, slots=True)
class Link:
    """One link: a partner's way to one Task. Moments are ISO 8601 in UTC, empty where there was none.

    id       the id of the Task: a Task has one link, and a new secret ends the one before
    key      SHA-256 of the one-time secret; empty: none was handed out
    code     the second factor, as `secrets.scrambled` gives it; empty: it was not shown yet
    device   SHA-256 of the cookie of the browser that redeemed the secret
    until    when the code is asked for again there
    road     how the key went out: `folder` (a notice), `letter`; empty: the Kümmerer tells it
    told     how the code went out: `letter`; empty: the Kümmerer tells it
    made, expires, opened, revoked  since when it is there, how long it counts, when it was first redeemed, taken back
    tries    wrong codes since the last right one
    """

    id: str
    partner: str
    made: str
    expires: str
    key: str = ""
    code: str = ""
    device: str = ""
    until: str = ""
    opened: str = ""
    revoked: str = ""
    road: str = ""
    told: str = ""
    tries: int = 0
    version: int = 0

    @property
    def task(self) -> str:
        """`Task/<id>`."""
        return f"Task/{self.id}"

    def is_over(self, now: datetime) -> bool:
        """Whether it counts no more: expired or taken back."""
        return bool(self.revoked) or datetime.fromisoformat(self.expires) <= now


MOST = 20
"""Links that one browser may hold."""
FOUND_BY = ("key", "device", "partner")


def of(version: Version) -> Link:
    """A link as it is stored."""
    return Link(**record(Link, version))


def saved(link: Link, at: datetime) -> Save:
    """The change that writes a link, against the version it was read at."""
    said = content(KIND, link)
    terms = tuple((name, str(said[name])) for name in FOUND_BY if name in said)
    return Save(said, link.version, terms, at)


def read(task: str, rooms: Rooms) -> Link | None:
    """The link of a Task, by its id."""
    stored = rooms.store.read(KIND, task)
    return of(stored) if stored else None


def found(name: str, value: str, rooms: Rooms) -> Link | None:
    """The link with this hash as `key` or `device`."""
    listed = rooms.store.find(KIND, [(name, value)], 1) if value else []
    return of(listed[0]) if listed else None


def behind(device: str, rooms: Rooms) -> list[Link]:
    """All links that a browser has redeemed, by the hash of its cookie, the oldest first."""
    listed = rooms.store.find(KIND, [("device", device)], MOST) if device else []
    return sorted((of(version) for version in listed), key=lambda link: (link.made, link.id))


def all_of(rooms: Rooms, limit: int = 1000) -> list[Link]:
    """All links."""
    return [of(version) for version in rooms.store.find(KIND, [], limit)]
