"""What a person may do with a message that waits or went wrong: decide a doubt, run it again, drop it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from gateway.domain.ledger import Audit, Change, Entry, Note, Settle
from gateway.domain.problem import Problem

DECISION = re.compile(r"person(?:\[(\d+)\])?=(new|Patient/[A-Za-z0-9\-.]{1,64})")
"""Who a doubtful message is about; where its file has several persons, each by its number there, counted from 0."""
NUMBERED = re.compile(r"Patient\[(\d+)\]")
WAITING = "received"
FRESH: Mapping[str, Any] = {"state": WAITING, "step": "", "problems": (), "outcome": {}, "settled": None}
"""A message as it was when it was kept; its bytes, its id and the answer given never change."""


@dataclass(frozen=True, slots=True)
class Decided:
    """The changes to commit, or why there are none. `ConflictError` on commit: somebody was faster."""

    changes: tuple[Change, ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Person:
    """Who decides, and when."""

    name: str
    at: datetime


def release(entry: Entry, person: Person, decision: str = "") -> Decided:
    """A parked message goes on; `decision` settles who it is about: `person=Patient/<id>` or `person=new`.

    Where several persons of a file are in doubt: `person[0]=... person[2]=...`; what was decided before still counts.
    """
    if entry.state != "parked":
        return Decided(problems=(unfit(entry, "release"),))
    words = decision.split()
    if not all(DECISION.fullmatch(word) for word in words):
        sentence = "This decides nothing."
        repair = "Write `person=Patient/ID` or `person=new`; `person[2]=...` where the file has several."
        return Decided(problems=(Problem("message.decision", entry.id, sentence, repair),))
    whole = together(entry.decision, words)
    if undecided(entry, words, whole):
        repair = "Look at the candidates (`gateway messages why`), then decide for each: --person ID or --new-person."
        return Decided(problems=(Problem("message.doubt", entry.id, "It waits for who it is about.", repair),))
    return decided(entry, person, "release", {**FRESH, "decision": whole})


def together(before: str, words: Sequence[str]) -> str:
    """What was decided before with what is decided now; the later word about a person counts.

    A word without number meant the one doubt of then, so it does not outlive a new decision.
    """
    kept = [word for word in before.split() if not (words and word.startswith("person="))]
    said = {name: word for word in (*kept, *words) for name in [word.partition("=")[0]]}
    return " ".join(said.values())


def undecided(entry: Entry, words: Sequence[str], whole: str) -> list[str]:
    """Numbers of the persons in doubt that nothing was decided for; where one is, a word without number means it."""
    found = [NUMBERED.match(problem.place) for problem in entry.problems if problem.code == "match.doubt"]
    doubts = [match[1] for match in found if match]
    if len(doubts) == 1 and any(word.startswith("person=") for word in words):
        return []
    named = {number for number, _ in DECISION.findall(whole)}
    return [number for number in doubts if number not in named or not words]


def replay(entry: Entry, person: Person, *, old_map: bool = False) -> Decided:
    """A message runs again from the journal, with today's maps or those that read it the last time.

    What it says a second time changes nothing and is not sent again; what the maps now say differently is.
    """
    if entry.road in ("fhir", "watch"):
        sentence = "It is no message: a change through the FHIR interface or of the gateway's own, dealt with at once."
        return Decided(problems=(Problem("message.change", entry.id, sentence, "Make the change again."),))
    if entry.state not in ("done", "parked", "dropped"):
        return Decided(problems=(unfit(entry, "replay"),))
    if is_emptied(entry):
        sentence, repair = "Its content was deleted when its time was over.", "Ask the sender for it."
        return Decided(problems=(Problem("message.emptied", entry.id, sentence, repair),))
    if old_map and not entry.map_hash:
        sentence, repair = "No maps have read it yet.", "Replay it with today's maps."
        return Decided(problems=(Problem("message.map", entry.id, sentence, repair),))
    return decided(entry, person, "replay", {**FRESH, "replay": entry.map_hash if old_map else ""})


def is_emptied(entry: Entry) -> bool:
    """Whether a message came with bytes and has none any more (settings `retention.bodies`)."""
    return not entry.data and entry.hash not in {"", sha256(b"").hexdigest()}


def drop(entry: Entry, person: Person, reason: str) -> Decided:
    """A message is put aside for good; it stays in the journal. The reason stands there, not in the audit."""
    problems = []
    if entry.state not in ("parked", "refused"):
        problems.append(unfit(entry, "drop"))
    if not reason.strip():
        sentence, repair = "Nobody could tell later why it was dropped.", "Give --reason, without a person's data."
        problems.append(Problem("message.reason", entry.id, sentence, repair))
    if problems:
        return Decided(problems=tuple(problems))
    outcome = {**entry.outcome, "dropped because": reason.strip(), "dropped by": person.name}
    return decided(entry, person, "drop", {"state": "dropped", "outcome": outcome, "settled": person.at})


def decided(entry: Entry, person: Person, action: str, fields: Mapping[str, Any]) -> Decided:
    """The change with its word in the audit."""
    note = Note(Audit(person.at, person.name, action, entry.id, str(fields["state"]), f"was {entry.state}"))
    return Decided((Settle(entry.id, fields, expected=entry.state), note))


def unfit(entry: Entry, verb: str) -> Problem:
    """Why this verb does not fit the message's state."""
    return Problem("message.state", entry.id, f"It is {entry.state}; {verb} does not apply.", REPAIRS[entry.state])


REPAIRS: Mapping[str, str] = {
    "received": "The line runs it by itself.",
    "done": "Nothing waits; `gateway messages replay` runs it again.",
    "parked": "Release, replay or drop it.",
    "refused": "The sender was told; it has to send it again.",
    "dropped": "`gateway messages replay` takes it up again.",
}
