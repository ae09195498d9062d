"""The head of a message, read before anything else is (chapter 2.14.9 MSH, chapter 2.9.2 acknowledgement modes)."""

import re
from dataclasses import replace

from gateway.adapters.hl7v2 import charset, envelope
from gateway.adapters.hl7v2.escape import escapes
from gateway.adapters.hl7v2.separators import Separators, separators
from gateway.domain.codec import Greeting, Spec
from gateway.domain.problem import Problem

HEAD = 65536
"""Bytes in which the first line must lie; what stands behind them is not looked at."""
REPEATED = ("3", "4", "5", "6", "9", "10", "11", "12", "17", "18")
"""Fields of MSH that an answer repeats or is written after."""
LIVE = ("P",)
"""What MSH-11 may say where the format's `processing` does not say otherwise."""
VERSION = re.compile(r"2(?:\.\d+){0,3}\Z")


def greet(data: bytes, spec: Spec) -> Greeting:
    """MSH of the first message in `data` -> what is needed to know it again and to answer it."""
    line, wide = _header(data)
    if not line:
        return Greeting(problems=(_missing(),))
    name = "UTF-8" if wide else charset.declared(line)
    fallback = str(spec.get("fallback") or "")
    text, codec = _text(line, name, fallback)
    sep, problems = separators(text)
    if sep is None:
        return Greeting(problems=tuple(problems))
    found = _greeting(text.split(sep.field, 19), sep, codec)
    wrong = _wrong(found, sep) + _not_live(found, sep, spec)
    if name and name not in charset.charsets() and not _readable(data, fallback):
        wrong.append(_unknown_charset())
    return replace(found, problems=tuple(wrong)) if wrong else found


def _header(data: bytes) -> tuple[bytes, bool]:
    """The first MSH line, and whether it came in a character set of two or four bytes; empty where there is none."""
    wide = False
    if not data.startswith(b"MSH"):
        parts = envelope.Parts()
        data = envelope.unmarked(data, parts)[:HEAD].lstrip(envelope.OPEN)
        wide = parts.codec != ""
        starts = envelope.beginnings(data)
        data = data[starts[0] :] if starts else b""
    line = data[:HEAD].partition(b"\r")[0].partition(b"\n")[0]
    return line, wide


def _text(line: bytes, name: str, fallback: str) -> tuple[str, str]:
    """The line as text, and the Python codec that brings back its bytes."""
    if line.isascii():
        return line.decode("ascii"), charset.charsets().get(name) or "utf-8"
    text, codec, _ = charset.decode_text(line, name, fallback)
    return (text, codec) if text is not None else (line.decode("iso8859-1"), "iso8859-1")


def _greeting(fields: list[str], sep: Separators, codec: str) -> Greeting:
    """The fields of MSH; `fields[n]` is MSH-(n+1), as the delimiter itself is MSH-1."""
    fields += [""] * (20 - len(fields))
    accept, application = fields[14].strip(), fields[15].strip()
    enhanced = bool(accept or application)
    kind, event = [*fields[8].split(sep.component), ""][:2]
    head = {number: fields[int(number) - 1] for number in REPEATED}
    return Greeting(
        key=_leaf(fields[9], sep, codec),
        kind=f"{kind.strip()}^{event.strip()}" if event.strip() else kind.strip(),
        charset=fields[17].partition(sep.repetition)[0].strip(),
        enhanced=enhanced,
        accept=accept or ("NE" if enhanced else "AL"),
        application=application or ("NE" if enhanced else "AL"),
        sender=_namespace(fields[3], sep, codec),
        head={**head, "1": sep.field, "2": fields[1], "codec": codec},
    )


def _leaf(text: str, sep: Separators, codec: str) -> str:
    text = text.strip()
    return escapes(sep, codec).read(text, _unheard).strip() if sep.escape in text else text


def _namespace(field: str, sep: Separators, codec: str) -> str:
    """The name of an HD (chapter 2A.3.36): its namespace, else its universal id."""
    parts = field.split(sep.component, 2)
    return _leaf(parts[0], sep, codec) or (_leaf(parts[1], sep, codec) if len(parts) > 1 else "")


def _unheard(kind: str) -> None:
    """Nobody is told of an odd escape sequence here; decoding reports it."""


def _wrong(found: Greeting, sep: Separators) -> list[Problem]:
    """What keeps a message from being taken, apart from its character set."""
    wrong: list[Problem] = []
    if not found.key:
        wrong.append(_no_key())
    elif not found.key.isprintable():
        wrong.append(_odd_key())
    if not found.kind:
        wrong.append(_no_kind())
    version = found.head["12"].partition(sep.component)[0].strip()
    if version and not VERSION.match(version):
        wrong.append(_no_version())
    return wrong


def _not_live(found: Greeting, sep: Separators, spec: Spec) -> list[Problem]:
    """A test must never become somebody's referral (MSH-11, table 0103); a message that says nothing is live."""
    allowed = spec.get("processing")
    said = found.head["11"].partition(sep.component)[0].strip().upper()
    return [_test()] if said and said not in (allowed if isinstance(allowed, list) else LIVE) else []


def _readable(data: bytes, fallback: str) -> bool:
    """Whether a message whose character set is not known can be read all the same."""
    return data.isascii() or bool(fallback and charset.known(fallback))


def _missing() -> Problem:
    return Problem(
        "hl7v2.msh.missing",
        "MSH",
        "No segment MSH begins a message here.",
        "Send messages that begin with MSH|^~\\&|.",
    )


def _no_key() -> Problem:
    return Problem(
        "hl7v2.msh.key",
        "MSH-10",
        "The message control id is missing; without it the answer could not be told from others.",
        "Let the sender give every message an id of its own in MSH-10.",
    )


def _odd_key() -> Problem:
    return Problem(
        "hl7v2.msh.key",
        "MSH-10",
        "The message control id has control characters.",
        "Let the sender use letters, digits and signs in MSH-10.",
    )


def _no_kind() -> Problem:
    return Problem(
        "hl7v2.msh.type",
        "MSH-9",
        "The message type is missing.",
        "Let the sender fill MSH-9 with code, event and structure, for example ADT^A03^ADT_A03.",
    )


def _no_version() -> Problem:
    return Problem(
        "hl7v2.msh.version",
        "MSH-12",
        "The version is none of HL7 v2.",
        "Let the sender name the version it writes, 2.3 to 2.8, in MSH-12.",
    )


def _test() -> Problem:
    return Problem(
        "hl7v2.msh.processing",
        "MSH-11",
        "The processing id is not one that is taken here; a test must not reach anybody's care.",
        "Send P in MSH-11, or let the format's `processing` name what a gateway for tests takes.",
    )


def _unknown_charset() -> Problem:
    return Problem(
        "hl7v2.msh.charset",
        "MSH-18",
        "The character set is not in table 0211, and the message has other characters than ASCII.",
        "Let the sender name its character set as table 0211 does, or declare a `fallback` for this partner.",
    )
