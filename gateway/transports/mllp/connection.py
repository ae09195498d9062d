"""One connection of a server: frames in, their answers out in the same order (chapter 2.9)."""

import asyncio
import logging
import traceback
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from gateway.domain.road import Arrival
from gateway.transports.mllp import refusal
from gateway.transports.mllp.callers import Caller, choose, plain
from gateway.transports.mllp.encryption import fingerprint, reason
from gateway.transports.mllp.frame import Frame, Framer, framed

if TYPE_CHECKING:
    from gateway.transports.mllp.server import Port

LOG = logging.getLogger(__name__)
MEDIA_TYPE = "x-application/hl7-v2+er7"
SHUTDOWN = 5.0
"""Seconds for a TLS peer to say goodbye."""


@dataclass(slots=True, eq=False)
class Slot:
    """One message in flight; `answer` is None until there is one, and empty where the sender wants none."""

    answer: bytes | None = None


class Connection(asyncio.Protocol):
    """A peer: refused before it is read if nobody may call from there, else served until it or we close."""

    def __init__(self, port: "Port") -> None:
        self.port = port
        self.framer = Framer(port.limits.max_frame)
        self.address = ""
        self.certificate = ""
        self.callers: tuple[Caller, ...] = ()
        self.only: Caller | None = None
        self.headers: dict[str, str] = {}
        self.slots: deque[Slot] = deque()
        self.backlog: deque[Frame] = deque()
        self.early = bytearray()
        self.heard = self.begun = 0.0
        self.paused = self.full = self.ended = self.gone = False
        self.flusher: asyncio.TimerHandle | None = None
        self.watch: asyncio.TimerHandle | None = None

    # --- who it is ---------------------------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Admits the peer: room first, then TLS, then its address and certificate."""
        self.transport = cast("asyncio.Transport", transport)
        peer = transport.get_extra_info("peername")
        self.address = str(peer[0]) if isinstance(peer, tuple) else ""
        if not self.port.admit(self):
            self.abort()
        elif self.port.context:
            self.transport.pause_reading()
            self.port.spawn(self._encrypt())
        else:
            self._admit("")

    async def _encrypt(self) -> None:
        context = self.port.context
        if context is None:
            return
        try:
            transport = await self.port.loop.start_tls(
                self.transport,
                self,
                context,
                server_side=True,
                ssl_handshake_timeout=self.port.limits.handshake,
                ssl_shutdown_timeout=SHUTDOWN,
            )
        except OSError as error:
            if not self.port.closing:
                self.port.refuse(self.address, "tls", reason(error))
            transport = None
        if transport is None:
            self.abort()
            self.connection_lost(None)
            return
        self.transport = transport
        self._admit(fingerprint(transport.get_extra_info("ssl_object")))

    def _admit(self, certificate: str) -> None:
        self.certificate = certificate
        self.headers = {"address": self.address} | ({"certificate": certificate} if certificate else {})
        if not self.recheck():
            return
        self.heard = self.port.loop.time()
        self.watch = self.port.loop.call_later(self._patience(), self._look)
        if self.early:
            early, self.early = bytes(self.early), bytearray()
            self.data_received(early)

    def recheck(self) -> bool:
        """Asks again who may call from there, and closes the connection if nobody may."""
        self.callers = tuple(self.port.desk.who(self.address, self.certificate))
        self.only = plain(self.callers)
        if not self.callers:
            self.port.refuse(self.address, "unknown", "no partner may call with this address and certificate")
            self.abort()
        return bool(self.callers)

    # --- reading -----------------------------------------------------------------------------------------------------

    def data_received(self, data: bytes) -> None:
        """Cuts what came into frames and hands them on, as many as may be in flight."""
        if not self.callers:  # TLS may hand over bytes a moment before it says that the handshake is done
            self.early += data
            return
        self.heard = self.port.loop.time()
        frames = self.framer.feed(data)
        if not self.framer.unfinished:
            self.begun = 0.0
        elif frames or not self.begun:
            self.begun = self.heard
        if self.framer.ending and self.flusher is None:
            self.flusher = self.port.loop.call_later(self.port.limits.pause, self._flush)
        if frames:
            self.backlog.extend(frames)
            self._pump()

    def _flush(self) -> None:
        """FS came without CR and the peer is silent: that was the end of the frame."""
        self.flusher = None
        wait = self.heard + self.port.limits.pause - self.port.loop.time()
        if self.framer.ending and wait > 0:
            self.flusher = self.port.loop.call_later(wait, self._flush)
            return
        self.backlog.extend(self.framer.flush())
        self._pump()

    def _pump(self) -> None:
        """Writes the answers that are due, starts what there is room for, and reads on or waits accordingly."""
        limit = self.port.limits.in_flight
        self._write()
        if self.transport.is_closing():
            self.backlog.clear()
            return
        while self.backlog and len(self.slots) < limit and not self.full:
            self._start(self.backlog.popleft())
            if self.slots[0].answer is not None:
                self._write()
        idle = not self.slots and not self.backlog
        if idle and (self.ended or self.port.closing):
            self.transport.close()
        self._read(on=not self.backlog and len(self.slots) < limit and not self.full and not self.port.closing)

    def _write(self) -> None:
        out: list[bytes] = []
        while self.slots and self.slots[0].answer is not None:
            answer = self.slots.popleft().answer
            if answer:
                out.append(framed(answer))
        if out and not self.transport.is_closing():
            self.transport.write(b"".join(out) if len(out) > 1 else out[0])

    def _read(self, *, on: bool) -> None:
        if on == self.paused and not self.transport.is_closing():
            (self.transport.resume_reading if on else self.transport.pause_reading)()
            self.paused = not on

    # --- one message -------------------------------------------------------------------------------------------------

    def _start(self, frame: Frame) -> None:
        """Refuses what is too long or of nobody known; everything else goes to the intake at once."""
        slot, desk = Slot(), self.port.desk
        self.slots.append(slot)
        if frame.torn:
            LOG.warning("mllp.torn", extra={"address": self.address, "bytes": frame.torn})
        if frame.excess:
            slot.answer = refusal.of(desk, frame.data, refusal.too_long(self.port.limits.max_frame))
            self.port.note(self.address, "message", "excess", "a message has more bytes than allowed")
            return
        caller = self.only or choose(self.callers, desk.answering.greet(frame.data, {}).sender)
        if caller is None:
            slot.answer = refusal.of(desk, frame.data, refusal.nobody())
            self.port.note(self.address, "message", "facility", "MSH-4 names no partner of this address")
            return
        self.port.spawn(self._keep(slot, caller, frame.data))

    async def _keep(self, slot: Slot, caller: Caller, data: bytes) -> None:
        desk = self.port.desk
        arrival = Arrival(
            caller.partner,
            "mllp",
            caller.format,
            data,
            desk.now(),
            accept=caller.accept,
            content_type=MEDIA_TYPE,
            headers=self.headers,
        )
        try:
            slot.answer = (await desk.intake(arrival)).answer
        except Exception as error:  # noqa: BLE001 - a defect of ours must not leave the sender without an answer
            at = traceback.extract_tb(error.__traceback__)[-1]
            extra = {"partner": caller.partner, "error": type(error).__name__, "at": f"{at.filename}:{at.lineno}"}
            LOG.error("mllp.failed", extra=extra)  # noqa: TRY400 - its text might hold a message
            slot.answer = self._failed(data)
        self._pump()

    def _failed(self, data: bytes) -> bytes | None:
        """The refusal of a message that met a defect of ours; where that fails too, the sender is hung up on."""
        try:
            return refusal.of(self.port.desk, data, refusal.failed(), error=True)
        except Exception:  # noqa: BLE001 - whoever waits for an answer must not wait for ever
            self.abort()
            return None

    # --- time and the end --------------------------------------------------------------------------------------------

    def _patience(self) -> float:
        return min(self.port.limits.idle, self.port.limits.whole)

    def _look(self) -> None:
        """Closes a connection that is silent too long, or does not finish what it began."""
        now, limits = self.port.loop.time(), self.port.limits
        busy = bool(self.slots or (self.backlog and not self.full))
        idle = not busy and now - self.heard >= limits.idle
        slow = not self.paused and self.begun > 0 and now - self.begun >= limits.whole
        if idle or slow:
            LOG.info("mllp.closed", extra={"address": self.address, "reason": "slow" if slow else "idle"})
            self.abort()
            return
        self.watch = self.port.loop.call_later(max(self._patience() / 4, 0.01), self._look)

    def pause_writing(self) -> None:
        """The peer does not read its answers: nothing more is read from it."""
        self.full = True
        self._read(on=False)

    def resume_writing(self) -> None:
        """The peer reads again."""
        self.full = False
        self._pump()

    def eof_received(self) -> bool:
        """The peer sends no more; what is in flight is answered first (over TLS that is not possible)."""
        self.ended = True
        self.backlog.extend(self.framer.flush())
        if self.framer.unfinished:
            LOG.warning("mllp.half", extra={"address": self.address})
        self._pump()
        return bool(self.slots) and self.port.context is None

    def stop(self) -> None:
        """Reads no more; closes once everything in flight is answered."""
        self.backlog.clear()
        if self.callers:
            self._pump()
        else:
            self.abort()

    def abort(self) -> None:
        """Closes at once."""
        self.transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's
        """What is in flight goes on without a listener; the sender will repeat it and get the stored answer."""
        self.gone = True
        self.backlog.clear()
        for timer in (self.flusher, self.watch):
            if timer:
                timer.cancel()
        self.port.leave(self)
