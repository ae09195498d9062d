"""The terms and dates of a plain database as sealed words: once, before a gateway with keys begins its work."""

import logging
from typing import Any

from gateway.store.sealing.tokens import OWN_DATES, Index, is_word
from gateway.store.sql.link import Link

ROWS = 500
"""Resources of one commit."""
SOME = "SELECT number, type FROM resource WHERE number > ? ORDER BY number LIMIT ?"
TERMS = "SELECT name, value FROM term WHERE resource = ?"
SPANS = "SELECT name, low, high FROM span WHERE resource = ?"
NO_TERM = "DELETE FROM term WHERE type = ? AND name = ? AND value = ? AND resource = ?"
TERM = "INSERT INTO term (type, name, value, resource) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING"
NO_SPAN = "DELETE FROM span WHERE type = ? AND name = ? AND low = ? AND high = ? AND resource = ?"

log = logging.getLogger(__name__)


def seal_terms(link: Link, index: Index) -> int:
    """All of them, some in each commit; what was sealed before stays. Gives the resources that were looked at."""
    after = count = 0
    while rows := link.told(SOME, (after, ROWS)):
        link.say("BEGIN IMMEDIATE")
        try:
            for number, kind in rows:
                _seal(link, index, kind, number)
        except BaseException:
            link.say("ROLLBACK")
            raise
        link.say("COMMIT")
        after, count = rows[-1][0], count + len(rows)
        log.info("sealing the index", extra={"resources": count})
    return count


def _seal(link: Link, index: Index, kind: str, number: int) -> None:
    """The terms of one resource; a date of a person becomes terms."""
    terms = [(name, value) for name, value in link.told(TERMS, (number,)) if not is_word(value)]
    spans = [row for row in link.told(SPANS, (number,)) if (kind, row[0]) in OWN_DATES]
    before: set[Any] = set(terms)
    after = index.terms(kind, terms, spans)
    link.each(NO_TERM, [(kind, *row, number) for row in sorted(before - after)])
    link.each(TERM, [(kind, *row, number) for row in sorted(after - before)])
    link.each(NO_SPAN, [(kind, *row, number) for row in sorted(spans)])
