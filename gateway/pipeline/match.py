"""Step 5: who is it, and was it seen before. Nothing is merged on doubt: a person decides."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from gateway.domain.ledger import Save
from gateway.domain.message import Message
from gateway.domain.problem import Problem, worst
from gateway.fhir.references import survey
from gateway.pipeline.person.desk import Desk
from gateway.pipeline.person.keep import BETTER, Statement, kept
from gateway.pipeline.person.merge import merges, who_survives
from gateway.pipeline.person.portrait import Resource
from gateway.pipeline.person.stated import findings, stated
from gateway.pipeline.person.who_is_it import Sought, Verdict, forced, who_is_it
from gateway.pipeline.rooms import Rooms
from gateway.pipeline.stored.identity import place
from gateway.pipeline.stored.own_word import NAMELESS
from gateway.pipeline.stored.survivor import OF_A_PERSON, moved

_DECISION = re.compile(r"\bperson(?:\[(\d+)\])?=(new|Patient/[A-Za-z0-9\-.]{1,64})(?![\w/])")
_OURS = re.compile(r"(?:.*/)?Patient/([A-Za-z0-9\-.]{1,64})")


@dataclass(slots=True)
class Run:
    """One go over the Patients of a message; `doubts` by their number, `merged` as (ended, survivor)."""

    message: Message
    rooms: Rooms
    decisions: Mapping[str, str]
    desk: Desk
    known: dict[str, str] = field(default_factory=dict)
    doubts: dict[int, Verdict] = field(default_factory=dict)
    merged: list[tuple[str, str]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def better(self) -> bool:
        """Whether the sender's statements replace older ones."""
        sender = self.rooms.directory.get(self.message.entry.partner)
        return sender is not None and sender.kind in BETTER


def match(message: Message, rooms: Rooms) -> Message:
    """The message with its persons known (`known`, `person`) and written (`changes`), or stopped for a decision.

    A decision is `person=Patient/<id>` or `person=new`; where a file has several, `person[2]=...`, counted from 0.
    Problems: `match.doubt`, `match.decision`; warnings: `match.kvnr`, `match.kvnr.taken`.
    """
    if not message.tree.get("Patient"):
        return referred(message, rooms)
    decisions = decided(message.entry.decision)
    run = go(message, rooms, decisions)
    listed = [number for number, _ in active(message)]
    about = listed if len(listed) == 1 else list(run.doubts)
    if "" in decisions and len(about) == 1:
        run = go(message, rooms, {**decisions, str(about[0]): decisions[""]})
    if run.doubts or worst(run.problems) == "error":
        return doubtful(message, run)
    persons = {run.known[item["fullUrl"]] for _, item in active(message)}
    changes = [*run.desk.saves(rooms.now(), message.entry.id)]
    said = restated(message, rooms) if run.merged else set()
    moves = [change for old, new in run.merged for change in moved(old, new, message, rooms)]
    moves = [change for change in moves if not (isinstance(change, Save) and _name(change.resource) in said)]
    person = persons.pop() if len(persons) == 1 else ""
    found = replace(message, known={**message.known, **run.known}, person=person or message.person)
    return found.with_changes(*changes, *moves).with_problems(*run.problems)


def restated(message: Message, rooms: Rooms) -> set[str]:
    """What a merge says anew itself; it is recorded with its new person, and written but once."""
    listed = [(kind, item) for kind in OF_A_PERSON for item in message.tree.get(kind, ())]
    return {message.known.get(item["fullUrl"]) or place(kind, item, message, rooms) for kind, item in listed}


def _name(resource: Resource) -> str:
    return f"{resource['resourceType']}/{resource['id']}"


def decided(text: str) -> dict[str, str]:
    """What was decided, by the number of the Patient it is about; empty for the only one."""
    return dict(_DECISION.findall(text))


def active(message: Message) -> list[tuple[int, Resource]]:
    """The Patients a message is about, with their numbers in the tree; a record that ends is not one of them."""
    return [(n, item) for n, item in enumerate(message.tree["Patient"]) if item.get("active") is not False]


def go(message: Message, rooms: Rooms, decisions: Mapping[str, str]) -> Run:
    """Every Patient in turn, each seeing what the ones before it became."""
    run = Run(message, rooms, decisions, Desk(rooms.store, message.entry.partner))
    run.known = neighbours(message, rooms) | nameless(message, rooms)
    merging = merges(message.tree)
    for number, item in active(message):
        if item["fullUrl"] in run.known:
            continue
        run.problems += findings(item, f"Patient[{number}]")
        said = stated(item, run.known, run.desk)
        ended = [stated(record, run.known, run.desk) for record in merging.get(item["fullUrl"], ())]
        verdict = obeyed(asked(said, ended, run), number, run)
        if verdict.answer == "doubt":
            run.doubts[number] = verdict
            continue
        statement = Statement(said, ended, decided=str(number) in decisions, better=run.better)
        person = kept(statement, verdict, run.desk, rooms.new_id, run.problems)
        run.merged += [(end.reference, person.reference) for end in verdict.ends]
        for one in (item, *merging.get(item["fullUrl"], ())):
            run.known[one["fullUrl"]] = person.reference
    return ended_alone(run)


