"""What the desks show, gathered from the store: cases of the own site, counts without bodies, lines of the audit."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, NamedTuple

from gateway.domain.ledger import Audit
from gateway.domain.question import Inquiry
from gateway.domain.task import statuses
from gateway.domain.working_time import BERLIN
from gateway.mapping.runtime import every
from gateway.pipeline.agreeing import ledger
from gateway.pipeline.agreeing.recall import german
from gateway.pipeline.link.rows import date, named, names
from gateway.pipeline.link.words import Text
from gateway.pipeline.policies.load import standard
from gateway.pipeline.rooms import Rooms
from gateway.pipeline.seeing.lens import Lens
from gateway.pipeline.seeing.narrow import Sight
from gateway.pipeline.seeing.seen import Seen
from gateway.pipeline.tasks.family import owner_of
from gateway.pipeline.watch import cases
from gateway.pipeline.watch.words import what
from gateway.web.staff.words import ABOUT, GRADES, KINDS, STANDINGS

MOST = 100
"""Cases, deliveries or lines of one page."""


class Row(NamedTuple):
    """One open case: its id, whom it is about, where it stands, what is next by when, and whether that is overdue."""

    id: str
    person: str
    stand: Text
    next: str
    due: str
    late: bool


class Part(NamedTuple):
    """One Task of a case: what it is, who has it, where it stands, how it came there, what is due."""

    kind: Text
    owner: str
    stand: Text
    steps: Sequence[tuple[str, Text, str, Text | None]]
    due: Sequence[tuple[str, str, bool]]


class Sent(NamedTuple):
    """What a party was sent: who, what about, how it stands, when."""

    partner: str
    about: Text
    standing: Text
    at: str


@dataclass(frozen=True, slots=True)
class Case:
    """One case as its desk sees it."""

    id: str
    person: str
    born: str
    stand: Text
    parts: Sequence[Part]
    sent: Sequence[Sent]


def eyes(site: str, rooms: Rooms) -> Seen:
    """The store as a site sees it: of another one's cases nothing is there, of its own what the policy shows it."""
    return Seen(rooms.store, Sight(site, site=True, lens=Lens(site, rooms)))


def open_cases(site: str, rooms: Rooms) -> list[Row]:
    """The open cases of a site: what is overdue first, then what is due next."""
    found, now, seen = [], rooms.now(), eyes(site, rooms)
    for name in islice(cases.open_cases(rooms.store, site), MOST):
        nodes = cases.tree(name, rooms) if seen.reaches("Task", name) else []
        if nodes:
            found.append(row(nodes, person(name, seen), now))
    return [row for _, row in sorted(found, key=lambda one: one[0])]


def row(nodes: Sequence[cases.Node], who: tuple[str, str], now: datetime) -> tuple[tuple[bool, str], Row]:
    """One line, and by what it is sorted."""
    clocks = [clock for node in nodes if (clock := node.next) and clock.due]
    clock = min(clocks, key=lambda one: one.due or now, default=None)
    due = clock.due if clock else None
    late = bool(due and due <= now)
    said = what(clock.timer.name).de if clock else ""
    made = Row(nodes[0].id, who[0], standing(nodes[0]), said, local(due), late)
    return (not late, due.isoformat() if due else "9999"), made


def standing(at: cases.Node | cases.Step) -> Text:
    """Where a Task is, or a move led, in words."""
    whole, more = worded(at.stand.status), named(at.stand.business) if at.stand.business else None
    return Text(f"{whole.de}: {more.de}", f"{whole.en}: {more.en}") if more else whole


def person(case: str, seen: Seen) -> tuple[str, str]:
    """Name and birth date of whom a case is about, as far as the site sees them."""
    task = seen.read("Task", case)
    about = next((str(name) for name in every(task.resource if task else {}, ("for", "reference"))), "")
    found = seen.read("Patient", about.partition("/")[2]) if about.startswith("Patient/") else None
    who: Mapping[str, Any] = found.resource if found else {}
    return next(iter(names(who)), ""), date(str(who.get("birthDate", "")))


