"""Step 3: trees -> canonical resources, by the maps of the format; every value keeps its origin."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from gateway.domain.codec import Tree
from gateway.domain.message import Message
from gateway.domain.problem import Problem, worst
from gateway.mapping.compile import Variant
from gateway.mapping.format import Format
from gateway.mapping.run import Result
from gateway.pipeline.formats import source_of
from gateway.pipeline.rooms import Rooms


@dataclass(slots=True)
class Reading:
    """What a file says: canonical resources, the result of each message in it, and the problems."""

    tree: Tree = field(default_factory=dict)
    results: list[Result] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def map(message: Message, rooms: Rooms) -> Message:  # noqa: A001 - the word of the line
    """The canonical resources; with an error, or what a format says to park, the message waits for a person."""
    source = source_of(message.entry, rooms)
    if source is None:
        return message.stop("map")
    reading = mapped(message.trees, source, message.entry.hash)
    read = replace(message.with_problems(*reading.problems), tree=reading.tree, trees=())
    left_over = source.file.unmapped == "park" and any(p.code == "map.unmapped" for p in reading.problems)
    return read.stop("map") if left_over or worst(reading.problems) == "error" else read


def mapped(trees: Sequence[Tree], source: Format, seed: str, variant: Variant = "account") -> Reading:
    """Trees of one file -> canonical resources; later messages update what earlier ones said.

    `seed` names what has no business identity; the same seed gives the same identities.
    """
    reading = Reading()
    for number, tree in enumerate(trees, 1):
        result = source.to_fhir(tree, f"{seed}:{number}", variant)
        reading.results.append(result)
        reading.problems += [in_message(problem, number, len(trees)) for problem in result.problems]
        update(reading.tree, result.tree)
    return reading


def in_message(problem: Problem, number: int, of: int) -> Problem:
    """A problem's place in a file of several messages."""
    return problem if of == 1 else replace(problem, place=f"message {number}: {problem.place}")


def update(tree: Tree, newer: Tree) -> None:
    """Lay newer resources over a set; the same identity is replaced."""
    for kind, items in newer.items():
        mine = tree.setdefault(kind, [])
        at = {item.get("fullUrl"): n for n, item in enumerate(mine)}
        for item in items:
            place = at.get(item.get("fullUrl"))
            if place is None:
                mine.append(item)
            else:
                mine[place] = item
