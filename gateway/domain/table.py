"""The tables of the closed loop that ship beside the code: semicolons between the columns, words between blanks."""

import csv
from collections.abc import Iterator
from pathlib import Path

TABLES = Path(__file__).resolve().parent / "tables"


def read(name: str) -> Iterator[dict[str, str]]:
    """The rows of one table, in its order."""
    with (TABLES / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file, delimiter=";")
