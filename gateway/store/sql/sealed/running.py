"""A sealed store while it runs: keys that change, rows that are sealed anew, what is under which key."""

from concurrent.futures import Future

from gateway.store.sealing.ring import Key, Ring
from gateway.store.sql.connect import Readers
from gateway.store.sql.link import Link
from gateway.store.sql.sealed import known
from gateway.store.sql.sealed.indexing import WORDS, Row, laid, lay, there, words
from gateway.store.sql.sealed.resealing import Step, counts, reseal
from gateway.store.sql.writer import Writer, one


class Sealing:
    """What a sealed store can do beside what every store can."""

    def __init__(self, ring: Ring, writer: Writer, readers: Readers) -> None:
        self.ring = ring
        self._writer = writer
        self._readers = readers

    def rekey(self) -> None:
        """The keys as they are now; StoreError, and those of before stay, where they do not fit."""
        ring = Ring(self.ring.source)
        self._writer.submit(MEET, ring).result()
        self.ring.take(ring)

    def step(self, table: str, after: int = 0) -> Future[Step]:
        """Some rows of a table sealed anew, in one commit."""
        return self._writer.submit(LAY, after) if table == WORDS else self._writer.submit(RESEAL, (table, after))

    def indexed(self) -> list[Row]:
        """Id and state of each key of the index."""
        return self._readers.ask(there)

    def laid(self, keys: list[Row]) -> None:
        """All words are under these keys of the index."""
        self._writer.submit(LAID, keys).result()

    def words(self) -> dict[int, int]:
        """How many words are under one key of the index, under two and so on."""
        return self._readers.ask(words)

    def counts(self) -> dict[tuple[str, bytes], int]:
        """(Table, id of the key) -> values under it; an empty id: plain."""
        return self._readers.ask(counts)

    def known(self) -> dict[bytes, tuple[str, str]]:
        """Keys that the database remembers: id -> whose, called what."""
        rows = self._readers.ask(lambda link: link.rows(known.KEYS, {}))
        return {bytes.fromhex(row[0]): (row[1], row[2]) for row in rows}

    def idle(self) -> list[Key]:
        """Keys that write no more, and under which nothing is any more; they may go."""
        used = {key for _, key in self.counts()}
        return [k for k in self.ring.keys.values() if k.id not in used and self.ring.current(k.owner) is not k]

    def state(self) -> str:
        """`sealed`, or `clean` once nothing of what was plain is left in the files."""
        return self._readers.ask(known.state)

    def cleaned(self) -> None:
        """Nothing of what was plain is left in the files."""
        self._writer.submit(CLEANED, known.CLEAN).result()


def _meet(link: Link, ring: Ring) -> None:
    known.remember(link, known.fit(link, ring))


MEET, RESEAL, LAY, LAID, CLEANED = one(_meet), one(reseal), one(lay), one(laid), one(known.got)
