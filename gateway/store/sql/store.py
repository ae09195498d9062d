"""The durable store over SQLAlchemy Core: one writer with group commit, readers on connections of their own."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as TooLateError
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

from gateway.domain.ledger import Announced, Archive, Audit, Change, Delivery, Entry, Evidence, Kept, Version
from gateway.domain.question import Inquiry, Page, Question
from gateway.domain.records import Aged
from gateway.store import migrations, rules
from gateway.store.port import StoreError, Term
from gateway.store.schema import map_archive
from gateway.store.sealing.records import Seals
from gateway.store.sealing.ring import Ring
from gateway.store.sql import announcing, erasing, feed, marks, reading, trail
from gateway.store.sql.apply import apply, archive
from gateway.store.sql.connect import WAIT, Readers, demand_durable, engine_of, open_writing
from gateway.store.sql.keeping import Keeping, keep
from gateway.store.sql.link import Link, Texts
from gateway.store.sql.outbox import Claim, claim
from gateway.store.sql.sealed.beginning import fitted
from gateway.store.sql.sealed.looking import search
from gateway.store.sql.sealed.running import Sealing
from gateway.store.sql.writer import Unit, Writer, one

T = TypeVar("T")
UNPROBED = map_archive.delete().where(map_archive.c.hash == "probe")
PROBE = Archive("probe", "", bytes(16 * 1024))


def open_store(url: str, ring: Ring | None = None, *, begin: bool = False) -> "SqlStore":
    """The store at a URL (`sqlite:///gateway.db`), its tables made or brought up to date.

    ring   the keys it is sealed with; begin: a plain one is sealed from now on, else keys are left alone until it is
    StoreError if it cannot be had, would be less durable than promised, or is sealed with other keys.
    """
    engine = engine_of(url)
    demand_durable(engine)
    migrations.ensure(engine)
    texts = Texts(engine)
    ring = fitted(engine, texts, ring, begin=begin)
    writer = Writer(partial(open_writing, engine, texts, ring), engine.dialect.loaded_dbapi)
    return SqlStore(writer, Readers(engine, texts, ring), ring)


class SqlStore:
    """A `Store` that keeps what it acknowledged."""

    def __init__(self, writer: Writer, readers: Readers, ring: Ring | None = None) -> None:
        self._writer = writer
        self._readers = readers
        self.sealing = Sealing(ring, writer, readers) if ring else None
        self._seals = Seals(ring) if ring else None

    def _ask(self, question: Callable[..., T], *about: Any) -> T:
        return self._readers.ask(question, *about)

    def keep(self, entry: Entry) -> Future[Kept]:
        """A message into the journal."""
        future: Future[Kept] = Future()
        try:
            self._writer.add(Unit(keep, _keeping(entry, self._seals), future))
        except StoreError as fault:
            future.set_exception(fault)
        return future

    async def keep_async(self, entry: Entry) -> Kept:
        """The same for an event loop: all answers of one commit wake it once."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Kept] = loop.create_future()
        self._writer.add(Unit(keep, _keeping(entry, self._seals), future, loop))
        return await future

    def commit(self, changes: Sequence[Change]) -> Future[None]:
        """All changes or none."""
        return self._writer.submit(APPLY, rules.indexed(changes))

    def claim(
        self, worker: str, now: datetime, limit: int, lease: float, partners: Sequence[str] = ()
    ) -> Future[list[Delivery]]:
        """Due heads of lanes that nobody holds."""
        return self._writer.submit(CLAIM, Claim(worker, now, limit, lease, tuple(partners)))

    def expired(self, now: datetime) -> list[Delivery]:
        """Deliveries whose worker's lease has ended."""
        return self._ask(reading.expired, now)

    def due(self, partners: Sequence[str] = ()) -> datetime | None:
        """When the next waiting head may be sent."""
        return self._ask(reading.due, partners)

    def waiting(self, after: int = 0, limit: int = 100) -> list[Entry]:
        """Messages in state `received`."""
        return self._ask(reading.waiting, after, limit)

    def entry(self, message: str) -> Entry | None:
        """One message."""
        return self._ask(reading.message, message)

    def entries(self, wanted: Mapping[str, str], before: int = 0, limit: int = 50) -> list[Entry]:
        """Messages, newest first."""
        return self._ask(reading.messages, wanted, before, limit)

    def read(self, kind: str, key: str, version: int | None = None) -> Version | None:
        """A resource, current or older."""
        return self._ask(reading.read, kind, key, version)

    def history(self, kind: str, key: str) -> list[Version]:
        """All versions, newest first."""
        return self._ask(reading.history, kind, key)

    def versions(self, kind: str = "", before: int = 0, limit: int = 100) -> list[Version]:
        """Versions of all resources, newest first."""
        return self._ask(feed.versions, kind, before, limit)

    def find(self, kind: str, terms: Sequence[Term], limit: int = 100) -> list[Version]:
        """Current resources that have all these terms."""
        return self._ask(reading.find, kind, terms, limit)

    def search(self, question: Question) -> Page:
        """One page of what is asked for."""
        return self._ask(search, question)

    def delivery(self, key: str) -> Delivery | None:
        """One delivery."""
        return self._ask(reading.delivery, key)

    def deliveries(self, wanted: Mapping[str, str], before: int = 0, limit: int = 50) -> list[Delivery]:
        """Deliveries, newest first."""
        return self._ask(reading.deliveries, wanted, before, limit)

    def evidence(self, delivery: str) -> list[Evidence]:
        """What proves a delivery."""
        return self._ask(reading.proofs, delivery)

    def audit(self, *, object: str = "", before: int = 0, limit: int = 100) -> list[Audit]:  # noqa: A002 - FHIR's word
        """The audit, newest first."""
        return self._ask(reading.lines, object, before, limit)

    def inquired(self, inquiry: Inquiry, before: int = 0, limit: int = 100) -> list[Audit]:
        """The lines of the audit that are asked for, newest first."""
        return self._ask(trail.inquired, inquiry, before, limit)

    def trail(self, after: int, limit: int = 1000) -> list[Sequence[Any]]:
        """The audit as it is stored, oldest first."""
        return self._ask(trail.trail, after, limit)

    def announced(self, subscription: str, after: int = 0, limit: int = 100) -> list[Announced]:
        """Events of a subscription, oldest first."""
        return self._ask(announcing.announced, subscription, after, limit)

    def last_event(self, subscription: str) -> int:
        """The number of its newest event."""
        return self._ask(announcing.last_event, subscription)

    def behind(self) -> dict[str, int]:
        """Whose subscribers were not told of all."""
        return self._ask(announcing.behind)

    def newest(self, kind: str) -> int:
        """The number of what was written last of a type."""
        return self._ask(announcing.newest, kind)

    def kinds(self) -> list[str]:
        """All types of which something is stored."""
        return self._ask(erasing.kinds)

    def aged(self, what: Aged, before: datetime, limit: int = 200) -> list[str]:
        """Ids of what is old and still has its bytes."""
        return self._ask(erasing.aged, what, before, limit)

    def marked(self, kind: str, word: str) -> datetime | None:
        """Since when a word is remembered."""
        return self._ask(marks.marked, kind, word)

    def archived(self, map_hash: str) -> tuple[str, bytes] | None:
        """Name and packed files of a format."""
        return self._ask(reading.archived, map_hash)

    def counts(self) -> dict[str, int]:
        """Messages by state and deliveries by standing."""
        return self._ask(reading.counts)

    def healthy(self) -> str:
        """Empty if pages can be written and synced, tried by writing some."""
        try:
            self._writer.submit(TRY, PROBE).result(WAIT)
        except StoreError as fault:
            return f"The store cannot write: {fault}."
        except TooLateError:
            return f"The store did not write within {WAIT:g} seconds."
        return ""

    def close(self) -> None:
        """Finish what was begun and let go."""
        self._writer.close()
        self._readers.close()


def _keeping(entry: Entry, seals: Seals | None) -> Keeping:
    try:
        return Keeping(entry, seals)
    except (TypeError, ValueError) as fault:
        raise StoreError(f"this cannot be stored: {type(fault).__name__}") from fault


def _try(link: Link, probe: Archive) -> None:
    archive(link, probe)
    link.run(UNPROBED, {})


APPLY, CLAIM, TRY = one(apply), one(claim), one(_try)
