"""MLLP intake without a store: framing, greeting and answer, beside python-hl7's server; load from the shared tools."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hl7.mllp import HL7StreamReader, HL7StreamWriter, start_hl7_server

from gateway.adapters.hl7v2.codec import Hl7v2Codec
from gateway.domain.road import Arrival, Receipt
from gateway.transports.mllp.callers import Caller
from gateway.transports.mllp.desk import Desk
from gateway.transports.mllp.frame import Framer, framed
from gateway.transports.mllp.server import serve
from tests.bench.inputs import discharge
from tests.bench.measure import Row, medians
from tests.transports.mllp.desk import running

ROOT = Path(__file__).resolve().parents[2]
LOAD = Path(os.environ.get("GATEWAY_SHARED") or ROOT.parent / "shared") / "tools" / "mllp_load.py"
SECONDS = 3
GOALS = {1: 3_000, 10: 10_000}
"""Messages per second by connections, with the store behind; here it stands for the share that the road may take."""
CODEC = Hl7v2Codec()


async def intake(arrival: Arrival) -> Receipt:
    """Keeps nothing and says yes."""
    greeting = CODEC.greet(arrival.data, {})
    code = "CA" if greeting.enhanced else "AA"
    return Receipt("kept", answer=CODEC.answer(greeting, code, (), arrival.received, "A1"))


@contextmanager
def ours() -> Iterator[int]:
    """Our server with a door that keeps nothing."""
    caller = Caller("bench", "hl7v2-de")
    desk = Desk(intake, lambda _, __: (caller,), lambda _: None, CODEC, lambda: datetime.now(UTC), lambda: "R1")
    with running() as loop:
        port = loop.do(serve("127.0.0.1:0", desk))
        try:
            yield port.number
        finally:
            loop.do(port.close())


@contextmanager
def theirs() -> Iterator[int]:
    """python-hl7's server, which parses and answers."""

    async def answer(reader: HL7StreamReader, writer: HL7StreamWriter) -> None:
        try:
            while not reader.at_eof():
                writer.writemessage((await reader.readmessage()).create_ack())
                await writer.drain()
        except asyncio.IncompleteReadError:
            pass
        finally:
            writer.close()

    with running() as loop:
        server = loop.do(start_hl7_server(answer, "127.0.0.1", 0, encoding="utf-8"))
        try:
            yield server.sockets[0].getsockname()[1]
        finally:
            server.close()
            loop.do(server.wait_closed())


def load(port: int, connections: int, seconds: float = SECONDS) -> dict[str, Any]:
    """What the shared load generator says of a server: `per_second`, `p50_ms`, `p99_ms`, `wrong_answers`."""
    command = [sys.executable, str(LOAD), "127.0.0.1", str(port), str(connections), str(seconds)]
    found = subprocess.run(command, capture_output=True, text=True, check=True, timeout=seconds + 30)
    result: dict[str, Any] = json.loads(found.stdout)
    if result["errors"] or (result["wrong_answers"] and connections == 1):
        raise RuntimeError(found.stdout)
    return result


def under_load(connections: int) -> Row:
    """Seconds per message at a number of connections that each wait for their answers."""
    with ours() as port:
        mine = load(port, connections)
    with theirs() as port:
        peer = load(port, connections)
    note = f"{mine['per_second']:,}/s, p99 {mine['p99_ms']} ms; theirs {peer['per_second']:,}/s; no store behind either"
    what = f"MLLP intake, 2 kB, {connections} connection{'s' if connections > 1 else ''}"
    per = [1 / result["per_second"] for result in (mine, peer)]
    return Row(what, per[0], 1 / GOALS[connections], "python-hl7", per[1], note)


def measured() -> list[Row]:
    """Framing alone, then the whole road under load."""
    frame, framer = framed(discharge()), Framer()
    (cut,) = medians(lambda: framer.feed(frame))
    greet, answer = medians(
        lambda: CODEC.greet(discharge(), {}),
        lambda: CODEC.answer(CODEC.greet(discharge(), {}), "AA", (), datetime.now(UTC), "A1"),
    )
    return [
        Row("MLLP frame of 2 kB out of the stream", cut),
        Row("HL7 v2 head of 2 kB read (greet)", greet, 10e-6),
        Row("HL7 v2 head read and answered", answer),
        *map(under_load, GOALS),
    ]
