"""The fact tables: segments, datatypes and their parts (chapters 2A and 3-17, versions 2.3 to 2.8.2 in one)."""

import re
from functools import cache
from importlib.resources import files

VARIES = "varies"
SEGMENT_NAME = re.compile(r"[A-Z][A-Z0-9]{2}\Z")
UNTYPED = "Z"
"""Type of a segment that no table describes: every field repeats and has any number of primitive components."""
FIELDS = 400
"""More fields than any segment has, and more components than any datatype."""


def table(name: str) -> dict[str, str]:
    """One table of this folder: the first column -> the second, in the order of the file."""
    lines = files(__package__).joinpath(f"{name}.csv").read_text("ascii").splitlines()[1:]
    rows = (line.partition(";") for line in lines)
    return {key: cells for key, _, cells in rows}


@cache
def segments() -> dict[str, tuple[str, ...]]:
    """Segment -> the cells of its fields 1, 2, ...: a type, with `*` where the field repeats, `-` where unknown."""
    return {name: tuple(cells.split(" ")) for name, cells in table("segments").items()}


@cache
def datatypes() -> dict[str, tuple[str, ...]]:
    """Composite datatype -> the types of its components 1, 2, ... (chapter 2A)."""
    return {name: tuple(cells.split(" ")) for name, cells in table("datatypes").items()}


def field_type(segment: str, number: int) -> tuple[str, bool] | None:
    """Type of a field and whether it repeats; None where the segment has no such field."""
    cells = segments().get(segment)
    if cells is None:
        return (VARIES, True) if segment.startswith(UNTYPED) else None
    if not 0 < number <= len(cells):
        return None
    cell = cells[number - 1]
    return (VARIES, True) if cell == "-" else (cell.rstrip("*"), cell.endswith("*"))


def first_is_primitive(type_name: str) -> bool:
    """Whether component 1 of a type is a leaf; True for primitive types, which are their own component 1."""
    parts = datatypes().get(type_name)
    return parts is None or parts[0] not in datatypes()


Shape = tuple[tuple[str, ...], ...]
"""By the number of components of a repetition: the keys of those that have sub-components; the last is for all more."""
COMPONENTS = 32
"""How many numbers of components a shape tells apart: more than any datatype has."""
FLAT: Shape = ((),) * COMPONENTS
UNSHAPED: tuple[Shape, ...] = (FLAT,) * FIELDS


@cache
def nested(type_name: str) -> Shape:
    """Which components of a type have sub-components."""
    parts = datatypes().get(type_name, ("",))
    below = [str(n) for n, part in enumerate(parts, 1) if part in datatypes()]
    return tuple(tuple(key for key in below if int(key) <= number) for number in range(COMPONENTS))


@cache
def shapes() -> dict[str, tuple[Shape, ...]]:
    """Segment -> `nested` of the types of its fields 1, 2, ..., padded with flat ones."""
    known = {name: tuple(nested(cell.rstrip("*")) for cell in cells) for name, cells in segments().items()}
    return {name: fields + UNSHAPED[len(fields) :] for name, fields in known.items()}
