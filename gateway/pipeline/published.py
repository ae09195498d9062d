"""The parties of the directory as Organization resources, so that whoever meets one in a reference can read it."""

from collections.abc import Collection

from gateway.domain.ledger import Save
from gateway.pipeline.rooms import Rooms
from gateway.pipeline.stored.view import organization


def published(rooms: Rooms) -> list[Save]:
    """The parties that are new or say something else than before; one that left the directory is no longer active."""
    now = {party.id: organization("Organization", party.id, rooms) for party in rooms.directory.parties}
    return [*(save for made in now.values() for save in saved(made, rooms)), *left(now.keys(), rooms)]


def saved(made: dict[str, object], rooms: Rooms) -> list[Save]:
    """A version of one party, none where nothing is new."""
    stored = rooms.store.read("Organization", str(made["id"]))
    if stored is not None and stored.resource == made:
        return []
    return [Save(made, stored.version if stored else 0, (PUBLISHED,), rooms.now())]


def left(names: Collection[str], rooms: Rooms) -> list[Save]:
    """The parties that are in the directory no more."""
    gone = (v for v in rooms.store.find("Organization", [PUBLISHED], 10_000) if v.id not in names)
    ended = ((v, {**v.resource, "active": False}) for v in gone if v.resource.get("active"))
    return [Save(made, version.version, (PUBLISHED,), rooms.now()) for version, made in ended]


PUBLISHED = ("published", "directory")
"""The term under which they are found again."""
