"""What is different between two states of a plan, one line each (CarePlan, chapter 9.5, with goals and measures)."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from gateway.pipeline.plans.elements import READERS, Names, plain, reached
from gateway.pipeline.plans.parts import Part, names, parts
from gateway.pipeline.plans.words import CHANGES, ELEMENTS, KINDS, LINE, NOTHING, UNNAMED, Kind, Language, Word

Resource = dict[str, Any]
Change = Literal["added", "removed", "changed", "reached"]
UNSAID = Word("", "")
ACHIEVED = frozenset({"achieved", "sustaining"})
"""Goal.achievementStatus of a goal that is reached."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is different.

    key      `Type/id` of the part; of one that took another's place the new one's
    name     what people call the part
    element  what changed of it (`performer`, `period` ...), empty where all of it came or went
    """

    kind: Kind
    change: Change
    key: str
    name: str
    element: str = ""
    before: Word = UNSAID
    after: Word = UNSAID

    def line(self, language: Language = "de") -> str:
        """The difference as a line for people."""
        element = ELEMENTS[self.element][language] if self.element else ""
        before, after = (side[language] or NOTHING[language] for side in (self.before, self.after))
        said = CHANGES[self.change][language].format(element=element, before=before, after=after)
        name = self.name or UNNAMED[language]
        return LINE[language].format(kind=KINDS[self.kind][language], name=name, said=said)


def diff(before: Sequence[Resource], after: Sequence[Resource]) -> list[Difference]:
    """All differences between two states of a plan, each given with its needs, goals, measures and whom they name.

    A part is the same in both if it has the same id, replaces the other, or has the same number, else the same name.
    """
    known = {**names(before), **names(after)}
    old, new = parts(before), parts(after)
    pairs = _pairs(old, new)
    paired = {id(part) for pair in pairs for part in pair}
    came = [Difference(p.kind, "added", p.key, p.name) for p in new if id(p) not in paired]
    went = [Difference(p.kind, "removed", p.key, p.name) for p in old if id(p) not in paired]
    changed = [difference for was, now in pairs for difference in _changes(was, now, known)]
    order = list(KINDS)
    return sorted([*changed, *came, *went], key=lambda difference: order.index(difference.kind))


def _changes(was: Part, now: Part, known: Names) -> Iterator[Difference]:
    """What differs between two states of one part; a goal that is reached now says only that."""
    fulfilled = now.kind == "goal" and reached(now.resource) in ACHIEVED and reached(was.resource) not in ACHIEVED
    if fulfilled:
        yield Difference("goal", "reached", now.key, now.name)
    for element, read in READERS[now.kind].items():
        before, after = read(was.resource, known), read(now.resource, known)
        if before != after and not (fulfilled and element in {"achievement", "status"}):
            yield Difference(now.kind, "changed", now.key, now.name, element, before, after)


def _pairs(old: Sequence[Part], new: Sequence[Part]) -> list[tuple[Part, Part]]:
    """Each part of the new state with the one it was; by what tells them apart most surely first."""
    left, pairs = list(old), []
    waiting = list(new)
    for same in SAME:
        for part in list(waiting):
            former = next((one for one in left if one.kind == part.kind and same(one, part)), None)
            if former:
                left.remove(former)
                waiting.remove(part)
                pairs.append((former, part))
    order = {id(part): number for number, part in enumerate(new)}
    return sorted(pairs, key=lambda pair: order[id(pair[1])])


SAME: Sequence[Callable[[Part, Part], bool]] = (
    lambda was, now: was.key == now.key and "#" not in now.key,
    lambda was, now: was.key in now.replaces(),
    lambda was, now: bool(was.numbers() & now.numbers()),
    lambda was, now: was.name != "" and plain(was.name) == plain(now.name),
    lambda was, now: was.kind == now.kind == "plan",
)
"""How a part is known again, the surest first; there is one plan on each side."""
