"""Step 1: bytes are in the journal, committed, before anybody hears that they were taken."""

import asyncio
import hashlib
import logging
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from gateway.domain.codec import Greeting
from gateway.domain.ledger import Audit, Entry, Kept, Note
from gateway.domain.problem import Problem
from gateway.domain.road import Arrival, Receipt
from gateway.pipeline.answer.acknowledgement import answering, greeted, number, unanswered, wanted
from gateway.pipeline.rooms import Rooms
from gateway.store.port import StoreError

log = logging.getLogger(__name__)
LONGEST_WAIT = 20.0
"""Seconds a sender is let wait for the line; then it hears that the message is kept."""


@dataclass(slots=True)
class Receiving:
    """The line's door. `wake` tells the line that something waits; the line calls `finished` for each message."""

    rooms: Rooms
    wake: Callable[[], None]
    closing: bool = False
    waiting: dict[str, list[asyncio.Future[None]]] = field(default_factory=dict)
    kept: int = 0

    async def receive(self, arrival: Arrival) -> Receipt:
        """An arrival into the journal, and what its sender may hear at once."""
        source = self.rooms.shelf.get(arrival.format)
        greeting = greeted(arrival.data, source) or Greeting()
        if arrival.problems:
            greeting = replace(greeting, problems=(*arrival.problems, *greeting.problems))
        entry = self.entry(arrival, greeting)
        if self.closing:
            return self.unavailable(entry, greeting)
        refused = bool(greeting.problems)
        if refused:
            answer = self.answer(entry, greeting, "R", list(greeting.problems))
            entry = replace(entry, key="", state="refused", step="receive", problems=greeting.problems, answer=answer)
        original = not (greeting.enhanced or unanswered(greeting))
        waits = arrival.accept == "done" and original and answering(source) is not None
        if waits:
            entry = replace(entry, headers={**entry.headers, "accept": "done"})
        elif not refused:
            entry = replace(entry, answer=self.answer(entry, greeting, "A", []))
        try:
            kept = await self.rooms.store.keep_async(entry)
            return await self.told(kept, entry, greeting)
        except StoreError as fault:
            log.error("nothing can be kept", extra={"fault": type(fault).__name__})  # noqa: TRY400 - no trace needed
            return self.unavailable(entry, greeting)

    def entry(self, arrival: Arrival, greeting: Greeting) -> Entry:
        """The journal entry of an arrival; what has no id of its own is known by its bytes."""
        digest = hashlib.sha256(arrival.data).hexdigest()
        key = arrival.key or greeting.key or f"sha256:{digest}"
        return Entry(
            id=self.rooms.new_id(), partner=arrival.partner, road=arrival.road, format=arrival.format,
            data=arrival.data, hash=digest, received=arrival.received, key=key, kind=greeting.kind,
            charset=greeting.charset, content_type=arrival.content_type, headers=dict(arrival.headers),
        )  # fmt: skip

    async def told(self, kept: Kept, entry: Entry, greeting: Greeting) -> Receipt:
        """The receipt for what the journal said."""
        if kept.how == "clash":
            return await self.clash(kept, entry, greeting)
        if entry.state == "refused":
            await self.note(entry, "refused", greeting.problems[0].code)
            return Receipt("refused", entry.id, entry.answer, entry.problems)
        if kept.how == "kept":
            self.kept += 1
            self.wake()
        first = kept.entry.id
        answer = kept.entry.answer or await self.answer_of_line(first, entry, greeting)
        return Receipt("kept" if kept.how == "kept" else "again", first, answer)

    async def answer_of_line(self, tracking: str, entry: Entry, greeting: Greeting) -> bytes:
        """The answer of a message whose sender waits for the line; a plain accept if that takes too long."""
        if entry.headers.get("accept") != "done":
            return b""
        found = await self.ran(tracking)
        return found.answer if found and found.answer else self.answer(entry, greeting, "A", [])

    async def ran(self, tracking: str) -> Entry | None:
        """A message once the line has run it; as it is after `LONGEST_WAIT`, if that takes longer."""
        future = asyncio.get_running_loop().create_future()
        self.waiting.setdefault(tracking, []).append(future)
        try:
            found = self.rooms.store.entry(tracking)
            if found is None or found.state == "received":
                await asyncio.wait([future], timeout=LONGEST_WAIT)
                found = self.rooms.store.entry(tracking)
        finally:
            self.waiting[tracking].remove(future)
            if not self.waiting[tracking]:
                del self.waiting[tracking]
        return found

    async def clash(self, kept: Kept, entry: Entry, greeting: Greeting) -> Receipt:
        """An id that was used for other bytes: refused and flagged, kept as evidence under no key."""
        problem = Problem(
            "receive.key.reused", "message", "this id was used before for a message with other content",
            "give every message an id of its own (HL7 v2: MSH-10; HTTP: Idempotency-Key)",
        )  # fmt: skip
        answer = self.answer(entry, greeting, "R", [problem])
        outcome = {"clashes with": kept.entry.id}
        evidence = replace(
            entry, key="", state="refused", step="receive", problems=(problem,), answer=answer, outcome=outcome
        )
        await self.rooms.store.keep_async(evidence)
        await self.note(evidence, "refused", problem.code)
        log.warning("an id was reused for other content", extra={"tracking": evidence.id, "first": kept.entry.id})
        return Receipt("refused", evidence.id, answer, (problem,))

    async def note(self, entry: Entry, outcome: str, detail: str) -> None:
        """A refusal in the audit."""
        audit = Audit(self.rooms.now(), entry.partner, "message", entry.id, outcome, detail)
        await asyncio.wrap_future(self.rooms.store.commit([Note(audit)]))

    def unavailable(self, entry: Entry, greeting: Greeting) -> Receipt:
        """Nothing was kept: the sender keeps its message and tries again."""
        problem = Problem(
            "receive.unavailable", "gateway", "the message could not be kept", "send it again later, with the same id"
        )
        return Receipt("unavailable", "", self.answer(entry, greeting, "E", [problem]), (problem,))

    def answer(self, entry: Entry, greeting: Greeting, verdict: str, problems: list[Problem]) -> bytes:
        """The format's acknowledgement: verdict A, E or R; in enhanced mode the accept acknowledgement, if wanted.

        Tables 0008 and 0155 (MSH-15).
        """
        codec = answering(self.rooms.shelf.get(entry.format))
        if codec is None or unanswered(greeting):
            return b""
        code = ("C" if greeting.enhanced else "A") + verdict
        if greeting.enhanced and not wanted(greeting.accept, code):
            return b""
        return codec.answer(greeting, code, problems, self.rooms.now(), number(entry.id, code))

    def finished(self, tracking: str) -> None:
        """The line is done with a message; called on the loop's own thread."""
        for future in self.waiting.get(tracking, ()):
            if not future.done():
                future.set_result(None)
