"""Files and frames: byte order marks, MLLP characters, FHS/BHS/BTS/FTS and the messages between (chapter 2.10.3)."""

import re
from dataclasses import dataclass, field

from gateway.domain.problem import Problem

OPEN, CLOSE = b"\x0b", b"\x1c"
HEADERS = (b"FHS", b"BHS")
TRAILERS = (b"BTS", b"FTS")
MARKED = frozenset({b"MSH", *HEADERS, *TRAILERS})
START = re.compile(rb"MSH")
FRAME = re.compile(rb"\x0b(?=MSH|FHS|BHS)|\x1c(?=\r|\n|\x0b|\Z)")
MARKS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
WIDE = (
    (b"M\x00\x00\x00S", "utf-32-le"),
    (b"\x00\x00\x00M", "utf-32-be"),
    (b"M\x00S", "utf-16-le"),
    (b"\x00M\x00S", "utf-16-be"),
)


@dataclass(slots=True)
class Parts:
    """The messages of a file, each as its lines' bytes; `codec` is set where the bytes themselves say it."""

    messages: list[bytes] = field(default_factory=list)
    codec: str = ""
    problems: list[Problem] = field(default_factory=list)


def split_file(data: bytes) -> Parts:
    """Bytes of a file or frame -> its messages, without envelope and frame characters."""
    parts = Parts()
    if data.startswith(b"MSH") and _single(data):
        parts.messages.append(data)
        return parts
    data = unmarked(data, parts)
    if (OPEN in data or CLOSE in data) and FRAME.search(data):
        data = _unframed(data, parts)
    starts = beginnings(data)
    before = data[: starts[0]] if starts else data
    _check_before(before, parts, found=bool(starts))
    ends = [*starts[1:], len(data)]
    parts.messages = [data[start:end] for start, end in zip(starts, ends, strict=False)]
    if any(mark in data for mark in (*HEADERS, *TRAILERS)):
        parts.messages = [_without_envelope(message, parts) for message in parts.messages]
        _check_counts(data, parts)
    return parts


def _single(data: bytes) -> bool:
    """Whether bytes that begin with MSH are one message and nothing else; False where it takes a closer look."""
    if OPEN in data or CLOSE in data:
        return False
    lines = (data.replace(b"\n", b"\r") if b"\n" in data else data).split(b"\r")
    starts = {line[:3] for line in lines[1:]}
    first = b"\r".join(starts)
    return MARKED.isdisjoint(starts) and b" " not in first and b"\t" not in first


def beginnings(data: bytes) -> list[int]:
    """Where messages begin: MSH at the start of a line, blanks before it tolerated."""
    found = (match.start() for match in START.finditer(data))
    return [at for at in found if data[max(at - 9, 0) : at].rstrip(b" \t")[-1:] in (b"", b"\r", b"\n")]


def unmarked(data: bytes, parts: Parts) -> bytes:
    """Bytes without byte order mark, in UTF-8 where the bytes themselves say their character set."""
    mark, codec = next(((m, c) for m, c in MARKS if data.startswith(m)), (b"", ""))
    if not mark:
        codec = next((c for m, c in WIDE if data.startswith(m)), "")
    if not codec:
        return data
    parts.codec = "utf-8"
    if codec == "utf-8":
        return data[len(mark) :]
    try:
        return data.decode(codec).lstrip("\ufeff").encode("utf-8", "strict")
    except UnicodeError:
        parts.problems.append(_broken(codec))
        return b""


def _unframed(data: bytes, parts: Parts) -> bytes:
    parts.problems.append(
        Problem(
            "hl7v2.envelope.mllp",
            "file",
            "The frame characters of MLLP stand in the file; they were left out.",
            "Hand over messages without 0B and 1C 0D (hexadecimal) around them.",
            "information",
        )
    )
    return FRAME.sub(b"\r", data).strip(b"\r\n")


def _check_before(before: bytes, parts: Parts, *, found: bool) -> None:
    lines = [line for line in re.split(rb"[\r\n]+", before[:10_000]) if line.strip()]
    stray = [line for line in lines if line[:3] not in HEADERS]
    if not found and not any(p.severity == "error" for p in parts.problems):
        parts.problems.append(
            Problem(
                "hl7v2.msh.missing",
                "MSH",
                "No segment MSH begins a message here.",
                "Send messages that begin with MSH|^~\\&|.",
            )
        )
    elif found and stray:
        parts.problems.append(
            Problem(
                "hl7v2.envelope.stray",
                "file",
                "Text stands before the first segment MSH; it belongs to no message.",
                "Begin the file with MSH, or with FHS or BHS.",
            )
        )


def _without_envelope(message: bytes, parts: Parts) -> bytes:
    lines = re.split(rb"[\r\n]", message)
    kept = [line for line in lines if line[:3] not in HEADERS + TRAILERS]
    if len(kept) < len(lines) and not any(p.code == "hl7v2.envelope.batch" for p in parts.problems):
        parts.problems.append(
            Problem(
                "hl7v2.envelope.batch",
                "file",
                "The messages stand in a batch or file envelope; its own segments are not part of any message.",
                "Nothing, if the envelope's senders and comments are not needed.",
                "information",
            )
        )
    return b"\r".join(kept)


def _check_counts(data: bytes, parts: Parts) -> None:
    stated = re.findall(rb"(?:\A|(?<=[\r\n]))BTS[^\r\n0-9]{1,8}(\d{1,9})(?![\d])", data)
    if stated and sum(map(int, stated)) != len(parts.messages):
        parts.problems.append(
            Problem(
                "hl7v2.envelope.count",
                "BTS-1",
                "The batch trailer counts another number of messages than the file holds.",
                "Ask the sender for the missing messages, or for a right count.",
                "warning",
            )
        )


def _broken(codec: str) -> Problem:
    return Problem(
        "hl7v2.charset.bytes",
        "file",
        f"The bytes begin like {codec} but do not fit it.",
        "Send the file in one character set from its first byte to its last.",
    )
