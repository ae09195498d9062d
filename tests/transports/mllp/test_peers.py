"""Peers that others have written: python-hl7's client and server, and the framing cases of the shared tools."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import hl7
import pytest
from hl7.client import MLLPClient
from hl7.mllp import HL7StreamReader, HL7StreamWriter, start_hl7_server

from gateway.domain.road import Parcel
from gateway.transports.mllp.client import Client
from tests.transports.mllp.desk import Memory, message, running, serving

ROOT = Path(__file__).resolve().parents[3]
SHARED = Path(os.environ.get("GATEWAY_SHARED") or ROOT.parent / "shared")
FRAMING = SHARED / "tools" / "mllp_framing.py"
LATIN = message("K1").replace(b"UNICODE UTF-8", b"8859/1").decode().encode("latin-1")


@pytest.mark.skipif(not FRAMING.exists(), reason=f"{FRAMING.name} of the shared tools is not there (GATEWAY_SHARED)")
def test_all_twelve_framing_cases_hold() -> None:
    with serving(Memory()) as port:
        command = [sys.executable, str(FRAMING), "127.0.0.1", str(port.number)]
        result = subprocess.run(command, capture_output=True, text=True, timeout=50, check=False)
    assert "12 of 12 cases hold" in result.stdout, result.stdout + result.stderr
    assert result.returncode == 0


def test_python_hl7s_client_gets_its_answers() -> None:
    memory = Memory()
    with serving(memory) as port, MLLPClient("127.0.0.1", port.number) as client:
        for n in range(20):
            answer = hl7.parse(client.send_message(message(f"K{n}")).strip(b"\x0b\x1c\r").decode())
            assert [str(answer.segment("MSA")[field]) for field in (1, 2)] == ["AA", f"K{n}"]
        assert b"MSA|AA|K1\r" in client.send_message(LATIN)
    assert memory.arrivals[-1].data == LATIN


@asynccontextmanager
async def another_server(code: str, encoding: str) -> AsyncIterator[int]:
    """python-hl7's server, which answers with a code."""

    async def answer(reader: HL7StreamReader, writer: HL7StreamWriter) -> None:
        try:
            while not reader.at_eof():
                received = await reader.readmessage()
                writer.writemessage(received.create_ack(code))
                await writer.drain()
        except asyncio.IncompleteReadError:
            pass
        finally:
            writer.close()
            await writer.wait_closed()

    server = await start_hl7_server(answer, "127.0.0.1", 0, encoding=encoding)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await server.wait_closed()


@pytest.mark.parametrize(
    ("code", "outcome", "encoding", "data"),
    [
        ("AA", "delivered", "utf-8", message("K1")),
        ("AA", "delivered", "latin-1", LATIN),
        ("AE", "retry", "utf-8", message("K1")),
        ("AR", "refused", "utf-8", message("K1")),
    ],
)
def test_python_hl7s_server_is_understood(code: str, outcome: str, encoding: str, data: bytes) -> None:
    client = Client()
    with running() as loop:
        server = another_server(code, encoding)
        address = {"host": "127.0.0.1", "port": loop.do(server.__aenter__()), "timeout": 3}
        sent = [client.send(Parcel("d", "klinik", data, "", address)) for _ in range(3)]
        client.close()
        loop.do(server.__aexit__(None, None, None))
        loop.do(asyncio.sleep(0.05))
    assert {(each.outcome, each.code) for each in sent} == {(outcome, code)}
