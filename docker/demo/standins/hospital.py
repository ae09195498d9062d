"""A hospital's system: sends HL7 v2 messages over MLLP, takes what comes back and says what it reads there.

python docker/demo/standins/hospital.py --port 2576 --folder var/hospital --gateway 127.0.0.1:2575 MESSAGE.hl7 ...
"""

import argparse
import socket
import socketserver
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

if not __package__:  # started as a file
    sys.path[0] = str(Path(__file__).resolve().parents[1])

from standins import mllp, v2
from standins.inbox import Inbox
from standins.serving import Server, Stop

WORDS = {"TX", "FT", "ST"}
"""OBX-2 of what is written for people (2.A)."""


@dataclass(frozen=True)
class Received:
    """A message that came; `text` is what it says to people."""

    time: str
    type: str
    key: str
    text: str
    data: str

    def __str__(self) -> str:
        """One readable line."""
        return f"{self.time[11:19]}  {self.type}  {self.text}"


@dataclass(frozen=True)
class Acknowledged:
    """What the other side answered: MSA-1, MSA-2 and, where something is wrong, the sentences of ERR-7 and ERR-8."""

    code: str
    key: str
    text: str
    data: bytes


def told(message: v2.Message) -> str:
    """What a message says to people: its state (RF1-1), its results (OBX-5), its notes (NTE-3) and MSA-3."""
    said = [message.field("RF1", 1), message.field("MSA", 3)]
    said += [segment[5] for segment in message.all("OBX") if len(segment) > 5 and segment[2] in WORDS]
    said += [segment[3] for segment in message.all("NTE") if len(segment) > 3]
    return " · ".join(v2.plain(part) for value in said for part in value.split("~") if part)


class Hospital:
    """Both ends of a hospital's interface; messages that came are in `received`."""

    def __init__(
        self, folder: Path, port: int = 0, host: str = "127.0.0.1", say: Callable[[str], Any] = lambda _: None
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.received: Inbox[Received] = Inbox(folder / "received.jsonl")
        self._say = say
        self._server = Server((host, port), self._handler())

    @property
    def port(self) -> int:
        """Where it takes messages."""
        return self._server.port

    def start(self) -> "Hospital":
        """Take messages from now on."""
        self._server.start()
        return self

    def stop(self) -> None:
        """Take no more."""
        self._server.stop()

    def send(self, message: bytes, address: tuple[str, int], seconds: float = 30) -> Acknowledged:
        """Send one message and wait for its acknowledgement; OSError where none comes."""
        with socket.create_connection(address, timeout=seconds) as connection:
            connection.sendall(mllp.framed(message))
            answer = next(mllp.messages(connection), b"")
        if not answer:
            raise ConnectionError("the connection was closed without an acknowledgement")
        read = v2.read(answer)
        wrong = [v2.plain(field) for segment in read.all("ERR") for field in segment[7:9] if field]
        acknowledged = Acknowledged(read.field("MSA", 1), read.field("MSA", 2), " · ".join(wrong), answer)
        self._say(f"sent {v2.kind(v2.read(message))}, answered {acknowledged.code} {acknowledged.text}".rstrip())
        return acknowledged

    def send_all(self, paths: Iterable[Path], address: tuple[str, int]) -> list[Acknowledged]:
        """Send files, and the `*.hl7` of folders by name."""
        files = [file for path in paths for file in (sorted(path.glob("*.hl7")) if path.is_dir() else [path])]
        return [self.send(file.read_bytes(), address) for file in files]

    def _handler(self) -> type[socketserver.BaseRequestHandler]:
        take = self._take

        class Connection(socketserver.BaseRequestHandler):
            """One connection of the other side, message by message."""

            def handle(self) -> None:
                for message in mllp.messages(self.request):
                    if answer := take(message):
                        self.request.sendall(mllp.framed(answer))

        return Connection

    def _take(self, data: bytes) -> bytes:
        """Keep a message, then acknowledge it."""
        message, now = v2.read(data), datetime.now(UTC).astimezone()
        whole = data.decode(message.charset, "replace")
        stamp = now.isoformat(timespec="seconds")
        received = Received(stamp, v2.kind(message), message.field("MSH", 10), told(message), whole)
        self.received.add(received, asdict(received))
        self._say(str(received))
        return v2.acknowledgement(message, now)


def once_heard(send: Callable[[], object], stop: Stop, seconds: float = 60) -> None:
    """Send, and try again while nobody listens yet."""
    ends = time.monotonic() + seconds
    while not stop.wait(0):
        try:
            send()
        except ConnectionRefusedError:
            if time.monotonic() > ends:
                raise
            stop.wait(1)
        else:
            return


def main() -> None:
    """Run until it is stopped."""
    parser = argparse.ArgumentParser(description="A hospital that sends and receives HL7 v2 over MLLP.")
    parser.add_argument("--port", type=int, default=2576, help="where it takes messages")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--folder", type=Path, required=True, help="keeps received.jsonl")
    parser.add_argument("--gateway", default="127.0.0.1:2575", help="where it sends to")
    parser.add_argument("messages", nargs="*", type=Path, help="files or folders to send at the start")
    given, stop = parser.parse_args(), Stop()
    hospital = Hospital(given.folder, given.port, given.host, lambda line: print(line, flush=True)).start()
    host, port = given.gateway.rsplit(":", 1)
    once_heard(lambda: hospital.send_all(given.messages, (host, int(port))), stop)
    stop.wait()
    hospital.stop()


if __name__ == "__main__":
    main()
