"""Words that count once, until they would not be taken anyway."""

from sqlalchemy import bindparam, delete, insert, select

from gateway.domain.ledger import Spend
from gateway.store.port import ConflictError
from gateway.store.rows import moment
from gateway.store.schema import spent
from gateway.store.sql.link import Link

FOUND = select(spent.c.word).where(spent.c.word == bindparam("which"))
OVER = delete(spent).where(spent.c.until < bindparam("now"))
SPENT = insert(spent).values(word=None, until=None)


def spend(link: Link, change: Spend) -> None:
    """Use a word up; those whose time is over go."""
    link.run(OVER, {"now": moment(change.at)})
    if link.row(FOUND, {"which": change.word}) is not None:
        raise ConflictError("this counts once, and is used up")
    link.run(SPENT, {"word": change.word, "until": moment(change.until)})
