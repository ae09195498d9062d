"""The verdicts of a decision by type and element, so that a resource is walked once."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from gateway.consent.decide import Decision, Verdict
from gateway.consent.paths import Step

EVERY = "*"


@dataclass(slots=True)
class Node:
    """A place of a type: the verdicts that end here, and the places below it."""

    verdicts: list[Verdict] = field(default_factory=list)
    below: dict[str, list[tuple[Step, "Node"]]] = field(default_factory=dict)
    choices: list[tuple[Step, "Node"]] = field(default_factory=list)


Places = tuple[Node, ...]


def root(decision: Decision) -> Node:
    """The place above all types; below it the types that verdicts and the frame name, `*` for every type."""
    found = Node()
    for verdict in _all(decision):
        node = found
        for step in verdict.path.steps:
            node = _place(node, step)
        node.verdicts.append(verdict)
    return found


def _all(decision: Decision) -> Iterator[Verdict]:
    yield from decision.verdicts
    yield from (Verdict(path, "frame") for path in decision.frame)


def _place(node: Node, step: Step) -> Node:
    """The place below a place, made where there is none."""
    known = node.choices if step.choice else node.below.setdefault(step.name, [])
    for other, found in known:
        if other == step:
            return found
    made = Node()
    known.append((step, made))
    return made


def top(kind: str, above: Node) -> list[tuple[Step, Node]]:
    """The places of a resource type, each with the step that says whether a resource is meant."""
    return [*above.below.get(EVERY, ()), *above.below.get(kind, ())]


def down(places: Places, key: str) -> list[tuple[Step, Node]]:
    """The places that an element of a resource may be, each with the step that says whether its value is meant."""
    name = key[1:] if key[:1] == "_" else key
    found = [pair for node in places for pair in node.below.get(name, ())]
    found += [pair for node in places for pair in node.choices if pair[0].names(name)]
    return found


def meant(pairs: list[tuple[Step, Node]], value: Any) -> Places:
    """Those places whose conditions a value meets."""
    return tuple(node for step, node in pairs if not step.where or step.fits(value))


def refused(places: Places) -> Verdict | None:
    """The first verdict that withholds what stands at these places."""
    return next((v for node in places for v in node.verdicts if not v.released), None)


def granted(places: Places) -> Verdict | None:
    """The verdict that releases what stands at these places; one that is no frame goes first."""
    found = [v for node in places for v in node.verdicts if v.released]
    return next((v for v in found if v.reason != "frame"), found[0] if found else None)


def whole(kind: str, above: Node) -> bool:
    """Whether all of every resource of a type is shown."""
    places = top(kind, above)
    grant = granted(tuple(node for step, node in places if not step.where))
    return grant is not None and grant.reason != "frame" and not any(withholds(node) for _, node in places)


def reached(kind: str, above: Node) -> bool:
    """Whether anything of a type may be shown."""
    places = top(kind, above)
    if refused(tuple(node for step, node in places if not step.where)):
        return False
    return any(shows(node) for _, node in places)


def _below(node: Node) -> list[Node]:
    return [found for pairs in (*node.below.values(), node.choices) for _, found in pairs]


def withholds(node: Node) -> bool:
    """Whether anything at or below a place is withheld."""
    return any(not v.released for v in node.verdicts) or any(withholds(found) for found in _below(node))


def shows(node: Node) -> bool:
    """Whether anything at or below a place is shown that is no frame."""
    here = any(v.released and v.reason != "frame" for v in node.verdicts)
    return here or any(shows(found) for found in _below(node))
