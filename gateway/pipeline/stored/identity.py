"""Which stored resource is meant: identities of a message -> `Type/id`."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from gateway.domain.codec import Tree
from gateway.domain.ledger import Version
from gateway.domain.message import Message
from gateway.domain.system import MEASURE, TASK
from gateway.fhir.references import renamed
from gateway.mapping.run import urn
from gateway.mapping.runtime import every
from gateway.pipeline.rooms import Rooms
from gateway.pipeline.stored.terms import source

ENVELOPE = frozenset({"Bundle", "MessageHeader"})
"""What carries a message and is not stored; the journal has it."""
OURS = (TASK, MEASURE)


def identify(message: Message, rooms: Rooms) -> Message:
    """The message with all references written as `Type/id`, its resources named so."""
    known = dict(message.known)
    for kind, item in listed(message.tree):
        if item["fullUrl"] not in known:
            known[item["fullUrl"]] = place(kind, item, message, rooms)
    tree = {kind: [settled(kind, item, known) for item in items] for kind, items in message.tree.items()}
    return replace(message, known=known, tree=tree)


def listed(tree: Tree) -> Iterator[tuple[str, dict[str, Any]]]:
    """Type and resource of all that is stored of a tree."""
    for kind, items in tree.items():
        if kind not in ENVELOPE:
            for item in items:
                yield kind, item


def settled(kind: str, item: dict[str, Any], known: dict[str, str]) -> dict[str, Any]:
    """A resource under its stored name."""
    made: dict[str, Any] = renamed(item, known)
    if kind not in ENVELOPE:
        made["fullUrl"] = known[item["fullUrl"]]
        made["id"] = made["fullUrl"].partition("/")[2]
    return made


def place(kind: str, item: dict[str, Any], message: Message, rooms: Rooms) -> str:
    """`Type/id` of one resource: one of ours, a party, one it sent before under the same number, or a new one."""
    partner = message.entry.partner
    found = ours(kind, item, partner, rooms) or party(kind, item, rooms) or sent_before(kind, item, partner, rooms)
    return found or f"{kind}/{scoped(partner, item['fullUrl'])}"


def scoped(partner: str, identity: str) -> str:
    """An id that only this partner can mean: two partners' numbers never meet."""
    return urn(partner, identity)[9:]


def ours(kind: str, item: dict[str, Any], partner: str, rooms: Rooms) -> str:
    """A resource the partner has from us, known by the id or the number under which everybody speaks of it."""
    key = item.get("id")
    if isinstance(key, str) and not item["fullUrl"].endswith(key) and rooms.store.read(kind, key):
        return f"{kind}/{key}"
    for identifier in every(item, ("identifier",)):
        if identifier.get("system") in OURS:
            term = ("identifier", f"{identifier['system']}|{identifier.get('value')}")
            found = meant(rooms.store.find(kind, [term]), partner, rooms)
            if found:
                return f"{kind}/{found.id}"
    return ""


def meant(found: list[Version], partner: str, rooms: Rooms) -> Version | None:
    """Which of several with one number a partner means: its own, what it was asked to do, else the first.

    A site that uses the number of another site's measure means a measure of its own.
    """
    own = [version for version in found if source(version.resource) == partner]
    if own:
        return own[0]
    owner = f"Organization/{partner}"
    asked = [v for v in found if rooms.store.find("Task", [("focus", f"{v.type}/{v.id}"), ("owner", owner)], 1)]
    sender = rooms.directory.get(partner)
    others = [] if sender and sender.kind == "site" and found and found[0].type == "ServiceRequest" else found
    return next(iter([*asked, *others]), None)


def party(kind: str, item: dict[str, Any], rooms: Rooms) -> str:
    """An organisation of the directory, known by its numbers."""
    if kind == "Organization":
        for identifier in every(item, ("identifier",)):
            found = rooms.directory.by_identifier(identifier.get("system", ""), identifier.get("value", ""))
            if found:
                return f"Organization/{found.id}"
    return ""


def sent_before(kind: str, item: dict[str, Any], partner: str, rooms: Rooms) -> str:
    """What the same partner sent under the same business number."""
    for identifier in every(item, ("identifier",)):
        if identifier.get("system") and identifier.get("value"):
            term = ("identifier", f"{identifier['system']}|{identifier['value']}")
            found = rooms.store.find(kind, [term, ("source", partner)], 2)
            if len(found) == 1:
                return f"{kind}/{found[0].id}"
    return ""
