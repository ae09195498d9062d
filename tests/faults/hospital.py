"""A hospital as a peer: sends over MLLP until it is told that a message was taken, and writes that down durably."""

import os
import re
import socket
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Self

VERDICT = re.compile(rb"MSA\|([AC][AER])\|([^|\r]*)")
ANSWER = 20.0
"""Seconds to wait for an answer."""


def framed(message: bytes) -> bytes:
    """A message on the wire."""
    return b"\x0b" + message + b"\x1c\r"


class Line:
    """One MLLP connection."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=ANSWER)
        self._rest = b""

    def ask(self, message: bytes) -> bytes:
        """Send a message and wait for its answer; OSError where none comes."""
        self._socket.sendall(framed(message))
        return self.answer()

    def send(self, data: bytes) -> None:
        """Some bytes."""
        self._socket.sendall(data)

    def answer(self) -> bytes:
        """The next answer."""
        while b"\x1c\r" not in self._rest:
            piece = self._socket.recv(65536)
            if not piece:
                raise ConnectionError("closed without an answer")
            self._rest += piece
        whole, _, self._rest = self._rest.partition(b"\x1c\r")
        return whole.removeprefix(b"\x0b")

    def close(self) -> None:
        """Hang up."""
        self._socket.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def verdict(answer: bytes) -> tuple[str, str]:
    """MSA-1 and MSA-2."""
    found = VERDICT.search(answer)
    return (found[1].decode(), found[2].decode()) if found else ("", "")


def positive(answer: bytes) -> bool:
    """Whether a message was taken."""
    return verdict(answer)[0] in {"AA", "CA"}


class Hospital:
    """Sends `message(n)` for n = 0, 1, ... over several connections; every tenth a second time, once it was taken.

    port     where the gateway listens now; 0 while it does not
    ledger   MSH-10 of what was taken, synced before the next message is sent
    answers  all answers that were heard, by MSH-10
    """

    def __init__(self, ledger: Path, message: Callable[[int], bytes], port: Callable[[], int], lines: int = 3) -> None:
        self._file = os.open(ledger, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        self.ledger = ledger
        self._message, self._port = message, port
        self._numbers = iter(range(1_000_000))
        self._guard, self.enough, self.gone = threading.Lock(), threading.Event(), threading.Event()
        self.answers: dict[str, list[bytes]] = defaultdict(list)
        self.refused: list[tuple[float, bytes]] = []
        self.broken = 0
        self._threads = [threading.Thread(target=self._work, daemon=True) for _ in range(lines)]
        for thread in self._threads:
            thread.start()

    @property
    def taken(self) -> list[str]:
        """MSH-10 of what was taken, in order."""
        return self.ledger.read_text().splitlines()

    def finish(self, seconds: float = 60) -> None:
        """Begin no further message; what was begun is sent until it is taken."""
        self.enough.set()
        for thread in self._threads:
            thread.join(seconds)
        self.leave()

    def leave(self) -> None:
        """Go, whatever was taken."""
        self.enough.set()
        self.gone.set()
        for thread in self._threads:
            thread.join(ANSWER)
        assert not any(thread.is_alive() for thread in self._threads), "a message was never answered"
        os.close(self._file)

    def _work(self) -> None:
        """One connection at a time, one message after the other."""
        jobs = self._jobs()
        number = next(jobs, None)
        while number is not None and not self.gone.is_set():
            try:
                with Line(self._port()) as line:
                    while number is not None and not self.gone.is_set():
                        number = next(jobs, None) if self._once(line, number) else number
            except OSError:
                self.broken += 1
                time.sleep(0.02)

    def _jobs(self) -> Iterator[int]:
        while not self.enough.is_set():
            with self._guard:
                number = next(self._numbers)
            yield number
            if number % 10 == 0:
                yield number

    def _once(self, line: Line, number: int) -> bool:
        """Send it once; whether it was taken."""
        answer = line.ask(self._message(number))
        if not positive(answer):
            self.refused.append((time.monotonic(), answer))
            time.sleep(0.05)
            return False
        key = verdict(answer)[1]
        with self._guard:
            os.write(self._file, f"{key}\n".encode())
            os.fdatasync(self._file)
            self.answers[key].append(answer)
        return True
