"""How dates, numbers and truth values are written in cells (`dates`, `times`, `decimal`, `booleans` of the options)."""

import re
from collections.abc import Sequence
from datetime import datetime

from gateway.adapters.delimited.dialect import Dialect

_TOKENS = {"YYYY": "%Y", "YY": "%y", "MM": "%m", "DD": "%d", "HH": "%H", "mm": "%M", "ss": "%S"}
_TOKEN = re.compile("|".join(_TOKENS))
_INTEGER = re.compile(r"[+-]?[0-9]{1,40}", re.ASCII)
_DECIMALS = {
    ",": re.compile(r"[+-]?[0-9]{1,40}(,[0-9]{1,40})?", re.ASCII),
    ".": re.compile(r"[+-]?[0-9]{1,40}(\.[0-9]{1,40})?", re.ASCII),
}
_MOMENTS = (datetime(1938, 11, 16, 7, 5, 9), datetime(2024, 2, 29, 23, 59), datetime(2026, 10, 25, 2, 30))  # noqa: DTZ001
_TEXTS = ("Müller", "Straße, Nr. 5", 'er sagte; "ja"', "=1+1", "'t", "-", "+49 5241 123", "zwei\nZeilen", "0")


def reads(dialect: Dialect, type_name: str, value: str) -> bool:
    """Whether a cell of this column type can be read in the declared notation."""
    if type_name == "date":
        return _is_moment(value, dialect.dates)
    if type_name == "dateTime":
        return _is_moment(value, dialect.times) or _is_moment(value, dialect.dates)
    if type_name == "boolean":
        return value.casefold() in {word.casefold() for word in dialect.booleans}
    return type_name == "string" or is_number(dialect, type_name, value)


def is_number(dialect: Dialect, type_name: str, value: str) -> bool:
    """Whether the column is numeric and the cell nothing but a number: only such a cell may start with a sign."""
    if type_name == "integer":
        return _INTEGER.fullmatch(value) is not None
    return type_name == "decimal" and _DECIMALS[dialect.decimal].fullmatch(value) is not None


def samples(dialect: Dialect, type_name: str) -> tuple[str, ...]:
    """Valid cells of a column type, in the declared notation."""
    table: dict[str, tuple[str, ...]] = {
        "string": _TEXTS,
        "date": tuple(moment.strftime(_pattern(_all(dialect.dates)[0])) for moment in _MOMENTS),
        "dateTime": tuple(moment.strftime(_pattern(_all(dialect.times)[0])) for moment in _MOMENTS),
        "integer": ("0", "7", "-5", "1200"),
        "decimal": tuple(text.replace(".", dialect.decimal) for text in ("0", "3.0", "-5.25", "72.50")),
        "boolean": tuple(dialect.booleans),
    }
    return table.get(type_name, ())


def _is_moment(value: str, notations: str | Sequence[str]) -> bool:
    return any(_parses(value, _pattern(notation)) for notation in _all(notations))


def _parses(value: str, pattern: str) -> bool:
    try:
        return datetime.strptime(value, pattern) is not None  # noqa: DTZ007
    except (ValueError, re.error):
        return False


def _all(notations: str | Sequence[str]) -> Sequence[str]:
    return [notations] if isinstance(notations, str) else notations


def _pattern(notation: str) -> str:
    return _TOKEN.sub(lambda found: _TOKENS[found[0]], notation.replace("%", "%%"))
