"""Just enough of HL7 v2 for a hospital's own ends: fields, text, an acknowledgement (chapter 2)."""

import re
from dataclasses import dataclass
from datetime import datetime

CHARSETS = {"": "latin-1", "8859/1": "latin-1", "8859/15": "iso8859-15", "UNICODE UTF-8": "utf-8", "ASCII": "ascii"}
_ESCAPE = re.compile(r"\\(F|S|T|R|E|\.br|X[0-9A-F]+)\\")
_PLAIN = {"F": "|", "S": "^", "T": "&", "R": "~", "E": "\\", ".br": " "}


@dataclass(frozen=True)
class Message:
    """Segments as lists of fields, so numbered that `fields[n]` is field n, in MSH too."""

    segments: tuple[tuple[str, ...], ...]
    charset: str

    def all(self, name: str) -> list[tuple[str, ...]]:
        """The segments of this name."""
        return [segment for segment in self.segments if segment[0] == name]

    def field(self, name: str, number: int) -> str:
        """A field of the first segment of this name, raw; empty where it is missing."""
        return next((segment[number] for segment in self.all(name) if len(segment) > number), "")


def read(data: bytes) -> Message:
    """Bytes -> segments, in the charset that MSH-18 names (2.14.9.18)."""
    header = data.split(b"\r", 1)[0].decode("latin-1").split("|")
    charset = CHARSETS.get(header[17].split("~")[0] if len(header) > 17 else "", "latin-1")
    lines = [line for line in data.decode(charset, "replace").replace("\n", "\r").split("\r") if line]
    segments = [tuple(line.split("|")) for line in lines]
    return Message(tuple((s[0], "|", *s[1:]) if s[0] == "MSH" else s for s in segments), charset)


def plain(value: str) -> str:
    """A value as people read it: escapes undone (2.7), the second component where the first is a code."""
    parts = value.split("^")
    text = parts[1] if len(parts) > 1 and parts[1] else parts[0]
    return _ESCAPE.sub(lambda match: _unescaped(match.group(1)), text)


def _unescaped(code: str) -> str:
    return _PLAIN.get(code) or bytes.fromhex(code[1:]).decode("latin-1")


def kind(message: Message) -> str:
    """MSH-9 as people say it: `MDM^T02`."""
    return "^".join(message.field("MSH", 9).split("^")[:2])


def acknowledgement(message: Message, now: datetime) -> bytes:
    """ACK (2.9): CA in enhanced mode (MSH-15 or MSH-16 valued), AA in original mode; empty where none is asked for."""
    accept, application = message.field("MSH", 15), message.field("MSH", 16)
    if accept in {"NE", "ER"}:
        return b""
    event = message.field("MSH", 9).split("^")[1:2]
    parties = [message.field("MSH", number) for number in (5, 6, 3, 4)]
    key = message.field("MSH", 10)
    header = ["MSH", "^~\\&", *parties, now.strftime("%Y%m%d%H%M%S"), "", "^".join(["ACK", *event, "ACK"])]
    header += [f"A{key}"[:20], message.field("MSH", 11), message.field("MSH", 12), *[""] * 5, message.field("MSH", 18)]
    lines = ["|".join(header), f"MSA|{'CA' if accept or application else 'AA'}|{key}"]
    return ("\r".join(lines) + "\r").encode(message.charset, "replace")
