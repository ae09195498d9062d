"""`gateway doctor`: is this deployment well, and if not, what to type next."""

import http.client
import shutil
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from gateway.cli import checkup
from gateway.cli.anchored import anchored
from gateway.cli.checkup import Finding
from gateway.cli.config import Deployment, read
from gateway.cli.deployment import DEFAULT, AsJson, Config, database

if TYPE_CHECKING:
    from gateway.mapping.compile import Direction
    from gateway.settings import Settings
    from gateway.store.port import Store
    from gateway.store.sql.store import SqlStore

HELP = """Examine a deployment: settings, formats, secrets, certificates, disk, store, clock, what waits, the gateway.

Each line is ok, warn or bad, with the repair. Exit 1 if something is bad. It may run beside `gateway serve`.

Examples:

  gateway doctor

  gateway doctor --config docker/demo/gateway.yaml --json
"""
MEGABYTE = 1_000_000
LITTLE, TOO_LITTLE = 2_000 * MEGABYTE, 200 * MEGABYTE
"""Free bytes of the disk below which it is a warning, and bad."""
LONG, TOO_LONG = 60, 900
"""Seconds that a message may wait for the line."""
OVERDUE = 300
"""Seconds that a delivery may be overdue."""
AHEAD = 60
"""Seconds that the journal may be ahead of the clock."""
PATIENCE = 5.0
WAITING = {
    "message.parked": ("parked messages", "gateway messages list --state parked"),
    "delivery.dead": ("dead deliveries", "gateway messages list --deliveries --state dead"),
    "delivery.uncertain": ("uncertain deliveries", "gateway messages list --deliveries --state uncertain"),
}
"""What waits for a person, and the verb to type next."""


def doctor(json: AsJson = False, config: Config = DEFAULT) -> None:  # noqa: FBT002 - a flag of the command line
    """Run the verb."""
    checkup.tell(examined(read(config)), as_json=json)


def examined(deployment: Deployment) -> Iterator[Finding]:
    """Everything, from what is written down to what runs."""
    yield from configuration(deployment)
    if deployment.settings is None:
        return
    yield from formats(deployment)
    yield from secrets(deployment)
    yield from encryption(deployment)
    yield from disk(deployment.settings)
    yield from stored(deployment.settings)
    yield interface(deployment.settings)
    yield answering(deployment.settings)


def configuration(deployment: Deployment) -> Iterator[Finding]:
    """The settings and partners, as `gateway config check` sees them; secrets have a line of their own."""
    problems = [problem for problem in deployment.problems if not problem.code.startswith("settings.secret")]
    directory = deployment.directory
    fine = f"{len(directory.parties)} partners, {len(directory.sites)} of them sites"
    yield from checkup.of_problems("configuration", problems, fine)


def formats(deployment: Deployment) -> Iterator[Finding]:
    """Every format of every road compiles in the direction it is used in."""
    from gateway import wiring  # noqa: PLC0415 - only here
    from gateway.cli.reach import read_with  # noqa: PLC0415 - as above
    from gateway.mapping.shelf import Shelf  # noqa: PLC0415 - as above

    folders = deployment.settings.mappings if deployment.settings else ()
    shelf = Shelf(wiring.folders(folders), wiring.Codecs(), Path.cwd())
    parties = deployment.directory.parties
    used: set[tuple[str, Direction]] = {(road.format, "to_fhir") for party in parties for road in party.sends}
    used |= {(road.format, "from_fhir") for party in parties for road in party.receives}
    found = [read_with(f"format {name}", name, way, shelf) for name, way in sorted(used)]
    bad = [finding for finding in found if finding.verdict != "ok"]
    names = sorted({name for name, _ in used})
    yield from bad or [Finding("formats", "ok", f"{len(names)} used, all compile: {', '.join(names)}")]


def secrets(deployment: Deployment) -> Iterator[Finding]:
    """Every secret that a road names is there, and nobody else may read it."""
    problems = [problem for problem in deployment.problems if problem.code.startswith("settings.secret")]
    roads = [(party.id, road) for party in deployment.directory.parties for road in party.receives if road.secret]
    missing = [(owner, road.secret) for owner, road in roads if not deployment.secrets.get(road.secret)]
    for owner, name in missing:
        repair = "put it into the folder that `secrets:` names"
        yield Finding("secrets", "bad", f"the secret `{name}` of {owner} is not there", repair)
    used = {road.secret for _, road in roads}
    if problems or not missing:
        yield from checkup.of_problems("secrets", problems, f"{len(used)} used, all there" if used else "none are used")


