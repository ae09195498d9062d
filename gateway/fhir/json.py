"""FHIR's JSON without loss (chapter 2.6.2): numbers keep their text, what RFC 8259 forbids is a problem."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, NoReturn, Self

import orjson

from gateway.domain.problem import Problem

FINDINGS = 10
"""Places that are told of one fault of a text."""
SAFE_DIGITS = 18
"""Integers up to this length are Python ints, longer ones keep their text as a Number."""


class Number(float):
    """A JSON number that knows how it was written: `72.50` leaves as `72.50` (chapter 2.24, decimal).

    `text` is the number as it came. Two Numbers are equal when their texts are, so a lost digit is a difference.
    """

    __slots__ = ("text",)
    text: str

    def __new__(cls, text: str) -> Self:
        """A number as a JSON text writes it; the text is not checked."""
        number = super().__new__(cls, text)
        number.text = text
        return number

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Number):
            return self.text == other.text
        return float.__eq__(self, other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return float.__hash__(self)

    def __repr__(self) -> str:
        return self.text

    __str__ = __repr__

    def __reduce__(self) -> tuple[type["Number"], tuple[str]]:
        return Number, (self.text,)


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of a text is read: bytes, how deep objects and arrays nest, and how many values they hold."""

    bytes: int = 64 * 1024 * 1024
    depth: int = 100
    values: int = 5_000_000


LIMITS = Limits()


class _NotANumberError(ValueError):
    """NaN and Infinity are no JSON (RFC 8259, 6)."""


def _constant(_: str) -> NoReturn:
    raise _NotANumberError


def integer(text: str) -> int | Number:
    """A whole number as int, or as Number where an int would not be written the same everywhere."""
    return Number(text) if len(text) > SAFE_DIGITS or text == "-0" else int(text)


class _TwiceError(ValueError):
    """An object has a key twice (RFC 8259, 4)."""


