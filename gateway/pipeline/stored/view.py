"""Resources as they stand once a message is written: what it changes, else what is stored."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from gateway.domain.codec import Tree
from gateway.domain.ledger import Change, Save
from gateway.domain.message import Message, Moved
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
    return written(message).get(f"{kind}/{key}")


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
        **({"identifier": numbers} if numbers else {}),
        "active": True,
        "name": party.title or key,
        **({"telecom": [{"system": "phone", "value": party.phone}]} if party.phone else {}),
    }


def written(message: Message) -> Mapping[str, Resource]:
    """All that a message writes, by `Type/id`, as it leaves it."""
    return message.once(_written, message.changes, message.written, message.moved)


def _written(changes: Sequence[Change], made: Mapping[str, Resource], moved: Sequence[Moved]) -> dict[str, Resource]:
    saves = (change.resource for change in changes if isinstance(change, Save))
    saved = {f"{r['resourceType']}/{r['id']}": r for r in saves}
    return {**saved, **made, **{f"Task/{move.task['id']}": move.task for move in moved}}


def referring(name: str, resources: Mapping[str, Resource], message: Message) -> dict[str, Resource]:
    """Those of the resources that a message writes which refer to `Type/id`, each by its own."""
    found = message.once(_referring, resources).get(name, ())
    return {own: resources[own] for own in found}


def _referring(resources: Mapping[str, Resource]) -> dict[str, list[str]]:
    """Who refers to whom."""
    found: dict[str, list[str]] = {}
    for own, resource in resources.items():
        for name in dict.fromkeys(links(resource)):
            found.setdefault(name, []).append(own)
    return found


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
