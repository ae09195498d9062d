"""What is looked for among stored resources: a search (chapter 3.1.1) without its spelling in a URL.

`gateway/fhir/searching` makes a `Question` of a query string, a `Store` answers it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from datetime import datetime

    # what is found is kept in the ledger, which names `Absent` among its changes
    from gateway.domain.ledger import Version

How = Literal["is", "starts", "contains"]


@dataclass(frozen=True, slots=True)
class Term:
    """A search parameter has one of these values: as they are, as beginnings of a text, or anywhere in it."""

    name: str
    values: tuple[str, ...]
    how: How = "is"


@dataclass(frozen=True, slots=True)
class Span:
    """A date or number compared with the stretch from `low` to `high` (chapter 3.1.1.1.2, prefixes)."""

    name: str
    prefix: Literal["eq", "ne", "gt", "lt", "ge", "le", "sa", "eb", "ap"]
    low: str
    high: str


@dataclass(frozen=True, slots=True)
class Missing:
    """A parameter has no value (`is_so`), or has one (:missing)."""

    name: str
    is_so: bool


@dataclass(frozen=True, slots=True)
class Known:
    """The resource is one of these (`_id`)."""

    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OneOf:
    """One of several holds: values joined by a comma."""

    of: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class AllOf:
    """All of several hold, where one condition is asked for."""

    of: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """It does not hold (:not)."""

    condition: Condition


@dataclass(frozen=True, slots=True)
class Linked:
    """It refers by `name` to a resource of `type` for which all of `where` holds (chaining)."""

    name: str
    type: str
    where: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Linking:
    """A resource of `type` refers to it by `name`, and all of `where` holds for that one (`_has`)."""

    type: str
    name: str
    where: tuple[Condition, ...]


Condition = Term | Span | Missing | Known | OneOf | AllOf | Not | Linked | Linking


@dataclass(frozen=True, slots=True)
class Question:
    """A search of one type; all of `where` holds.

    sort   parameters with whether they fall; empty: as the resources were first written
    limit  matches of one page
    after  where the page before ended, as `Page.next` gave it; opaque, empty for the first page
    total  whether to count all matches
    """

    type: str
    where: tuple[Condition, ...] = ()
    sort: tuple[tuple[str, bool], ...] = ()
    limit: int = 20
    after: str = ""
    total: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """One page of matches; `next` is empty where it was the last; `total` None where nobody asked."""

    found: tuple[Version, ...]
    next: str = ""
    total: int | None = None


@dataclass(frozen=True, slots=True)
class Absent:
    """A change that writes nothing: what the others were made from, that nothing fits (If-None-Exist, 3.1.0.8.1).

    `ConflictError` where something does by now; nothing is written. Of two who found nothing one alone succeeds.
    """

    question: Question


@dataclass(frozen=True, slots=True)
class Inquiry:
    """Which lines of the audit are asked for; empty: any. `since` counts in, `until` does not."""

    actor: str = ""
    action: str = ""
    object: str = ""
    outcome: str = ""
    since: datetime | None = None
    until: datetime | None = None
