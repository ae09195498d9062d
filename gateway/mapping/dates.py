"""Dates and times between a format's notation and FHIR (R4 2.24: date, dateTime, instant, time), precision kept."""

import re
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

Convert = Callable[[str], str | None]

HL7 = re.compile(r"(\d{4})(?:(\d\d)(?:(\d\d)(?:(\d\d)(?:(\d\d)(?:(\d\d)(\.\d{1,4})?)?)?)?)?)?([+-]\d{4})?\Z")
FHIR = re.compile(
    r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?)?)?\Z",
)
OFFSET = re.compile(r"Z|[+-]((0\d|1[0-3]):?[0-5]\d|14:?00)")
"""Offsets that FHIR takes (R4 2.24, dateTime)."""
TIME_HL7 = re.compile(r"(\d\d)(\d\d)?(\d\d)?(\.\d{1,4})?([+-]\d{4})?\Z")
TOKENS = {
    "YYYY": r"(?P<Y>\d{4})",
    "MM": r"(?P<M>\d\d)",
    "DD": r"(?P<D>\d\d)",
    "hh": r"(?P<h>\d\d)",
    "mm": r"(?P<m>\d\d)",
    "ss": r"(?P<s>\d\d)",
}
FIELDS = {"YYYY": 0, "MM": 1, "DD": 2, "hh": 3, "mm": 4, "ss": 5}
TOKEN = re.compile("|".join(TOKENS))
DAY = 3

Fields = tuple[str | None, ...]
"""Year, month, day, hour, minute, second, fraction, offset, each as text or None."""


class Notation:
    """How one format writes moments: `hl7`, `iso`, or patterns such as `DD.MM.YYYY hh:mm`."""

    def __init__(self, dates: str | Sequence[str], zone: str) -> None:
        self.zone = ZoneInfo(zone)
        self.hl7 = dates == "hl7"
        self.iso = dates == "iso"
        patterns = [] if self.hl7 or self.iso else [dates] if isinstance(dates, str) else list(dates)
        self.patterns = [(pattern, compile_pattern(pattern)) for pattern in patterns]

    def read(self, text: str) -> Fields | None:
        """A text of the format -> its fields; None where it is no moment that exists."""
        if self.hl7 or self.iso:
            match = (HL7 if self.hl7 else FHIR).match(text)
            return checked(match.groups()) if match else None
        for _, pattern in self.patterns:
            match = pattern.fullmatch(text)
            if match:
                found = match.groupdict()
                return checked((*(found.get(key) for key in "YMDhms"), None, None))
        return None

    def write(self, fields: Fields) -> str | None:
        """Fields -> the format's text, with as much precision as it has; None where it has no notation for it."""
        precision = sum(part is not None for part in fields[:6])
        if self.iso:
            return fhir_text(fields)
        if self.hl7:
            local = without_local_offset(fields, self.zone)
            offset = (local[7] or "").replace(":", "").replace("Z", "+0000")
            return "".join(part or "" for part in local[:7]) + offset
        local = to_zone(fields, self.zone)
        for pattern, _ in self.patterns:
            tokens = TOKEN.findall(pattern)
            if len(tokens) == precision or (
                precision == len(FIELDS) and len(tokens) == precision - 1 and fields[5] == "00"
            ):
                return TOKEN.sub(lambda token: local[FIELDS[token[0]]] or "", pattern)
        return None

    def localised(self, fields: Fields) -> Fields:
        """A moment with a time gets seconds and an offset, the zone's own where none was written (FHIR dateTime)."""
        if fields[3] is None:
            return fields
        minute, second, offset = fields[4] or "00", fields[5] or "00", fields[7]
        if offset is None:
            offset = offset_of(tuple(int(part or 0) for part in (*fields[:4], minute, second)), self.zone.key)
        elif offset != "Z" and ":" not in offset:
            offset = f"{offset[:3]}:{offset[3:]}"
        return (*fields[:4], minute, second, fields[6], offset)


@lru_cache(maxsize=4096)
def offset_of(local: tuple[int, ...], zone: str) -> str:
    """Offset of a local time of a zone as `+02:00`."""
    year, month, day, hour, minute, second = local
    aware = datetime(year, month, day, hour, minute, min(second, 59), tzinfo=ZoneInfo(zone))
    delta = aware.utcoffset() or timedelta()
    minutes = round(delta.total_seconds() / 60)
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"


