"""MLLP: an HL7 v2 message between VT and FS CR (HL7 Minimal Lower Layer Protocol, release 1)."""

import socket
from collections.abc import Iterator

START = b"\x0b"
END = b"\x1c\r"


def framed(message: bytes) -> bytes:
    """The message as it goes over the wire."""
    return START + message + END


def messages(connection: socket.socket) -> Iterator[bytes]:
    """The messages of a connection, until the other side closes it."""
    rest = b""
    while piece := connection.recv(65536):
        *whole, rest = (rest + piece).split(END)
        for frame in whole:
            yield frame.split(START, 1)[-1]
