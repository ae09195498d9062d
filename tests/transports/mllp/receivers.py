"""Receivers that behave as a test says, for the client: one thread, one connection after the other."""

import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from gateway.transports.mllp.frame import Framer, framed


@dataclass
class Receiver:
    """What came, and over how many connections; `script` says what to do with each message."""

    number: int
    script: Callable[["Talk", bytes], None]
    received: list[bytes] = field(default_factory=list)
    connections: int = 0


@dataclass
class Talk:
    """One connection of a receiver."""

    socket: socket.socket
    receiver: Receiver
    over: bool = False

    def say(self, *answers: bytes) -> None:
        self.socket.sendall(b"".join(map(framed, answers)))

    def raw(self, data: bytes) -> None:
        self.socket.sendall(data)

    def reset(self) -> None:
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.over = True

    def close(self) -> None:
        self.over = True


def ack(code: str, message: bytes, *, key: str = "", error: str = "") -> bytes:
    """An acknowledgement of a message; `key` for another one than its own."""
    own = message.split(b"|")[9].decode()
    return f"MSH|^~\\&|||||20260311||ACK|A1|P|2.5\rMSA|{code}|{key or own}\r{error}".encode()


def _serve(talk: Talk) -> None:
    framer = Framer()
    while not talk.over:
        data = talk.socket.recv(65536)
        if not data:
            return
        for frame in framer.feed(data):
            talk.receiver.received.append(frame.data)
            talk.receiver.script(talk, frame.data)


@contextmanager
def receiving(script: Callable[[Talk, bytes], None], port: int = 0) -> Iterator[Receiver]:
    """A receiver on a port of its own; at the end it stops with its connections."""
    listener = socket.create_server(("127.0.0.1", port))
    receiver = Receiver(listener.getsockname()[1], script)
    open_ones: list[socket.socket] = []

    def accept() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            receiver.connections += 1
            open_ones.append(connection)
            with connection:
                try:
                    _serve(Talk(connection, receiver))
                except OSError:
                    continue

    thread = threading.Thread(target=accept)
    thread.start()
    try:
        yield receiver
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        for connection in open_ones:
            if connection.fileno() >= 0:
                connection.shutdown(socket.SHUT_RDWR)
        thread.join()
