"""What is remembered of somebody beside the rows: whose deliveries wait, and what was deleted."""

from datetime import datetime

from sqlalchemy import bindparam, delete, insert, select

from gateway.domain.ledger import Hold
from gateway.store.rows import moment, moment_of
from gateway.store.schema import mark
from gateway.store.sql.link import Link

HELD = select(mark.c.word).where(mark.c.kind == "held")
"""Persons whose deliveries wait."""
MARKED = select(mark.c.at).where(mark.c.kind == bindparam("kind"), mark.c.word == bindparam("word"))
FORGET = delete(mark).where(mark.c.kind == bindparam("kind"), mark.c.word == bindparam("word"))
REMEMBER = insert(mark).values(kind=bindparam("kind"), word=bindparam("word"), at=bindparam("when"))


def hold(link: Link, change: Hold) -> None:
    """A person's deliveries wait, or go on."""
    marked_as(link, "held", change.person, change.at if change.on else None)


def held_too(link: Link, old: str, new: str) -> None:
    """Two persons became one: if what is about the one waits, what is about the other waits too."""
    at = marked(link, "held", old)
    if at is not None:
        marked_as(link, "held", new, at)


def marked_as(link: Link, kind: str, word: str, at: datetime | None) -> None:
    """Remember a word, or forget it (None)."""
    link.run(FORGET, {"kind": kind, "word": word})
    if at is not None:
        link.run(REMEMBER, {"kind": kind, "word": word, "when": moment(at)})


def marked(link: Link, kind: str, word: str) -> datetime | None:
    """Since when a word is remembered."""
    row = link.row(MARKED, {"kind": kind, "word": word})
    return moment_of(row[0]) if row else None