def _strict(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _TwiceError
    return found


def _decoder(build: Callable[[list[tuple[str, Any]]], dict[str, Any]] | None) -> json.JSONDecoder:
    return json.JSONDecoder(object_pairs_hook=build, parse_float=Number, parse_int=integer, parse_constant=_constant)


_STRICT = _decoder(_strict)
_PLAIN = _decoder(None)


SAYS: tuple[tuple[str, str, str], ...] = (
    ("Extra data", "after the end", "nothing may follow the one value of the file"),
    ("Unterminated string", "a string does not end", 'close it with "'),
    ("Invalid control", "a control character stands in a string", "write it as \\n, \\t or \\u00XX"),
    ("Invalid \\", "an escape sequence is wrong", 'only \\" \\\\ \\/ \\b \\f \\n \\r \\t and \\uXXXX exist'),
    ("Expecting property", "a key is expected", "write it in double quotes; no comma after the last one"),
    ("Expecting ':'", "a colon is expected", "key and value are parted by a colon"),
    ("Expecting ','", "a comma or the closing bracket is expected", "part the items by commas, close every bracket"),
    ("Illegal trailing comma", "a comma stands before the closing bracket", "take it out"),
    ("Expecting value", "a value is expected", "write a string, a number, true, false, null, an object or an array"),
)
"""How the faults of Python's reader are told: beginning of its message, sentence, repair."""


def _problem(code: str, place: str, sentence: str, repair: str) -> Problem:
    return Problem(code, place, sentence, repair)


def _at(text: str, index: int) -> str:
    """The 1-based line and column of an index."""
    start = text.rfind("\n", 0, index) + 1
    return f"line {text.count(chr(10), 0, index) + 1}, column {index - start + 1}"


def _syntax(fault: json.JSONDecodeError) -> Problem:
    sentence, repair = next(((s, r) for start, s, r in SAYS if fault.msg.startswith(start)), ("no JSON", "mend it"))
    return _problem(
        "json.syntax", f"line {fault.lineno}, column {fault.colno}", f"The text is no JSON: {sentence}.", repair
    )


def _text(data: bytes, limits: Limits) -> str | Problem:
    """The characters of the bytes: UTF-8, a byte order mark is tolerated (RFC 8259, 8.1)."""
    if len(data) > limits.bytes:
        sentence = f"The file has more than {limits.bytes} bytes."
        return _problem("json.bytes", "file", sentence, "Send it in parts or raise `limits.bytes`.")
    if len(data) > limits.values and sum(map(data.count, (b",", b"[", b"{"))) > limits.values:
        return _problem("json.values", "file", f"The file has more than {limits.values} values.", "Send it in parts.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        sentence = "The bytes are not UTF-8, the only charset of FHIR's JSON."
        return _problem("json.charset", f"byte {fault.start + 1}", sentence, "Save the file as UTF-8.")


def _nested(text: str, depth: int) -> bool:
    """Whether there are brackets enough to nest deeper; not counted in a long text, which has them."""
    return len(text) > 40 * depth or text.count("{") + text.count("[") > depth


def _depth(value: Any) -> int:
    """How deep objects and arrays nest: 0 for a leaf."""
    depth, level = 0, [value] if isinstance(value, dict | list) else []
    while level:
        depth += 1
        level = [
            item
            for above in level
            for item in (above.values() if above.__class__ is dict else above)
            if item.__class__ is not str and (item.__class__ is dict or item.__class__ is list)
        ]
    return depth


def _pointers(value: Any, fits: Callable[[Any], bool]) -> Iterator[str]:
    """The JSON pointers (RFC 6901) of the values that fit, in their order; looked for only as far as it is asked."""
    path: list[str | int] = []
    waiting: list[Iterator[tuple[str | int, Any]]] = [iter([("", value)])]
    while waiting:
        for key, item in waiting[-1]:
            if fits(item):
                yield "".join(f"/{_token(each)}" for each in (*path, key)[1:]) or "/"
            if item.__class__ is dict or item.__class__ is list:
                path.append(key)
                waiting.append(iter(item.items() if item.__class__ is dict else enumerate(item)))
                break
        else:
            waiting.pop()
            del path[-1:]


def _token(key: str | int) -> str:
    """A key or index as part of a pointer; what does not look like an element's name is not repeated."""
    return str(key) if isinstance(key, int) else key if re.fullmatch(r"_?[A-Za-z][A-Za-z0-9-]{0,63}", key) else "?"


def _doubles(text: str) -> list[Problem]:
    """The objects that have a key twice, by their pointers."""
    doubled: list[dict[str, Any]] = []

    def build(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) != len(pairs):
            doubled.append(found)
        return found

    try:
        value = _decoder(build).decode(text)
    except (ValueError, RecursionError):
        value = None
    marks = {id(item) for item in doubled}
    places = list(islice(_pointers(value, lambda item: id(item) in marks), FINDINGS)) or ["/"]
    return [_problem("json.key.twice", p, "An object has the same key twice.", "Keep one of the two.") for p in places]


LONE = re.compile("[\ud800-\udfff]")


def _surrogates(value: Any) -> list[Problem]:
    sentence = "A string holds half of a surrogate pair, which is no character."
    repair = "Write the character itself or both halves as \\uD8XX\\uDCXX."
    found = islice(_pointers(value, _halved), FINDINGS)
    return [_problem("json.surrogate", pointer, sentence, repair) for pointer in found]


def _halved(value: Any) -> bool:
    """Whether a text, or a key of an object, has half of a pair."""
    if value.__class__ is str:
        return not value.isascii() and LONE.search(value) is not None
    return value.__class__ is dict and any(map(_halved, value))


def _constants(text: str) -> list[Problem]:
    """NaN and Infinity where they stand outside strings."""
    sentence, repair = "NaN and Infinity are no JSON numbers.", "Leave the value out or write a number."
    words = re.compile(r'"(?:[^"\\]|\\.)*+"?|(-?Infinity|NaN)', re.DOTALL)
    found = islice((match for match in words.finditer(text) if match.group(1)), FINDINGS)
    return [_problem("json.constant", _at(text, match.start(1)), sentence, repair) for match in found]


def _too_deep(limits: Limits) -> Problem:
    sentence = f"Objects and arrays nest deeper than {limits.depth}."
    return _problem("json.depth", "file", sentence, "No resource needs that; look at the sender.")


def _whole(value: Any, text: str) -> bool:
    """Whether no key stood twice and no half of a surrogate pair: as many quotes are written as were read."""
    try:
        return "\\u0022" not in text and text.count('"') == dumps(value).count(b'"')
    except TypeError:
        return False


def _value(text: str, limits: Limits) -> tuple[Any, list[Problem]]:
    """The value of a text as Python's reader gives it."""
    try:
        value = _PLAIN.decode(text)
        if _whole(value, text):
            return value, []
        value = _STRICT.decode(text)
        return value, _surrogates(value)
    except json.JSONDecodeError as fault:
        return None, [_syntax(fault)]
    except _TwiceError:
        return None, _doubles(text)
    except _NotANumberError:
        return None, _constants(text)
    except RecursionError:
        return None, [_too_deep(limits)]


def loads(data: bytes, limits: Limits = LIMITS) -> tuple[Any, list[Problem]]:
    """A JSON text as dicts, lists, str, bool, None, int and Number; with any problem the value is None.

    Problems: `json.bytes`, `json.charset`, `json.syntax`, `json.constant`, `json.depth`, `json.key.twice`,
    `json.surrogate`, each at a line and column or a JSON pointer.
    """
    text = _text(data, limits)
    if isinstance(text, Problem):
        return None, [text]
    value, problems = _value(text, limits)
    if _nested(text, limits.depth) and _depth(value) > limits.depth:
        return None, [_too_deep(limits)]
    return (None if problems else value), problems


def _default(value: object) -> orjson.Fragment:
    if isinstance(value, Number):
        return orjson.Fragment(value.text)
    message = f"{type(value).__name__} is no JSON value"
    raise TypeError(message)


def dumps(value: Any, *, pretty: bool = False) -> bytes:
    """A value as UTF-8 JSON, keys in their order, every Number as it was written; TypeError for any other class."""
    return orjson.dumps(value, default=_default, option=orjson.OPT_INDENT_2 if pretty else 0)
