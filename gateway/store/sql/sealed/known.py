"""Whether keys fit a database: for each key that ever wrote, a text is kept that only this key opens."""

import hmac
from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import bindparam, select, update
from sqlalchemy.dialects.sqlite import insert as insert_or_not

from gateway.store.port import StoreError
from gateway.store.rows import moment
from gateway.store.schema import seal
from gateway.store.sealing.ring import GATEWAY, INDEX, Key, Ring
from gateway.store.sql.link import Link
from gateway.store.sql.sealed.indexing import LAYING
from gateway.store.sql.sealed.resealing import counts

TEXT = b"Was hier liegt, liest nur, wer den Schluessel hat."
KEYS = select(seal.c.key, seal.c.owner, seal.c.name, seal.c.state, seal.c.text)
ADD = (
    insert_or_not(seal)
    .values(key=None, owner=None, name=None, since=None, state=None, text=None)
    .on_conflict_do_nothing()
)
STATE = update(seal).where(seal.c.owner == INDEX, seal.c.state != LAYING).values(state=bindparam("now"))
SEALED, CLEAN = "sealed", "clean"


def began(link: Link) -> bool:
    """Whether the database is sealed, or on its way there."""
    return bool(link.rows(KEYS, {}))


def state(link: Link) -> str:
    """How far it got: empty, then its terms are `sealed`, then the files are `clean` of what was plain before.

    `laying`: in the end all words will be under a further key of the index.
    """
    states = {row[3] for row in link.rows(KEYS, {}) if row[1] == INDEX}
    return LAYING if LAYING in states else min(states, default="")


def got(link: Link, now: str) -> None:
    """It got so far."""
    link.run(STATE, {"now": now})


def fit(link: Link, ring: Ring) -> list[Key]:
    """Refuse keys that do not open what is there; gives those that are new. A site's key may be gone for good."""
    there = {row[0]: row for row in link.rows(KEYS, {})}
    here = {key.id.hex(): key for key in (*ring.keys.values(), *ring.index)}
    for row in there.values():
        _fits(link, row, here)
    known = [key.id.hex() in there for key in ring.index]
    if known != sorted(known, reverse=True):
        raise StoreError("a key of the index stands before those that are there already; give it a later name")
    return [key for name, key in here.items() if name not in there]


def remember(link: Link, keys: Sequence[Key]) -> None:
    """Keys that will write."""
    now, further = moment(datetime.now(UTC)), bool(state(link))
    for key in keys:
        how = LAYING if further and key.owner == INDEX else ""
        said = {"key": key.id.hex(), "owner": key.owner, "name": key.name, "since": now, "state": how}
        link.run(ADD, {**said, "text": _said(key)})


def _fits(link: Link, row: Sequence[object], here: dict[str, Key]) -> None:
    which, owner, name, _, text = row
    key = here.get(str(which))
    if key is None:
        if owner == INDEX:
            raise StoreError("the key of the index is not the one this database was sealed with")
        if owner == GATEWAY and any(key.hex() == which for _, key in counts(link)):
            raise StoreError(f"the database is sealed with the key {owner}/{name} ({which}), and that is not here")
    elif not isinstance(text, bytes) or not _opens(key, text):
        raise StoreError(f"the key {key.owner}/{key.name} does not fit the database")


def _said(key: Key) -> bytes:
    """The text under a key; a key of the index seals nothing and signs it."""
    return _signed(key) if key.owner == INDEX else Ring.seal_with(key, TEXT, f"seal/{key.id.hex()}")


def _opens(key: Key, text: bytes) -> bool:
    if key.owner == INDEX:
        return hmac.compare_digest(text, _signed(key))
    try:
        return Ring.open_with(key, text, f"seal/{key.id.hex()}") == TEXT
    except StoreError:
        return False


def _signed(key: Key) -> bytes:
    return hmac.digest(key.secret, TEXT, "sha256")
