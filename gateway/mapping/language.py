"""The words of the mapping language: what the parser makes of an integrator's files."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Any, Literal

from gateway.domain.problem import Problem, Severity

Arrow = Literal["<->", "->", "<-"]
Operator = Literal["has", "none", "=", "!=", "in", "starts", "~"]


@dataclass(frozen=True, slots=True)
class Place:
    """A position in a file, 1-based, as editors show it."""

    file: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        """`mappings/x/patient.map.yaml:9:5`."""
        return f"{self.file}:{self.line}:{self.column}"

    @property
    def short(self) -> str:
        """`mappings/x/patient.map.yaml:9`."""
        return f"{self.file}:{self.line}"

    def beside(self, file: str) -> bool:
        """Whether a file stands in the folder of this one, or below it."""
        return file.startswith(self.file.rpartition("/")[0] + "/")


@dataclass(frozen=True, slots=True)
class Condition:
    """One test on a path: `5=PI`, `PV1-36 starts (09, 10)`, `PID-3.1 ~ kvnr`."""

    path: "Path"
    operator: Operator
    values: tuple[str, ...] = ()
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """What stands between two dots of a path."""

    name: str
    select: tuple[Condition, ...] = ()
    index: int | None = None
    otherwise: bool = False
    star: bool = False
    through: str = ""


@dataclass(frozen=True, slots=True)
class Path:
    """A place on one side; no parts means the scope itself (`.`)."""

    parts: tuple[Part, ...]
    absolute: bool
    text: str


@dataclass(frozen=True, slots=True)
class Constant:
    """`= final`: a value written one way and required the other; `?= final`: written only where nothing stands yet."""

    text: str
    fallback: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    """`link patient` (one result) or `all need` (each result of that name)."""

    name: str
    every: bool = False


Side = Path | Constant | Link


@dataclass(frozen=True, slots=True)
class Conversion:
    """`code geschlecht`, `date`, `XPN`: a word and its arguments."""

    word: str
    arguments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """One line between the two sides, with the block of rules below it where it has one."""

    left: Side
    arrow: Arrow
    right: Side
    conversions: tuple[Conversion, ...]
    name: str
    text: str
    place: Place
    block: tuple["Statement", ...] | None = None


@dataclass(frozen=True, slots=True)
class Guard:
    """`when:`/`any:`/`back:` around rules."""

    when: tuple[Condition, ...]
    back: tuple[Condition, ...]
    any: bool
    rules: tuple["Statement", ...]
    place: Place


Statement = Rule | Guard


@dataclass(frozen=True, slots=True)
class Ignore:
    """A path that is left out on purpose, with the reason an integrator wrote."""

    path: Path
    fhir: bool
    reason: str
    place: Place


@dataclass(frozen=True, slots=True)
class MapFile:
    """One `*.map.yaml`."""

    name: str
    source: str
    target: str
    rules: tuple[Statement, ...]
    place: Place
    key: tuple[Side, ...] = ()
    when: tuple[Condition, ...] = ()
    back: tuple[Condition, ...] = ()
    copy_in: tuple[str, ...] = ()
    copy_out: tuple[str, ...] = ()
    excepted: tuple[Path, ...] = ()
    ignore: tuple[Ignore, ...] = ()
    drop: tuple[str, ...] = ()

    @property
    def is_root(self) -> bool:
        """Whether the map makes the set of canonical resources."""
        return self.target == "resources"


@dataclass(frozen=True, slots=True)
class TablePolicy:
    """The entry of one code table in `codes:` of format.yaml."""

    no_match: str = "error"
    argument: str = ""
    system: str = ""
    their_system: str = ""


@dataclass(slots=True)
class FormatFile:
    """One format.yaml or partner.yaml with what stands beside it, before inheritance."""

    name: str
    folder: FilePath
    place: Place
    title: str = ""
    extends: str = ""
    codec: str = ""
    direction: str = ""
    standing: str = ""
    unmapped: str = ""
    null: str = ""
    options: dict[str, Any] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    patterns: dict[str, str] = field(default_factory=dict)
    codes: dict[str, TablePolicy] = field(default_factory=dict)
    canonical: list[str] = field(default_factory=list)
    roots: list[str] = field(default_factory=list)
    maps: dict[str, MapFile] = field(default_factory=dict)
    tables: dict[str, FilePath] = field(default_factory=dict)


Names = Mapping[str, str]


def finding(code: str, place: Place | str, sentence: str, repair: str, severity: Severity = "error") -> Problem:
    """A problem about a file an integrator wrote."""
    return Problem(code, str(place), sentence, repair, severity)
