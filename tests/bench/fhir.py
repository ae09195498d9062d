"""Two FHIR servers with the same Tasks in them: a gateway with SQLite, and Medplum's in-memory server as its peer."""

import atexit
import json
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import sha256
from http.client import HTTPConnection
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from tests.bench import peers
from tests.bench.measure import Row, shown
from tests.ports import free_port

PEER = "@medplum/fhir-router, in memory"
BEGAN = datetime(2026, 11, 1, 6, tzinfo=UTC)
STATUSES = ("requested", "received", "accepted", "in-progress", "completed")
OWNERS = 200
PER_PATIENT = 10
BATCH = 2_000
ENOUGH = 5
LONGEST = 5.0
SETTINGS = """
name: bench
store: {{url: "sqlite:///gateway.db"}}
http: {{listen: "127.0.0.1:{http}"}}
fhir: {{listen: "127.0.0.1:{fhir}"}}
mappings: [mappings]
routing: {{fallback: stelle}}
logging: {{level: error}}
"""
STELLE = """
partner: stelle
title: Stelle
kind: site
role: kuemmerer
catchment: {{postcodes: ["01000-99999"]}}
receives: [{{road: folder, format: fhir, path: {out}}}]
"""
Resource = dict[str, Any]


class Answer(NamedTuple):
    """What a server said."""

    status: int
    body: Any
    etag: str


class Server:
    """A FHIR server over one connection that is kept."""

    def __init__(self, base: str, *, peer: bool = False) -> None:
        self.peer = peer
        self._path = urlsplit(base).path
        self._line = HTTPConnection(urlsplit(base).netloc, timeout=120)

    def ask(self, method: str, path: str, body: Resource | None = None, **headers: str) -> Answer:
        """One request; RuntimeError where the server refuses it."""
        told = {"Content-Type": "application/fhir+json", "Accept": "application/fhir+json"}
        told |= {key.replace("_", "-"): value for key, value in headers.items()}
        data = None if body is None else json.dumps(body).encode()
        self._line.request(method, f"{self._path}{path}", data, told)
        answer = self._line.getresponse()
        said = answer.read()
        if answer.status >= 400:
            raise RuntimeError(f"{method} {path.partition('?')[0]}: {answer.status} {said[:500]!r}")
        return Answer(answer.status, json.loads(said) if said else None, answer.headers.get("ETag", ""))

    def close(self) -> None:
        self._line.close()


def key(kind: str, number: int) -> str:
    """A version 4 UUID that is the same in every run: what both servers take as an id."""
    text = sha256(f"{kind}{number}".encode()).hexdigest()
    return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-8{text[17:20]}-{text[20:32]}"


