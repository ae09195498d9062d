"""What a manner of answer cannot say stands in docs/reference/answers.md, and nothing else is lost."""

import csv
import io
import re
from collections.abc import Iterator
from typing import Any

import hl7
import pytest

from gateway.fhir import json
from tests.pipeline.acknowledge.world import CASE, HOSPITAL, ROOT, V2, World, moved, replaced, with_answers

PAGE = ROOT / "docs/reference/answers.md"
ROW = re.compile(r"^\| ([^|`]+?) \| (yes|no) \| (yes|no) \| (yes|no) \| (yes|no) \|", re.MULTILINE)
MANNERS = {"MDM^T02": "hl7v2-de", "RRI^I12": "hl7v2-de", "Task": "fhir", "list": "rueckmeldung-liste"}

EVERYTHING: dict[str, Any] = {
    "identifier": [
        *CASE["identifier"][:1],
        {"type": {"coding": [{"system": V2, "code": "FILL"}]}, **CASE["identifier"][1], "value": "VORGANG-7"},
        CASE["identifier"][2],
    ],
    "statusReason": {"coding": [{"system": "https://example.org/r", "code": "GRUND-3"}], "text": "Bis Januar voll"},
    "output": [
        {"type": {"text": "Ergebnis"}, "valueString": "Tagespflege ab Mai"},
        {"type": {"text": "Ergebnis"}, "valueString": "Rampe ist bestellt"},
        {"type": {"text": "Bericht"}, "valueReference": {"display": "Abschlussbericht"}},
    ],
    "executionPeriod": {"start": "2026-03-18"},
    "note": [{"authorString": "Frau Temme", "text": "Wir rufen morgen an"}],
}
FACTS: dict[str, tuple[str, ...]] = {
    "the sender's number of the order": ("RF-1",),
    "our number of the case": ("VORGANG-7",),
    "our tracking id": ("track-1",),
    "the id of the message that is answered": ("SK-0002",),
    "the status": ("abgelehnt", "Rejected", "rejected"),
    "the business status as a code": ("no-capacity",),
    "the business status in words": ("Zurzeit ist kein Platz frei.", "Keine Kapazität"),
    "the reason as a code": ("GRUND-3",),
    "the reason in words": ("Bis Januar voll",),
    "the first outcome in words": ("Tagespflege ab Mai",),
    "further outcomes in words": ("Rampe ist bestellt",),
    "documents that are an outcome": ("Abschlussbericht",),
    "notes that came with the change": ("Wir rufen morgen an",),
    "who wrote a note": ("Frau Temme",),
    "when it came to this status": ("20260320113000", "20.03.2026 11:30", "2026-03-20T11:30:00+01:00"),
    "when the work began": ("20260318", "18.03.2026", "2026-03-18"),
    "when the request was made": ("20260320100000", "20.03.2026 10:00", "2026-03-20T10:00:00+01:00"),
    "the name of who has it in hand": ("Kümmererstelle Bielefeld-Senne",),
    "the number (IK) of who has it in hand": ("260550199",),
    "the telephone number to call back": ("0521 5550100",),
    "what was asked for": ("Häusliche Hilfe",),
    "the person's number at the sender": ("520002",),
    "the person's name": ("Lübbecke",),
    "the person's date of birth": ("19350226", "26.02.1935", "1935-02-26"),
    "the sender's number of the visit": ("260118",),
}


def leaves(value: Any) -> Iterator[str]:
    """All texts of nested lists and dicts."""
    if isinstance(value, dict | list | tuple):
        for item in value.values() if isinstance(value, dict) else value:
            yield from leaves(item)
    else:
        yield str(value)


def read(data: bytes, manner: str) -> list[str]:
    """The values of an answer as a reader finds them that knows nothing of us."""
    if manner == "Task":
        return list(leaves(json.loads(data)[0]))
    text = data.decode("utf-8-sig")
    if manner == "list":
        return list(leaves(list(csv.reader(io.StringIO(text), delimiter=";"))))
    return [part for segment in hl7.parse(text) for field in segment for part in str(field).split("^")]


def said(manner: str) -> dict[str, bool]:
    """Which facts an answer with everything in it says."""
    road = {"road": "folder", "path": "x", "format": MANNERS[manner]}
    world = replaced(World(), with_answers({**HOSPITAL, "receives": [road]}, **{"as": manner}))
    written = world.sent(moved(CASE, "rejected", "no-capacity", **EVERYTHING))
    assert [p for p in written.problems if p.severity != "information"] == []
    assert written.delivery is not None
    found = read(written.delivery.data, manner)
    return {fact: any(mark in text for mark in marks for text in found) for fact, marks in FACTS.items()}


def declared(manner: str) -> dict[str, bool]:
    """What the page says of one manner."""
    column = list(MANNERS).index(manner) + 2
    rows = ROW.finditer(PAGE.read_text(encoding="utf-8"))
    return {row.group(1): row.group(column) == "yes" for row in rows}


@pytest.mark.parametrize("manner", MANNERS)
def test_what_the_page_declares_is_what_an_answer_says(manner: str) -> None:
    assert declared(manner) == said(manner)
