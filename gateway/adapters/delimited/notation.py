"""How dates, numbers and truth values are written in cells (`dates`, `zone`, `decimal`, `booleans` of the options)."""

import re
from functools import lru_cache

from gateway.adapters.delimited.dialect import Dialect
from gateway.mapping.dates import Fields, Notation

_INTEGER = re.compile(r"[+-]?[0-9]{1,40}")
_DECIMALS = {",": re.compile(r"[+-]?[0-9]{1,40}(,[0-9]{1,40})?"), ".": re.compile(r"[+-]?[0-9]{1,40}(\.[0-9]{1,40})?")}
_MOMENTS: tuple[Fields, ...] = (
    ("1938", "11", "16", "07", "05", "00", None, None),
    ("2024", "02", "29", "23", "59", "00", None, None),
    ("2026", "10", "25", "12", "30", "00", None, None),
)
_TEXTS = ("Müller", "Straße, Nr. 5", 'er sagte; "ja"', "=1+1", "'t", "-", "+49 5241 123", "zwei\nZeilen", "0")


def reads(dialect: Dialect, type_name: str, value: str) -> bool:
    """Whether a cell of this column type can be read in the declared notation."""
    if type_name in {"date", "dateTime"}:
        fields = _notation(dialect).read(value)
        return fields is not None and (type_name == "dateTime" or fields[3] is None)
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
        "string": _texts(dialect),
        "date": _moments(dialect, 3),
        "dateTime": _moments(dialect, 6) or _moments(dialect, 3),
        "integer": ("0", "7", "-5", "1200"),
        "decimal": tuple(text.replace(".", dialect.decimal) for text in ("0", "3.0", "-5.25", "72.50")),
        "boolean": tuple(dialect.booleans),
    }
    return table.get(type_name, ())


def _texts(dialect: Dialect) -> tuple[str, ...]:
    """Texts that the layout can hold."""
    special = "" if dialect.layout == "delimited" and dialect.quote else f'{dialect.delimiter}\n"'
    texts = (text for text in _TEXTS if not any(char in text for char in special))
    return tuple(text.replace("ü", "ue").replace("ß", "ss") if dialect.charset == "ascii" else text for text in texts)


def _notation(dialect: Dialect) -> Notation:
    return _compiled(dialect.dates if isinstance(dialect.dates, str) else tuple(dialect.dates), dialect.zone)


@lru_cache(maxsize=64)
def _compiled(dates: str | tuple[str, ...], zone: str) -> Notation:
    return Notation(dates, zone)


def _moments(dialect: Dialect, precision: int) -> tuple[str, ...]:
    notation = _notation(dialect)
    missing: tuple[None, ...] = (None,) * (8 - precision)
    texts = (notation.write((*moment[:precision], *missing)) for moment in _MOMENTS)
    return tuple(text for text in texts if text)
