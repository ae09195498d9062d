"""Typed paths: the parts an integrator wrote, looked up in the model of their side."""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from gateway.domain.codec import Element, Model
from gateway.domain.problem import Problem
from gateway.mapping.language import Condition, Part, Path, Place, finding
from gateway.mapping.plan import Step, Test

CODED = {"CodeableConcept", "Coding"}
TEMPLATE_OPERATOR = "="


class PathError(Exception):
    """A path does not exist in its model; the only argument is the finding."""

    def __init__(self, found: Problem) -> None:
        super().__init__(found)
        self.problem = found


@dataclass(frozen=True, slots=True)
class Resolver:
    """Looks paths up in one side's model; `fhir` where references and companions exist."""

    model: Model
    side: str

    def path(self, path: Path, scope: str, place: Place, siblings: Sequence[Path] = ()) -> tuple[Step, ...]:
        """Typed steps from a scope's type (or from the root for `/...`)."""
        steps: list[Step] = []
        kind = self.model.root if path.absolute else scope
        for at, part in enumerate(path.parts):
            elements = self.elements(kind, part, path, place)
            if steps and steps[-1].primitive:
                steps[-1] = companion(steps[-1])
            steps += [plain_step(element) for element in elements]
            steps[-1] = self.selected(steps[-1], part, place, others(path, at, siblings))
            kind = part.through or elements[-1].type
        return tuple(marked(steps, path))

    def elements(self, kind: str, part: Part, path: Path, place: Place) -> tuple[Element, ...]:
        """The model's elements of one part, or a finding with the nearest name."""
        found = self.model.element(kind, part.name)
        if not found:
            near = difflib.get_close_matches(part.name, self.model.parts(kind), 1)
            repair = f"did you mean `{near[0]}`?" if near else f"known below {kind}: {shown(self.model.parts(kind))}"
            sentence = f"`{part.name}` in `{path.text}` does not exist below {kind} ({self.side})"
            raise PathError(finding("map.path", place, sentence, repair))
        targets = ("*",) if (kind, part.name) == ("Reference", "reference") else found[-1].targets
        if part.through and part.through not in targets and "*" not in targets and "Resource" not in targets:
            sentence = f"`{part.name}` does not point to a {part.through}"
            repair = f"it may point to {shown(targets)}" if targets else "`:Type` stands only behind a Reference"
            raise PathError(finding("map.path.target", place, sentence, repair))
        return found

    def selected(self, step: Step, part: Part, place: Place, other: tuple[tuple[Condition, ...], ...]) -> Step:
        """The step with its selectors, position, star and reference."""
        if (part.select or part.index is not None or part.otherwise or part.star) and not step.listed:
            sentence = f"`{part.name}` does not repeat, so it takes no selector"
            raise PathError(finding("map.path.single", place, sentence, "take the brackets or the star away"))
        scope = part.through or step.type
        return replace(
            step,
            tests=tuple(self.test(condition, scope, place) for condition in part.select),
            others=tuple(tuple(self.test(c, scope, place) for c in select) for select in other)
            if part.otherwise
            else (),
            index=part.index,
            each=part.star,
            primitive=step.primitive and not part.through,
            through=part.through,
            type=part.through or step.type,
        )

    def test(self, condition: Condition, scope: str, place: Place) -> Test:
        """A typed condition below `scope`."""
        steps = self.leaf(self.path(condition.path, scope, place))
        keys = tuple(step.key for step in steps)
        values: tuple[Any, ...] = condition.values
        kind = steps[-1].type if steps else scope
        pattern = values[0] if condition.operator == "~" else ""
        if kind in CODED and condition.operator in {"=", "!=", "in"}:
            values, last = tuple(token(kind, str(value)) for value in values), None
        elif steps and not steps[-1].primitive and condition.operator not in {"has", "none"}:
            sentence = f"`{condition.path.text}` is a {kind}, which has no value of its own to compare"
            raise PathError(finding("map.path.value", place, sentence, "go on to the value, such as `.value` or `.1`"))
        else:
            last = kind
        values = tuple(typed(str(value), last) if last else value for value in values)
        written = tuple((step.key, step.listed) for step in steps)
        able = condition.operator == TEMPLATE_OPERATOR and not condition.negated
        template = (written, values[0]) if able else None
        single = bool(steps) and not any(step.repeats or step.tests or step.index is not None for step in steps)
        absolute = condition.path.absolute
        return Test(keys, condition.operator, values, condition.negated, template, written, absolute, pattern, single)

    def leaf(self, steps: tuple[Step, ...]) -> tuple[Step, ...]:
        """Go on to the single leaf of a type that wraps one (an HL7 v2 field)."""
        last = steps[-1] if steps else None
        if last is None or last.primitive or not last.value or last.through:
            return steps
        found = self.model.element(last.type, last.value)
        return self.leaf((*steps, *(plain_step(element) for element in found))) if found else steps


def plain_step(element: Element) -> Step:
    """The step of an element."""
    return Step(
        element.key,
        element.type,
        element.listed,
        element.repeats,
        element.primitive,
        element.value,
        element.companion,
    )


def companion(step: Step) -> Step:
    """A primitive one goes on behind: its extensions stand beside it (R4 JSON, `_birthDate`)."""
    return replace(step, key=step.companion or step.key, primitive=False, type="Element", companion="")


def marked(steps: list[Step], path: Path) -> list[Step]:
    """Mark which step means each item: the starred one, else the last if it repeats."""
    if steps and not any(step.each for step in steps) and not path.parts[-1].star:
        last = steps[-1]
        steps[-1] = replace(last, each=last.repeats and last.index is None)
    return steps


def others(path: Path, at: int, siblings: Sequence[Path]) -> tuple[tuple[Condition, ...], ...]:
    """Selectors that sibling rules put on the same list, for `[otherwise]`."""
    here = [part.name for part in path.parts[: at + 1]]
    return tuple(
        sibling.parts[at].select
        for sibling in siblings
        if [part.name for part in sibling.parts[: at + 1]] == here and sibling.parts[at].select
    )


def token(kind: str, text: str) -> tuple[str, str, str]:
    """`system|code` -> (kind, system, code); without a bar only the code counts."""
    system, bar, code = text.rpartition("|")
    return (kind, system if bar else "", code)


def typed(text: str, kind: str) -> Any:
    """A constant's text as the JSON value of its type."""
    if kind == "boolean":
        return text == "true"
    if kind in {"integer", "positiveInt", "unsignedInt"} and text.lstrip("-").isdecimal():
        return int(text)
    return text


def coded(value: tuple[str, str, str]) -> dict[str, Any]:
    """A token as the JSON of its type."""
    kind, system, code = value
    coding = {"system": system, "code": code} if system else {"code": code}
    return {"coding": [coding]} if kind == "CodeableConcept" else coding


def shown(names: Sequence[str], most: int = 12) -> str:
    """A short list for a repair."""
    return ", ".join(names[:most]) + (", ..." if len(names) > most else "")
