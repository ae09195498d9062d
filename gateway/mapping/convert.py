"""The conversions an integrator can name behind `|`: the fixed list, nothing else can run."""

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from gateway.fhir.json import Number
from gateway.mapping import dates
from gateway.mapping.codes import Table
from gateway.mapping.plan import Change

Arguments = tuple[str, ...]
INTEGER = re.compile(r"[+-]?\d{1,18}")
DECIMAL = re.compile(r"[+-]?\d{1,30}(\.\d{1,30})?")
OID = re.compile(r"[0-2](\.(0|[1-9]\d*))+")
SEPARATORS = {"newline": "\n", "blank": " "}


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What conversions of one format know: its notation of dates, its decimal sign, its tables."""

    options: Mapping[str, Any] = field(default_factory=dict)
    tables: Mapping[str, Table] = field(default_factory=dict)

    @property
    def notation(self) -> dates.Notation:
        """The format's notation of dates."""
        return dates.Notation(self.options.get("dates", "iso"), self.options.get("zone", "Europe/Berlin"))


def words(_: Arguments, __: Surroundings) -> Change:
    """Blank-separated words <-> list."""
    return Change("words", lambda text: text.split(), " ".join, listing=True)


def listed(arguments: Arguments, _: Surroundings) -> Change:
    """Text with separators <-> list."""
    sign = SEPARATORS.get(arguments[0], arguments[0]) if any(arguments) else ","
    joined = f"{sign} " if sign in {",", ";"} else sign
    return Change("list", lambda text: [x.strip() for x in text.split(sign) if x.strip()], joined.join, listing=True)


def oid(_: Arguments, __: Surroundings) -> Change:
    """`1.2.3` <-> `urn:oid:1.2.3` (HL7 v2 chapter 2A, HD)."""
    return Change(
        "oid",
        lambda text: f"urn:oid:{text}" if OID.fullmatch(text) else None,
        lambda text: text.removeprefix("urn:oid:") if text.startswith("urn:oid:") else None,
    )


def prefix(arguments: Arguments, _: Surroundings) -> Change:
    """TEXT put before, and required and taken off on the way back."""
    before = arguments[0] if arguments else ""
    return Change(
        "prefix",
        lambda text: before + text,
        lambda text: text[len(before) :] if text.startswith(before) and len(text) > len(before) else None,
    )


def text(arguments: Arguments, _: Surroundings) -> Change:
    """At most N characters; longer is not written."""
    most = int(arguments[0]) if arguments and arguments[0].isdecimal() else 0

    def fits(value: str) -> str | None:
        return value if not most or len(value) <= most else None

    return Change("text", fits, fits)


def first(arguments: Arguments, _: Surroundings) -> Change:
    """The first N characters; for rules that go one way."""
    most = int(arguments[0]) if arguments and arguments[0].isdecimal() else 1
    return Change("first", lambda value: value[:most], lambda value: value[:most])


def without(arguments: Arguments, around: Surroundings) -> Change:
    """TEXT required and taken off, and put before on the way back: `prefix` the other way round."""
    turned = prefix(arguments, around)
    return Change("without", turned.from_fhir, turned.to_fhir)


def last(arguments: Arguments, _: Surroundings) -> Change:
    """The last N characters, one way."""
    most = int(arguments[0]) if arguments and arguments[0].isdecimal() else 1
    return Change("last", lambda value: value[-most:], None)


def base64_(_: Arguments, __: Surroundings) -> Change:
    """Text <-> base64 of its UTF-8 bytes."""

    def back(value: str) -> str | None:
        try:
            return base64.b64decode(value, validate=True).decode("utf-8")
        except (binascii.Error, UnicodeDecodeError):
            return None

    return Change("base64", lambda value: base64.b64encode(value.encode()).decode("ascii"), back)


def integer(_: Arguments, __: Surroundings) -> Change:
    """Text <-> FHIR integer, positiveInt, unsignedInt."""
    return Change("integer", whole_number, str)


def whole_number(value: str) -> int | None:
    """The number that a text is; None for any other."""
    return int(value) if INTEGER.fullmatch(value) else None


def decimal(_: Arguments, around: Surroundings) -> Change:
    """Text <-> FHIR decimal, digits kept."""
    sign = around.options.get("decimal", ".")

    def there(value: str) -> Number | None:
        plain = value.replace(sign, ".") if sign != "." else value
        return (
            Number(plain.removeprefix("+")) if DECIMAL.fullmatch(plain) and not re.match(r"[+-]?0\d", plain) else None
        )

    return Change("decimal", there, lambda value: str(value).replace(".", sign))


def boolean(arguments: Arguments, around: Surroundings) -> Change:
    """Two words <-> FHIR boolean; those of the option `booleans` where the rule names none."""
    true, false = arguments if len(arguments) == 2 else around.options.get("booleans", ("true", "false"))
    return Change("boolean", {true: True, false: False}.get, lambda value: true if value else false)


def date(_: Arguments, around: Surroundings) -> Change:
    """The format's notation <-> FHIR date."""
    return Change("date", dates.to_date(around.notation), dates.from_fhir(around.notation))


def date_time(arguments: Arguments, around: Surroundings) -> Change:
    """The format's notation <-> FHIR dateTime; `dateTime timed` only where there is a time of day."""
    timed = "timed" in arguments
    there = dates.to_moment(around.notation, timed=timed)
    return Change("dateTime", there, dates.from_fhir(around.notation), quiet=timed)


def instant(_: Arguments, around: Surroundings) -> Change:
    """The format's notation <-> FHIR instant."""
    return Change("instant", dates.to_moment(around.notation, full=True), dates.from_fhir(around.notation))


def time(_: Arguments, around: Surroundings) -> Change:
    """The format's notation <-> FHIR time."""
    return Change("time", dates.to_time(around.notation), dates.from_time(around.notation))


def same(_: Arguments, __: Surroundings) -> Change:
    """No change; `| as TYPE` and `| copy` of plain text."""
    return Change("as", lambda value: value, lambda value: value)


Factory = Callable[[Arguments, Surroundings], Change]
WORDS: dict[str, Factory] = {
    "words": words,
    "list": listed,
    "oid": oid,
    "prefix": prefix,
    "without": without,
    "text": text,
    "first": first,
    "last": last,
    "base64": base64_,
    "integer": integer,
    "decimal": decimal,
    "boolean": boolean,
    "date": date,
    "dateTime": date_time,
    "instant": instant,
    "time": time,
    "as": same,
}
ARGUMENTS: dict[str, Callable[[Arguments], bool]] = {
    "list": lambda given: len(given) == 0 or (len(given) == 1 and bool(given[0])),
    "prefix": lambda given: len(given) == 1 and bool(given[0]),
    "without": lambda given: len(given) == 1 and bool(given[0]),
    "text": lambda given: len(given) == 1 and given[0].isdecimal(),
    "first": lambda given: len(given) == 1 and given[0].isdecimal(),
    "last": lambda given: len(given) == 1 and given[0].isdecimal(),
    "boolean": lambda given: len(given) in {0, 2},
    "dateTime": lambda given: given in {(), ("timed",)},
    "as": lambda given: len(given) == 1,
}
"""What each conversion takes behind its word; those not named here take nothing."""
BY_TYPE = {
    "date": "date",
    "dateTime": "dateTime",
    "instant": "instant",
    "time": "time",
    "integer": "integer",
    "positiveInt": "integer",
    "unsignedInt": "integer",
    "decimal": "decimal",
    "boolean": "boolean",
}
