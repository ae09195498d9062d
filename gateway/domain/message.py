"""A message on its way along the line: what came, what was made of it, and what is to be written down and sent."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, TypeVar

from gateway.domain.codec import Tree
from gateway.domain.events import Event
from gateway.domain.ledger import Change, Delivery, Entry
from gateway.domain.problem import Problem

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Moved:
    """A Task changed its status (design: workflow, state table).

    `task` is the Task as it is now; `before` the status it had, empty if it is new; `evidence` the grade of what
    showed it; `actor` R, O, P or G.
    """

    task: dict[str, Any]
    before: str
    evidence: str
    actor: Literal["R", "O", "P", "G"]


@dataclass(frozen=True, slots=True)
class Happened:
    """Something that happened to a case or to one Task of it (gateway/domain/events.py).

    case  `Task/<id>` of the referral; empty: every open case of the person `person` (`Patient/<id>`)
    """

    event: Event
    case: str = ""
    person: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """What one party receives: the resources it may see, and the bytes once they are encoded.

    about  `referral`, `measures`, `answer received`, `answer accepted`, `task accepted` ...
    task   `Task/<id>` whose status its arrival moves, empty for none
    policy the policy by which the tree was projected, with its hash; empty before
    """

    partner: str
    about: str
    tree: Tree
    task: str = ""
    person: str = ""
    case: str = ""
    delivery: Delivery | None = None
    policy: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """One journal entry while the line runs; every step gives a new one.

    trees    what the codec read, one per message of the file
    tree     canonical resources by type (gateway/fhir/bundle.py); references are `urn:uuid:` until they are recorded,
             `Type/id` afterwards
    written  `Type/id` -> the resource as it will be stored, for all that is new or changed
    known    identity in the tree -> `Type/id` in the store, as far as steps have found it out
    person   `Patient/<id>`; case: `Task/<id>` of the referral it belongs to, the first of `cases` if there are several
    moved    Tasks that changed their status by it
    happened what it says has happened; `follow` asks the tables what follows from it
    changes  what is to be committed, all at once, when the line ends
    stopped  the step at which it left the line for a person, empty where it did not
    outcome  what came of it, for people: ids and codes only
    provenance  who entered it on whose behalf, where somebody records what was said elsewhere (chapter 6.3)
    """

    entry: Entry
    trees: tuple[Tree, ...] = ()
    tree: Tree = field(default_factory=dict)
    known: Mapping[str, str] = field(default_factory=dict)
    written: Mapping[str, dict[str, Any]] = field(default_factory=dict)
    person: str = ""
    case: str = ""
    cases: tuple[str, ...] = ()
    moved: tuple[Moved, ...] = ()
    happened: tuple[Happened, ...] = ()
    parts: tuple[Part, ...] = ()
    changes: tuple[Change, ...] = ()
    problems: tuple[Problem, ...] = ()
    map_hash: str = ""
    stopped: str = ""
    outcome: Mapping[str, Any] = field(default_factory=dict)
    provenance: Mapping[str, Any] | None = None
    known_so_far: dict[Any, tuple[tuple[Any, ...], Any]] = field(default_factory=dict, compare=False, repr=False)

    def once(self, work: Callable[..., T], *about: Any) -> T:
        """What a function says of some fields of the message; it is asked again where one of them is another.

        A file with hundreds of referrals is asked the same for each of them.
        """
        kept = self.known_so_far.get(work)
        if kept is None or any(a is not b for a, b in zip(kept[0], about, strict=True)):
            kept = self.known_so_far[work] = (about, work(*about))
        found: T = kept[1]
        return found

    def with_problems(self, *problems: Problem) -> "Message":
        """The message with further problems inside."""
        return replace(self, problems=(*self.problems, *problems)) if problems else self

    def of_case(self, case: str) -> "Message":
        """The message as one that belongs to a case too."""
        return replace(self, case=self.case or case, cases=tuple(dict.fromkeys((*self.cases, case))))

    def with_changes(self, *changes: Change) -> "Message":
        """The message with further changes to commit."""
        return replace(self, changes=(*self.changes, *changes)) if changes else self

    def stop(self, step: str, *problems: Problem) -> "Message":
        """The message leaves the line here and waits for a person."""
        return replace(self, stopped=step, problems=(*self.problems, *problems))
