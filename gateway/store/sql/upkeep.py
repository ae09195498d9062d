"""What an operator does to a database: bring it to a revision, look at it, copy it while it is in use."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import Engine

from gateway.store import migrations
from gateway.store.port import StoreError, UnavailableError
from gateway.store.sql.connect import demand_durable, engine_of


def _there(url: str) -> Engine:
    """The engine of a database that exists."""
    engine = engine_of(url)
    if not Path(str(engine.url.database)).is_file():
        raise StoreError(f"there is no database {engine.url.database}")
    return engine


def upgrade(url: str, revision: str = "head") -> str:
    """Bring the tables to a revision, making the database where there is none; gives the revision."""
    engine = engine_of(url)
    demand_durable(engine)
    migrations.upgrade(engine, revision)
    return migrations.current(engine)


def downgrade(url: str, revision: str) -> str:
    """Take the tables back to an older revision; gives the revision."""
    engine = _there(url)
    migrations.downgrade(engine, revision)
    return migrations.current(engine)


def current(url: str) -> str:
    """The revision of the tables, empty where there are none."""
    return migrations.current(_there(url))


def backup(url: str, target: Path) -> int:
    """Copy a database that may be in use to a new file, checked and synced; gives its size in bytes.

    The copy is the database of one moment. It takes its name only when it is whole; nothing is overwritten.
    """
    source = Path(str(_there(url).url.database))
    part = target.with_name(f"{target.name}.part")
    if target.exists():
        raise StoreError(f"{target} is there already; name a new file")
    try:
        part.unlink(missing_ok=True)
        part.touch(mode=0o600)
        with closing(sqlite3.connect(source)) as database, closing(sqlite3.connect(part)) as copy:
            database.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")
            found = copy.execute("PRAGMA quick_check").fetchone()[0]
        if found != "ok":
            raise StoreError(f"the copy is damaged: {found}")
        _named(part, target)
    except (OSError, sqlite3.Error) as fault:
        raise UnavailableError(f"the database cannot be copied: {fault}") from fault
    finally:
        part.unlink(missing_ok=True)
    return target.stat().st_size


def _named(part: Path, target: Path) -> None:
    """Give a finished file its name, so that a crash leaves the whole of it or nothing."""
    with part.open("rb") as file:
        os.fsync(file.fileno())
    part.rename(target)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
