"""Code tables: their code <-> ours, with a declared answer to a code without a match."""

import csv
import io
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gateway.domain.problem import Problem
from gateway.mapping.keys import CODE_COLUMNS
from gateway.mapping.language import Names, Place, TablePolicy, finding
from gateway.mapping.syntax import LineError, expand

BASE = "https://kuemmerer-gateway.de/fhir/StructureDefinition"
SOURCE_CODE = f"{BASE}/source-code"
ELEMENT_SOURCE_CODE = f"{BASE}/element-source-code"
EXPLICITLY_EMPTY = f"{BASE}/explicitly-empty"
ABSENT = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table: the two codes, what ours is called, its own system, and the line in the file."""

    theirs: str
    ours: str
    display: str
    system: str
    line: int


@dataclass(slots=True)
class Table:
    """A code table with its policy; `inward` and `outward` may differ."""

    name: str
    policy: TablePolicy
    inward: dict[str, Row] = field(default_factory=dict)
    outward: dict[tuple[str, str], Row] = field(default_factory=dict)
    file: str = ""

    def ours(self, theirs: str) -> Row | None:
        """Their code -> our row."""
        return self.inward.get(theirs)

    def theirs(self, code: str, system: str = "") -> Row | None:
        """Our code -> their row; a code without its system fits the table's own."""
        return self.outward.get((system, code)) or self.outward.get(("", code))

    def system_of(self, row: Row) -> str:
        """The code system of a row's own code."""
        return row.system or self.policy.system


def read_table(name: str, path: Path, shown: str, policy: TablePolicy, names: Names) -> tuple[Table, list[Problem]]:
    """One `codes/*.csv`: `theirs;ours;direction;note` and optional `display`, `system`."""
    table = Table(name, policy, file=shown)
    try:
        text = path.read_text(encoding="utf-8-sig")
        lines = list(csv.reader(io.StringIO(text), delimiter=";", strict=True))
    except (OSError, UnicodeDecodeError, csv.Error) as fault:
        sentence = f"the table cannot be read ({type(fault).__name__})"
        return table, [finding("map.code.file", shown, sentence, "save it as UTF-8 with semicolons")]
    header = [cell.strip() for cell in lines[0]] if lines else []
    wrong = [cell for cell in header if cell not in CODE_COLUMNS]
    if wrong or "theirs" not in header or "ours" not in header:
        repair = f"the first line is theirs;ours;direction;note (also allowed: {', '.join(CODE_COLUMNS[4:])})"
        return table, [finding("map.code.header", Place(shown), "the header of the table is not as expected", repair)]
    problems: list[Problem] = []
    for number, cells in enumerate(lines[1:], 2):
        if any(cell.strip() for cell in cells):
            row = dict(zip(header, (cell.strip() for cell in cells), strict=False))
            try:
                row["system"] = expand(row.get("system", ""), names)
            except LineError as fault:
                problems.append(finding("map.syntax", Place(shown, number), fault.sentence, fault.repair))
            problems += add_row(table, row, number)
    return table, problems


def add_row(table: Table, cells: dict[str, str], line: int) -> list[Problem]:
    """Enter one line; a code that stands twice in one direction is a fault."""
    row = Row(cells["theirs"], cells.get("ours", ""), cells.get("display", ""), cells.get("system", ""), line)
    direction = cells.get("direction") or "both"
    place = Place(table.file, line)
    if direction not in {"both", "in", "out"}:
        return [finding("map.code.direction", place, f"`{direction}` is no direction", "write both, in or out")]
    if not row.theirs or not row.ours:
        return [finding("map.code.row", place, "the line lacks one of the two codes", "write both, or drop the line")]
    problems = []
    if direction in {"both", "in"}:
        problems += enter(table.inward, row.theirs, row, place, "theirs")
    if direction in {"both", "out"}:
        system = row.system or table.policy.system
        problems += enter(table.outward, (system, row.ours), row, place, "ours")
        if system:
            table.outward.setdefault(("", row.ours), row)
    return problems


def enter(index: dict[Any, Row], key: Any, row: Row, place: Place, column: str) -> list[Problem]:
    """Put a row into one direction's index."""
    if key in index:
        sentence = f"the code in column `{column}` stands already in line {index[key].line} for this direction"
        return [finding("map.code.twice", place, sentence, "give one of the two lines `in` or `out` as direction")]
    index[key] = row
    return []


def one_way_codes(table: Table) -> list[str]:
    """Codes of theirs that do not come back as themselves (named by `gateway check`)."""
    lost = []
    for theirs, row in table.inward.items():
        back = table.theirs(row.ours, table.system_of(row))
        if back is None or back.theirs != theirs:
            lost.append(theirs)
    return lost
