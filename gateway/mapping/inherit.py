"""`extends:`: a dialect or partner states only what differs, down to one rule."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from gateway.domain.problem import Problem
from gateway.mapping.language import FormatFile, Guard, MapFile, Rule, Statement, finding


def effective(chain: Sequence[FormatFile]) -> tuple[FormatFile, list[Problem]]:
    """The format as it acts: the farthest ancestor first, each later one laid over it."""
    whole = chain[0]
    problems: list[Problem] = []
    for file in chain[1:]:
        whole, found = over(whole, file)
        problems += found
    if not whole.codec:
        problems.append(finding("map.codec", whole.place, "no codec is named", "add `codec: ...`, or `extends: ...`"))
    if not whole.unmapped:
        whole = replace(whole, unmapped="park")
    return whole, problems


def over(base: FormatFile, file: FormatFile) -> tuple[FormatFile, list[Problem]]:
    """One file laid over what it extends."""
    problems: list[Problem] = []
    maps = dict(base.maps)
    for name, own in file.maps.items():
        maps[name], found = merged(maps[name], own) if name in maps else (own, [])
        problems += found
    texts: dict[str, Any] = {
        key: getattr(file, key) or getattr(base, key)
        for key in ("title", "codec", "direction", "standing", "unmapped", "null", "canonical", "roots")
    }
    joined: dict[str, Any] = {
        key: {**getattr(base, key), **getattr(file, key)} for key in ("options", "names", "patterns", "codes", "tables")
    }
    return replace(file, maps=maps, **texts, **joined), problems


def merged(base: MapFile, own: MapFile) -> tuple[MapFile, list[Problem]]:
    """One map laid over the inherited one of the same name."""
    known = lefts(base.rules)
    problems = [
        finding(
            "map.drop", own.place, f"`{text}` is the left side of no inherited rule", "mend the text or take it away"
        )
        for text in own.drop
        if text not in known
    ]
    rules = combine(base.rules, own.rules, set(own.drop))
    ignored = {entry.path.text for entry in own.ignore}
    return (
        replace(
            own,
            source=own.source or base.source,
            target=own.target or base.target,
            key=own.key or base.key,
            when=own.when or base.when,
            back=own.back or base.back,
            copy_in=own.copy_in or base.copy_in,
            copy_out=own.copy_out or base.copy_out,
            excepted=own.excepted or base.excepted,
            rules=rules,
            ignore=(*(entry for entry in base.ignore if entry.path.text not in ignored), *own.ignore),
        ),
        problems,
    )


def left_of(rule: Rule) -> str:
    """The left side as written, blanks levelled."""
    return rule.text.split(f" {rule.arrow} ", 1)[0].strip()


def lefts(rules: Sequence[Statement]) -> set[str]:
    """All left sides, those under guards too."""
    found: set[str] = set()
    for rule in rules:
        found |= lefts(rule.rules) if isinstance(rule, Guard) else {left_of(rule)}
    return found


def combine(base: Sequence[Statement], own: Sequence[Statement], dropped: set[str]) -> tuple[Statement, ...]:
    """Own rules take the place of inherited ones with the same left side; blocks are combined; new ones come behind."""
    mine: dict[str, list[Rule]] = {}
    for rule in own:
        if isinstance(rule, Rule):
            mine.setdefault(left_of(rule), []).append(rule)
    result: list[Statement] = []
    placed: set[str] = set()
    for old in base:
        if isinstance(old, Guard):
            result.append(replace(old, rules=combine(old.rules, [], dropped | set(mine))))
            continue
        left = left_of(old)
        if left in dropped:
            continue
        if left not in mine:
            result.append(old)
        elif left not in placed:
            placed.add(left)
            result += [laid(old, rule) for rule in mine[left]]
    return (*result, *(rule for rule in own if isinstance(rule, Guard) or left_of(rule) not in placed))


def laid(old: Rule, own: Rule) -> Rule:
    """A block over a block is combined; everything else replaces."""
    if old.block is None or own.block is None:
        return own
    return replace(own, block=combine(old.block, own.block, set()))
