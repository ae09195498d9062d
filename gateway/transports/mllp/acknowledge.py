"""As much of HL7 v2 as a sender needs to know its answer again (chapters 2.9, 2.14.8 MSA, 2.14.9 MSH)."""

import re
from dataclasses import dataclass
from typing import Literal

ENDS = re.compile(rb"[\r\n]+")
WANTED = frozenset({b"AL", b"ER", b"SU"})
"""Table 0155: an answer may come; NE and empty: none."""
HEAD = 65536


@dataclass(frozen=True, slots=True)
class Asked:
    """What a message of ours asks for: MSH-10, and which answers by MSH-15 and MSH-16 (chapter 2.9.2)."""

    key: bytes
    accept: bool
    application: bool


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """MSA-1, MSA-2, and the conditions of table 0357 that ERR names."""

    code: str
    key: bytes
    conditions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a code of table 0008 means for a delivery."""

    outcome: Literal["delivered", "retry", "refused"]
    grade: Literal["E0", "E2"]
    sentence: str


VERDICTS = {
    "AA": Verdict("delivered", "E2", "the receiver took it"),
    "CA": Verdict("delivered", "E2", "the receiver keeps it"),
    "AE": Verdict("retry", "E0", "the receiver had an error with it"),
    "CE": Verdict("retry", "E0", "the receiver could not keep it"),
    "AR": Verdict("refused", "E0", "the receiver will not take it"),
    "CR": Verdict("refused", "E0", "the receiver will not keep it"),
}


def asked(message: bytes) -> Asked:
    """What a message asks for; the key is empty where it cannot be read. Original mode awaits the application's.

    An acknowledgement of ours that asks for nothing gets nothing: its receiver must not answer it (chapter 2.9.3).
    """
    line = ENDS.split(message[:HEAD], 1)[0]
    fields = line.split(line[3:4]) if line.startswith(b"MSH") and len(line) > 3 else []
    fields += [b""] * (16 - len(fields))
    accept, application = fields[14].strip(), fields[15].strip()
    if not accept and not application:
        return Asked(fields[9].strip(), accept=False, application=fields[8].strip()[:3] != b"ACK")
    return Asked(fields[9].strip(), accept in WANTED, application in WANTED)


def read(answer: bytes) -> Acknowledgement | None:
    """An acknowledgement; None where the bytes are none, or MSA-1 is not in table 0008."""
    lines = [line.strip() for line in ENDS.split(answer[:HEAD].strip())]
    separator = lines[0][3:4] if lines[0].startswith(b"MSH") else b""
    if not separator:
        return None
    rows = [line.split(separator) for line in lines]
    found = next((row for row in rows if row[0] == b"MSA" and len(row) > 1), None)
    code = found[1].strip().decode("ascii", "replace") if found else ""
    if found is None or code not in VERDICTS:
        return None
    return Acknowledgement(code, found[2].strip() if len(found) > 2 else b"", _conditions(rows))


def _conditions(rows: list[list[bytes]]) -> tuple[str, ...]:
    """The numbers in ERR-3 (from version 2.5) or ERR-1.4 (before); texts are left out, they may name a patient."""
    found: list[str] = []
    for row in rows:
        if row[0] == b"ERR" and len(row) > 1:
            parts = (row[3] if len(row) > 3 and row[3] else row[1]).split(b"^")
            code = (parts[0] if len(row) > 3 and row[3] else parts[3] if len(parts) > 3 else b"").split(b"&")[0]
            found += [code.decode("ascii")] if code.isdigit() and len(code) <= 4 else []
    return tuple(found)
