"""The MLLP client: one connection per receiver, one message at a time on it (chapter 2.9)."""

import threading

from gateway.domain.road import Parcel, Sent
from gateway.transports.mllp.acknowledge import Asked, asked
from gateway.transports.mllp.frame import FS, VT
from gateway.transports.mllp.line import Address, Line


class Client:
    """Sends parcels; may be used by many threads at once. Nothing of a message is ever logged."""

    def __init__(self) -> None:
        self._lines: dict[Address, Line] = {}
        self._lock = threading.Lock()

    def send(self, parcel: Parcel) -> Sent:
        """One attempt: AA and CA delivered, AE and CE retry, AR and CR refused, no clear answer uncertain."""
        wanted = asked(parcel.data)
        fault = unsendable(parcel.data, wanted)
        if fault:
            return fault
        try:
            address = Address.of(parcel.address)
        except (TypeError, ValueError):
            return Sent("refused", "E0", "address", "host, port, timeout or tls of the receiver cannot be read")
        line = self._line(address)
        if not line.lock.acquire(timeout=address.timeout):
            return Sent("retry", "E0", "busy", "an earlier message to this receiver still waits for its answer")
        try:
            return line.exchange(parcel.data, wanted)
        finally:
            line.lock.release()

    def close(self) -> None:
        """Lets all connections go, those in use once their message is answered."""
        with self._lock:
            lines, self._lines = list(self._lines.values()), {}
        for line in lines:
            with line.lock:
                line.close()

    def _line(self, address: Address) -> Line:
        with self._lock:
            return self._lines.setdefault(address, Line(address))


def unsendable(message: bytes, wanted: Asked) -> Sent | None:
    """Why a message cannot be sent at all."""
    if not wanted.key:
        return Sent("refused", "E0", "MSH-10", "the message has no control id, so no answer could be known as its own")
    if VT in message or FS in message:
        return Sent("refused", "E0", "frame", "the message holds the frame characters 0B or 1C")
    return None
