"""Bytes of a file <-> text: the declared charset, byte order marks, the declared fallback, never a silent guess."""

import codecs
import re

from gateway.adapters.delimited.dialect import Dialect
from gateway.adapters.delimited.findings import Findings
from gateway.adapters.delimited.sentences import problem

_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_ONE_BYTE = frozenset({"cp1252", "iso-8859-1", "iso-8859-15", "cp437", "cp850", "mac-roman"})
_HIGH = re.compile(rb"[\x80-\xff]")


def to_text(data: bytes, dialect: Dialect, findings: Findings) -> str:
    """The text of a file; where it cannot be read, empty and `findings.fatal`."""
    if len(data) > dialect.limits.bytes:
        findings.stop(problem("delimited.limit.bytes", "file", limit=dialect.limits.bytes))
        return ""
    for mark, charset in _MARKS:
        if data.startswith(mark):
            _compare(charset, dialect, findings)
            return _decoded(data[len(mark) :], charset, dialect, findings)
    _suspect(data, dialect, findings)
    return _decoded(data, _plain(dialect.charset), dialect, findings)


def to_bytes(text: str, dialect: Dialect) -> bytes:
    """The bytes of a file, with a byte order mark where the options ask for one; UnicodeEncodeError is the caller's."""
    charset = _plain(dialect.charset)
    mark = dialect.bom or dialect.charset in {"utf-8-sig", "utf-16"}
    marks = {"utf-8": codecs.BOM_UTF8, "utf-16-le": codecs.BOM_UTF16_LE}
    return (marks.get(charset, b"") if mark else b"") + text.encode(charset)


def starts_with_mark(data: bytes, dialect: Dialect) -> bool:
    """Whether a reader would take the first characters of a file without mark for a byte order mark."""
    return _plain(dialect.charset) in _ONE_BYTE and data.startswith(tuple(mark for mark, _ in _MARKS))


def is_writable(value: str, dialect: Dialect) -> bool:
    """Whether the charset has all characters of a value."""
    try:
        value.encode(_plain(dialect.charset))
    except UnicodeEncodeError:
        return False
    return True


def _plain(charset: str) -> str:
    """The charset without its mark, which is put on and taken off here."""
    return {"utf-8-sig": "utf-8", "utf-16": "utf-16-le"}.get(charset, charset)


def _decoded(data: bytes, charset: str, dialect: Dialect, findings: Findings) -> str:
    try:
        return data.decode(charset)
    except UnicodeDecodeError as error:
        where = _line(data, error.start)
    if dialect.fallback:
        try:
            text = data.decode(_plain(dialect.fallback))
        except UnicodeDecodeError as error:
            where, charset = _line(data, error.start), f"{charset} and not {dialect.fallback}"
        else:
            findings.add(problem("delimited.charset.fallback", where, charset=charset, fallback=dialect.fallback))
            return text
    findings.stop(problem("delimited.charset", where, charset=charset))
    return ""


def _compare(charset: str, dialect: Dialect, findings: Findings) -> None:
    if _plain(dialect.charset)[:6] != charset[:6]:
        findings.add(problem("delimited.charset.mark", "line 1", said=charset, charset=dialect.charset))


def _suspect(data: bytes, dialect: Dialect, findings: Findings) -> None:
    """A file declared as a one-byte charset that is valid UTF-8 beyond ASCII is most likely UTF-8."""
    if dialect.charset not in _ONE_BYTE or (high := _HIGH.search(data)) is None:
        return
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return
    findings.add(problem("delimited.charset.doubt", _line(data, high.start()), charset=dialect.charset))


def _line(data: bytes, position: int) -> str:
    number = 1 + data.count(b"\n", 0, position)
    return f"line {number}"
