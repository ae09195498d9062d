"""The running gateway: its rooms, and what goes on between them."""

import asyncio
import hashlib
import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from gateway import __version__, wiring
from gateway.adapters.pdf.render import pdf
from gateway.delivery.notify import Notifier
from gateway.delivery.worker import Deliverer
from gateway.directory.load import files
from gateway.domain.ledger import Audit, Change, Delivery, Entry, Note
from gateway.domain.problem import Problem
from gateway.domain.road import Intake, Parcel, Send, Sent
from gateway.house.at_rest import AtRest
from gateway.house.parts import hang_up, moment, new_id, partners, roads_out, send_http, workers
from gateway.pipeline.aftermath import aftermath
from gateway.pipeline.anchoring import Anchoring
from gateway.pipeline.announcing.notifying import notifier
from gateway.pipeline.ladder.phone import caller
from gateway.pipeline.link import post
from gateway.pipeline.link.send import sender
from gateway.pipeline.published import published
from gateway.pipeline.receive import Receiving
from gateway.pipeline.rights.daily import Daily
from gateway.pipeline.rooms import Rooms
from gateway.pipeline.runner import Runner
from gateway.pipeline.watch.watch import Watch
from gateway.settings import Settings
from gateway.settings import model as options
from gateway.settings.policy import in_force
from gateway.settings.secrets import Secrets
from gateway.store.anchor import AnchorFile
from gateway.store.port import StoreError
from gateway.store.sql.giving import give_back
from gateway.transports.folder import drop
from gateway.transports.folder.look import Watched
from gateway.transports.folder.watch import Habits, Watching, watch
from gateway.transports.mllp import server as mllp
from gateway.transports.mllp.callers import Caller
from gateway.transports.mllp.client import Client
from gateway.transports.mllp.desk import Desk, Limits
from gateway.transports.mllp.encryption import Tls

log = logging.getLogger(__name__)


