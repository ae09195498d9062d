"""What a partner may see by the policy: of single resources, and as conditions of a search (design: municipal.md).

A search finds, counts and sorts as if only that were stored which the partner is shown. What the policy shows without
any Consent is `usual`; of the few persons for whom it is more or less, `others` says what.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import Any

from gateway.consent.decide import Asking, Decision, Verdict, decide
from gateway.consent.listing import element, listed
from gateway.consent.project import project
from gateway.consent.reasons import UNSAID
from gateway.consent.trie import Node, reached, root, whole
from gateway.consent.vocabulary import ORIGIN, UNDER_203
from gateway.consent.walk import Walk
from gateway.domain.question import AllOf, Condition, Known, Missing, Not, OneOf, Span, Term
from gateway.fhir.searching.parameters import Parameter, parameters
from gateway.mapping.runtime import every
from gateway.pipeline.policies.asked import asking, of_consents, stored
from gateway.pipeline.policies.load import standard
from gateway.pipeline.policies.restricted import ARTICLE, RESTRICTION
from gateway.pipeline.policies.stopping import in_our_words, paths
from gateway.pipeline.rooms import Rooms
from gateway.pipeline.tasks.family import KINDS, kind_of

Resource = dict[str, Any]
PROJECTED = frozenset({"Task", "ServiceRequest", "CarePlan", "Goal", "Patient", "CareTeam"})
"""Types of which a partner reaches what others wrote of a person; of all others what it sent itself."""
PERSON = ("for", "subject", "patient", "beneficiary")
NOTHING = Known(())
ANY = "*"
"""A reference may lead to any type."""
SECRET = Term("_security", (f"{ORIGIN}|{UNDER_203}",))
MANY = 10_000
PARTIES = 500
"""Decisions that are kept, one a party and policy."""


STOPPED = frozenset(UNSAID.values())
"""Why a decision is closed by what the person says or does not; whoever worked for it still hears it is to stop."""
STOPS = ("abort", "recall")
"""Kinds of Tasks that ask for it."""
STOPPING = Term("code", tuple(f"{system}|{code}" for (system, code), kind in KINDS.items() if kind in STOPS))


@dataclass(frozen=True)
class Eye:
    """One decision, ready to be asked; `stops`: nothing is shown but Tasks that ask to stop, in our own words."""

    decision: Decision
    stops: bool = False

    @cached_property
    def above(self) -> Node:
        """The place above all types."""
        return root(self.decision)

    @cached_property
    def open(self) -> bool:
        """Whether nothing can be withheld."""
        return Walk(self.decision).is_open()

    def lists(self, kind: str) -> bool:
        """Whether resources of a type are found at all."""
        return self.open or (listed(kind, self.above) and (kind == "Task" or not self.stops))

    def finds(self, paths: Iterable[str], kind: str) -> bool:
        """Whether resources are found by what stands there."""
        return self.open or all(element(kind, tuple(path.split(".")), self.above) for path in paths)

    def leads(self, kinds: Iterable[str]) -> bool:
        """Whether references to resources of all these types are shown."""
        return self.open or all(kind != ANY and reached(kind, self.above) for kind in kinds)

    def repeats(self, kinds: Iterable[str]) -> bool:
        """Whether references may say whom they mean by a number or name too."""
        return self.open or all(kind != ANY and whole(kind, self.above) for kind in kinds)


May = Callable[[Eye], bool]


class Lens:
    """The policy as it is in force now, for one partner."""

    def __init__(self, partner: str, rooms: Rooms) -> None:
        party = rooms.directory.get(partner)
        self.policy = rooms.policy or standard()
        self.rooms, self.asked = rooms, asking(party, "") if party else Asking(partner, "", "", "")
        self.eyes: dict[str, Eye] = {}

    @cached_property
    def usual(self) -> Eye:
        """What it may see of a person of whom no Consent says anything."""
        known, name = self.rooms.given.usual, (self.policy.hash, self.asked)
        if name not in known:
            if len(known) >= PARTIES:
                known.clear()
            known[name] = self.eye(decide(self.policy, (), self.asked, self.rooms.now()))
        found: Eye = known[name]
        return found

    @cached_property
    def named(self) -> frozenset[str]:
        """Persons of whom it may see something else."""
        role = self.policy.role(self.asked.role, self.asked.kind)
        shut = self.rooms.store.find("Flag", [("identifier", f"{RESTRICTION}|{ARTICLE}")], MANY)
        flagged = (str(n) for v in shut if v.resource.get("status") == "active" for n in every(v.resource, SUBJECT))
        return self.rooms.given.persons(self.asked.party, role, self.rooms.store) | frozenset(flagged)

    @cached_property
    def others(self) -> Mapping[str, Eye]:
        """What it may see of those persons, in order."""
        return {person: self.of(person) for person in sorted(self.named)}

    def of(self, person: str) -> Eye:
        """What it may see of a person."""
        if person not in self.named:
            return self.usual
        if person not in self.eyes:
            asked = replace(self.asked, person=person)
            self.eyes[person] = self.eye(of_consents(self.policy, asked, stored(person, self.rooms), self.rooms))
        return self.eyes[person]

    def eye(self, decision: Decision) -> Eye:
        """A decision as it is asked; one that the person closed still tells to stop (policies/stopping.py)."""
        if decision.closed not in STOPPED:
            return Eye(decision)
        verdicts = tuple(Verdict(path, "stop") for path in paths(cells=False))
        return Eye(replace(decision, closed="", verdicts=verdicts, frame=self.policy.frame), stops=True)

    def shown(self, resource: Resource) -> Resource | None:
        """What it may see of a resource, None where that is nothing."""
        kind, eye = str(resource.get("resourceType")), self.of(person_of(resource))
        if eye.stops and (kind != "Task" or kind_of(resource) not in STOPS):
            return None
        given = in_our_words(resource) if eye.stops else resource
        found = project({kind: [given]}, eye.decision).tree.get(kind, [])
        return found[0] if found else None

    # --- conditions ---------------------------------------------------------------------------------------------------

    def limited(self, kind: str, condition: Condition, may: May) -> Condition:
        """The condition for those persons of whom it may be asked."""
        usual = may(self.usual)
        odd = tuple(person for person, eye in self.others.items() if may(eye) != usual)
        if not odd:
            return condition if usual else NOTHING
        about = those(kind, odd)
        return AllOf((condition, Not(about) if usual else about))

    def listed(self, kind: str, condition: Condition) -> Condition:
        """What of all that it reaches is shown: listed by type, not secret to it, not refused one by one."""
        if kind not in PROJECTED:
            return condition
        found = self.limited(kind, condition, lambda eye: eye.lists(kind))
        if found == NOTHING:
            return NOTHING
        parts = [found]
        if not all(eye.decision.freed for eye in (self.usual, *self.others.values())):
            freed = tuple(person for person, eye in self.others.items() if eye.decision.freed)
            parts.append(OneOf((Not(SECRET), those(kind, freed))) if freed else Not(SECRET))
        parts += self.stopping() if kind == "Task" else []
        refused = {n for eye in self.others.values() for n, why in eye.decision.items.items() if why == "refused"}
        keys = tuple(sorted(name.partition("/")[2] for name in refused if name.startswith(f"{kind}/")))
        parts += [Not(Known(keys))] if keys else []
        return AllOf(tuple(parts)) if len(parts) > 1 else found

    def stopping(self) -> list[Condition]:
        """Of persons who closed the decision only the Tasks that ask to stop."""
        odd = tuple(person for person, eye in self.others.items() if eye.stops != self.usual.stops)
        if self.usual.stops:
            return [OneOf((STOPPING, those("Task", odd)))] if odd else [STOPPING]
        return [OneOf((STOPPING, Not(those("Task", odd))))] if odd else []

    def plain(self, kind: str, condition: Term | Span | Missing) -> Condition:
        """A value of the resource itself; one that refers only where the reference is shown."""
        if kind not in PROJECTED:
            return condition
        paths, targets = meant(kind, condition.name)
        if not paths and condition.name != "_lastUpdated":
            return self.limited(kind, condition, lambda eye: eye.open)
        if targets and isinstance(condition, Term) and not condition.name.endswith(":identifier"):
            return self.referring(kind, condition, paths)
        if targets and condition.name.endswith(":identifier"):
            return self.limited(kind, condition, lambda eye: eye.finds(paths, kind) and eye.repeats(targets))
        return self.limited(kind, condition, lambda eye: eye.finds(paths, kind) and eye.leads(targets))

    def referring(self, kind: str, condition: Term, paths: tuple[str, ...]) -> Condition:
        """Values that refer, each by the type it leads to."""
        led: dict[str, list[str]] = {}
        for value in condition.values:
            led.setdefault(value.rpartition("/")[0].rpartition("/")[2], []).append(value)
        parts = tuple(
            self.limited(kind, replace(condition, values=tuple(values)), leading(paths, kind, target))
            for target, values in led.items()
        )
        return parts[0] if len(parts) == 1 else OneOf(parts)

    def link(self, kind: str, name: str, target: str, condition: Condition) -> Condition:
        """A condition about `kind` that follows its reference `name` to `target`."""
        if kind not in PROJECTED:
            return condition
        return self.limited(kind, condition, leading(meant(kind, name)[0], kind, target))

    def sorts(self, kind: str, name: str) -> bool:
        """Whether the order by a parameter tells nothing that is withheld."""
        paths, targets = meant(kind, name)
        eyes = [eye for eye in (self.usual, *self.others.values()) if eye.lists(kind)]
        known = bool(paths) or name == "_lastUpdated"
        return kind not in PROJECTED or all(
            eye.open or (known and eye.finds(paths, kind) and eye.leads(targets)) for eye in eyes
        )


def leading(paths: tuple[str, ...], kind: str, target: str) -> May:
    """Whether a reference to a type is shown."""
    known = (target,) if target else ()
    return lambda eye: eye.open or (bool(paths) and eye.finds(paths, kind) and eye.leads(known))


def those(kind: str, persons: tuple[str, ...]) -> Condition:
    """Resources of a type about some persons."""
    if kind == "Patient":
        return Known(tuple(person.partition("/")[2] for person in persons))
    return Term("for" if kind == "Task" else "subject", persons)


@cache
def meant(kind: str, name: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Elements and targets of the parameters that are stored under a name; neither where it is none of FHIR."""
    stored_as = name.partition(":identifier")[0]
    found: list[Parameter] = [one for one in parameters(kind).values() if one.stored == stored_as]
    paths = tuple(dict.fromkeys(path for one in found for path in one.paths))
    return paths, tuple(dict.fromkeys(target for one in found if one.kind == "reference" for target in one.targets))


def person_of(resource: Resource) -> str:
    """`Patient/<id>` whom a resource is about, empty for nobody."""
    if resource.get("resourceType") == "Patient":
        return f"Patient/{resource.get('id')}"
    found = (str(name) for word in PERSON for name in every(resource, (word, "reference")))
    return next((name for name in found if name.startswith("Patient/")), "")


SUBJECT = ("subject", "reference")
