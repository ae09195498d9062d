"""Values of the primitive datatypes: valid ones, and how to know one (chapter 2A)."""

import re

SAMPLES: dict[str, tuple[str, ...]] = {
    "DT": ("20260401", "202604", "2026"),
    "DTM": ("20260401170500", "202604011705", "20260401", "20260401170500.25+0200"),
    "FT": ("Wunde reizlos", "Zeile eins\nZeile zwei"),
    "GTS": ("20260401",),
    "ID": ("A", "N"),
    "IS": ("A", "091"),
    "NM": ("1", "12.5", "-3"),
    "SI": ("1", "2"),
    "SNM": ("05231123456",),
    "ST": ("Bielefeld", "A & B | C^D~E\\F", '""'),
    "TM": ("1705", "170500"),
    "TX": ("Übergabe am Nachmittag",),
    "varies": ("Minden", "1"),
}
NULL = '""'
"""The value that means delete, not empty (chapter 2.5.3)."""

_OFFSET = r"(?:[+-]\d{4})?"
_TIME = r"(?:[01]\d|2[0-3])(?:[0-5]\d(?:[0-5]\d(?:\.\d{1,4})?)?)?"
_DATE = r"\d{4}(?:(?:0[1-9]|1[0-2])(?:(?:0[1-9]|[12]\d|3[01])"
PATTERNS: dict[str, re.Pattern[str]] = {
    "DT": re.compile(rf"{_DATE})?)?\Z"),
    "DTM": re.compile(rf"{_DATE}(?:{_TIME})?)?)?{_OFFSET}\Z"),
    "NM": re.compile(r"[+-]?(?:\d{1,40}(?:\.\d{0,40})?|\.\d{1,40})\Z"),
    "SI": re.compile(r"\d{1,6}\Z"),
    "TM": re.compile(rf"{_TIME}{_OFFSET}\Z"),
}
TELLING = {
    "DT": "a date (YYYY[MM[DD]])",
    "DTM": "a point in time (YYYY[MM[DD[HH[MM[SS[.S]]]]]][+ZZZZ])",
    "NM": "a number",
    "SI": "a sequence number",
    "TM": "a time (HH[MM[SS]])",
}
