"""Maps that call each other on the same object without going down: such a run would never end."""

from collections.abc import Iterator, Sequence

from gateway.mapping.plan import End, FormatPlan, GuardPlan, RulePlan

Calls = dict[str, set[str]]


def circles(plan: FormatPlan) -> set[str]:
    """Names of the maps that come back to themselves on the same object, in either direction."""
    return {name for forth in (True, False) for name in endless(standing_calls(plan, forth=forth))}


def standing_calls(plan: FormatPlan, *, forth: bool) -> Calls:
    """Which maps each map calls on the very object it stands on, or on one that is found from the root again."""
    return {name: set(called(scope.rules, forth=forth)) for name, scope in plan.maps.items()}


def called(rules: Sequence[RulePlan | GuardPlan], *, forth: bool) -> Iterator[str]:
    """Maps that rules call without going down on the side that is read."""
    for rule in rules:
        if isinstance(rule, GuardPlan):
            yield from called(rule.rules, forth=forth)
        elif stays(rule.left if forth else rule.right):
            if rule.call:
                yield rule.call
            yield from called(rule.scope.rules if rule.scope else (), forth=forth)


def stays(read: End) -> bool:
    """Whether a side reads the scope itself, or starts from the root."""
    return read.absolute or not read.steps


def endless(calls: Calls) -> Iterator[str]:
    """Names from which a way along the calls leads back."""
    for name in calls:
        seen: set[str] = set()
        todo = [*calls[name]]
        while todo:
            other = todo.pop()
            if other not in seen:
                seen.add(other)
                todo += calls.get(other, ())
        if name in seen:
            yield name
