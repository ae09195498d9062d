"""What every store can do; `memory.py` and `sql.py` pass one test suite (design: the durable core)."""

from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from datetime import datetime
from typing import Any, Protocol

from gateway.domain.ledger import Announced, Audit, Change, Delivery, Entry, Evidence, Kept, Version
from gateway.domain.question import Inquiry, Page, Question
from gateway.domain.records import Aged

Term = tuple[str, str]


class StoreError(Exception):
    """The store could not do what was asked."""


class ConflictError(StoreError):
    """A version or state was not the expected one: somebody else was faster; read again and repeat."""


class StaleError(StoreError):
    """A worker whose lease ended came too late; its result does not count."""


class PageError(StoreError):
    """A search cannot go on from there: `Question.after` is not what a page of this search gave."""


class UnavailableError(StoreError):
    """Nothing was written: the disk is full or the database cannot be reached."""


class Store(Protocol):
    """One durable store. Futures are done after the commit that holds their change, and raise `StoreError`s.

    Reading calls block for a moment and may be made from any thread; they see what was committed before them.
    """

    def keep(self, entry: Entry) -> Future[Kept]:
        """A message into the journal; the partner's key decides whether it was here before."""

    async def keep_async(self, entry: Entry) -> Kept:
        """The same for an event loop, which all answers of one commit wake once; raises what the future would."""

    def commit(self, changes: Sequence[Change]) -> Future[None]:
        """All changes or none, in one transaction: `ConflictError`, `StaleError`, `UnavailableError`."""

    def claim(
        self, worker: str, now: datetime, limit: int, lease: float, partners: Sequence[str] = ()
    ) -> Future[list[Delivery]]:
        """Due heads of lanes that nobody holds, oldest first, now `sending` with a token; `partners` are left out."""

    def expired(self, now: datetime) -> list[Delivery]:
        """Deliveries still `sending` whose lease has ended: their worker died between sending and writing it down."""

    def due(self, partners: Sequence[str] = ()) -> datetime | None:
        """When the next waiting head of a lane may be sent; those of `partners` are left out."""

    def waiting(self, after: int = 0, limit: int = 100) -> list[Entry]:
        """Messages in state `received`, in the order of the journal."""

    def entry(self, message: str) -> Entry | None:
        """One message by its tracking id."""

    def entries(self, wanted: Mapping[str, str], before: int = 0, limit: int = 50) -> list[Entry]:
        """Messages, newest first, without their bytes; `wanted` by `state`, `partner`, `key`, `case`, `person`.

        `before` is a journal number to page on, 0 for the newest.
        """

    def read(self, kind: str, key: str, version: int | None = None) -> Version | None:
        """A resource by type and id: the current version, or an older one."""

    def history(self, kind: str, key: str) -> list[Version]:
        """All versions of a resource, newest first."""

    def versions(self, kind: str = "", before: int = 0, limit: int = 100) -> list[Version]:
        """Versions of all resources of a type (empty: of any), newest first; `before` is a version's `number`."""

    def find(self, kind: str, terms: Sequence[Term], limit: int = 100) -> list[Version]:
        """Current resources of a type that have all these terms, in the order they were first written."""

    def search(self, question: Question) -> Page:
        """One page of what is asked for; `PageError` if `after` is no page of it.

        Over all pages every match that is one throughout comes once, whatever is written meanwhile: in the usual order
        each at its place, sorted each where it stood when the first page was made.
        """

    def delivery(self, key: str) -> Delivery | None:
        """One delivery by its id."""

    def deliveries(self, wanted: Mapping[str, str], before: int = 0, limit: int = 50) -> list[Delivery]:
        """Deliveries, newest first, without their bytes; `wanted` by `standing`, `partner`, `message`, `case`."""

    def evidence(self, delivery: str) -> list[Evidence]:
        """What proves a delivery, oldest first."""

    def audit(self, *, object: str = "", before: int = 0, limit: int = 100) -> list[Audit]:  # noqa: A002 - FHIR's word
        """The audit, newest first."""

    def inquired(self, inquiry: Inquiry, before: int = 0, limit: int = 100) -> list[Audit]:
        """The lines of the audit that are asked for, newest first; `before` is a line's number."""

    def trail(self, after: int, limit: int = 1000) -> list[Sequence[Any]]:
        """The audit as it is stored, oldest first, unread and unchecked: the columns of `store.chain.COLUMNS`."""

    def announced(self, subscription: str, after: int = 0, limit: int = 100) -> list[Announced]:
        """Events of a subscription with a higher number than `after`, oldest first."""

    def last_event(self, subscription: str) -> int:
        """The number of the newest event of a subscription, 0 where there was none."""

    def behind(self) -> dict[str, int]:
        """Subscriptions with events their subscribers were not told of, each with the last one they were."""

    def newest(self, kind: str) -> int:
        """`Version.number` of what was written last of a type, 0 where there is none: whether anything changed."""

    def kinds(self) -> list[str]:
        """All types of which something is stored."""

    def aged(self, what: Aged, before: datetime, limit: int = 200) -> list[str]:
        """Ids of what was settled (of parked messages: came) before a moment and still has its bytes, oldest first."""

    def marked(self, kind: str, word: str) -> datetime | None:
        """Since when a word is remembered, None where it is not: kind `held` (persons), `erased` (hashes)."""

    def archived(self, map_hash: str) -> tuple[str, bytes] | None:
        """Name and packed files of the format with this content hash."""

    def counts(self) -> dict[str, int]:
        """Messages by state (`message.parked`) and deliveries by standing (`delivery.dead`), for metrics and doctor."""

    def healthy(self) -> str:
        """Empty if the store can write; else a sentence why not."""

    def close(self) -> None:
        """Finish what was begun and let go."""