def task(number: int) -> Resource:
    """A referral's Task; ten of a patient, the owners by turns."""
    who = number // PER_PATIENT
    owner = {"reference": f"Organization/{key('Organization', number % OWNERS)}"}
    moment = BEGAN + timedelta(seconds=number)
    return {
        "resourceType": "Task",
        "id": key("Task", number),
        "groupIdentifier": {"system": "https://kuemmerer-gateway.de/sid/case", "value": key("Task", number)},
        "status": STATUSES[number // OWNERS % len(STATUSES)],
        "intent": "order",
        "code": {"coding": [{"system": "http://hl7.org/fhir/CodeSystem/task-code", "code": "fulfill"}]},
        "focus": {"reference": f"ServiceRequest/{key('ServiceRequest', who)}"},
        "for": {"reference": f"Patient/{key('Patient', who)}"},
        "authoredOn": moment.isoformat(),
        "lastModified": moment.isoformat(),
        "requester": owner,
        "owner": owner,
    }


def patient(number: int) -> Resource:
    """An invented person."""
    born = f"19{30 + number % 60:02}-{1 + number % 12:02}-{1 + number // 12 % 28:02}"
    name = {"use": "official", "family": f"Brinkmann{number}", "given": ["Änne"]}
    identifier = {"system": "https://kuemmerer.example/number", "value": str(number)}
    told: Resource = {"resourceType": "Patient", "identifier": [identifier], "name": [name]}
    return told | {"gender": "female", "birthDate": born, "id": key("Patient", number)}


def order(number: int) -> Resource:
    """What the Tasks of a patient are about."""
    told: Resource = {"resourceType": "ServiceRequest", "id": key("ServiceRequest", number), "status": "active"}
    subject = {"reference": f"Patient/{key('Patient', number)}"}
    return told | {"intent": "order", "code": {"text": "Hilfe zu Hause"}, "subject": subject}


def stock(tasks: int) -> Iterator[Resource]:
    """Everything that stands in both servers before anything is measured."""
    for number in range(OWNERS):
        yield {"resourceType": "Organization", "id": key("Organization", number), "name": f"Stelle {number}"}
    for number in range(-(-tasks // PER_PATIENT)):
        yield patient(number)
        yield order(number)
    for number in range(tasks):
        yield task(number)


# --- the two servers -------------------------------------------------------------------------------------------------


@cache
def filled(tasks: int) -> Path:
    """A database of the gateway with everything in it, made once a run and copied for each measurement."""
    folder = Path(tempfile.mkdtemp(prefix="bench-stock-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    fill(folder, tasks)
    return folder / "gateway.db"


def fill(folder: Path, tasks: int) -> None:
    """The same written in large commits."""
    from gateway.domain.ledger import Save  # noqa: PLC0415 - the peer's side needs nothing of ours
    from gateway.pipeline.stored.terms import terms  # noqa: PLC0415 - with the bench
    from gateway.store.sql import open_store  # noqa: PLC0415 - as above

    store = open_store(f"sqlite:///{folder / 'gateway.db'}")
    try:
        rest, at = stock(tasks), BEGAN
        while batch := list(islice(rest, BATCH)):
            at += timedelta(seconds=1)
            saves = [Save(resource, 0, terms(resource, ""), at) for resource in batch]
            store.commit(saves).result()
    finally:
        store.close()


@contextmanager
def gateway(tasks: int) -> Iterator[Server]:
    """A gateway that serves this stock."""
    http, fhir = free_port(), free_port()
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        partner, out = folder / "mappings" / "partners" / "stelle", folder / "out"
        for made in (partner, out):
            made.mkdir(parents=True)
        (partner / "partner.yaml").write_text(STELLE.format(out=out), encoding="utf-8")
        (folder / "gateway.yaml").write_text(SETTINGS.format(http=http, fhir=fhir), encoding="utf-8")
        shutil.copy(filled(tasks), folder)
        command = [sys.executable, "-c", "from gateway.cli.main import main; main()", "serve"]
        with peers.running(command, folder, fhir), line(f"http://127.0.0.1:{fhir}/fhir") as server:
            yield server


@contextmanager
def medplum(tasks: int) -> Iterator[Server]:
    """The peer with the same stock; it keeps it in memory and tells nobody of a change."""
    from tests.conformance.clients.homes import node  # noqa: PLC0415 - only where the peer is wanted

    command, home = node()
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        with (folder / "stock.ndjson").open("w", encoding="utf-8") as file:
            file.writelines(f"{json.dumps(resource)}\n" for resource in stock(tasks))
        told = [*command, home / "peer.mjs", port, folder / "stock.ndjson"]
        with peers.running(told, folder, port), line(f"http://127.0.0.1:{port}/fhir", peer=True) as server:
            yield server


@contextmanager
def line(base: str, *, peer: bool = False) -> Iterator[Server]:
    """A connection to a server, closed at the end."""
    server = Server(base, peer=peer)
    try:
        yield server
    finally:
        server.close()


@contextmanager
def both(tasks: int) -> Iterator[tuple[Server, Server | None]]:
    """The gateway and its peer, which is None where it cannot be had."""
    with ExitStack() as stack:
        ours = stack.enter_context(gateway(tasks))
        try:
            theirs = stack.enter_context(medplum(tasks))
        except RuntimeError as reason:
            print(f"no peer: {reason}", file=sys.stderr)
            yield ours, None
        else:
            yield ours, theirs


# --- measuring -------------------------------------------------------------------------------------------------------

Call = Callable[[Server, int], object]


def times(calls: int, call: Call, *servers: Server | None) -> list[list[float]]:
    """Seconds of each call, the servers by turns; the first twentieth warms up and does not count.

    A server that has taken `LONGEST` together is asked no more once it has answered often enough to be judged.
    """
    found: list[list[float]] = [[] for _ in servers]
    for number in range(calls):
        for server, took in zip(servers, found, strict=True):
            if server is not None and (len(took) < ENOUGH or sum(took) < LONGEST):
                start = time.perf_counter()
                call(server, number)
                took.append(time.perf_counter() - start)
    return [took[len(took) // 20 :] for took in found]


def p95(took: list[float]) -> float:
    """What nineteen of twenty calls stay below."""
    return statistics.quantiles(took, n=20)[-1]


def row(what: str, goal: float | None, took: list[list[float]]) -> Row:
    """A row of 95th percentiles, which the goal is about; the medians stand in the note."""
    ours, theirs = took[0], took[1] if len(took) > 1 else []
    said = f"median {shown(statistics.median(ours))}"
    if not theirs:
        return Row(f"{what}, p95", p95(ours), goal, note=said)
    said += f"; theirs {shown(statistics.median(theirs))}"
    return Row(f"{what}, p95", p95(ours), goal, PEER, p95(theirs), said)