def asked(said: Resource, ended: list[Resource], run: Run) -> Verdict:
    """What the rules say of one Patient; an earlier run of a message about one person is remembered."""
    sought = Sought.of(said, run.desk.partner)
    if ended:
        return who_survives(sought, [Sought.of(record, run.desk.partner) for record in ended], run.desk)
    return who_is_it(sought, run.desk, before(run))


def before(run: Run) -> str:
    """The person that an earlier run of this message found, where it has but one."""
    return run.message.entry.person if len(active(run.message)) == 1 else ""


def obeyed(verdict: Verdict, number: int, run: Run) -> Verdict:
    """The verdict, or what a person decided instead; deciding for somebody new makes one person, however often run."""
    decision = run.decisions.get(str(number), "")
    if not decision:
        return verdict
    if decision == "new" and verdict.decided:
        return verdict
    reference = before(run) if decision == "new" else decision
    person = run.desk.read(reference.partition("/")[2])
    if decision != "new" and person is None:
        sentence = "the decision names a person who is not in the store"
        repair = "decide again, with person=Patient/<id> of a candidate or person=new"
        run.problems.append(Problem("match.decision", f"Patient[{number}]", sentence, repair))
        return replace(verdict, answer="doubt", why=verdict.why or "the decision names nobody")
    return forced(verdict, person)


def ended_alone(run: Run) -> Run:
    """Records that end without a successor in the message: known if they are, and nothing is made of it."""
    for item in run.message.tree["Patient"]:
        if item["fullUrl"] not in run.known and item.get("active") is False:
            sought = Sought.of(stated(item, run.known, run.desk), run.desk.partner)
            person = next(run.desk.numbered([*sought.sure(), *sought.numbers]), None)
            run.known |= {item["fullUrl"]: person.reference} if person else {}
    return run


def neighbours(message: Message, rooms: Rooms) -> dict[str, str]:
    """The stored names of what the Patients of a message refer to (physicians, organisations)."""
    wanted = {node["reference"] for item in message.tree["Patient"] for node in survey(item)[0]}
    found = dict(message.known)
    for kind, items in message.tree.items():
        for item in items if kind != "Patient" else ():
            url = item.get("fullUrl")
            if url in wanted and url not in found:
                found[url] = place(kind, item, message, rooms)
    return found


def nameless(message: Message, rooms: Rooms) -> dict[str, str]:
    """The persons of rows that come back naming nobody (`NAMELESS`): those of the sender's own measures."""
    rows = {p["fullUrl"] for p in message.tree["Patient"] if p.get("name") == NAMELESS and p.keys() <= NAMELESS_KEYS}
    found: dict[str, str] = {}
    for item in message.tree.get("ServiceRequest", ()):
        subject = str(item.get("subject", {}).get("reference"))
        name = place("ServiceRequest", item, message, rooms) if subject in rows else ""
        owned = [("focus", name), ("owner", f"Organization/{message.entry.partner}")]
        for task in rooms.store.find("Task", owned, 1) if name else ():
            found |= {subject: str(task.resource["for"]["reference"])} if "for" in task.resource else {}
    return found


NAMELESS_KEYS = frozenset({"resourceType", "id", "meta", "fullUrl", "name"})
"""What such a row says of its person, and not more."""


def referred(message: Message, rooms: Rooms) -> Message:
    """A message without a Patient: the person its resources refer to as ours, even where it was merged since."""
    desk = Desk(rooms.store, message.entry.partner)
    known = dict(message.known)
    for items in message.tree.values():
        for node in (node for item in items for node in survey(item)[0]):
            found = _OURS.fullmatch(node["reference"])
            person = desk.read(found[1]) if found else None
            if person:
                known[node["reference"]] = person.reference
    persons = set(known.values()) - set(message.known.values())
    return replace(message, known=known, person=persons.pop() if len(persons) == 1 else message.person)


def doubtful(message: Message, run: Run) -> Message:
    """The message stopped, with the candidates for a person to choose from: ids and names of elements only."""
    several = len(active(message)) > 1
    candidates: list[dict[str, Any]] = []
    problems: list[Problem] = []
    for number, verdict in run.doubts.items():
        mark = {"patient": number} if several else {}
        candidates += [mark | candidate.shown() for candidate in verdict.candidates[:10]]
        word = f"person[{number}]" if several else "person"
        repair = f"decide: {word}=Patient/<id> of a candidate, or {word}=new"
        sentence = f"it is not sure who this is: {verdict.why}"
        problems.append(Problem("match.doubt", f"Patient[{number}]", sentence, repair))
    stopped = message.stop("match", *run.problems, *problems)
    return replace(stopped, outcome={**message.outcome, "candidates": candidates})
