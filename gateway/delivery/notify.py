"""Subscribers are told: one thread looks who is to hear what, a few send; in order for each, and each for itself."""

import logging
import random
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from queue import SimpleQueue
from time import monotonic

from gateway.delivery.notify_turn import Job, Turn, after, moments, next_job, verdict
from gateway.delivery.notify_words import Herald, Letter, Manner
from gateway.delivery.retry import Chance, Policy
from gateway.domain.ledger import Change, Version
from gateway.domain.road import Send, Sent
from gateway.fhir.subscription import Wanted, wanted
from gateway.store.port import ConflictError, Store, StoreError

log = logging.getLogger(__name__)
ALL = 100_000
"""Subscriptions of one gateway."""
OVER = "The time for which it was asked is over."
SAID = {"error": "Given up after {tries} attempts; the last ended with {code}.", "off": "The receiver said {code}."}

Restate = Callable[[Version, str, str], Sequence[Change]]
"""The changes that give a Subscription another status, with a sentence why (empty: all is well)."""
Unserved = Callable[[Version], str]
"""Why a Subscription cannot be served; empty if it can."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How subscribers are told; seconds.

    manner    how they are spoken to
    policy    of notifications; handshake: of the first word to a new subscriber
    workers   threads that send; half of them at most are busy with receivers that failed before
    poll      so often is looked for what nobody woke us for
    """

    manner: Manner = field(default_factory=Manner)
    policy: Policy = field(default_factory=Policy)
    handshake: Policy = field(default_factory=lambda: Policy(attempts=5))
    workers: int = 4
    poll: float = 0.5