def one_case(key: str, site: str, rooms: Rooms) -> Case | None:
    """A case of the site; None where it is another one's or is none."""
    seen = eyes(site, rooms)
    if not seen.reaches("Task", key) or cases.case_of(key, rooms.store) != key:
        return None
    nodes = cases.tree(key, rooms)
    if not nodes or nodes[0].owner != site:
        return None
    name, born = person(key, seen)
    parts = [part(node, rooms) for node in nodes]
    sent = [of_delivery(each, rooms) for each in rooms.store.deliveries({"case": f"Task/{key}"}, 0, MOST)]
    return Case(key, name, born, standing(nodes[0]), parts, sent)


def part(node: cases.Node, rooms: Rooms) -> Part:
    """One Task of it."""
    now = rooms.now()
    steps = [
        (local(step.at), standing(step), titled(step.who, rooms), GRADES.get(step.evidence)) for step in node.steps
    ]
    due = [(what(c.timer.name).de, local(c.due), bool(c.due and c.due <= now)) for c in node.clocks]
    kind = KINDS.get(node.kind, Text(node.kind, node.kind))
    return Part(kind, titled(node.owner, rooms), standing(node), steps, due)


def of_delivery(delivery: Any, rooms: Rooms) -> Sent:
    """What became of something that was sent."""
    word = STANDINGS.get(delivery.standing, Text(delivery.standing, delivery.standing))
    return Sent(titled(delivery.partner, rooms), carried(delivery.about), word, local(delivery.due))


def carried(about: str) -> Text:
    """What a delivery carries, in words; of an answer or a Task also where it stands."""
    first, _, more = about.partition(" ")
    whole = ABOUT.get(first, Text(about, about))
    return Text(f"{whole.de}: {worded(more).de}", f"{whole.en}: {worded(more).en}") if more in statuses() else whole


def worded(code: str) -> Text:
    """A status in words; the drafts of a desk have one too."""
    return Text("Entwurf", "draft") if code == "draft" else named(code)


def titled(name: str, rooms: Rooms) -> str:
    """A party as people call it."""
    party = rooms.directory.get(name)
    return (party.title or name) if party else name


def local(at: datetime | None) -> str:
    """A moment as it is written here."""
    return at.astimezone(BERLIN).strftime("%d.%m.%Y, %H:%M Uhr") if at else ""


class Recalled(NamedTuple):
    """One recall: our number, who is asked to delete, in which case, what, where it stands, when told and answered."""

    number: str
    partner: str
    case: str
    data: str
    stand: Text
    told: str
    answered: str


def recalls(site: str, rooms: Rooms) -> list[Recalled]:
    """The recalls of a site's cases (empty: of all), those that nobody has confirmed first."""
    found = [line for line in ledger.lines(rooms) if not site or owner(line.case, rooms) == site]
    found.sort(key=lambda line: (bool(line.answered), line.begun))
    policy = rooms.policy or standard()
    return [
        Recalled(
            line.number, titled(line.party, rooms), line.case, ", ".join(german(name, policy) for name in line.data),
            worded(line.status), when(line.told), when(line.answered),
        )
        for line in found[:MOST]
    ]  # fmt: skip


def owner(case: str, rooms: Rooms) -> str:
    """The site that has a case."""
    stored = rooms.store.read("Task", case)
    return owner_of(stored.resource) if stored else ""


def when(text: str) -> str:
    """A moment of a resource as it is written here."""
    try:
        return local(datetime.fromisoformat(text)) if text else ""
    except ValueError:
        return text


# --- without persons -------------------------------------------------------------------------------------------------


def lines(inquiry: Inquiry, rooms: Rooms) -> list[Audit]:
    """Lines of the audit, the newest first."""
    return rooms.store.inquired(inquiry, 0, MOST)


def told(found: Sequence[Audit]) -> Iterator[tuple[str, str, str, str, str]]:
    """Lines as the page shows them: when, who, what, about what, what came of it."""
    for line in found:
        detail = f"{line.outcome} ({line.detail})" if line.detail else line.outcome
        yield local(line.at), line.actor, line.action, line.object, detail


def waiting(rooms: Rooms) -> list[tuple[str, str, str, str]]:
    """Messages that wait for a person: tracking id, partner, step, codes of what is wrong; no body, no person."""
    found = rooms.store.entries({"state": "parked"}, 0, MOST)
    return [(e.id, e.partner, e.step, " ".join(dict.fromkeys(p.code for p in e.problems))) for e in found]
