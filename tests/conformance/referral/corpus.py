"""The referral, task and care plan examples of others, and what we have said of each: reviewed lists beside this file.

A list holds the files that are not simply accepted. `GATEWAY_REVIEW=1` writes it anew from what is said now; whoever
does so reads the difference.
"""

import csv
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from gateway.domain.problem import Problem

SHARED = Path(os.environ.get("GATEWAY_SHARED") or Path(__file__).resolve().parents[4] / "shared")
CORPUS = SHARED / "data" / "referral"
FOLDERS = (
    "bser", "ch-orf-xml", "cow", "gravity-sdohcc", "mcc-ecareplan", "medcom-carecommunication", "r4-core",
    "umzhconnect",
)  # fmt: skip
HERE = Path(__file__).parent
ACCEPTED = "accepted"

needs_corpus = pytest.mark.skipif(not CORPUS.is_dir(), reason="GATEWAY_SHARED names no folder with data/referral")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one file: accepted, no effect, or refused; the codes of the errors, or the reason in words."""

    expected: str
    code: str = ""


def files(folder: str) -> list[Path]:
    """The examples of one guide, in order."""
    return sorted(path for path in (CORPUS / folder).rglob("*") if path.suffix in {".json", ".xml"})


def name(path: Path) -> str:
    """A file as the lists name it."""
    return path.relative_to(CORPUS).as_posix()


def whole(problems: Iterable[Problem]) -> bool:
    """Whether each problem says what, where, why and what to do."""
    return all(problem.code and problem.place and problem.sentence and problem.repair for problem in problems)


def judged(way: str, folder: str, seen: Mapping[str, Verdict]) -> None:
    """Compares what is said now of one guide's files with the reviewed list of a way in, or writes that anew."""
    known = reviewed(way)
    other = {file: verdict for file, verdict in known.items() if not file.startswith(f"{folder}/")}
    mine = {file: verdict for file, verdict in known.items() if file not in other}
    told = {file: verdict for file, verdict in seen.items() if verdict.expected != ACCEPTED}
    if os.environ.get("GATEWAY_REVIEW"):
        write(way, other | told)
        return
    changed = {file: (mine.get(file), told.get(file)) for file in {*mine, *told} if mine.get(file) != told.get(file)}
    assert changed == {}, changed


def reviewed(way: str) -> dict[str, Verdict]:
    """The list of one way in: file -> verdict."""
    path = HERE / f"{way}.csv"
    lines = path.read_text(encoding="utf-8").splitlines()[1:] if path.exists() else []
    return {file: Verdict(expected, code) for file, expected, code in csv.reader(lines, delimiter=";")}


def write(way: str, verdicts: Mapping[str, Verdict]) -> None:
    """A list, sorted by file."""
    with (HERE / f"{way}.csv").open("w", encoding="utf-8", newline="") as out:
        rows = csv.writer(out, delimiter=";", lineterminator="\n")
        rows.writerow(["file", "expected", "code"])
        rows.writerows([file, verdicts[file].expected, verdicts[file].code] for file in sorted(verdicts))
