"""Which keys of the index a database is under, and its words under a further one: laid over, while others write.

The database is asked each time, since another process may have begun with a key meanwhile.
"""

from collections.abc import Sequence
from typing import Any

from gateway.store.sealing.records import Seals
from gateway.store.sealing.ring import INDEX, Ring
from gateway.store.sealing.tokens import END, MARK, Index, is_word
from gateway.store.sql.link import Link
from gateway.store.sql.sealed.resealing import ROWS, Step

WORDS = "term"
"""The table of the words."""
LAYING = "laying"
"""The state of a key of the index under which not all words are yet."""
THERE = "SELECT key, state FROM seal WHERE owner = ?"
RESOURCES = "SELECT number, type FROM resource WHERE number > ? ORDER BY number LIMIT ?"
SOME = "SELECT name, value FROM term WHERE resource = ?"
LAY = "UPDATE term SET value = ? WHERE type = ? AND name = ? AND value = ? AND resource = ?"
LAID = "UPDATE seal SET state = (SELECT min(state) FROM seal WHERE owner = ?1 AND state <> ?2) WHERE owner = ?1"
MADE = "SELECT substr(value, ?), count(*) FROM term WHERE value >= ? AND value < ? GROUP BY 1"
AFTER = chr(ord(MARK) + 1)
"""All that begins with the mark stands before."""
Row = tuple[Any, ...]


def index(link: Link, seals: Seals) -> Index:
    """The words of the terms as the database has them now; StoreError where a key of them is not here."""
    there = link.told(THERE, (INDEX,))
    if seals.index is None or seals.there != there:
        seals.index, seals.there = made(there, seals.ring), there
    return seals.index


def made(there: Sequence[Row], ring: Ring) -> Index:
    """The same from the keys in the database and their states: what is not laid yet is looked for without it too."""
    secrets = [key.secret for key in ring.laid([bytes.fromhex(row[0]) for row in there])]
    laid = sum(row[1] != LAYING for row in there)
    return Index(*secrets, before=[Index(*secrets[:count]) for count in range(laid, len(secrets))])


def lay(link: Link, after: int) -> Step:
    """The words of some resources behind a number under all keys; at once at the end where none is being laid."""
    if link.seals is None or len(index(link, link.seals).used) == 1:
        return Step(-1)
    rows = link.told(RESOURCES, (after, ROWS))
    done = sum(_lay(link, index(link, link.seals), row) for row in rows)
    return Step(rows[-1][0] if len(rows) == ROWS else -1, done)


def _lay(link: Link, over: Index, resource: Row) -> bool:
    """Whether words of one were under fewer keys."""
    number, kind = resource
    words = [row for row in link.told(SOME, (number,)) if is_word(row[1]) and not over.plain(kind, *row)]
    found = [(over.over(value), kind, name, value, number) for name, value in words if not over.has_made(value)]
    link.each(LAY, found)
    return bool(found)


def laid(link: Link, keys: Sequence[Row]) -> None:
    """All words are under these keys of the index, if there are no others by now."""
    if {row[0] for row in link.told(THERE, (INDEX,))} == {row[0] for row in keys}:
        link.told(LAID, (INDEX, LAYING))


def words(link: Link) -> dict[int, int]:
    """How many words are under one key, under two and so on."""
    found = link.told(MADE, (END + 1, MARK, AFTER))
    return {int(end or 1): count for end, count in found if not end or (end.isascii() and end.isdigit())}


def there(link: Link) -> list[Row]:
    """Id and state of each key of the index."""
    return link.told(THERE, (INDEX,))
