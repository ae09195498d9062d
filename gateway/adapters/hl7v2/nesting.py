"""Between the flat order of a message's segments and the tree in which groups hang on their leads."""

from collections.abc import Iterator, Mapping
from typing import Any

from gateway.adapters.hl7v2.structure import Group
from gateway.domain.codec import Tree

Pending = tuple[Tree, Group, str, Tree]


def nest(segments: list[tuple[str, Tree]], root: Group) -> tuple[Tree, list[str]]:
    """Segments in order -> the tree, and the names of segments that stand where the structure has no place for them.

    A segment joins the innermost open group that takes it, else the message itself; none is lost.
    """
    tree: Tree = {}
    stack: list[tuple[Group, Tree]] = [(root, tree)]
    pending: list[Pending] = []
    strange: list[str] = []
    for name, segment in segments:
        depth = len(stack)
        while depth:
            group, container = stack[depth - 1]
            if name in group.takes:
                break
            depth -= 1
        else:
            if not name.startswith("Z"):
                strange.append(name)
            _release(pending)
            tree.setdefault(name, []).append(segment)
            continue
        if depth < len(stack):
            del stack[depth:]
        if name not in group.allowed:
            if pending and pending[-1][0] is not container:
                _release(pending)
            pending.append((container, group.ahead[name], name, segment))
            continue
        led = group.allowed[name]
        if pending:
            _settle(pending, container, led, segment)
        container.setdefault(name, []).append(segment)
        if led is not None:
            stack.append((led, segment))
    _release(pending)
    return tree, strange


def _settle(pending: list[Pending], container: Tree, led: Group | None, segment: Tree) -> None:
    """Segments that came before their group's lead go into it, if it has now come."""
    for held, group, name, early in pending:
        here = held is container and group is led
        (segment if here else held).setdefault(name, []).append(early)
    pending.clear()


def _release(pending: list[Pending]) -> None:
    for held, _, name, early in pending:
        held.setdefault(name, []).append(early)
    pending.clear()


def is_segment(key: str) -> bool:
    """Whether a key of the tree is a segment's name (field keys are numbers)."""
    return not key[:1].isdecimal()


def flatten(tree: Mapping[str, Any], root: Group) -> Iterator[tuple[str, Tree]]:
    """The tree -> its segments in the order of the structure; nesting them again gives the same tree."""
    for name in laid_out([key for key in tree if is_segment(key)], root):
        led = root.allowed.get(name)
        for segment in tree[name]:
            yield from _with_group(name, segment, led)


def _with_group(name: str, segment: Mapping[str, Any], led: Group | None) -> Iterator[tuple[str, Tree]]:
    names = [key for key in segment if is_segment(key)]
    own = {key: value for key, value in segment.items() if not is_segment(key)}
    if not names:
        yield name, own
        return
    group = led if led is not None else Group(lead=name)
    early = [n for n in group.before if n in names]
    for child in early:
        yield from ((child, s) for s in segment[child])
    yield name, own
    for child in laid_out([n for n in names if n not in early], group):
        below = group.allowed.get(child)
        for each in segment[child]:
            yield from _with_group(child, each, below)


def laid_out(names: list[str], group: Group) -> list[str]:
    """The order in which a container's segments are written: the structure's, unless a group before would take one."""
    known = [n for n in group.order if n in names]
    strange = [n for n in names if n not in group.allowed]
    front = [n for n in strange if n in group.inside and n not in group.ahead]
    early: list[str] = []
    rest: list[str] = []
    taken: frozenset[str] = frozenset()
    for name in known:
        if name in taken:
            early.append(name)
            continue
        rest.append(name)
        led = group.allowed[name]
        taken = led.inside if led is not None else frozenset()
    early.sort(key=lambda name: group.allowed[name] is not None)
    late = [n for n in strange if n not in front]
    head = [n for n in ("MSH",) if n in rest]
    return [*head, *front, *early, *(n for n in rest if n not in head), *late]
