"""A gateway's delivery room as a process of its own, to be killed: `killed.py STORE LEDGER ROAD`.

Its receiver is a file: one line for each parcel that came, before the gateway hears of it.
"""

import os
import sys
import time
from datetime import UTC, datetime

from gateway.delivery.retry import Policy
from gateway.delivery.worker import Deliverer, Settings
from gateway.domain.road import Parcel, Sent
from gateway.store.sql import open_store


def main(url: str, ledger: str, road: str) -> None:
    """Deliver until nothing is left."""
    file = os.open(ledger, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def send(parcel: Parcel) -> Sent:
        os.write(file, f"{parcel.key}\n".encode())
        time.sleep(0.002)
        return Sent("delivered", "E2", "AA")

    settings = Settings(policy=Policy(waits=(0.01,)), lease=0.4, poll=0.05, sweep=0.05)
    store = open_store(url)
    deliverer = Deliverer(store, {road: send}, lambda _: {}, lambda *_: (), settings, lambda: datetime.now(UTC))
    deliverer.start()
    while {"delivery.waiting", "delivery.sending"} & set(store.counts()):
        time.sleep(0.02)
    deliverer.stop(5)
    store.close()
    os.close(file)


if __name__ == "__main__":
    main(*sys.argv[1:])