def encryption(deployment: Deployment) -> Iterator[Finding]:
    """Our certificates, and those we show or trust on roads out: usable, and not about to end."""
    from gateway.cli.reach import encryption as of_road  # noqa: PLC0415 - only here
    from gateway.settings.load import secured  # noqa: PLC0415 - as above
    from gateway.transports.mllp.encryption import Tls, reason, server_context  # noqa: PLC0415 - as above

    found: list[Finding] = []
    for path, door in secured(deployment.settings) if deployment.settings else ():
        name = f"mllp {door.listen}" if path[0] == "mllp" else str(path[0])
        if door.tls is None:
            continue
        try:
            server_context(Tls(door.tls.certificate, door.tls.key, door.tls.client_ca))
        except (OSError, ValueError) as fault:
            repair = "see that certificate and key are PEM files that belong together"
            found.append(Finding(f"tls of {name}", "bad", f"it cannot be used: {reason(fault)}", repair))
            continue
        files = [file for word, file in door.tls.files.items() if word != "key"]
        found += [checkup.certificate(f"tls of {name}", Path(file)) for file in files]
    for party in deployment.directory.parties:
        for road in party.receives:
            found += of_road(f"tls to {party.id}", road)
    yield from found or [Finding("certificates", "ok", "none are used")]


def disk(settings: "Settings") -> Iterator[Finding]:
    """Room for what will be kept."""
    file = database(settings.store.url)
    if file is None or not file.parent.is_dir():
        return
    free = shutil.disk_usage(file.parent).free
    said = f"{free / 1e9:.1f} GB free beside the store"
    verdict: checkup.Verdict = "bad" if free < TOO_LITTLE else "warn" if free < LITTLE else "ok"
    yield Finding("disk", verdict, said, "" if verdict == "ok" else "make room: without it nothing can be kept")


def stored(settings: "Settings") -> Iterator[Finding]:
    """The store: there, durable, at its revision, able to write; the clock beside it; what waits in it."""
    from gateway.cli.retention import looked_at  # noqa: PLC0415 - as below
    from gateway.settings.keys import ring  # noqa: PLC0415 - as below
    from gateway.store import migrations  # noqa: PLC0415 - SQLAlchemy is heavy
    from gateway.store.port import StoreError  # noqa: PLC0415 - as above
    from gateway.store.sql import upkeep  # noqa: PLC0415 - as above
    from gateway.store.sql.store import open_store  # noqa: PLC0415 - as above

    url, file = settings.store.url, database(settings.store.url)
    if file and not file.exists():
        yield Finding("store", "bad", f"there is none at {file}", "gateway serve, or gateway db upgrade, makes it")
        return
    try:
        revision = upkeep.current(url)
        if revision != migrations.HEAD:
            said = f"revision {revision or 'base'}, this gateway works with {migrations.HEAD}"
            yield Finding("store", "bad", said, "gateway db backup FILE, then gateway db upgrade")
            return
        store = open_store(url, ring(settings))
    except StoreError as fault:
        yield Finding("store", "bad", f"it cannot be opened: {fault}", "see docs/reference/cli.md, db")
        return
    try:
        yield well(store, file, revision)
        yield at_rest(store)
        yield anchored(store, settings.audit.anchor)
        yield clock(store)
        yield from waiting(store)
        yield looked_at(store, settings.retention.at)
    except StoreError as fault:
        yield Finding("store", "bad", f"it cannot be read: {fault}", "see its disk, and whether a copy is needed")
    finally:
        store.close()


def well(store: "Store", file: Path | None, revision: str) -> Finding:
    """It can write; that it is durable it has shown by opening (synchronous=FULL, WAL)."""
    wrong = store.healthy()
    if wrong:
        return Finding("store", "bad", wrong, "see its disk and the rights of its folder")
    sizes = [path.stat().st_size for path in beside(file) if path.exists()]
    return Finding("store", "ok", f"{sum(sizes) / 1e6:.1f} MB, revision {revision}, each commit synced, can write")


def at_rest(store: "SqlStore") -> Finding:
    """Whether the files of the store show a person to whoever takes them away."""
    if store.sealing is None:
        said = "the store is not sealed: whoever has its file, or a copy, can read it"
        return Finding("data at rest", "ok", said, "docs/how-to/keys.md, unless the disk itself is encrypted")
    if store.sealing.state() != "clean":
        return Finding("data at rest", "warn", "what was plain is still being sealed", "gateway keys seal")
    return Finding("data at rest", "ok", "sealed")


def beside(file: Path | None) -> list[Path]:
    """The database with its write-ahead log."""
    return [file, file.with_name(f"{file.name}-wal")] if file else []


