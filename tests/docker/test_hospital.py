"""The hospital's two ends, against raw sockets and against python-hl7, which others wrote."""

import asyncio
import base64
import contextlib
import json
import re
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import hl7
import hl7.client
import hl7.mllp
import pytest
from standins import letter, v2
from standins.hospital import Hospital

MESSAGES = Path(letter.__file__).parent / "messages"
REPORT = (
    r"MSH|^~\&|KUEMMERER||KIS|SENNEKLINIK|20260320120000||MDM^T02^MDM_T02|KG-0034|P|2.5^DEU&&HL70399|||{0}|{1}|DEU|{2}"
    "\r"
    "PID|||471188^^^SENNEKLINIK^PI||Grünewälder^Käthe\r"
    r"OBX||TX|business-status^Stand^99KG||angenommen: Kümmererstelle \T\ Team||||||F" + "\r"
    "OBX||CWE|business-status^Stand^99KG||scheduled^Beginn vereinbart^99KG||||||F\r"
    "NTE|||Rückruf 0521 5550500\r"
)


@pytest.fixture
def hospital(tmp_path: Path) -> Iterator[Hospital]:
    running = Hospital(tmp_path / "hospital").start()
    yield running
    running.stop()


def report(accept: str = "", application: str = "", charset: str = "UNICODE UTF-8") -> bytes:
    return REPORT.format(accept, application, charset).encode(v2.CHARSETS[charset])


def exchanged(hospital: Hospital, data: bytes, answers: int) -> list[bytes]:
    """Write raw bytes, byte by byte where asked, and read so many frames."""
    with socket.create_connection(("127.0.0.1", hospital.port), timeout=5) as wire:
        wire.sendall(data)
        got = b""
        while got.count(b"\x1c\r") < answers:
            got += wire.recv(65536)
    return got.split(b"\x1c\r")[:-1]


def test_a_client_written_by_others_sends_a_message_and_is_acknowledged(hospital: Hospital) -> None:
    with hl7.client.MLLPClient("127.0.0.1", hospital.port) as client:
        answer = hl7.parse(client.send_message(report().decode()).strip(b"\x0b\x1c\r").decode())
    assert str(answer.segment("MSA")[1]) == "AA"
    assert str(answer.segment("MSA")[2]) == "KG-0034"
    assert str(answer.segment("MSH")[9]) == "ACK^T02^ACK"
    assert [str(answer.segment("MSH")[field]) for field in (3, 4, 5)] == ["KIS", "SENNEKLINIK", "KUEMMERER"]


@pytest.mark.parametrize("charset", ["UNICODE UTF-8", "8859/1", "8859/15"])
def test_what_it_received_is_readable_in_any_charset(hospital: Hospital, charset: str) -> None:
    exchanged(hospital, b"\x0b" + report(charset=charset) + b"\x1c\r", 1)
    received = hospital.received.wait_for(1)[0]
    assert received.type == "MDM^T02"
    assert received.text == "angenommen: Kümmererstelle & Team · Rückruf 0521 5550500"
    assert str(received) == f"{received.time[11:19]}  MDM^T02  {received.text}"


