"""Message structures: which segment leads a group and which follow it (chapters 2.12 and 3-17).

`structures.csv` writes them as `SEG`, `SEG*` (repeats) and `LEAD*{before . after}`: a group that repeats hangs on the
segment that every instance of it has, also where optional segments come before that one. Groups that cannot repeat
are dissolved into what surrounds them.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, lru_cache

from gateway.adapters.hl7v2 import facts


@dataclass(slots=True)
class Group:
    """A group of segments; `allowed` holds what may follow its lead, with the group that such a segment leads.

    `takes` are the segments that find a place here, `inside` those of its groups too; both are set when it is complete.
    """

    lead: str = ""
    before: tuple[str, ...] = ()
    order: list[str] = field(default_factory=list)
    repeats: set[str] = field(default_factory=set)
    allowed: dict[str, "Group | None"] = field(default_factory=dict)
    ahead: dict[str, "Group"] = field(default_factory=dict)
    inside: frozenset[str] = frozenset()
    takes: frozenset[str] = frozenset()

    def add(self, name: str, group: "Group | None", *, many: bool) -> None:
        """Takes a segment, or the group that it leads, as the next part."""
        if name not in self.allowed:
            self.order.append(name)
            self.allowed[name] = group
        elif group is not None:
            self.allowed[name] = group
        if many:
            self.repeats.add(name)
        if group is not None:
            for early in group.before:
                self.ahead.setdefault(early, group)


def parse(text: str) -> Group:
    """The text of one structure -> its root group."""
    pieces = iter(text.replace("{", " { ").replace("}", " } ").split())
    root = _parts(pieces, Group())
    for group in _below(root):
        root.allowed.setdefault(group.lead, group)
        for early in group.before:
            root.ahead.setdefault(early, group)
        root.order += [name for name in (group.lead,) if name not in root.order]
    for group in (root, *_below(root)):
        group.takes = frozenset(group.allowed) | frozenset(group.ahead)
    return root


def _parts(pieces: Iterator[str], group: Group) -> Group:
    last = ""
    for piece in pieces:
        if piece == "}":
            break
        if piece == "{":
            group.add(last, _parts(pieces, Group(lead=last)), many=True)
        elif piece == ".":
            group.before = tuple(group.order)
            group.order, group.allowed, group.repeats = [], {}, set()
        else:
            last = piece.rstrip("*")
            group.add(last, None, many=piece.endswith("*"))
    group.before = tuple(name for name in group.before if name not in group.allowed)
    group.inside = frozenset(group.allowed).union(*(g.inside for g in group.allowed.values() if g), group.before)
    return group


def _below(group: Group) -> Iterator[Group]:
    for child in list(group.allowed.values()):
        if child is not None:
            yield child
            yield from _below(child)


@cache
def aliases() -> dict[str, str]:
    """`ADT_A08` -> `ADT_A01`: the structure of a trigger event that has none of its own name (table 0354)."""
    return {
        f"{structure[:3]}_{event}": structure
        for structure, events in facts.table("events").items()
        for event in events.split()
    }


@cache
def texts() -> dict[str, str]:
    """All structures as they are written."""
    return facts.table("structures")


@lru_cache(maxsize=1024)
def structure_name(code: str, event: str, structure: str) -> str:
    """MSH-9 -> the structure's name, empty where the standard has none (table 0354)."""
    known = texts()
    for name in (structure, f"{code}_{event}"):
        found = aliases().get(name, name)
        if found in known:
            return found
    return "ADT_A01" if code == "ADT" else code if code in known else ""


@lru_cache(maxsize=512)
def structure(name: str) -> Group:
    """The root group of a structure; an empty one for a name that is not known."""
    return parse(texts().get(name, "MSH"))


@cache
def followers() -> dict[str, frozenset[str]]:
    """Segment -> the segments that any structure nests into it."""
    found: dict[str, set[str]] = {}
    for text in texts().values():
        for group in _below(parse(text)):
            found.setdefault(group.lead, set()).update(group.before, group.allowed)
    return {lead: frozenset(names) for lead, names in found.items()}


@cache
def repeating() -> frozenset[str]:
    """Segments that any structure repeats."""
    roots = map(parse, texts().values())
    return frozenset().union(*(g.repeats for root in roots for g in (root, *_below(root))))
