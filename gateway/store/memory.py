"""The store in memory: the twin of the SQL store for tests, same answers to the same calls, nothing durable."""

import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import replace
from datetime import datetime
from itertools import islice
from typing import Any, TypeVar

from gateway.domain.ledger import Announced, Audit, Change, Delivery, Entry, Evidence, Kept, Version
from gateway.domain.question import Inquiry, Page, Question
from gateway.domain.records import Aged
from gateway.store import announcements, erasing, rules
from gateway.store.chain import fits, row_of
from gateway.store.port import StoreError, Term, UnavailableError
from gateway.store.rows import moment_of, resource_of
from gateway.store.seek import search
from gateway.store.tables import Tables, apply, claim, keep

T = TypeVar("T")


class MemoryStore:
    """A `Store` that forgets."""

    def __init__(self) -> None:
        self._tables = Tables()
        self._lock = threading.RLock()
        self._closed = False

    def _write(self, work: Callable[[Tables], T]) -> Future[T]:
        """All of it or nothing."""
        future: Future[T] = Future()
        future.set_running_or_notify_cancel()
        with self._lock:
            try:
                self._open()
                result = work(self._tables)
            except StoreError as fault:
                self._tables.roll_back()
                future.set_exception(fault)
            except Exception as fault:  # noqa: BLE001 - whatever cannot be written is told to who asked for it
                self._tables.roll_back()
                future.set_exception(StoreError(f"this cannot be stored: {type(fault).__name__}"))
            else:
                self._tables.seal()
                future.set_result(result)
        return future

    def _open(self) -> None:
        if self._closed:
            raise UnavailableError("the store is closed")

    def keep(self, entry: Entry) -> Future[Kept]:
        """A message into the journal."""
        return self._write(lambda tables: keep(tables, entry))

    async def keep_async(self, entry: Entry) -> Kept:
        """The same for who must not block."""
        return self.keep(entry).result()

    def commit(self, changes: Sequence[Change]) -> Future[None]:
        """All changes or none."""
        return self._write(lambda tables: apply(tables, rules.indexed(changes)))

    def claim(
        self, worker: str, now: datetime, limit: int, lease: float, partners: Sequence[str] = ()
    ) -> Future[list[Delivery]]:
        """Due heads of lanes that nobody holds."""
        del worker  # nobody looks it up here
        return self._write(lambda tables: claim(tables, now, limit, lease, frozenset(partners)))

    def expired(self, now: datetime) -> list[Delivery]:
        """Deliveries whose worker's lease has ended."""
        with self._lock:
            held = [d for d in self._tables.deliveries.values() if d.standing == "sending"]
            return [d for d in held if d.until is not None and d.until <= now]

    def due(self, partners: Sequence[str] = ()) -> datetime | None:
        """When the next waiting head may be sent."""
        with self._lock:
            heads = erasing.going(self._tables)
            moments = [head.due for head in heads if head.partner not in partners]
            return moment_of(min(moments, default=None))

    def waiting(self, after: int = 0, limit: int = 100) -> list[Entry]:
        """Messages in state `received`."""
        with self._lock:
            found = (e for e in self._tables.entries.values() if e.number > after and e.state == "received")
            return list(islice(found, limit))

    def entry(self, message: str) -> Entry | None:
        """One message."""
        with self._lock:
            return self._tables.entries.get(message)

    def entries(self, wanted: Mapping[str, str], before: int = 0, limit: int = 50) -> list[Entry]:
        """Messages, newest first."""
        rules.only(wanted, rules.WANTED_ENTRIES, "a list of messages")
        return self._newest(self._tables.entries, wanted, before, limit)

    def _newest(self, rows: Mapping[str, T], wanted: Mapping[str, str], before: int, limit: int) -> list[T]:
        def fits(row: Any) -> bool:
            return (not before or row.number < before) and all(getattr(row, n) == v for n, v in wanted.items())

        with self._lock:
            found: list[Any] = list(islice((row for row in reversed(list(rows.values())) if fits(row)), limit))
        return [replace(row, data=b"") for row in found]

    def read(self, kind: str, key: str, version: int | None = None) -> Version | None:
        """A resource, current or older."""
        versions = self.history(kind, key)
        return next((found for found in versions if version is None or found.version == version), None)

    def history(self, kind: str, key: str) -> list[Version]:
        """All versions, newest first."""
        with self._lock:
            kept = self._tables.resources.get((kind, key), ())
            return [replace(version, resource=resource_of(body)) for version, body in reversed(kept)]

    def versions(self, kind: str = "", before: int = 0, limit: int = 100) -> list[Version]:
        """Versions of all resources, newest first."""
        with self._lock:
            kept = (pair for key, listed in self._tables.resources.items() if kind in {"", key[0]} for pair in listed)
            found = sorted(kept, key=lambda pair: -pair[0].number)
            below = [pair for pair in found if not before or pair[0].number < before]
            return [replace(version, resource=resource_of(body)) for version, body in below[:limit]]

    def find(self, kind: str, terms: Sequence[Term], limit: int = 100) -> list[Version]:
        """Current resources that have all these terms."""
        with self._lock:
            sets = [self._tables.terms.get((kind, *term), {}) for term in terms]
            if sets:
                keys = {first: sets[0][first] for first in sorted(set.intersection(*map(set, sets)))}
            else:
                keys = {kept[0][0].number: key for key, kept in self._tables.resources.items() if key[0] == kind}
            found = [self.read(*keys[first]) for first in sorted(keys)[:limit]]
            return [version for version in found if version is not None]

    def search(self, question: Question) -> Page:
        """One page of what is asked for."""
        with self._lock:
            return search(self._tables, question)

    def delivery(self, key: str) -> Delivery | None:
        """One delivery."""
        with self._lock:
            return self._tables.deliveries.get(key)

    def deliveries(self, wanted: Mapping[str, str], before: int = 0, limit: int = 50) -> list[Delivery]:
        """Deliveries, newest first."""
        rules.only(wanted, rules.WANTED_DELIVERIES, "a list of deliveries")
        return self._newest(self._tables.deliveries, wanted, before, limit)

    def evidence(self, delivery: str) -> list[Evidence]:
        """What proves a delivery."""
        with self._lock:
            return list(self._tables.evidence.get(delivery, ()))

    def audit(self, *, object: str = "", before: int = 0, limit: int = 100) -> list[Audit]:  # noqa: A002 - FHIR's word
        """The audit, newest first."""
        with self._lock:
            lines = reversed(list(self._tables.audit.values()))
            found = (a for a in lines if (not before or a.number < before) and object in {"", a.object})
            return list(islice(found, limit))

    def inquired(self, inquiry: Inquiry, before: int = 0, limit: int = 100) -> list[Audit]:
        """The lines of the audit that are asked for, newest first."""
        return [line for line in self.audit(before=before, limit=len(self._tables.audit)) if fits(line, inquiry)][
            :limit
        ]

    def trail(self, after: int, limit: int = 1000) -> list[Sequence[Any]]:
        """The audit, oldest first."""
        with self._lock:
            lines = [line for number, line in self._tables.audit.items() if number > after]
        return [row_of(line) for line in lines[:limit]]

    def announced(self, subscription: str, after: int = 0, limit: int = 100) -> list[Announced]:
        """Events of a subscription, oldest first."""
        with self._lock:
            return announcements.announced(self._tables, subscription, after, limit)

    def last_event(self, subscription: str) -> int:
        """The number of its newest event."""
        with self._lock:
            return self._tables.last.get(subscription, 0)

    def behind(self) -> dict[str, int]:
        """Whose subscribers were not told of all."""
        with self._lock:
            return announcements.behind(self._tables)

    def newest(self, kind: str) -> int:
        """The number of what was written last of a type."""
        with self._lock:
            return announcements.newest(self._tables, kind)

    def kinds(self) -> list[str]:
        """All types of which something is stored."""
        with self._lock:
            return sorted({kind for kind, _ in self._tables.resources})

    def aged(self, what: Aged, before: datetime, limit: int = 200) -> list[str]:
        """Ids of what is old and still has its bytes."""
        with self._lock:
            return erasing.aged(self._tables, what, before)[:limit]

    def marked(self, kind: str, word: str) -> datetime | None:
        """Since when a word is remembered."""
        with self._lock:
            return self._tables.marks.get((kind, word))

    def archived(self, map_hash: str) -> tuple[str, bytes] | None:
        """Name and packed files of a format."""
        with self._lock:
            return self._tables.archive.get(map_hash)

    def counts(self) -> dict[str, int]:
        """Messages by state and deliveries by standing."""
        counted: dict[str, int] = {}
        with self._lock:
            names = [f"message.{entry.state}" for entry in self._tables.entries.values()]
            names += [f"delivery.{delivery.standing}" for delivery in self._tables.deliveries.values()]
        for name in names:
            counted[name] = counted.get(name, 0) + 1
        return counted

    def healthy(self) -> str:
        """Empty until it is closed."""
        return "The store is closed." if self._closed else ""

    def close(self) -> None:
        """Take no more."""
        with self._lock:
            self._closed = True
