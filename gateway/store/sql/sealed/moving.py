"""A message that turns out to belong to a site's case is no longer under the gateway's key."""

from typing import Any

from sqlalchemy import bindparam, select, update

from gateway.domain.ledger import Settle
from gateway.store.schema import journal, journal_body
from gateway.store.sealing.faults import UnreadableError
from gateway.store.sealing.records import COLUMNS, Seals, of
from gateway.store.sealing.ring import GATEWAY
from gateway.store.sql.link import Link

NAMES = COLUMNS["journal"]
WHOLE = (
    select(journal.c.number, *(journal.c[name] for name in NAMES), journal_body.c.data)
    .join(journal_body)
    .where(journal.c.id == bindparam("which"))
)
ROW = update(journal).where(journal.c.number == bindparam("which")).values(dict.fromkeys(NAMES))
BODY = update(journal_body).where(journal_body.c.number == bindparam("which")).values(data=None)


def moved(link: Link, seals: Seals, change: Settle) -> None:
    """All that a message holds under the key of the commit's site, once its case is known."""
    row = link.row(WHOLE, {"which": change.message}) if seals.owner != GATEWAY and change.changes.get("case") else None
    if row is None:
        return
    values: dict[str, Any] = dict(zip((*NAMES, "data"), row[1:], strict=True))
    try:
        opened = {name: seals.opened(value, of("journal", name, change.message)) for name, value in values.items()}
    except UnreadableError:
        return
    shut = {name: seals.shut(value, of("journal", name, change.message)) for name, value in opened.items()}
    link.run(BODY, {"which": row[0], "data": shut.pop("data")})
    link.run(ROW, {"which": row[0], **shut})
