"""A message read once more, as it was read then: what it said of each resource, and from which of its places."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from gateway.domain.ledger import Entry
from gateway.domain.message import Message
from gateway.mapping import explain as lineage
from gateway.mapping.explain import Origin
from gateway.mapping.format import Format
from gateway.mapping.run import leaves
from gateway.pipeline.decode import decode
from gateway.pipeline.formats import source_of
from gateway.pipeline.map import Reading, mapped
from gateway.pipeline.match import match
from gateway.pipeline.origin.dated import Path
from gateway.pipeline.rooms import Rooms
from gateway.pipeline.stored.identity import identify


@dataclass(frozen=True, slots=True)
class Said:
    """What a message said of one resource, by path and value, and by the path without its numbers."""

    exactly: dict[tuple[Path, Any], Origin] = field(default_factory=dict)
    roughly: dict[tuple[Path, Any], Origin] = field(default_factory=dict)

    def of(self, path: Path, value: Any) -> Origin | None:
        """Where a value of it came from, None where the message did not say it."""
        return self.exactly.get((path, value)) or self.roughly.get((plain(path), value))


def plain(path: Path) -> Path:
    """A path without the numbers in its lists: what a person is told in another order is the same."""
    return tuple(key for key in path if isinstance(key, str))


def read_again(entry: Entry, rooms: Rooms) -> Mapping[str, Said]:
    """`Type/id` -> what a message said of it, by the maps it was read with; empty where they are gone."""
    entry = replace(entry, replay=entry.map_hash)
    source = source_of(entry, rooms)
    message = decode(Message(entry), rooms)
    if source is None or message.stopped:
        return {}
    reading = mapped(message.trees, source, entry.hash, "lineage")
    known = names(replace(message, tree=reading.tree), rooms)
    found: dict[str, Said] = {}
    for kind, item, path, origin in origins(source, reading):
        said = found.setdefault(known.get(item.get("fullUrl", ""), f"{kind}/"), Said())
        value = known.get(origin.value, origin.value) if isinstance(origin.value, str) else origin.value
        said.exactly.setdefault((path, value), origin)
        said.roughly.setdefault((plain(path), value), origin)
    return found


def names(message: Message, rooms: Rooms) -> Mapping[str, str]:
    """Identity in a message -> `Type/id`: persons as the line knows them, the rest by its numbers."""
    matched = match(message, rooms)
    persons = message.tree.get("Patient", ())
    said = {item["fullUrl"]: message.entry.person for item in persons if message.entry.person and len(persons) == 1}
    return identify(replace(message, known={**matched.known, **said}), rooms).known


def origins(source: Format, reading: Reading) -> list[tuple[str, dict[str, Any], Path, Origin]]:
    """Type, resource, path in it, and origin of each value; of a format that needs no map its own place."""
    found = []
    for result in reading.results:
        told = lineage.explain(source, result).values if result.book else as_it_came(source, result.tree)
        for origin in told:
            kind, number, *path = origin.at
            if path and kind != "Bundle":
                found.append((str(kind), result.tree[str(kind)][number], tuple(path), origin))
    return found


def as_it_came(source: Format, tree: Any) -> list[Origin]:
    """The values of a message that is canonical FHIR itself."""
    return [
        Origin(source.model.place(path), value, "", source.model.place(path), value, path)
        for _, _, path, value in leaves(tree)
    ]
