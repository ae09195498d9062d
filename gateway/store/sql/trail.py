"""The audit: a line at its end, lines that are asked for, and the whole of it as it is stored."""

from functools import cache
from typing import Any

from sqlalchemy import bindparam, insert, select
from sqlalchemy.sql.expression import Executable

from gateway.domain.ledger import Audit, Note
from gateway.domain.question import Inquiry
from gateway.store.chain import COLUMNS, linked
from gateway.store.rows import AUDIT, Row, audit_of, moment, row_of_audit
from gateway.store.schema import audit
from gateway.store.sql.link import Link

NOTE = insert(audit).values(dict.fromkeys(AUDIT))
LAST = select(audit.c.number, audit.c.hash).order_by(audit.c.number.desc()).limit(1)
TRAIL = (
    select(*(audit.c[name] for name in COLUMNS))
    .where(audit.c.number > bindparam("after"))
    .order_by(audit.c.number)
    .limit(bindparam("most"))
)
FITS = {
    "actor": audit.c.actor == bindparam("actor"),
    "action": audit.c.action == bindparam("action"),
    "object": audit.c.object == bindparam("object"),
    "outcome": audit.c.outcome == bindparam("outcome"),
    "since": audit.c.at >= bindparam("since"),
    "until": audit.c.at < bindparam("until"),
    "before": audit.c.number < bindparam("before"),
}
"""What may be asked for, and how it is looked for."""


def note(link: Link, change: Note) -> None:
    """A line at the end of the audit; the lock for writing is held, so nobody else adds one meanwhile."""
    number, before = link.row(LAST, {}) or (0, "")
    link.run(NOTE, row_of_audit(linked(change.audit, number + 1, before)))


@cache
def _asking(names: tuple[str, ...]) -> Executable:
    found = select(*(audit.c[name] for name in AUDIT)).where(*(FITS[name] for name in names))
    return found.order_by(audit.c.number.desc()).limit(bindparam("most"))


def inquired(link: Link, inquiry: Inquiry, before: int, limit: int) -> list[Audit]:
    """The lines that are asked for, newest first."""
    asked: dict[str, Any] = {name: getattr(inquiry, name) for name in FITS if name != "before"}
    moments = {name: moment(asked[name]) for name in ("since", "until") if asked[name]}
    given = {name: value for name, value in {**asked, **moments, "before": before}.items() if value}
    rows = link.rows(_asking(tuple(given)), {**given, "most": limit})
    return [audit_of(row) for row in rows]


def trail(link: Link, after: int, limit: int) -> list[Row]:
    """The chain as it is stored, oldest first."""
    return list(link.rows(TRAIL, {"after": after, "most": limit}))
