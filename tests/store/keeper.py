"""A process that keeps and delivers without end, and writes down, synced, what was confirmed to it."""

import os
import sys
import threading
from pathlib import Path

from gateway.domain.ledger import Change, Conclude, Queue, Settle
from gateway.store.port import Store
from gateway.store.sql import open_store
from tests.store.made import NOON, delivery, entry


def confirm(ledger: int, line: str) -> None:
    """A line that is on the disk before anything else happens."""
    os.write(ledger, f"{line}\n".encode())
    os.fdatasync(ledger)


def keeping(store: Store, ledger: int, name: str, most: int) -> None:
    """Keep messages; queue a delivery for each second one and send it."""
    for n in range(most):
        key = f"{name}-{n}"
        store.keep(entry(key, key.encode() * 50)).result()
        confirm(ledger, f"kept {key}")
        if n % 2:
            work: list[Change] = [
                Settle(f"t-{key}", {"state": "done"}, "received"),
                Queue(delivery(key, f"Patient/{n % 9}")),
            ]
            store.commit(work).result()
            confirm(ledger, f"done {key}")
        for held in store.claim(name, NOON, 2, 30).result() if n % 4 == 3 else ():
            store.commit([Conclude(held.id, {"standing": "delivered"}, held.token)]).result()
            confirm(ledger, f"sent {held.key}")


def main(url: str, folder: str, name: str, most: int) -> None:
    """Four threads of it."""
    store = open_store(url)
    ledgers = [os.open(Path(folder) / f"{name}{n}.txt", os.O_CREAT | os.O_WRONLY | os.O_APPEND) for n in range(4)]
    threads = [
        threading.Thread(target=keeping, args=(store, ledger, f"{name}{n}", most)) for n, ledger in enumerate(ledgers)
    ]
    for thread in threads:
        thread.start()
    sys.stdout.write("begun\n")
    sys.stdout.flush()
    for thread in threads:
        thread.join()
    store.close()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]))
