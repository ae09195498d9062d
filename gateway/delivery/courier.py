"""One attempt from end to end: the address, the road, and one commit that holds all that came of it."""

import logging
import traceback
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gateway.delivery import outbox
from gateway.delivery.retry import Attempt, Chance, Policy, Step, next_step
from gateway.domain.ledger import Change, Delivery
from gateway.domain.road import Send, Sent
from gateway.store.port import ConflictError, StaleError, Store, StoreError, UnavailableError

log = logging.getLogger(__name__)

Address = Callable[[Delivery], Mapping[str, Any] | None]
"""Where a delivery goes: the road's settings with secrets resolved; None if the partner has no such road any more."""
Aftermath = Callable[[Delivery, Sent, dict[str, Any]], Sequence[Change]]
"""What follows from an attempt, committed with it: given the delivery as it was, what the road said, what changes."""

REPEATS, BREATH = 20, 0.01
"""How often the aftermath is worked out anew when somebody else was faster; seconds by which each wait is longer."""
UNBEGUN = Sent("retry", "E0", "handed back", "It was claimed and not begun.")
UNSENDABLE = Sent("refused", "E0", "address", "The directory has no road on which this partner receives it.")


@dataclass(frozen=True, slots=True)
class Writing:
    """A result on its way into the store; `changes` are the result and what follows from it."""

    attempt: Attempt
    step: Step
    result: Sequence[Change]
    changes: Sequence[Change]
    future: Future[None]

    @property
    def delivery(self) -> Delivery:
        """Whose result it is."""
        return self.attempt.delivery


@dataclass(frozen=True, slots=True)
class Courier:
    """Carries one delivery at a time; any number of threads may ask it at once.

    patience  waits some seconds before a store that cannot write is asked again; false if there is no time for that
    """

    store: Store
    sends: Mapping[str, Send]
    address_of: Address
    aftermath: Aftermath
    policy: Policy
    clock: Callable[[], datetime]
    chance: Chance
    patience: Callable[[float], bool]

    def attempt(self, delivery: Delivery) -> Attempt:
        """Send it once, to where the directory says now."""
        address: Mapping[str, Any] | None = None
        try:
            address = self.address_of(delivery)
            sent = self.send(delivery, address)
        except Exception as error:  # noqa: BLE001 - a defect of a road must not stop the others
            sent = fault(delivery, error)
        return Attempt(delivery, sent, self.clock(), outbox.honours_key(delivery, address))

    def send(self, delivery: Delivery, address: Mapping[str, Any] | None) -> Sent:
        """Hand the parcel to its road."""
        send = self.sends.get(delivery.road)
        return UNSENDABLE if send is None or address is None else send(outbox.parcel(delivery, address))

    def recover(self, delivery: Delivery) -> None:
        """A delivery whose worker died before it wrote down what became of it: it may have arrived (R2)."""
        try:
            address = self.address_of(delivery)
        except Exception as error:  # noqa: BLE001 - as in `attempt`
            fault(delivery, error)
            address = None
        honours = address is not None and outbox.honours_key(delivery, address)
        self.finish(self.begin(Attempt(delivery, outbox.CRASH, self.clock(), honours)))

    def begin(self, attempt: Attempt) -> Writing:
        """Hand the result and what follows from it to the store, in one commit."""
        step = next_step(attempt, self.policy, self.chance)
        return self.written(attempt, step, outbox.result(attempt, step), self.following(attempt, step))

    def hand_back(self, delivery: Delivery) -> bool:
        """A delivery that was claimed and not begun waits again, or ends where what it shows was withdrawn meanwhile.

        False if it was taken away, or the store could not write until the end.
        """
        back = outbox.handed_back(delivery)
        attempt, step = Attempt(delivery, UNBEGUN, self.clock(), honours_key=False), Step("later", dict(back.changes))
        return self.finish(self.written(attempt, step, [back], self.following(attempt, step)))

    def finish(self, writing: Writing) -> bool:
        """Wait until it is written down; false if it came too late, or the store could not write until the end."""
        try:
            self.insist(writing)
        except StaleError:
            log.warning("a result came after its lease had ended and was dropped", extra=named(writing.delivery))
            return False
        except StoreError as error:
            log.error("a result could not be written", extra=named(writing.delivery, error))  # noqa: TRY400 - no data
            return False
        return True

    def insist(self, writing: Writing) -> None:
        """Work out anew what follows while others are faster; in the end write the result alone, for a person."""
        for again in range(REPEATS):
            if again:
                self.patience(self.chance() * BREATH * again)
                writing = self.anew(writing, self.following(writing.attempt, writing.step))
            try:
                return self.wait(writing)
            except ConflictError:
                continue
        log.error("a result was kept without its aftermath", extra=named(writing.delivery))
        alone = [outbox.without_aftermath(writing.attempt, "what follows from it met other changes again and again")]
        return self.wait(self.anew(writing, alone))

    def following(self, attempt: Attempt, step: Step) -> Sequence[Change]:
        """What follows from an attempt; a defect in it must not lose the result."""
        try:
            return self.aftermath(attempt.delivery, attempt.sent, dict(step.changes))
        except Exception as error:  # noqa: BLE001 - see above
            fault(attempt.delivery, error)
            return [outbox.without_aftermath(attempt, "what follows from it could not be worked out")]

    def written(self, attempt: Attempt, step: Step, result: Sequence[Change], following: Sequence[Change]) -> Writing:
        """Begin one commit."""
        changes = [*result, *following]
        return Writing(attempt, step, result, changes, self.store.commit(changes))

    def anew(self, writing: Writing, following: Sequence[Change]) -> Writing:
        """Begin the commit of a result once more, with something else that follows."""
        return self.written(writing.attempt, writing.step, writing.result, following)

    def wait(self, writing: Writing) -> None:
        """Until it is committed; while the store cannot write, try again as long as there is time."""
        future, seconds = writing.future, 0.1
        while True:
            try:
                return future.result()
            except UnavailableError:
                if not self.patience(seconds):
                    raise
            seconds = min(seconds * 2, 5)
            future = self.store.commit(writing.changes)


def fault(delivery: Delivery, error: Exception) -> Sent:
    """A defect of ours: tried again later, and told with its place but without its text, which may hold anything."""
    log.error("an attempt failed by a defect", extra=named(delivery, error))
    return Sent("retry", "E0", "error", f"A defect of the gateway: {type(error).__name__}.")


def named(delivery: Delivery, error: Exception | None = None) -> dict[str, Any]:
    """What a log line may say of a delivery and of an error: ids, codes and places."""
    said: dict[str, Any] = {"delivery": delivery.id, "partner": delivery.partner, "about": delivery.about}
    if error is not None:
        last = traceback.extract_tb(error.__traceback__)[-1:]
        said |= {"error": type(error).__name__, "at": "".join(f"{frame.name}:{frame.lineno}" for frame in last)}
    return said
