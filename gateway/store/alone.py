"""One gateway serves a store at a time: a lock beside it, which the kernel lets go when the process ends, however."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gateway.store.port import StoreError
from gateway.store.sql.connect import parsed


@contextmanager
def alone(url: str) -> Iterator[Path]:
    """Holds `<database>.lock` as long as the block lasts; StoreError if another process does. The file stays."""
    database = Path(str(parsed(url).database)).resolve()
    path = database.with_name(database.name + ".lock")
    try:
        held = path.open("ab")
    except OSError as fault:
        raise StoreError(f"the lock beside the store cannot be opened: {path}: {fault.strerror}") from None
    with held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StoreError(f"another gateway serves this store and holds {path}; stop it first") from None
        except OSError as fault:
            raise StoreError(f"the store cannot be locked: {path}: {fault.strerror}") from None
        yield path
