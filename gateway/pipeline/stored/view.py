"""Resources as they stand once a message is written: what it changes, else what is stored."""

from collections.abc import Iterable, Sequence
from typing import Any

from gateway.domain.codec import Tree
from gateway.domain.ledger import Save
from gateway.domain.message import Message
from gateway.fhir.references import identity, renamed, survey
from gateway.pipeline.person.terms import known_as
from gateway.pipeline.person.terms import shown as person
from gateway.pipeline.rooms import Rooms

Resource = dict[str, Any]


def current(reference: str, message: Message, rooms: Rooms) -> Resource:
    """One resource by `Type/id`, empty where there is none; a Task as its last move left it."""
    kind, _, key = reference.partition("/")
    found = changed(kind, key, message)
    if found is None:
        stored = rooms.store.read(kind, key) if key else None
        found = stored.resource if stored else organization(kind, key, rooms)
    return found


def changed(kind: str, key: str, message: Message) -> Resource | None:
    """One resource as the message leaves it, None where it leaves it alone."""
    if kind == "Task":
        found = next((move.task for move in reversed(message.moved) if move.task["id"] == key), None)
        if found is not None:
            return found
    if f"{kind}/{key}" in message.written:
        return message.written[f"{kind}/{key}"]
    saves = (change.resource for change in reversed(message.changes) if isinstance(change, Save))
    return next((r for r in saves if r["id"] == key and r["resourceType"] == kind), None)


def organization(kind: str, key: str, rooms: Rooms) -> Resource:
    """A party of the directory as Organization (chapter 8.1), under the id of its folder; empty for anything else."""
    party = rooms.directory.get(key) if kind == "Organization" else None
    if party is None:
        return {}
    from gateway.directory.party import IDENTIFIERS  # noqa: PLC0415 - `gateway convert` needs no directory

    numbers = [{"system": IDENTIFIERS.get(word, word), "value": value} for word, value in party.identifiers.items()]
    return {
        "resourceType": "Organization",
        "id": key,
        "identifier": numbers,
        "active": True,
        "name": party.title or key,
        **({"telecom": [{"system": "phone", "value": party.phone}]} if party.phone else {}),
    }


def written(message: Message) -> dict[str, Resource]:
    """All that a message writes, by `Type/id`."""
    saves = [change.resource for change in message.changes if isinstance(change, Save)]
    moved = [move.task for move in message.moved]
    return {f"{r['resourceType']}/{r['id']}": r for r in [*saves, *message.written.values(), *moved]}


def links(resource: Resource) -> list[str]:
    """All `Type/id` a resource refers to."""
    return [str(node["reference"]) for node in survey(resource)[0]]


def bundled(resources: Iterable[Resource], *readers: str) -> Tree:
    """Stored resources as a tree: identities as `urn:uuid:`, references inside the tree by them.

    Of a person's numbers only those stay that one of the `readers` gave, or that are everybody's.
    """
    listed = [shown(resource, readers) for resource in resources if resource]
    names = {f"{r['resourceType']}/{r['id']}": universal(r) for r in listed}
    tree: Tree = {}
    for resource in listed:
        kind = resource["resourceType"]
        named = renamed(resource, names)
        tree.setdefault(kind, []).append({**named, "fullUrl": names[f"{kind}/{resource['id']}"]})
    return tree


def shown(resource: Resource, readers: Sequence[str] = ()) -> Resource:
    """A resource without what only the gateway needs to know."""
    if resource["resourceType"] == "Patient" and known_as(resource):
        resource = person(resource, *readers)
    meta = {key: value for key, value in resource.get("meta", {}).items() if key != "source"}
    rest = {key: value for key, value in resource.items() if key != "meta"}
    return {**rest, "meta": meta} if meta else rest


def universal(resource: Resource) -> str:
    """The identity of a stored resource in a tree."""
    own = f"urn:uuid:{resource['id']}"
    made = identity(own)
    return made if made == own else identity(f"{resource['resourceType']}/{resource['id']}")