@dataclass(eq=False)
class Notifier:
    """Tells subscribers until told to stop; what was told is in the store, all else may be lost at any moment."""

    store: Store
    send: Send
    restate: Restate
    unserved: Unserved
    settings: Settings
    clock: Callable[[], datetime]
    chance: Chance = random.random

    def __post_init__(self) -> None:
        self.herald = Herald(self.store, self.settings.manner)
        self.tasks: SimpleQueue[tuple[Job, Version, Wanted] | None] = SimpleQueue()
        self.turns: dict[str, Turn] = {}
        self.busy: dict[str, bool] = {}
        """Subscriptions that are being told something now, and whether that failed before."""
        self.known: dict[str, tuple[Version, Wanted]] = {}
        self.number = -1
        self.lock = threading.Lock()
        self.news, self.stopping = threading.Event(), threading.Event()
        self.threads: list[threading.Thread] = []

    # --- from outside ------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Begin; what subscribers were not told of before a restart goes out first."""
        targets = {"herald": self.run} | {f"teller-{n + 1}": self.work for n in range(self.settings.workers)}
        self.threads = [threading.Thread(target=call, name=name, daemon=True) for name, call in targets.items()]
        for thread in self.threads:
            thread.start()

    def wake(self) -> None:
        """Something was committed that subscribers may want to hear of; from any thread, never blocks."""
        self.news.set()

    def stop(self, grace: float) -> int:
        """Begin nothing new, let what is under way end for `grace` seconds; gives how much did not."""
        end = monotonic() + grace
        self.stopping.set()
        self.news.set()
        for thread in self.threads[:1]:
            thread.join(max(end - monotonic(), 0))
        for _ in self.threads[1:]:
            self.tasks.put(None)
        for thread in self.threads[1:]:
            thread.join(max(end - monotonic(), 0))
        return len(self.busy)

    # --- who is to hear what -----------------------------------------------------------------------------------------

    def run(self) -> None:
        """The dispatcher: look, then sleep until somebody wakes us or something is due."""
        while not self.stopping.is_set():
            self.news.clear()
            pause = self.settings.poll
            try:
                pause = self.round()
            except StoreError as error:
                log.warning("the store cannot be asked", extra={"error": type(error).__name__})
            except Exception as error:  # noqa: BLE001 - the dispatcher must live
                log.error("the herald met a defect", extra={"error": type(error).__name__})  # noqa: TRY400 - no data
            self.news.wait(pause)

    def round(self) -> float:
        """One look at all subscribers; gives the seconds until the next is worth it."""
        self.refresh()
        now = self.clock()
        behind = self.store.behind() if self.known else {}
        due = [now + timedelta(seconds=self.settings.poll)]
        with self.lock:
            for name, (version, asked) in self.known.items():
                turn = self.turns.setdefault(name, Turn(now))
                job = next_job(asked, turn, now, behind=name in behind)
                if job and self.seat(name, ill=turn.tries > 0):
                    self.tasks.put((job, version, asked))
                due += [moment for moment in moments(asked, turn) if moment > now]
        return max((min(due) - self.clock()).total_seconds(), 0.001)

    def seat(self, name: str, *, ill: bool) -> bool:
        """Whether a subscriber may be told something now: one thing at a time, and the ill must leave room."""
        if name in self.busy or (ill and 2 * sum(self.busy.values()) >= self.settings.workers):
            return False
        self.busy[name] = ill
        return True

    def refresh(self) -> None:
        """The Subscriptions as they are now, if any of them was written since we last looked."""
        number = self.store.newest("Subscription")
        if number == self.number:
            return
        found = {version.id: version for version in self.store.find("Subscription", [], ALL)}
        with self.lock:
            before, self.known = self.known, {name: (each, wanted(each.resource)) for name, each in found.items()}
            for name, (version, asked) in self.known.items():
                if asked.status == "requested" and name in before and before[name][0].version != version.version:
                    self.turns.pop(name, None)  # its owner has said something new: what failed before does not count
        self.number = number

    # --- telling -----------------------------------------------------------------------------------------------------

    def work(self) -> None:
        """A worker: one thing to tell after the other."""
        while (task := self.tasks.get()) is not None:
            job, version, asked = task
            try:
                if self.current(version) and not self.stopping.is_set():
                    self.carry(job, version, asked)
            except ConflictError:
                log.info("a subscription was changed meanwhile", extra={"subscription": version.id})
            except Exception as error:  # noqa: BLE001 - a worker must live
                log.error("a notification met a defect", extra=named(version, error))  # noqa: TRY400 - no data
                self.rest(version.id, Sent("retry", "E0", "error"), self.settings.policy)
            with self.lock:
                del self.busy[version.id]
            self.wake()

    def current(self, version: Version) -> bool:
        """Whether a Subscription is still as it was when the task was given."""
        now = self.store.read("Subscription", version.id)
        return now is not None and now.version == version.version

    def carry(self, job: Job, version: Version, asked: Wanted) -> None:
        """One attempt to tell something, and what follows from it, committed."""
        why = self.unserved(version) if job == "handshake" else ""
        if job == "end" or why:
            self.commit(self.restate(version, "error" if why else "off", why or OVER))
            return
        letter = self.herald.letter(job, asked, self.clock())
        if letter is None:
            return
        sent = letter if isinstance(letter, Sent) else self.send(letter.parcel)
        policy = self.settings.handshake if job == "handshake" else self.settings.policy
        ruling = verdict(sent, self.turn(version.id), self.clock(), policy)
        tries = self.rest(version.id, sent, policy)
        if ruling == "told" and isinstance(letter, Letter):
            self.commit([*letter.changes, *(self.restate(version, "active", "") if job == "handshake" else ())])
        elif ruling in SAID:
            said = sent.detail if sent.code == "address" else SAID[ruling].format(tries=tries, code=sent.code)
            self.commit(self.restate(version, ruling, said))

    def turn(self, name: str) -> Turn:
        """How it stands with a subscriber."""
        return self.turns.get(name) or Turn(self.clock())

    def rest(self, name: str, sent: Sent, policy: Policy) -> int:
        """How it stands with a subscriber after an attempt; gives the attempts that failed in a row."""
        with self.lock:
            turn = self.turns[name] = after(sent, self.turn(name), self.clock(), policy, self.chance)
        return turn.tries

    def commit(self, changes: Sequence[Change]) -> None:
        """Written down at once."""
        if changes:
            self.store.commit(changes).result()


def named(version: Version, error: Exception) -> dict[str, str]:
    """What a log line says of a notification that failed; never the text of a fault."""
    return {"subscription": version.id, "error": type(error).__name__}