@dataclass
class House:
    """A gateway with all its rooms open. Its doors (sockets, folders) are opened one by one, then the work starts."""

    settings: Settings
    rooms: Rooms
    secrets: Secrets
    loop: asyncio.AbstractEventLoop
    calls: Client = field(default_factory=Client)
    receiving: Receiving = field(init=False)
    runner: Runner = field(init=False)
    deliverer: Deliverer = field(init=False)
    notifier: Notifier = field(init=False)
    watch: Watch = field(init=False)
    anchoring: Anchoring = field(init=False)
    at_rest: AtRest = field(init=False)
    daily: Daily = field(init=False)
    ports: list[mllp.Port] = field(default_factory=list)
    stamps: dict[Path, tuple[int, int]] = field(default_factory=dict)
    attempted: Callable[[str, str, str], None] = lambda _road, _partner, _outcome: None
    """Hears of every attempt to deliver, for the metrics."""
    page: int = 0
    """The port of the secure link's page, once it listens."""
    refused: Callable[[str, str], None] = lambda _door, _reason: None
    """Hears of every caller that was refused, by door and reason, for the metrics."""

    def __post_init__(self) -> None:
        line, store = self.settings.line, self.rooms.store
        self.receiving = Receiving(self.rooms, self.wake)
        self.runner = Runner(self.rooms, self.finished, lambda: self.receiving.kept, line.share, line.batch)
        roads = {**roads_out(self.calls), "link": self.behind_link, "phone": self.by_phone, "letter": self.by_letter}
        sends = {road: self.counted(road, send) for road, send in roads.items()}
        work, fhir = workers(self.settings.delivery), self.settings.fhir
        self.deliverer = Deliverer(store, sends, self.address, self.after, work, moment)
        self.watch = Watch(self.rooms, self.stir)
        self.at_rest = AtRest(store, self.settings.store.url)
        kept = self.settings.retention
        self.daily = Daily(self.rooms, kept.days, kept.at, partial(give_back, self.settings.store.url))
        said = self.settings.audit
        file = AnchorFile(Path(said.anchor)) if said.anchor else None
        self.anchoring = Anchoring(store, file, said.every, moment)
        self.notifier = notifier(self.rooms, send_http, fhir.reached, fhir.subscribers, work.policy)

    def start(self) -> None:
        """The line and the workers begin, with what a former process left behind.

        `StoreError`, `OSError` where the audit or its anchor cannot be written: nothing begins then.
        """
        self.told("start", "gateway", "started", __version__)
        self.rooms.store.commit(published(self.rooms)).result()
        self.anchoring.start()
        self.runner.start()
        self.deliverer.start()
        self.watch.start()
        self.at_rest.start()
        self.daily.start()
        if self.settings.fhir.listen:
            self.notifier.start()

    def stop(self) -> int:
        """What is in flight finishes; gives the deliveries that did not in time. They go on at the next start."""
        grace = self.settings.shutdown.grace
        self.runner.stop(grace)
        self.watch.stop(grace)
        left = self.deliverer.stop(grace) + self.notifier.stop(grace)
        with suppress(StoreError):
            self.told("stop", "gateway", "stopped", f"{left} deliveries unfinished")
        self.anchoring.stop(grace)
        self.at_rest.stop(grace)
        self.daily.stop(grace)
        self.calls.close()
        hang_up()
        self.rooms.store.close()
        return left

    # --- between the rooms -------------------------------------------------------------------------------------------

    def wake(self) -> None:
        """Something was kept."""
        self.runner.wake()

    def stir(self) -> None:
        """Something was committed: deliveries may be due, and subscribers may want to hear of it."""
        self.deliverer.wake()
        self.notifier.wake()

    def finished(self, entry: Entry) -> None:
        """The line has run a message: its deliveries are due, and its sender may be waiting."""
        self.stir()
        if entry.id in self.receiving.waiting:
            self.loop.call_soon_threadsafe(self.receiving.finished, entry.id)

    def after(self, delivery: Delivery, sent: Sent, changes: dict[str, Any]) -> Sequence[Change]:
        """What follows from an attempt."""
        return aftermath(delivery, sent, changes, self.rooms)

    def counted(self, road: str, send: Send) -> Send:
        """A road out whose attempts are counted."""

        def count(parcel: Parcel) -> Sent:
            sent = send(parcel)
            self.attempted(road, parcel.partner, sent.outcome)
            return sent

        return count

    def behind_link(self, parcel: Parcel) -> Sent:
        """The road `link`: what waits on a page, and the notice of it."""
        link = self.settings.link
        return sender(self.rooms, link.reached(self.page), link.days, drop.send)(parcel)

    def by_letter(self, parcel: Parcel) -> Sent:
        """The road `letter`: a PDF in a folder, to be printed and posted."""
        link = self.settings.link
        return post.sender(self.rooms, post.Desk(link.reached(self.page), link.days, pdf, drop.send))(parcel)

    def by_phone(self, parcel: Parcel) -> Sent:
        """The road `phone`: somebody is asked to call."""
        return caller(self.rooms, parcel)

    def address(self, delivery: Delivery) -> Mapping[str, Any] | None:
        """Where a delivery goes: the road of its partner that carries such bytes; None if there is none any more."""
        party = self.rooms.directory.get(delivery.partner)
        roads = [road for road in party.receives if road.road == delivery.road] if party else []
        agreed = [road for road in roads if road.format == delivery.format] or roads
        return agreed[0].address(self.secrets) if agreed else None

    def audit(self, audit: Audit) -> None:
        """Into the audit, without waiting for it."""
        self.rooms.store.commit([Note(audit)])

    def told(self, action: str, about: str, outcome: str, detail: str = "") -> None:
        """Into the audit; what it is about goes on only when that is written. `StoreError` where it cannot be."""
        self.rooms.store.commit([Note(Audit(moment(), "gateway", action, about, outcome, detail))]).result()

    # --- doors -------------------------------------------------------------------------------------------------------

    async def open_mllp(self, door: options.Mllp, intake: Intake) -> mllp.Port:
        """One MLLP port."""
        desk = Desk(intake, self.callers, self.audit, wiring.Codecs()["hl7v2"], moment, new_id, self.turned_away)  # type: ignore[arg-type]  # HL7 v2 answers too
        limits = Limits(
            door.max_frame, door.max_connections, idle=door.idle_timeout, grace=max(self.settings.shutdown.grace, 0.1)
        )
        tls = Tls(door.tls.certificate, door.tls.key, door.tls.client_ca, door.tls.revoked) if door.tls else None
        port = await mllp.serve(door.listen, desk, limits, tls)
        self.ports.append(port)
        return port

    def turned_away(self, reason: str) -> None:
        """A caller of an MLLP port was refused."""
        self.refused("mllp", reason)

    def callers(self, address: str, certificate: str) -> list[Caller]:
        """Who may call from an address with a certificate."""
        found = self.rooms.directory.mllp_callers(address, certificate)
        return [Caller(party.id, road.format, road.accept, road.facility) for party, road in found]

    async def open_folders(self, intake: Intake) -> Watching:
        """The folders of all partners, those of a later reload too."""
        habits = Habits(self.settings.folders.interval, self.settings.http.max_body, moment)
        return await watch(self.watched, intake, self.report, habits)

    def watched(self) -> list[Watched]:
        """The folders to watch now."""
        folders = self.rooms.directory.folders()
        return [Watched(party.id, r.format, Path(r.path), r.pattern, r.ready) for party, r in folders]

    def report(self, partner: str, problem: Problem) -> None:
        """Something is wrong with a folder or a file in it."""
        log.warning("folder", extra={"partner": partner, "code": problem.code})
        self.audit(Audit(moment(), partner, "folder", problem.code, problem.severity))

    # --- reload ------------------------------------------------------------------------------------------------------

    def changed(self) -> bool:
        """Whether a file of a format that is used, or of a partner, is another one than when this was asked last."""
        shelf = self.rooms.shelf
        found = {path: (stat.st_mtime_ns, stat.st_size) for path in files(shelf.folders) for stat in [path.stat()]}
        found |= {path: (stat.st_mtime_ns, stat.st_size) for path in self.rules() for stat in [path.stat()]}
        partners_changed, self.stamps = found != self.stamps, found
        return partners_changed or any(shelf.stamp(name) != stamp for name, stamp in list(shelf.stamps.items()))

    def rules(self) -> list[Path]:
        """The file of the policy, if it is one of the deployment's own and there."""
        file = Path(self.settings.policy)
        return [file] if self.settings.policy and file.is_file() else []

    def reload(self) -> list[Problem]:
        """Formats, partners and policy as they are on disk; what is broken stays as it runs, and is told."""
        shelf = self.rooms.shelf
        found = [problem for name in shelf.refresh() for problem in shelf.problems[name]]
        self.rooms.directory, wrong = partners(self.settings, shelf, self.rooms.directory)
        policy, unruly = in_force(self.settings)
        self.rooms.policy = policy or self.rooms.policy
        self.rooms.store.commit(published(self.rooms)).result()
        for port in self.ports:  # whoever may no longer call is let go
            self.loop.call_soon_threadsafe(port.recheck)
        broken = [
            problem for problem in [*found, *wrong, *unruly, *self.at_rest.rekey()] if problem.severity == "error"
        ]
        outcome = "broken" if broken else "read"
        self.audit(Audit(moment(), "gateway", "reload", "configuration", outcome, self.fingerprint()))
        return broken

    def fingerprint(self) -> str:
        """What the files of the partners are now, as one hash; a file that is just being replaced counts as empty."""
        whole = hashlib.sha256()
        for path in files(self.rooms.shelf.folders):
            with suppress(OSError):
                whole.update(path.read_bytes())
        policy = f", policy {self.rooms.policy.name} {self.rooms.policy.hash}" if self.rooms.policy else ""
        return f"{len(self.rooms.directory.parties)} partners, sha256 of their files {whole.hexdigest()}{policy}"
