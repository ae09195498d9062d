"""Connections to the database, and the refusal to work with one that would lose what it promised to keep."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.pool import NullPool

from gateway.store.port import StoreError, UnavailableError
from gateway.store.sealing.ring import Ring
from gateway.store.sql.link import Link, Texts

T = TypeVar("T")
WAIT = 5.0
"""Seconds to wait for another process that holds the database."""

SETTINGS = {
    "synchronous": "FULL",
    "fullfsync": "ON",
    "foreign_keys": "ON",
    "secure_delete": "ON",
    "temp_store": "MEMORY",
    "journal_size_limit": str(64 * 1024 * 1024),
    "wal_autocheckpoint": "8000",
}
"""What every connection to SQLite is told; a commit is on the disk before it is called one.

A referral writes some 250 pages of its indexes into the WAL; each page is copied back once per 8,000 of them. What is
deleted or replaced is overwritten in its page (`secure_delete`).
"""

FULL = 2
KEPT_OPEN = 8


def parsed(url: str) -> URL:
    """The URL of a store, refused where it names no durable database."""
    try:
        found = make_url(url)
    except ArgumentError:
        raise StoreError("the URL of the store cannot be read; write for example sqlite:///gateway.db") from None
    if found.get_backend_name() != "sqlite":
        raise StoreError(
            f"there is no store for {found.get_backend_name()} yet; write for example sqlite:///gateway.db"
        )
    if found.database in {None, "", ":memory:"}:
        raise StoreError("a store in memory keeps nothing; name a file, for example sqlite:///gateway.db")
    if found.query or str(found.database).startswith("file:"):
        raise StoreError("the URL of the store takes no options, they could weaken what a commit promises; name a file")
    folder = Path(str(found.database)).absolute().parent
    if not folder.is_dir():
        raise StoreError(f"the folder of the store does not exist: {folder}")
    return found


def engine_of(url: str) -> Engine:
    """An engine that hands out connections in autocommit, durable ones only; transactions take the lock at once."""
    engine = create_engine(
        parsed(url),
        poolclass=NullPool,
        paramstyle="qmark",
        connect_args={"isolation_level": None, "timeout": WAIT, "check_same_thread": False},
    )
    event.listen(engine, "connect", lambda connection, _: _settle(connection))
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    return engine


def _settle(connection: Any) -> None:
    """Make a connection durable."""
    for name, value in SETTINGS.items():
        connection.execute(f"PRAGMA {name}={value}")


def demand_durable(engine: Engine) -> None:
    """Refuse a database that cannot be made durable: another journal than WAL, or less than a full sync.

    The journal mode is a property of the file, so it is set once and not by each connection.
    """
    _mine(Path(str(engine.url.database)))
    with link_of(engine, Texts(engine)) as link:
        mode = link.say("PRAGMA journal_mode")
        if mode != "wal":
            link.say("PRAGMA auto_vacuum=INCREMENTAL")  # of a new file; an older one is written anew for it
            mode = link.say("PRAGMA journal_mode=WAL")
        if mode != "wal":
            raise StoreError(
                f"the database keeps its journal mode `{mode}` and cannot be switched to WAL; is it on a "
                "network drive, or does another program hold it?"
            )
        if link.say("PRAGMA synchronous") < FULL:
            raise StoreError("the database runs with less than synchronous=FULL and could lose what it acknowledged")


def _mine(path: Path) -> None:
    """A new file is readable by its owner only; SQLite gives its companions the same rights."""
    try:
        path.touch(mode=0o600)
    except OSError as fault:
        raise UnavailableError(f"the database cannot be opened: {fault.strerror}") from fault


@contextmanager
def link_of(engine: Engine, texts: Texts) -> Iterator[Link]:
    """A connection for a while; StoreError where none can be had."""
    link = open_link(engine, texts)
    try:
        yield link
    except engine.dialect.loaded_dbapi.DatabaseError as fault:
        raise UnavailableError(f"the database cannot be used: {fault}") from fault
    finally:
        link.close()


def open_link(engine: Engine, texts: Texts, ring: Ring | None = None) -> Link:
    """A connection of its own."""
    try:
        proxy = engine.raw_connection()
    except DBAPIError as fault:
        raise UnavailableError(f"the database cannot be opened: {fault.orig}") from fault
    except engine.dialect.loaded_dbapi.DatabaseError as fault:
        raise UnavailableError(f"the database cannot be opened: {fault}") from fault
    connection = proxy.driver_connection
    proxy.detach()
    return Link(connection, texts, ring)


def open_writing(engine: Engine, texts: Texts, ring: Ring | None = None) -> Link:
    """A connection for the writer, which itself waits for other processes: SQLite's own waiting sleeps too long."""
    link = open_link(engine, texts, ring)
    link.say("PRAGMA busy_timeout=0")
    return link


class Readers:
    """Connections for reading, lent to one thread at a time and kept for the next."""

    def __init__(self, engine: Engine, texts: Texts, ring: Ring | None = None) -> None:
        self._engine = engine
        self._texts = texts
        self._ring = ring
        self._idle: list[Link] = []
        self._closed = False
        self._lock = threading.Lock()

    def ask(self, question: Callable[..., T], *about: Any) -> T:
        """What a question says over a connection that can only read."""
        link = self._take()
        try:
            found = question(link, *about)
        except self._engine.dialect.loaded_dbapi.Error as fault:
            link.close()
            raise UnavailableError(f"the database cannot be read: {fault}") from fault
        except BaseException:
            self._give(link)
            raise
        self._give(link)
        return found

    def _take(self) -> Link:
        if self._closed:
            raise UnavailableError("the store is closed")
        with suppress(IndexError):
            return self._idle.pop()
        link = open_link(self._engine, self._texts, self._ring)
        link.say("PRAGMA query_only=ON")
        return link

    def _give(self, link: Link) -> None:
        with self._lock:
            if not self._closed and len(self._idle) < KEPT_OPEN:
                self._idle.append(link)
                return
        link.close()

    def close(self) -> None:
        """Let all go; what is lent is closed when it comes back."""
        with self._lock:
            self._closed = True
        while self._idle:
            self._idle.pop().close()
