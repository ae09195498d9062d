"""Changes over HTTP with 100,000 Tasks stored: a Task moved with its notification, reading, creating, a transaction."""

import time
import uuid

from tests.bench.fhir import OWNERS, STATUSES, Server, both, key, patient, row, task, times
from tests.bench.measure import Row
from tests.bench.subscriber import Mailbox, subscriber, subscription

TASKS = 100_000
CALLS = 200
GOAL = 0.020
"""Seconds of a Task update with its notifications (issue: the closed loop)."""


def requested(number: int) -> int:
    """The n-th Task that stands at requested."""
    return number // OWNERS * OWNERS * len(STATUSES) + number % OWNERS


def move(server: Server, number: int) -> None:
    """A Task that was requested is received; its first version is the one we know."""
    known = task(requested(number))
    headers = {} if server.peer else {"If_Match": 'W/"1"'}
    server.ask("PUT", f"/Task/{known['id']}", known | {"status": "received"}, **headers)


def read(server: Server, number: int) -> None:
    server.ask("GET", f"/Task/{key('Task', number * 97 % TASKS)}")


def create(server: Server, number: int) -> None:
    person = patient(1_000_000 + number)
    del person["id"]
    server.ask("POST", "/Patient", person)


def transaction(server: Server, number: int) -> None:
    """Ten persons in one Bundle."""
    entries = []
    for each in range(10):
        person = patient(2_000_000 + number * 10 + each)
        del person["id"]
        request = {"method": "POST", "url": "Patient"}
        entries.append({"fullUrl": f"urn:uuid:{uuid.uuid4()}", "resource": person, "request": request})
    server.ask("POST", "", {"resourceType": "Bundle", "type": "transaction", "entry": entries})


def subscribed(server: Server, endpoint: str) -> None:
    """A subscription that has shaken hands."""
    made = server.ask("POST", "/Subscription", subscription(endpoint)).body
    end = time.monotonic() + 20
    while time.monotonic() < end:
        if server.ask("GET", f"/Subscription/{made['id']}").body["status"] == "active":
            return
        time.sleep(0.05)
    raise RuntimeError("the subscription did not become active")


def told(server: Server, mailbox: Mailbox, first: int) -> list[float]:
    """Seconds from asking for a move until the subscriber has its notification, one Task after the other."""
    found = []
    for number in range(first, first + CALLS):
        start = time.perf_counter()
        move(server, number)
        found.append(mailbox.wait(f"Task/{key('Task', requested(number))}") - start)
    return found[CALLS // 20 :]


def notified(server: Server, stored: str) -> list[Row]:
    """Moves that somebody is told of: until they are answered, and until the notification has come."""
    answered, heard = (f"FHIR: a Task moved, {until}, {stored}" for until in ("one subscriber", "the subscriber told"))
    with subscriber() as (mailbox, endpoint):
        try:
            subscribed(server, endpoint)
        except RuntimeError as reason:
            return [Row(heard, None, GOAL, note=f"not measured: {reason}")]
        took = times(CALLS, lambda each, number: move(each, CALLS + number), server)
        return [row(answered, GOAL, took), row(heard, GOAL, [told(server, mailbox, 2 * CALLS)])]


def measured() -> list[Row]:
    """Moves without and with a subscriber, then the plain interactions; the peer notifies nobody."""
    stored = f"{TASKS:,} Tasks stored"
    plain = {"read": read, "create": create, "transaction of 10 creates": transaction}
    with both(TASKS) as servers:
        rows = [row(f"FHIR: a Task moved, {stored}", GOAL, times(CALLS, move, *servers))]
        rows += [row(f"FHIR: {name}, {stored}", None, times(CALLS, call, *servers)) for name, call in plain.items()]
        return rows + notified(servers[0], stored)
