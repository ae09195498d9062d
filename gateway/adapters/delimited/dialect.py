"""The `options:` of a format over this codec, checked: separators, charset, notations, columns, limits."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from gateway.domain.problem import Problem
from gateway.mapping.dates import Notation

ColumnType = Literal["string", "date", "dateTime", "integer", "decimal", "boolean"]
Charset = Literal[
    "utf-8", "utf-8-sig", "utf-16", "ascii", "cp1252", "iso-8859-1", "iso-8859-15", "cp437", "cp850", "mac-roman"
]
Newline = Literal["CRLF", "LF", "CR"]
NEWLINES: Mapping[Newline, str] = {"CRLF": "\r\n", "LF": "\n", "CR": "\r"}


class _Options(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Column(_Options):
    """One declared column: its short name for rules, the header in the file, and what a cell may hold."""

    name: str = Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$", description="Short name, used in rules")
    header: str = Field("", description="Text of the header cell; the name where empty")
    aliases: list[str] = Field([], description="Other header texts taken for this column on reading")
    type: ColumnType = "string"
    required: bool = Field(default=False, description="Every row has a value here")
    optional: bool = Field(default=False, description="May be missing; written where a row has one of its kind")
    max: int | None = Field(None, ge=1, description="Characters at most")
    values: list[str] = Field([], description="The only values allowed; empty: any")
    width: int | None = Field(None, ge=1, description="layout fixed: characters")
    at: int | None = Field(None, ge=1, description="layout fixed: first character, from 1; default: behind the last")
    align: Literal["left", "right"] = Field("left", description="layout fixed: on which side the value stands")
    pad: str = Field(" ", min_length=1, max_length=1, description="layout fixed: what fills the other side")

    @property
    def title(self) -> str:
        """The header cell as it is written."""
        return self.header or self.name

    @property
    def titles(self) -> frozenset[str]:
        """All header texts taken for this column, levelled for comparison."""
        return frozenset(level(text) for text in (self.title, self.name, *self.aliases))


class Limits(_Options):
    """What is refused at once: a file, a table or a cell too large to be meant."""

    bytes: int = Field(64 * 1024 * 1024, ge=1)
    rows: int = Field(1_000_000, ge=1)
    columns: int = Field(1_000, ge=1)
    cell: int = Field(100_000, ge=1, description="Characters of one cell")


class Dialect(_Options):
    """How a table is written (RFC 4180 where nothing else is said)."""

    layout: Literal["delimited", "fixed"] = "delimited"
    delimiter: str = Field(",", min_length=1, max_length=1)
    quote: str = Field('"', max_length=1, description="Empty: the format knows no quoting")
    quoting: Literal["needed", "all"] = "needed"
    charset: Charset = "utf-8"
    fallback: Charset | None = Field(None, description="Tried, with a warning, where the charset does not fit")
    bom: bool = Field(default=False, description="Write a byte order mark; on reading one is always taken")
    header: bool | None = Field(None, description="First line holds headers; default true, for layout fixed false")
    newline: Newline = "CRLF"
    decimal: Literal[",", "."] = "."
    dates: str | list[str] = Field("iso", description="`iso`, or patterns of DD MM YYYY hh mm ss, one per precision")
    booleans: list[str] = Field(["true", "false"], min_length=2, max_length=2, description="Words for true and false")
    trim: bool = Field(default=False, description="Blanks around a value are taken off on reading")
    zone: str = Field("Europe/Berlin", description="Time zone of local times, used by the conversions")
    canonical: list[Literal["order", "trim"]] = []
    columns: list[Column] = Field(min_length=1)
    limits: Limits = Field(default_factory=lambda: Limits.model_validate({}))

    @field_validator("delimiter")
    @classmethod
    def _delimits(cls, value: str) -> str:
        if value in "\r\n\"'" or value.isalnum():
            raise ValueError("a delimiter is no letter, digit, quotation mark or line end")
        return value

    @field_validator("zone")
    @classmethod
    def _exists(cls, value: str) -> str:
        try:
            Notation("iso", value)
        except (ValueError, LookupError, OSError) as error:
            raise ValueError("no such time zone") from error
        return value

    @field_validator("dates")
    @classmethod
    def _is_notation(cls, value: str | list[str]) -> str | list[str]:
        try:
            Notation(value, "UTC")
        except re.error as error:
            raise ValueError("a pattern names a part of the date twice") from error
        return value

    @model_validator(mode="after")
    def _fits_together(self) -> "Dialect":
        names = [column.name for column in self.columns]
        titles = [title for column in self.columns for title in column.titles]
        if len(set(names)) < len(names):
            raise ValueError("two columns share a name")
        if len(set(titles)) < len(titles):
            raise ValueError("two columns share a header or an alias")
        if self.quote and self.quote in self.delimiter:
            raise ValueError("delimiter and quote are the same character")
        if self.layout == "fixed" and (flaw := _flaw(self.columns)):
            raise ValueError(flaw)
        return self

    @property
    def has_header(self) -> bool:
        """Whether the first line holds the headers."""
        return self.layout == "delimited" if self.header is None else self.header

    @property
    def end(self) -> str:
        """The characters that end a written line."""
        return NEWLINES[self.newline]


def _flaw(columns: list[Column]) -> str:
    """What is wrong with the places of fixed-width columns; empty where nothing is."""
    behind = 1
    for column in columns:
        if column.width is None:
            return f"column {column.name} has no width"
        start = column.at or behind
        if start < behind:
            return f"column {column.name} starts inside the column before it; list columns from left to right"
        behind = start + column.width
    return ""


def level(header: str) -> str:
    """A header text without what people vary: case, composed letters, blanks around and doubled."""
    return " ".join(unicodedata.normalize("NFC", header.replace("\ufeff", "")).casefold().split())


def read_dialect(spec: Mapping[str, Any]) -> tuple[Dialect | None, list[Problem]]:
    """The options of a format, or what is wrong with them, each with its place below `options`."""
    try:
        return Dialect.model_validate(dict(spec)), []
    except ValidationError as error:
        return None, [_wrong(item["loc"], item["msg"]) for item in error.errors(include_input=False, include_url=False)]


def _wrong(loc: tuple[int | str, ...], message: str) -> Problem:
    place = ".".join(("options", *map(str, loc)))
    repair = "Correct the options in format.yaml; they are listed in the README of the delimited codec."
    return Problem("delimited.options", place, f"{message.removeprefix('Value error, ')}.", repair)
