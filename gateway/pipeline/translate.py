"""Bytes of one format -> canonical FHIR -> bytes of another; every finding rides along."""

import hashlib
from dataclasses import dataclass, field, replace

from gateway.domain.codec import Decoded, Tree
from gateway.domain.problem import Problem, worst
from gateway.mapping import evidence
from gateway.mapping.compile import Variant
from gateway.mapping.format import Format
from gateway.mapping.run import Result


@dataclass(slots=True)
class Reading:
    """What a file says: canonical resources, the result of each message in it, and the problems."""

    tree: Tree = field(default_factory=dict)
    results: list[Result] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Translation:
    """The bytes of the target format (empty with a problem of severity error) and the problems."""

    data: bytes
    problems: list[Problem]


def read(data: bytes, source: Format, variant: Variant = "account") -> Reading:
    """Bytes -> canonical resources; later messages of a file update what earlier ones said."""
    if not source.goes("to_fhir"):
        repair = "use it behind --to, or change `direction:` in its format.yaml"
        return Reading(problems=[Problem("map.direction", source.name, f"`{source.name}` is only written", repair)])
    decoded = source.codec.decode(data, source.spec)
    reading = Reading(problems=list(decoded.problems))
    seed = hashlib.sha256(data).hexdigest()
    for number, tree in enumerate(decoded.trees, 1):
        result = source.to_fhir(tree, f"{seed}:{number}", variant)
        reading.results.append(result)
        reading.problems += [in_message(problem, number, len(decoded.trees)) for problem in result.problems]
        update(reading.tree, result.tree)
    if not decoded.trees and worst(reading.problems) != "error":
        repair = "check that the file is complete and in this format"
        reading.problems.append(Problem("map.empty", "file", "the file holds no message", repair))
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


def translate(data: bytes, source: Format, target: Format, original: bytes = b"") -> Translation:
    """Bytes of `source` -> bytes of `target` through canonical FHIR.

    `original` is what a partner sent in the target format; what no rule knows of it stays in the result.
    """
    reading = read(data, source)
    if worst(reading.problems) == "error":
        return Translation(b"", reading.problems)
    written = write(reading, target, original) if target.plan else canonical(reading, data, source, target)
    problems = [*reading.problems, *written.problems]
    return Translation(b"" if worst(problems) == "error" else written.data, problems)


def canonical(reading: Reading, data: bytes, source: Format, target: Format) -> Translation:
    """Canonical resources as a Bundle, with the raw message they came from."""
    tree = reading.tree
    if source.plan is not None:
        tree = evidence.attach(tree, data, source.codec.media_type, source.name, source.hash)
    encoded = target.codec.encode([tree], target.spec)
    return Translation(encoded.data, encoded.problems)


def write(reading: Reading, target: Format, original: bytes) -> Translation:
    """Canonical resources -> bytes of the target format."""
    if not target.goes("from_fhir"):
        repair = "use it behind --from, or change `direction:` in its format.yaml"
        return Translation(b"", [Problem("map.direction", target.name, f"`{target.name}` is only read", repair)])
    known = target.codec.decode(original, target.spec) if original else Decoded()
    if worst(known.problems) == "error":
        return Translation(b"", known.problems)
    result = target.from_fhir(evidence.without(reading.tree), known.trees[0] if known.trees else None)
    problems = [*known.problems, *result.problems]
    if worst(problems) == "error":
        return Translation(b"", problems)
    encoded = target.codec.encode([result.tree], target.spec)
    return Translation(encoded.data, [*problems, *encoded.problems])
