"""Step 6: what the message says becomes versions of resources, moves of Tasks, and the case it belongs to."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from gateway.domain.ledger import Save, Unchanged, Version
from gateway.domain.message import Message
from gateway.domain.problem import Problem
from gateway.domain.system import PARTNER
from gateway.pipeline.agreeing import actors
from gateway.pipeline.agreeing.change import revoked
from gateway.pipeline.agreeing.writers import may_write, not_yours
from gateway.pipeline.case import (
    adopt,
    agreement,
    amend,
    document,
    foreign_report,
    life,
    plan,
    question,
    question_answer,
    referral,
    reply,
    rerouted,
    visit,
)
from gateway.pipeline.proof.old_word import is_overtaken, older
from gateway.pipeline.rooms import Rooms
from gateway.pipeline.stored.identity import identify, listed
from gateway.pipeline.stored.own_word import is_own_word, not_taken
from gateway.pipeline.stored.secrecy import marked
from gateway.pipeline.stored.terms import source, terms
from gateway.pipeline.stored.view import current, links, organization

LOCAL = re.compile(r"[A-Z][A-Za-z]+/[A-Za-z0-9\-.]{1,64}")
Part = Callable[[Message, Rooms], Message]

ELSEWHERE = frozenset({"Patient", "Task"})
"""A person is written by match, a Task by the moves of its states."""
BY_KIND: Mapping[str, tuple[Part, ...]] = {
    "site": (
        foreign_report.heard, reply.replies, rerouted.decided, adopt.adopted, question.asked, plan.planned,
        amend.amended, rerouted.overtaken, agreement.agreed, foreign_report.kept,
    ),
}  # fmt: skip
"""What a message can be, by the kind of party that sent it: sites answer and plan, all others refer and answer."""
OTHERS: tuple[Part, ...] = (
    foreign_report.heard, reply.replies, adopt.adopted, question.asked, question_answer.answered,
    referral.referred, visit.undone, document.attached,
    foreign_report.kept,
)  # fmt: skip


def record(message: Message, rooms: Rooms) -> Message:
    """The message with everything that is to be written; nothing is written before the line ends."""
    message = laid_down(identify(message, rooms), rooms)
    sender = rooms.directory.get(message.entry.partner)
    for part in BY_KIND.get(sender.kind if sender else "", OTHERS):
        message = part(message, rooms)
        if message.stopped:
            return message
    return saved(revoked(life.lived(message, rooms), rooms), rooms)


def laid_down(message: Message, rooms: Rooms) -> Message:
    """The resources that are new or changed; what belongs to somebody else stays as it is.

    That what it says was so already is decided like all else: from a version that must still be the newest.
    """
    written: dict[str, dict[str, Any]] = {}
    same: list[Unchanged] = []
    foreign: list[Problem] = []
    sender = rooms.directory.get(message.entry.partner)
    for kind, item in listed(message.tree):
        if kind in ELSEWHERE or organization(kind, item["id"], rooms):
            continue
        stored = rooms.store.read(kind, item["id"])
        barred = unwritable(kind, item, stored, message, rooms)
        if barred:
            foreign.append(barred)
            continue
        if kind != "Consent" and stored and source(stored.resource) != message.entry.partner:
            if kind == "ServiceRequest" and item.get("status") != stored.resource.get("status"):
                continue
            foreign += belongs_to_others(kind, item, stored.resource)
            continue
        before = stored.resource if stored else {}
        laid = marked(laid_over(before, item, message.entry.partner), before, sender)
        laid = actors.named(laid, lambda name: current(name, message, rooms), rooms.directory)
        foreign += actors.strangers(laid, rooms.directory)
        if stored is None:
            written[item["fullUrl"]] = laid
        elif laid == stored.resource:
            same.append(Unchanged(kind, stored.id, stored.version))
        elif is_overtaken(stored, message, rooms) or visit.is_overtaken(item, stored.resource, message):
            foreign.append(older(kind))
        else:
            written[item["fullUrl"]] = laid
    message = replace(message, written=written).with_changes(*same)
    return message.with_problems(*foreign, *dangling(message, rooms))


def unwritable(
    kind: str, item: dict[str, Any], stored: Version | None, message: Message, rooms: Rooms
) -> Problem | None:
    """Why a sender does not say this at all: it is the gateway's own word, or a Consent of somebody else's person."""
    if is_own_word(item):
        return not_taken(kind)
    if kind != "Consent" or may_write(message.entry.partner, stored.resource if stored else {}, item, rooms):
        return None
    return replace(not_yours(), severity="warning")


def dangling(message: Message, rooms: Rooms) -> list[Problem]:
    """A warning for each resource that refers to something neither the message nor the store has."""
    here = {item["fullUrl"] for _, item in listed(message.tree)} | set(message.known.values())
    found = []
    for kind, item in listed(message.tree):
        lost = {name for name in links(item) if is_local(name) and name not in here}
        count = sum(not current(name, message, rooms) for name in lost)
        if count:
            sentence = f"{count} reference(s) point to what is neither in the message nor known here"
            found.append(Problem("record.dangling", kind, sentence, "send it with the message", "warning"))
    return found


def is_local(reference: str) -> bool:
    """Whether a reference is `Type/id` (chapter 2.3.0.1)."""
    return LOCAL.fullmatch(reference) is not None


def laid_over(stored: dict[str, Any], item: dict[str, Any], partner: str) -> dict[str, Any]:
    """What is said now over what was said before; what is left unsaid stays, and a draft takes back no status.

    But it asks anew for what was revoked.
    """
    said = {key: value for key, value in item.items() if key != "fullUrl"}
    meta = {**stored.get("meta", {}), **said.get("meta", {}), "source": f"{PARTNER}{partner}"}
    laid = {**stored, **said, "meta": {key: meta[key] for key in meta if key not in ("versionId", "lastUpdated")}}
    if said.get("status") == "draft" and "status" in stored:
        laid["status"] = "active" if stored["status"] == "revoked" else stored["status"]
    return laid


def belongs_to_others(kind: str, item: dict[str, Any], stored: dict[str, Any]) -> list[Problem]:
    """A finding where somebody would change what another party sent."""
    apart = {"fullUrl", "meta", "text", "id"}
    if all(stored.get(key) == value for key, value in item.items() if key not in apart):
        return []
    sentence = "this resource belongs to another party; what the message says of it was not taken over"
    return [Problem("record.foreign", kind, sentence, "send only what is yours, refer to the rest", "information")]


def saved(message: Message, rooms: Rooms) -> Message:
    """The changes that write it all down, each against the version it was made from."""
    saves: list[Save] = []
    for resource in message.written.values():
        stored = rooms.store.read(resource["resourceType"], resource["id"])
        found = terms(resource, source(resource))
        expected = stored.version if stored else 0
        saves.append(Save(resource, expected, found, rooms.now(), message.entry.id))
    return message.with_changes(*saves)
