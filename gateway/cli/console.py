"""What all verbs share: formats by name, input by path, problems as a list a person can read or as JSON."""

import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn
from unicodedata import category

import orjson
import typer

from gateway.domain.problem import Problem
from gateway.mapping.format import Format
from gateway.mapping.shelf import Shelf

if TYPE_CHECKING:
    from rich.console import Console

FINDINGS, WRONG_CALL = 1, 2
WIDE = 400
MANY, SHOWN = 4, 3
OBJECT = re.compile(r"(?:message \d+: )?(?:row \d+|[^.,\-]*)")
"""The object a place belongs to: a resource, a segment, a row."""
SHORT = 8
"""Characters of an id that a list shows; as many are enough to name it."""
ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
MARK = {"error": "error  ", "warning": "warning", "information": "note   "}

Mappings = Annotated[
    list[Path] | None,
    typer.Option("--mappings", metavar="DIR", help="Look for formats here too (may be given several times)."),
]


def errors() -> "Console":
    """Standard error."""
    from rich.console import Console  # noqa: PLC0415 - a gateway that serves never needs it

    return Console(stderr=True, highlight=False, soft_wrap=True)


def wrong_call(sentence: str) -> NoReturn:
    """Say what is wrong with the call itself, and end with 2."""
    sys.stderr.write(f"gateway: {sentence}\n")
    raise typer.Exit(WRONG_CALL)


def failed(sentence: str) -> NoReturn:
    """Say why it could not be done although the call was right, and end with 1."""
    sys.stderr.write(f"gateway: {sentence}\n")
    raise typer.Exit(FINDINGS)


def open_format(shelf: Shelf, name: str) -> Format:
    """A format ready to run; an unknown name is a wrong call, a broken format a list of findings."""
    known = shelf.names()
    if name not in known:
        wrong_call(f"there is no format `{name}`; known: {', '.join(sorted(known))}")
    form = shelf.get(name)
    if form is None:
        show_problems(shelf.problems[name], as_json=False)
        raise typer.Exit(FINDINGS)
    return form


def read_input(path: str) -> bytes:
    """Bytes of a file, `-` for standard input."""
    if path == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(path).read_bytes()
    except OSError as fault:
        wrong_call(f"{path} cannot be read: {fault.strerror}")


def write_output(path: Path, data: bytes) -> None:
    """A file of one's own that others cannot read, and its name on standard output."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_bytes(data)
    except OSError as fault:
        failed(f"{path} cannot be written: {fault.strerror}")
    sys.stdout.write(f"{path}\n")


def as_dict(problem: Problem) -> dict[str, str]:
    """A problem for machines."""
    return {
        "severity": problem.severity,
        "code": problem.code,
        "place": problem.place,
        "sentence": problem.sentence,
        "repair": problem.repair,
    }


def show_problems(problems: Sequence[Problem], *, as_json: bool) -> None:
    """All problems on standard error, the gravest first."""
    order = {"error": 0, "warning": 1, "information": 2}
    ranked = sorted(problems, key=lambda problem: order[problem.severity])
    if as_json:
        sys.stderr.buffer.write(dumped([as_dict(problem) for problem in ranked]) + b"\n")
        sys.stderr.flush()
        return
    for problem in gathered(ranked):
        sys.stderr.write(f"{MARK[problem.severity]} {problem.place}: {problem.sentence}  [{problem.code}]\n")
        sys.stderr.write(f"        -> {problem.repair}\n")


def refused(problems: Sequence[Problem], *, as_json: bool = False) -> None:
    """Findings end the verb; without any it goes on."""
    if problems:
        show_problems(problems, as_json=as_json)
        raise typer.Exit(FINDINGS)


def gathered(problems: Sequence[Problem]) -> Iterator[Problem]:
    """The same problems for a reader: many unmapped values of one object in one line."""
    for (code, owner), alike in groupby(problems, lambda problem: (problem.code, owner_of(problem.place))):
        found = list(alike)
        if code != "map.unmapped" or len(found) < MANY:
            yield from found
            continue
        shown = ", ".join(problem.place for problem in found[:SHOWN])
        sentence = f"no rule uses {len(found)} values of it: {shown}, ..."
        yield replace(found[0], place=owner, sentence=sentence)


def owner_of(place: str) -> str:
    """The object a place belongs to."""
    match = OBJECT.match(place)
    return match[0] if match else place


def machine(value: Any) -> None:
    """JSON on standard output."""
    sys.stdout.buffer.write(dumped(value) + b"\n")
    sys.stdout.flush()


def dumped(value: Any) -> bytes:
    """JSON for machines, numbers as they came."""
    from gateway.fhir import json  # noqa: PLC0415 - only where JSON is asked for

    return json.dumps(value, pretty=True)


def table(title: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A table on standard output; where that is no terminal, as wide as it needs and without blanks at line ends."""
    from rich.console import Console  # noqa: PLC0415 - as above
    from rich.table import Table  # noqa: PLC0415 - as above

    terminal = sys.stdout.isatty()
    console = Console(highlight=False, width=None if terminal else WIDE)
    shown = Table(*heads, box=None, pad_edge=False, header_style="bold")
    for row in rows:
        shown.add_row(*[printable(cell).replace("[", "\\[") for cell in row])
    if title:
        console.print(title, soft_wrap=True)
    if terminal:
        console.print(shown)
        return
    with console.capture() as held:
        console.print(shown)
    sys.stdout.write("".join(f"{line.rstrip()}\n" for line in held.get().splitlines()))


def listed(rows: Sequence[Mapping[str, str]], nothing: str, *, json: bool) -> None:
    """The rows of a list: for machines as they are; for people ids by their beginning, moments on their own clock."""
    if json:
        machine(rows)
    elif not rows:
        sys.stdout.write(f"{nothing}\n")
    else:
        columns = [(name, [row[name] for row in rows]) for name in rows[0]]
        heads = [headed(name, cells) for name, cells in columns]
        table("", heads, list(zip(*([brief(cell) for cell in cells] for _, cells in columns), strict=True)))


def headed(name: str, cells: Iterable[str]) -> str:
    """The heading of a column; the zone of the moments in it is said here, once."""
    return f"{name} ({datetime.now().astimezone():%Z})" if any(map(MOMENT.fullmatch, cells)) else name


def brief(cell: str) -> str:
    """An id by its beginning, which names it as well; a moment on the clock of this machine; all else as it is."""
    if MOMENT.fullmatch(cell):
        with suppress(ValueError, OverflowError):  # no day of the calendar, or its edge
            return f"{datetime.fromisoformat(cell).astimezone():%Y-%m-%d %H:%M:%S}"
    return cell[:SHORT] if ID.fullmatch(cell) else cell


def printable(text: str, also: str = "") -> str:
    """A text that a terminal takes for nothing but text; `also`: control characters that may stay."""
    if text.isprintable():
        return text
    return "".join("�" if category(c).startswith("C") and c not in also else c for c in text)


def shown_value(value: Any, most: int = 60) -> str:
    """A value short enough for a line of a table."""
    plain = not isinstance(value, dict | list | bool)
    text = "" if value is None else str(value) if plain else orjson.dumps(value, default=str).decode()
    text = text.replace("\n", "⏎").replace("\r", "⏎")
    return text if len(text) <= most else text[: most - 1] + "…"
