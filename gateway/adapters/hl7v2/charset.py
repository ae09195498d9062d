"""The character set of a message: MSH-18, else what the partner declares (chapter 2.14.9.18, table 0211)."""

import re
from functools import cache

from gateway.adapters.hl7v2 import facts
from gateway.domain.problem import Problem

CONTROLS = bytes(range(0x80, 0xA0))
"""Bytes that are control characters in ISO 8859 and letters in windows-1252."""
HIGH = bytes(range(0x80, 0x100))
PLACES = 20
MISLABELLED = Problem(
    "hl7v2.charset.really-utf8",
    "MSH-18",
    "The message is UTF-8, whatever MSH-18 or the declared fallback says; it was read as UTF-8.",
    "Let the sender write UNICODE UTF-8 in MSH-18, or send the character set it names.",
    "warning",
)
"""Told with a message whose tree says UNICODE UTF-8 in MSH-18 from then on, so that it can be written again."""


@cache
def charsets() -> dict[str, str]:
    """Name in MSH-18 -> Python codec."""
    return facts.table("charsets")


def declared(header: bytes) -> str:
    """The first repetition of MSH-18 of a header line in any ASCII-compatible character set, upper case."""
    fields = header.split(header[3:4], 18) if len(header) > 3 else []
    if len(fields) < 18:
        return ""
    repetition = header[5:6] if header[3:4] != header[5:6] else b"~"
    return fields[17].partition(repetition)[0].decode("ascii", "replace").strip().upper()


def decode_text(data: bytes, name: str, fallback: str) -> tuple[str | None, str, list[Problem]]:
    """Bytes of a message, its MSH-18 and the declared fallback -> text (None if unreadable), codec, problems."""
    codec, fallback, problems = chosen(name, fallback)
    if data.isascii() and codec != "iso2022_jp":
        return data.decode("ascii"), codec, problems
    text = _really_utf8(data) if single(codec) else None
    if text is not None:
        return text, "utf-8", [*problems, MISLABELLED]
    try:
        text = data.decode(codec)
    except UnicodeDecodeError:
        return _with_fallback(data, codec, fallback, problems)
    if codec.startswith("iso8859") and _controlled(data):
        return _controls(data, text, codec, fallback)
    return text, codec, problems


@cache
def single(codec: str) -> bool:
    """Whether each byte is a character in it, as in ASCII, ISO 8859 and windows-1252."""
    one_each = all(len(some.decode(codec, "replace")) == len(some) for some in (HIGH, "ä".encode()))
    return one_each and codec != "iso2022_jp"


def _really_utf8(data: bytes) -> str | None:
    """Bytes that are not all ASCII, if they are UTF-8: letters of ISO 8859 practically never follow its rules."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _controlled(data: bytes) -> bool:
    return len(data.translate(None, CONTROLS)) < len(data)


def chosen(name: str, fallback: str) -> tuple[str, str, list[Problem]]:
    """MSH-18 and the declared fallback -> Python codec, the fallback if it is one, problems."""
    usable = fallback if fallback and known(fallback) else ""
    problems = [_no_codec()] if fallback and not usable else []
    codec = charsets().get(name, "")
    if name and not codec:
        problems.append(_unknown(bool(usable)))
    return codec or usable or "utf-8", usable, problems


@cache
def known(codec: str) -> bool:
    """Whether Python has a codec of this name."""
    try:
        "".encode(codec)
    except (LookupError, ValueError):
        return False
    return True


def _with_fallback(
    data: bytes, codec: str, fallback: str, problems: list[Problem]
) -> tuple[str | None, str, list[Problem]]:
    try:
        text = data.decode(fallback) if fallback else None
    except UnicodeDecodeError:
        text = None
    severity = "error" if text is None else "warning"
    places = misfits(data, codec) or ["MSH-18"]
    found = [_misfit(place, codec, severity) for place in places[:PLACES]]
    return text, fallback if text is not None else codec, [*problems, *found]


def _controls(data: bytes, text: str, codec: str, fallback: str) -> tuple[str | None, str, list[Problem]]:
    places = [place for field, place in _lines(data) if _controlled(field)]
    found = [_control(place) for place in places[:PLACES]]
    if not fallback or fallback == codec:
        return text, codec, found
    try:
        return data.decode(fallback), fallback, found
    except UnicodeDecodeError:
        return text, codec, found


def misfits(data: bytes, codec: str) -> list[str]:
    """Places of the fields that hold bytes which do not fit the codec."""
    return [place for field, place in _lines(data) if not _fits(field, codec)]


def _fits(field: bytes, codec: str) -> bool:
    try:
        field.decode(codec)
    except UnicodeDecodeError:
        return False
    return True


def _lines(data: bytes) -> list[tuple[bytes, str]]:
    """The fields of a message that are not ASCII, with their places."""
    separator = data[3:4] or b"|"
    seen: dict[bytes, int] = {}
    out: list[tuple[bytes, str]] = []
    for line in re.split(rb"[\r\n]+", data):
        name = line.partition(separator)[0][:3]
        seen[name] = seen.get(name, 0) + 1
        if line.isascii():
            continue
        at = name.decode("ascii", "replace") + (f"[{seen[name]}]" if seen[name] > 1 else "")
        first = 1 if name in (b"MSH", b"BHS", b"FHS") else 0
        out += [(f, f"{at}-{n + first}") for n, f in enumerate(line.split(separator)) if not f.isascii()]
    return out


def _no_codec() -> Problem:
    return Problem(
        "hl7v2.charset.fallback",
        "fallback",
        "The declared fallback is no character set known here; it was not used.",
        "Name it as Python does, for example cp1252 or iso8859-15.",
        "warning",
    )


def _unknown(fallback: bool) -> Problem:  # noqa: FBT001 - whether there is one
    return Problem(
        "hl7v2.charset.unknown",
        "MSH-18",
        f"The character set is not in table 0211; {'the declared fallback' if fallback else 'UTF-8'} was used.",
        "Let the sender name its character set as table 0211 does, for example 8859/1 or UNICODE UTF-8.",
        "warning",
    )


def _misfit(place: str, codec: str, severity: str) -> Problem:
    return Problem(
        "hl7v2.charset.bytes",
        place,
        f"Bytes do not fit the character set {codec}"
        + ("." if severity == "error" else "; the declared fallback was used for the whole message."),
        "Set MSH-18 to the character set really sent, or declare a `fallback` for this partner.",
        "error" if severity == "error" else "warning",
    )


def _control(place: str) -> Problem:
    return Problem(
        "hl7v2.charset.control",
        place,
        "Control characters (80 to 9F hexadecimal) stand where the declared ISO 8859 character set has no letters.",
        "If the sender means windows-1252, declare `fallback: cp1252` for this partner.",
        "warning",
    )


def unwritable(text: str, codec: str) -> list[Problem]:
    """A problem for each field of a written message that its character set cannot hold."""
    places = [place for field, place in _lines(text.encode("utf-8", "replace")) if not _writable(field, codec)]
    return [
        Problem(
            "hl7v2.charset.unwritable",
            place,
            f"The value has characters that the character set {codec} of MSH-18 does not have.",
            "Set MSH-18 to UNICODE UTF-8, or replace the characters in the map.",
        )
        for place in places[:PLACES] or ["MSH-18"]
    ]


def _writable(field: bytes, codec: str) -> bool:
    try:
        field.decode("utf-8", "replace").encode(codec)
    except UnicodeEncodeError:
        return False
    return True