def compile_pattern(pattern: str) -> re.Pattern[str]:
    """`DD.MM.YYYY` -> a regular expression with named groups."""
    return re.compile(TOKEN.sub(lambda token: TOKENS[token[0]], re.escape(pattern)))


def checked(fields: Fields) -> Fields | None:
    """The fields, if such a moment exists."""
    least = ("0", "1", "1", "0", "0", "0")
    said = (least[at] if part is None else part for at, part in enumerate(fields[:6]))
    year, month, day, hour, minute, second = map(int, said)
    try:
        datetime(year, month, day, hour, minute, min(second, 59))  # noqa: DTZ001 - only a check
    except ValueError:
        return None
    offset = next(iter(fields[7:]), None)
    return fields if offset is None or OFFSET.fullmatch(offset) else None


def fhir_text(fields: Fields) -> str:
    """Fields -> FHIR text."""
    date = "-".join(part for part in fields[:3] if part)
    if fields[3] is None:
        return date
    return f"{date}T{fields[3]}:{fields[4]}:{fields[5]}{fields[6] or ''}{fields[7] or ''}"


def moment(fields: Fields) -> datetime | None:
    """Fields with an offset -> an aware datetime."""
    offset = fields[7]
    if fields[3] is None or offset is None:
        return None
    zone = "+00:00" if offset == "Z" else offset if ":" in offset else f"{offset[:3]}:{offset[3:]}"
    text = f"{'-'.join(str(part) for part in fields[:3])}T{fields[3]}:{fields[4] or '00'}:{fields[5] or '00'}{zone}"
    return datetime.fromisoformat(text)


def to_zone(fields: Fields, zone: ZoneInfo) -> Fields:
    """The same instant as local time of a zone."""
    aware = moment(fields)
    if aware is None:
        return fields
    try:
        local = aware.astimezone(zone)
    except OverflowError:  # the first or the last day that there is
        return fields
    return (*local.strftime("%Y-%m-%d-%H-%M-%S").rjust(19, "0").split("-"), fields[6], None)


def without_local_offset(fields: Fields, zone: ZoneInfo) -> Fields:
    """Leave the offset out where it is the zone's own at that time."""
    aware = moment(fields)
    if aware is not None and aware.utcoffset() == aware.replace(tzinfo=zone).utcoffset():
        return (*fields[:7], None)
    return fields


def to_date(notation: Notation) -> Convert:
    """Format text -> FHIR date; a time of day is left to a second rule."""

    def convert(text: str) -> str | None:
        fields = notation.read(text)
        return fhir_text(fields[:DAY] + (None,) * 5) if fields else None

    return convert


def to_moment(notation: Notation, *, timed: bool = False, full: bool = False) -> Convert:
    """Format text -> FHIR dateTime; `timed`: only with a time of day; `full`: an instant, to the second."""

    def convert(text: str) -> str | None:
        fields = notation.read(text)
        if not fields or ((timed or full) and fields[3] is None):
            return None
        return fhir_text(notation.localised(fields))

    return convert


def from_fhir(notation: Notation) -> Convert:
    """FHIR date, dateTime or instant -> format text."""

    def convert(text: str) -> str | None:
        match = FHIR.match(text)
        fields = checked(match.groups()) if match else None
        return notation.write(fields) if fields else None

    return convert


def to_time(notation: Notation) -> Convert:
    """Format text -> FHIR time."""

    def convert(text: str) -> str | None:
        match = TIME_HL7.match(text if notation.hl7 else text.replace(":", ""))
        if not match:
            return None
        found = f"{match[1]}:{match[2] or '00'}:{match[3] or '00'}{match[4] or ''}"
        return found if checked(("2000", "01", "01", match[1], match[2], match[3])) else None

    return convert


def from_time(notation: Notation) -> Convert:
    """FHIR time -> format text."""
    return lambda text: (
        text.replace(":", "") if notation.hl7 else text.removesuffix(":00") if text.count(":") > 1 else text
    )
