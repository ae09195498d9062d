"""Entrances on real sockets: MLLP, HTTP intake, FHIR over HTTP with and without tokens, the link's page, a folder."""

import asyncio
import logging
import socket
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from gateway.domain.ledger import Save
from gateway.pipeline.stored.terms import terms
from gateway.transports.mllp.desk import Limits
from gateway.transports.mllp.frame import framed
from tests.fuzz import corpus
from tests.fuzz.calls import filled
from tests.fuzz.finding import Finding
from tests.pipeline.link.behind import Behind
from tests.transports.folder.keeping import Line, round_of
from tests.transports.mllp import desk
from tests.web.fhir import interface
from tests.web.link import site
from tests.web.smart import place
from tests.web.staff import office
from tests.web.standing import TOKEN, House, standing

Target = Callable[[bytes], None]
PATIENCE = 5.0
"""Seconds for an answer; more is a hang."""
FRESH = 120.0
"""Seconds for which a token is used."""
SILENCE = 0.1
"""Seconds after which an unfinished request is given up by its sender."""


class Errors(logging.Handler):
    """Faults that a server met behind its answers."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        kind = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else ""
        self.said.append(f"{record.name}: {record.getMessage()} {kind}".strip())


@contextmanager
def heard() -> Iterator[Errors]:
    """Whatever is logged as an error."""
    errors, root = Errors(), logging.getLogger()
    root.addHandler(errors)
    try:
        yield errors
    finally:
        root.removeHandler(errors)


def spoken(port: int, data: bytes, ends: Callable[[bytes], bool]) -> bytes:
    """What a server answers; Finding where it neither answers nor hangs up in time."""
    got, began, given_up = bytearray(), time.monotonic(), False
    with socket.create_connection(("127.0.0.1", port), 5) as line:
        line.settimeout(SILENCE)
        try:
            line.sendall(data)
            while not ends(bytes(got)):
                try:
                    piece = line.recv(65536)
                except TimeoutError:
                    if time.monotonic() - began > PATIENCE:
                        raise Finding("no answer in time") from None
                    if not given_up:
                        line.shutdown(socket.SHUT_WR)
                        given_up = True
                    continue
                if not piece:
                    break
                got += piece
        except (ConnectionResetError, BrokenPipeError, OSError):
            pass
    return bytes(got)


def whole(answer: bytes) -> bool:
    """Whether an HTTP answer is complete."""
    head, gap, body = answer.partition(b"\r\n\r\n")
    if not gap:
        return False
    for one in head.lower().split(b"\r\n"):
        if one.startswith(b"content-length:"):
            return len(body) >= int(one.partition(b":")[2])
    return head[9:12] in {b"204", b"304"} or answer.endswith(b"0\r\n\r\n")


def http(port: int, values: Callable[[], Mapping[str, str]], errors: Errors) -> Target:
    """One request; no answer of 500 or more, no fault behind it."""

    def target(data: bytes) -> None:
        answer = spoken(port, filled(data, values()), whole)
        status = answer[9:12]
        if answer and (not answer.startswith(b"HTTP/1.1 ") or status >= b"500"):
            raise Finding(f"answered {status.decode('latin-1')}")
        if errors.said:
            raise Finding(errors.said.pop())

    return target


@contextmanager
def mllp() -> Iterator[Target]:
    """Frames over a connection; the next peer is served all the same."""
    memory = desk.Memory()
    with heard() as errors, desk.serving(memory, Limits(grace=1)) as port:
        good = framed(desk.message("G-1"))

        def target(data: bytes) -> None:
            spoken(port.number, data, lambda got: got.endswith(b"\x1c\r"))
            memory.arrivals.clear()
            memory.audited.clear()
            if b"MSA|AA|G-1" not in spoken(port.number, good, lambda got: got.endswith(b"\x1c\r")):
                raise Finding("the next one is not served")
            if errors.said:
                raise Finding(errors.said.pop())

        yield target


@contextmanager
def intake() -> Iterator[Target]:
    """HTTP intake, status, health, metrics."""
    house = House()
    with heard() as errors, standing(house.doors(max_body=50_000)) as door:
        yield http(door.port, lambda: {"token": TOKEN}, errors)


@contextmanager
def fhir() -> Iterator[Target]:
    """The open FHIR interface: reads, searches, writes, patches, Bundles, operations, subscriptions."""
    with (
        tempfile.TemporaryDirectory(prefix="fuzz-") as folder,
        heard() as errors,
        interface.opened(Path(folder)) as opened,
    ):
        opened.world.store.commit([Save(each, 0, terms(each, ""), opened.world.now()) for each in place.CASE]).result()
        yield http(opened.door.port, lambda: {"token": TOKEN}, errors)


@contextmanager
def tokens() -> Iterator[Target]:
    """The token endpoint, and what a token opens."""
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder, heard() as errors, place.opened(Path(folder)) as opened:
        held, since = "", -1e9

        def values() -> Mapping[str, str]:
            nonlocal held, since
            opened.access.limit.counts.clear()
            if time.monotonic() - since > FRESH:
                held, since = opened.token("stelle-senne"), time.monotonic()
            return {"token": held, "assertion": opened.assertion("elsey")}

        yield http(opened.door.port, values, errors)


@contextmanager
def link() -> Iterator[Target]:
    """The page of the secure link: coming in, answering, leaving."""
    with heard() as errors, site.opened(Behind(), most=10**9) as opened:
        told = opened.told
        opened.post("open", key=told.key, code=told.code)
        cookie = "; ".join(f"{c.name}={c.value}" for c in opened.session.cookies)
        yield http(opened.door.port, lambda: {"cookie": cookie, "key": told.key, "code": told.code}, errors)


@contextmanager
def staff() -> Iterator[Target]:
    """The pages of those who work here: coming in, cases, what was shown to whom, the audit."""
    with heard() as errors, office.opened() as opened:
        held = {"case": opened.here}
        for role in ("kuemmerer", "officer"):
            opened.session.cookies.clear()
            opened.sits(role)
            held[role] = "; ".join(f"{c.name}={c.value}" for c in opened.session.cookies)
            held[f"{role}-word"] = opened.word
        yield http(opened.standing.port, lambda: held, errors)


@contextmanager
def folder() -> Iterator[Target]:
    """A watched folder: the first line of the input is a file's name, the rest its bytes."""
    with tempfile.TemporaryDirectory(prefix="fuzz-") as name, heard() as errors:
        over = asyncio.Event()
        inbox = Path(name)
        watch = round_of(inbox, Line(), most=20_000)

        def target(data: bytes) -> None:
            title, _, content = data.partition(b"\n")
            safe = title.replace(b"/", b"").replace(b"\0", b"")[:200].strip(b".") or b"x"
            with (inbox / safe.decode("utf-8", "surrogateescape")).open("wb") as made:
                made.write(content)
            asyncio.run(watch.once(over))
            asyncio.run(watch.once(over))
            for file in inbox.iterdir():
                if file.is_file():
                    file.unlink()
            if errors.said:
                raise Finding(errors.said.pop())

        try:
            yield target
        finally:
            watch.thread.shutdown()


FOLDER = [b"liste-1.csv\n" + data for data in corpus.lists()[:20]] + [b"a.csv\n", b".x.csv\na;b", b"a.csv.part\na;b"]