def clock(store: "Store") -> Finding:
    """The zone, and whether the clock is behind what was already written down by it."""
    here, newest = datetime.now().astimezone(), store.entries({}, 0, 1)
    ahead = (newest[0].received - datetime.now(UTC)).total_seconds() if newest else 0.0
    said = f"{here:%Y-%m-%d %H:%M:%S} {here:%Z} (UTC{here:%z})"
    if ahead > AHEAD:
        repair = "set the clock (NTP); until then deliveries may wait and times are wrong"
        return Finding("clock", "bad", f"{said}, but the newest message is from {ahead:.0f} s later", repair)
    return Finding("clock", "ok", said)


def waiting(store: "Store") -> Iterator[Finding]:
    """What a person has to decide, and what the gateway should have done by now."""
    counts = store.counts()
    for name, (what, verb) in WAITING.items():
        count = counts.get(name, 0)
        yield Finding(what, "warn", f"{count} wait for a person", verb) if count else Finding(what, "ok", "none")
    oldest, now = store.waiting(0, 1), datetime.now(UTC)
    count = counts.get("message.received", 0)
    seconds = (now - oldest[0].received).total_seconds() if oldest else 0.0
    verdict: checkup.Verdict = "bad" if seconds > TOO_LONG else "warn" if seconds > LONG else "ok"
    said = f"{count}, the oldest for {seconds:.0f} s" if oldest else "none"
    yield Finding("messages for the line", verdict, said, "" if verdict == "ok" else "does `gateway serve` run?")
    yield outbox(counts, store.due(), now)


def outbox(counts: dict[str, int], due: datetime | None, now: datetime) -> Finding:
    """Deliveries under way; the next one should not be long overdue."""
    count = counts.get("delivery.waiting", 0) + counts.get("delivery.sending", 0)
    late = (now - due).total_seconds() if due else 0.0
    if late > OVERDUE:
        repair = "does `gateway serve` run? `gateway messages list --deliveries --state waiting` names them"
        return Finding("deliveries under way", "warn", f"{count}, one is overdue for {late:.0f} s", repair)
    return Finding("deliveries under way", "ok", f"{count}" if count else "none")


def answering(settings: "Settings") -> Finding:
    """Whether a gateway answers on `http.listen` that it can work."""
    host, port = inside(settings.http.address[0]), settings.http.address[1]
    where = f"http{'s' if settings.http.tls else ''}://{f'[{host}]' if ':' in host else host}:{port}/health/ready"
    if port == 0:
        return Finding("gateway", "warn", "it listens on a port nobody knows", "give `http.listen` a port")
    try:
        status = asked(host, port, encrypted=settings.http.tls is not None)
    except (OSError, http.client.HTTPException) as fault:
        said = f"nobody answers at {where}: {type(fault).__name__}"
        return Finding("gateway", "bad", said, "gateway serve with this configuration")
    if status != http.client.OK:
        return Finding("gateway", "bad", f"{where}: HTTP {status}", f"look at {where} and at its log")
    return Finding("gateway", "ok", f"{where}: ready")


def interface(settings: "Settings") -> Finding:
    """Whether the FHIR interface answers on `fhir.listen`."""
    if not settings.fhir.listen:
        return Finding("fhir interface", "ok", "it is off: `fhir.listen` is empty")
    host, _, port = settings.fhir.listen.rpartition(":")
    tls = settings.fhir.tls
    where = f"http{'s' if tls else ''}://{settings.fhir.listen}/fhir/metadata"
    if tls and tls.client_ca:
        return Finding("fhir interface", "ok", f"{where}: not asked, it answers nobody without a certificate")
    if port == "0":
        return Finding("fhir interface", "warn", "it listens on a port nobody knows", "give `fhir.listen` a port")
    try:
        status = asked(inside(host.strip("[]")), int(port), "/fhir/metadata", encrypted=tls is not None)
    except (OSError, http.client.HTTPException) as fault:
        said = f"nobody answers at {where}: {type(fault).__name__}"
        return Finding("fhir interface", "bad", said, "gateway serve with this configuration, or empty `fhir.listen`")
    if status != http.client.OK:
        repair = "does another program listen there? Give `fhir.listen` another port"
        return Finding("fhir interface", "bad", f"{where}: HTTP {status}", repair)
    return Finding("fhir interface", "ok", f"{where}: ready, for {settings.fhir.base or 'this machine only'}")


def inside(host: str) -> str:
    """An address as this machine calls it."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - asked from this machine


def asked(host: str, port: int, path: str = "/health/ready", *, encrypted: bool = False) -> int:
    """The status of a door of ours; it is asked by address, so its certificate's name is not looked at."""
    line = http.client.HTTPConnection(host, port, timeout=PATIENCE)
    if encrypted:
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        line = http.client.HTTPSConnection(host, port, timeout=PATIENCE, context=context)
    try:
        line.request("GET", path)
        return line.getresponse().status
    finally:
        line.close()
