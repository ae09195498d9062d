"""A socket that listens and hopes to hear nobody."""

import select
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass
class Witness:
    """Where it listens, and who came."""

    listening: socket.socket

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.listening.getsockname()[1]}/"

    @property
    def heard(self) -> bool:
        """Whether a connection was ever made: the kernel keeps it until somebody takes it."""
        return bool(select.select([self.listening], [], [], 0)[0])


@contextmanager
def witness() -> Iterator[Witness]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield Witness(listening)