def test_what_it_received_stands_in_a_file_line_by_line(hospital: Hospital, tmp_path: Path) -> None:
    exchanged(hospital, (b"\x0b" + report() + b"\x1c\r") * 2, 2)
    lines = (tmp_path / "hospital" / "received.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["key"] for line in lines] == ["KG-0034", "KG-0034"]


@pytest.mark.parametrize(("accept", "application", "code"), [("", "", "AA"), ("AL", "NE", "CA"), ("", "AL", "CA")])
def test_enhanced_mode_is_acknowledged_as_kept_original_mode_as_done(
    hospital: Hospital, accept: str, application: str, code: str
) -> None:
    (answer,) = exchanged(hospital, b"\x0b" + report(accept, application) + b"\x1c\r", 1)
    assert f"\rMSA|{code}|KG-0034\r".encode() in answer


def test_who_wants_no_acknowledgement_gets_none(hospital: Hospital) -> None:
    silent, loud = report("NE", "NE"), report("AL", "NE").replace(b"KG-0034", b"KG-0035")
    (answer,) = exchanged(hospital, b"\x0b" + silent + b"\x1c\r\x0b" + loud + b"\x1c\r", 1)
    assert b"|KG-0035\r" in answer
    assert len(hospital.received.wait_for(2)) == 2


def test_five_messages_in_one_write_are_five_messages(hospital: Hospital) -> None:
    answers = exchanged(
        hospital, b"".join(b"\x0b" + report().replace(b"0034", b"%04d" % n) + b"\x1c\r" for n in range(5)), 5
    )
    assert [re.search(rb"MSA\|AA\|KG-(\d+)", answer)[1] for answer in answers] == [b"%04d" % n for n in range(5)]


def test_a_message_that_comes_byte_by_byte_is_one_message(hospital: Hospital) -> None:
    with socket.create_connection(("127.0.0.1", hospital.port), timeout=5) as wire:
        wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in b"\x0b" + report() + b"\x1c\r":
            wire.send(bytes([byte]))
        assert b"MSA|AA|KG-0034" in wire.recv(65536)
    assert "Grünewälder" in hospital.received[0].data


def test_waiting_for_more_than_comes_says_how_much_came(hospital: Hospital) -> None:
    with pytest.raises(TimeoutError, match="0 of 1"):
        hospital.received.wait_for(1, 0.01)


async def heard_by_others(send: Callable[[tuple[str, int]], Any]) -> tuple[list[hl7.Message], Any]:
    """What python-hl7's server reads while `send` runs, and what `send` says."""
    heard: list[hl7.Message] = []

    async def process(reader: hl7.mllp.HL7StreamReader, writer: hl7.mllp.HL7StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError):
            heard.append(await reader.readmessage())
            writer.writemessage(heard[-1].create_ack())
            await writer.drain()
            await reader.readmessage()
        writer.close()
        await writer.wait_closed()

    async with await hl7.mllp.start_hl7_server(process, "127.0.0.1", 0, encoding="latin-1") as server:
        return heard, await asyncio.to_thread(send, server.sockets[0].getsockname()[:2])


def test_a_server_written_by_others_reads_what_it_sends(hospital: Hospital) -> None:
    heard, told = asyncio.run(heard_by_others(lambda address: hospital.send_all([MESSAGES], address)))
    assert [(each.code, each.key) for each in told] == [("AA", "SK-7001"), ("AA", "SK-7002")]
    assert [str(message.segment("MSH")[9]) for message in heard] == ["ADT^A03^ADT_A03", "MDM^T02^MDM_T02"]
    assert str(heard[0].segment("PID")[5]).startswith("Grünewälder^Käthe")


def hang_up(mute: socket.socket) -> None:
    """Read what the first caller says, and close."""
    connection, _ = mute.accept()
    with connection:
        connection.recv(65536)


def test_a_connection_closed_without_a_word_is_an_error(hospital: Hospital) -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        closing = threading.Thread(target=hang_up, args=(mute,))
        closing.start()
        with pytest.raises(OSError, match=r"acknowledgement|reset"):
            hospital.send(report(), mute.getsockname()[:2])
        closing.join()


def test_the_discharge_is_german_hl7_in_8859_1_and_goes_to_a_care_facility() -> None:
    data = (MESSAGES / "01-discharge.hl7").read_bytes()
    message = v2.read(data)
    assert v2.kind(message) == "ADT^A03"
    assert message.field("MSH", 18) == "8859/1"
    assert b"Gr\xfcnew\xe4lder" in data
    assert re.fullmatch("10[0-9]", message.field("PV1", 36))


def test_the_letter_is_the_one_this_repository_makes() -> None:
    assert (MESSAGES / "02-letter.hl7").read_bytes() == letter.message()


def test_the_letter_is_a_pdf_whose_table_leads_to_its_objects() -> None:
    value = v2.read(letter.message()).field("OBX", 5)
    assert value.startswith("KIS^application^pdf^Base64^")
    data = base64.b64decode(value.rsplit("^", 1)[1], validate=True)
    assert data.startswith(b"%PDF-1.4\n")
    assert data.endswith(b"%%EOF\n")
    start = int(re.search(rb"startxref\n(\d+)\n", data)[1])
    places = [int(line) for line in re.findall(rb"^(\d{10}) 00000 n $", data[start:], re.MULTILINE)]
    assert len(places) == int(re.search(rb"/Size (\d+)", data)[1]) - 1
    assert [data[place:].split(b"\n", 1)[0] for place in places] == [b"%d 0 obj" % n for n in range(1, len(places) + 1)]
    length, stream = re.search(rb"/Length (\d+) >>\nstream\n(.*)\nendstream", data, re.DOTALL).groups()
    assert int(length) == len(stream)
    assert "Käthe Grünewälder".encode("cp1252") in stream
