"""The audit as a chain: the hash of each line covers all it says and the hash of the line before (SHA-256).

Hashed is a JSON array without white space in UTF-8: number, at, actor, action, object, outcome, detail, hash of the
line before (empty for the first). Lines are numbered from 1 without a gap.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import orjson

from gateway.domain.ledger import Audit
from gateway.domain.question import Inquiry
from gateway.store.rows import moment, moment_of

SAID = ("at", "actor", "action", "object", "outcome", "detail")
"""What a line says, in the order it is hashed."""
COLUMNS = ("number", *SAID, "hash")
"""A line as it is stored."""


def hash_of(number: int, said: Sequence[Any], before: str) -> str:
    """The hash of a line whose texts (`SAID`) are as they are stored; TypeError where one is no text."""
    return hashlib.sha256(orjson.dumps([number, *said, before])).hexdigest()


def linked(audit: Audit, number: int, before: str) -> Audit:
    """A line as it is kept at the end of the chain, after the line with the hash `before`."""
    at = moment(audit.at)
    said = (at, audit.actor, audit.action, audit.object, audit.outcome, audit.detail)
    kept = moment_of(at) or audit.at
    return replace(audit, at=kept, number=number, hash=hash_of(number, said, before))


def row_of(line: Audit) -> tuple[Any, ...]:
    """A line as it is stored (`COLUMNS`)."""
    said = (line.actor, line.action, line.object, line.outcome, line.detail)
    return (line.number, moment(line.at), *said, line.hash)


def fits(line: Audit, inquiry: Inquiry) -> bool:
    """Whether a line is asked for."""
    words = ("actor", "action", "object", "outcome")
    said = all(getattr(inquiry, word) in {"", getattr(line, word)} for word in words)
    since, until = inquiry.since, inquiry.until
    return said and (since is None or line.at >= since) and (until is None or line.at < until)
