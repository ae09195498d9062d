"""Checked rules: every path typed by the models of both sides, ready to be compiled."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from gateway.domain.codec import Model
from gateway.mapping.codes import Table
from gateway.mapping.language import MapFile, Operator, Place


@dataclass(frozen=True, slots=True)
class Test:
    """A typed condition: dict keys from the object to its values, lists flattened on the way."""

    keys: tuple[str, ...]
    operator: Operator
    values: tuple[Any, ...]
    negated: bool = False
    template: tuple[tuple[tuple[str, bool], ...], Any] | None = None
    """(key, listed) steps and value that make the test hold on a new object; None where it cannot be written."""
    way: tuple[tuple[str, bool], ...] = ()
    """(key, listed) steps to the value."""
    absolute: bool = False
    pattern: str = ""
    single: bool = False
    """Nothing on the way repeats, so there is one value at most."""


@dataclass(frozen=True, slots=True)
class Step:
    """One typed step of a path: the key in the tree, what stands there, and which items are meant."""

    key: str
    type: str
    listed: bool
    repeats: bool
    primitive: bool
    value: str = ""
    companion: str = ""
    tests: tuple[Test, ...] = ()
    others: tuple[tuple[Test, ...], ...] = ()
    """For `[otherwise]`: the tests of the siblings, none of which may hold."""
    index: int | None = None
    each: bool = False
    through: str = ""


@dataclass(frozen=True, slots=True)
class End:
    """One side of a rule: a path, a constant or a link."""

    steps: tuple[Step, ...] = ()
    absolute: bool = False
    constant: Any = None
    link: str = ""
    every: bool = False
    fallback: bool = False

    @property
    def is_path(self) -> bool:
        """Whether the side is a place."""
        return self.constant is None and not self.link


@dataclass(frozen=True, slots=True)
class KeyPart:
    """One line of `key:`: a place in the finished resource, or the identity of a result."""

    steps: tuple[Step, ...] = ()
    link: str = ""
    otherwise: bool = False
    """The line `else`: what follows counts only where nothing before it has a value."""


@dataclass(frozen=True, slots=True)
class Change:
    """One conversion, ready to call: to FHIR and back; None where a direction does not exist."""

    word: str
    to_fhir: Callable[[Any], Any] | None
    from_fhir: Callable[[Any], Any] | None
    table: Table | None = None
    listing: bool = False
    """Gives a list to FHIR and takes one back."""
    quiet: bool = False
    """None means «does not apply», not «cannot be read»."""


@dataclass(frozen=True, slots=True)
class RulePlan:
    """A typed rule."""

    number: int
    arrow: str
    left: End
    right: End
    changes: tuple[Change, ...] = ()
    scope: "ScopePlan | None" = None
    call: str = ""
    """Name of the map both objects go to."""
    name: str = ""
    copied: bool = False
    one_way: int = 0
    """Number of the note that a leaf read the other way round was left out because the rule goes one way."""
    key: tuple[KeyPart, ...] = ()


@dataclass(frozen=True, slots=True)
class GuardPlan:
    """Typed conditions around rules."""

    when: tuple[Test, ...]
    back: tuple[Test, ...]
    any: bool
    rules: tuple["RulePlan | GuardPlan", ...]


@dataclass(frozen=True, slots=True)
class IgnorePlan:
    """A typed path that is left out on purpose; `number` stands for its reason."""

    number: int
    steps: tuple[Step, ...]
    fhir: bool
    absolute: bool


@dataclass(slots=True)
class ScopePlan:
    """A map or a block: the rules that stand on one object of each side."""

    label: str
    source: str
    target: str
    left_leaf: bool
    rules: tuple[RulePlan | GuardPlan, ...] = ()
    ignore: tuple[IgnorePlan, ...] = ()
    copies: dict[bool, "Copying"] = field(default_factory=dict)
    """What travels as it is: True to FHIR, False from FHIR."""


@dataclass(frozen=True, slots=True)
class Copying:
    """`copy:` in one direction: the number of its note, and the elements it names (none: the rest)."""

    number: int
    chosen: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class RuleNote:
    """What explain says of a rule number: where it stands, its text, and the reason if it ignores."""

    place: Place
    text: str
    reason: str = ""


@dataclass(slots=True)
class FormatPlan:
    """All maps of a format, typed by the models of its two sides."""

    left: Model
    right: Model
    roots: list[tuple[MapFile, ScopePlan, tuple[Test, ...], tuple[Test, ...]]] = field(default_factory=list)
    maps: dict[str, ScopePlan] = field(default_factory=dict)
    notes: list[RuleNote] = field(default_factory=list)
