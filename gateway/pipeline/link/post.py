"""The road `letter`: a letter to print, for a window envelope, put into a folder with a note for whoever posts it."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

from gateway.directory.parties import Party
from gateway.domain.road import Parcel, Sent
from gateway.pipeline.link.issue import invited, is_open, made, measure_of
from gateway.pipeline.link.letter import Sheet, Way, about_code, about_measure
from gateway.pipeline.link.send import BUSY, ENDED, NO_MEASURE, Drop
from gateway.pipeline.link.view import view
from gateway.pipeline.rooms import Rooms
from gateway.pipeline.tasks.family import owner_of, root
from gateway.store.port import StoreError

Pdf = Callable[[str, Mapping[str, Any], datetime], bytes]
"""How a template and its data become a document."""

NO_ADDRESS = Sent("refused", "E0", "letter-address", "There is no postal address in its partner.yaml.")
NOTHING = Sent("refused", "E0", "letter-nothing", "The policy lets this partner see nothing of it now.")
LIES = Sent("delivered", "E1", "letter", "It lies in the folder to be printed.")


@dataclass(frozen=True, slots=True)
class Desk:
    """What letters are written with: where the page is (empty: none), how long a link counts, PDF and folder."""

    base: str
    days: float
    pdf: Pdf
    drop: Drop


def sender(rooms: Rooms, desk: Desk) -> Callable[[Parcel], Sent]:
    """The road out. E1: it lies in the folder; that it came is known once somebody records or answers it."""

    def send(parcel: Parcel) -> Sent:
        delivery = rooms.store.delivery(parcel.key)
        task = measure_of(delivery.task.partition("/")[2], rooms) if delivery and delivery.task else {}
        party = rooms.directory.get(parcel.partner)
        if not task:
            return NO_MEASURE
        if party is None or not party.address:
            return NO_ADDRESS
        if delivery is None or not is_open(delivery.task.partition("/")[2], rooms):
            return ENDED
        there = Path(str(parcel.address.get("path")), f"{parcel.key}.pdf")
        if there.is_file():  # a crash came after it was written; its key is the one that counts
            return noted(parcel, there.read_bytes(), note(str(task["id"]), "measure"), desk)
        return written(parcel, str(task["id"]), party, rooms, desk)

    return send


def written(parcel: Parcel, task: str, party: Party, rooms: Rooms, desk: Desk) -> Sent:
    """The letter of a measure, made of what its party may see at this moment."""
    at = parcel.created or rooms.now()
    link = made(task, party.id, desk.days, rooms)
    seen = view(link, rooms)
    if seen is None or not (seen.tree or seen.asks):
        return NOTHING
    base = "" if link.told == "letter" and not link.opened else desk.base  # link and code never go the same way
    try:
        key = invited(link, "letter", rooms) if base else ""
    except StoreError:
        return BUSY
    sheet = Sheet(office(task, rooms), party, task, at)
    return put(parcel, about_measure(sheet, seen, Way(base, key)), note(task, "measure"), desk)


def code_letter(parcel: Parcel, code: str, task: str, rooms: Rooms, desk: Desk) -> Sent:
    """The letter with the code of a link whose key went out by another way."""
    party = rooms.directory.get(parcel.partner)
    if party is None or not party.address:
        return NO_ADDRESS
    sheet = Sheet(office(task, rooms), party, task, parcel.created or rooms.now())
    return put(parcel, about_code(sheet, code, desk.base), note(task, "code"), desk)


def note(task: str, kind: str) -> dict[str, str]:
    """What is noted beside a letter: which Task it is about, and whether it carries a `measure` or a `code`."""
    return {"task": f"Task/{task}", "kind": kind}


def put(parcel: Parcel, data: Mapping[str, Any], beside: Mapping[str, str], desk: Desk) -> Sent:
    """The document, then the note that says it is whole; both are named by the key of the delivery alone."""
    document = desk.pdf(template(), data, parcel.created or datetime.now(UTC))
    if is_there(Path(str(parcel.address.get("path"))), document, beside["task"]):
        return LIES
    sent = drop(parcel, "pdf", document, "application/pdf", desk)
    return noted(parcel, document, beside, desk) if sent.outcome == "delivered" else sent


def is_there(folder: Path, document: bytes, task: str) -> bool:
    """Whether the same letter lies there already: a wish to stop and a recall of one commit both ask for it."""
    digest = hashlib.sha256(document).hexdigest()
    for file in folder.glob("*.json"):
        try:
            said = json.loads(file.read_bytes())
        except (OSError, ValueError, RecursionError):
            continue
        same = isinstance(said, dict) and (said.get("task"), said.get("sha256")) == (task, digest)
        if same and file.with_suffix(".pdf").is_file():
            return True
    return False


def noted(parcel: Parcel, document: bytes, beside: Mapping[str, str], desk: Desk) -> Sent:
    """The note beside a document that lies there."""
    digest = hashlib.sha256(document).hexdigest()
    said = {**beside, "key": parcel.key, "partner": parcel.partner, "file": f"{parcel.key}.pdf", "sha256": digest}
    sent = drop(parcel, "json", json.dumps(said, indent=2).encode(), "application/json", desk)
    return LIES if sent.outcome == "delivered" else sent


def drop(parcel: Parcel, ending: str, data: bytes, media_type: str, desk: Desk) -> Sent:
    """One file of a letter."""
    address = {**parcel.address, "name": f"{{key}}.{ending}"}
    return desk.drop(replace(parcel, data=data, media_type=media_type, address=address))


def office(task: str, rooms: Rooms) -> Party:
    """Who writes: the site that has the case."""
    stored = rooms.store.read("Task", task)
    case = rooms.store.read("Task", root(stored.resource)) if stored else None
    return rooms.directory.get(owner_of(case.resource) if case else "") or rooms.directory.fallback


def template() -> str:
    """letter.typ."""
    return files("gateway.pipeline.link").joinpath("letter.typ").read_text(encoding="utf-8")
