"""Space that was freed goes back to the disk, and nothing of what was deleted stays in the WAL."""

import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from gateway.store.port import StoreError, UnavailableError
from gateway.store.sql.connect import WAIT, engine_of, open_link
from gateway.store.sql.link import Link, Texts

PAGES = 500
"""Pages that are given back at a time; others write in between."""
TRIES, PAUSE = 50, 0.1
"""How often the WAL is tried to be emptied while others read, and seconds in between."""


@dataclass(frozen=True, slots=True)
class Given:
    """What came of it: bytes of database and WAL before and after, and whether the WAL is empty.

    fixed  the file cannot get smaller by itself (it is older than this gateway); `whole` makes it able to
    """

    before: int
    after: int
    emptied: bool
    fixed: bool = False


def give_back(url: str, *, whole: bool = False) -> Given:
    """Free pages at the end of the file go, step by step, while others work; the WAL is emptied.

    `whole`: the file is written anew, which nobody else can write beside, and which takes as much room once more.
    `UnavailableError` where others hold it too long.
    """
    engine = engine_of(url)
    path = Path(str(engine.url.database))
    if not path.is_file():
        raise StoreError("there is no database of this name")
    before = size(path)
    with closing(open_link(engine, Texts(engine))) as link, told(engine.dialect.loaded_dbapi.Error):
        if whole:
            link.say("PRAGMA auto_vacuum=INCREMENTAL")
            link.say("VACUUM")
        fixed = not link.say("PRAGMA auto_vacuum")
        emptied = _emptied(link)
        while not fixed and (link.say("PRAGMA freelist_count") or 0) > 0:
            link.told(f"PRAGMA incremental_vacuum({PAGES})", ())
        emptied = _emptied(link) if not fixed else emptied
    return Given(before, size(path), emptied, fixed)


def _emptied(link: Link) -> bool:
    """Whether the WAL could be copied back and cut to nothing."""
    link.say("PRAGMA busy_timeout=0")  # a checkpoint that waits would keep others from writing
    try:
        for _ in range(TRIES):
            if not link.say("PRAGMA wal_checkpoint(TRUNCATE)"):
                return True
            time.sleep(PAUSE)
        return False
    finally:
        link.say(f"PRAGMA busy_timeout={int(WAIT * 1000)}")


def size(path: Path) -> int:
    """Bytes of the database and its WAL."""
    files = (path, path.with_name(f"{path.name}-wal"))
    return sum(file.stat().st_size for file in files if file.exists())


@contextmanager
def told(errors: type[Exception]) -> Iterator[None]:
    """What the database refuses, as the store says it."""
    try:
        yield
    except errors as fault:
        raise UnavailableError(f"space could not be given back: {fault}") from fault
