"""Searches for Tasks over HTTP as the store grows: by patient, owner, status, `_lastUpdated`, chained, included."""

from datetime import timedelta

from tests.bench.fhir import BEGAN, OWNERS, PER_PATIENT, STATUSES, Server, both, key, row, times
from tests.bench.measure import Row

SIZES = (1_000, 10_000, 100_000)
CALLS = 120
GOAL = 0.020
"""Seconds of a search (issue: the closed loop)."""
MOMENT = (BEGAN + timedelta(days=1)).isoformat().replace("+00:00", "Z")


def by_patient(number: int, tasks: int) -> str:
    return f"/Task?patient=Patient/{key('Patient', number * 7 % (tasks // PER_PATIENT))}&_count=20"


def by_owner(number: int, _: int) -> str:
    return f"/Task?owner=Organization/{key('Organization', number % OWNERS)}&_count=20"


def by_status(number: int, _: int) -> str:
    return f"/Task?status={STATUSES[number % len(STATUSES)]}&_count=20"


def by_last_updated(_: int, __: int) -> str:
    return f"/Task?_lastUpdated=ge{BEGAN.date().isoformat()}&_sort=_lastUpdated&_count=20"


def by_owner_and_status(number: int, _: int) -> str:
    owner = f"Organization/{key('Organization', number % OWNERS)}"
    return f"/Task?owner={owner}&status=requested,received&_sort=-_lastUpdated&_count=20"


def by_chain(number: int, tasks: int) -> str:
    number = number * 7 % (tasks // PER_PATIENT)
    return f"/Task?patient.identifier=https://kuemmerer.example/number%7C{number}&_include=Task:patient&_count=20"


SEARCHES = {
    "patient": by_patient,
    "owner": by_owner,
    "status": by_status,
    "_lastUpdated": by_last_updated,
    "owner and status, newest first": by_owner_and_status,
    "patient.identifier, with _include": by_chain,
}


def at_size(tasks: int) -> list[Row]:
    """Each search at one size, ours and the peer's by turns."""
    found = []
    with both(tasks) as servers:
        for name, query in SEARCHES.items():

            def call(server: Server, number: int, query: object = query) -> None:
                body = server.ask("GET", query(number, tasks)).body  # type: ignore[operator]  # a query of the table
                if not body.get("entry"):
                    raise RuntimeError("nothing was found")

            found.append(row(f"FHIR search of {tasks:,} Tasks by {name}", GOAL, times(CALLS, call, *servers)))
    return found


def measured() -> list[Row]:
    """Every search at every size."""
    return [found for tasks in SIZES for found in at_size(tasks)]
