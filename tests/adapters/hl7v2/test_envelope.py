"""Files, batches and frames (chapter 2.10.3)."""

import pytest

from gateway.adapters.hl7v2 import codec

ONE = b"MSH|^~\\&|KIS|EVK|GW|SOZ|20260401||ADT^A01^ADT_A01|1|P|2.5\rPID|||1\r"
TWO = ONE.replace(b"|1|P", b"|2|P")


def codes(data: bytes) -> list[str]:
    return [p.code for p in codec.decode(data, {}).problems]


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r\r", b"\n\r"])
def test_other_line_ends_read_the_same(end: bytes) -> None:
    assert codec.decode(ONE.replace(b"\r", end), {}) == codec.decode(ONE, {})


def test_a_file_holds_several_messages() -> None:
    trees = codec.decode(ONE + b"\r\n" + TWO, {}).trees
    assert [tree["MSH"][0]["10"] for tree in trees] == [[{"1": "1"}], [{"1": "2"}]]


def test_places_name_the_message_where_a_file_holds_several() -> None:
    (problem,) = codec.decode(ONE + TWO + b"p:d|1\r", {}).problems
    assert problem.place == "message 2, segment 3"


def test_envelope_segments_belong_to_no_message() -> None:
    data = b"FHS|^~\\&\rBHS|^~\\&\r" + ONE + TWO + b"BTS|2\rFTS|1\r"
    assert codec.decode(data, {}).trees == codec.decode(ONE + TWO, {}).trees
    assert codes(data) == ["hl7v2.envelope.batch"]


def test_a_wrong_count_in_the_trailer_is_reported() -> None:
    assert "hl7v2.envelope.count" in codes(b"BHS|^~\\&\r" + ONE + b"BTS|2\r")


def test_frame_characters_are_tolerated() -> None:
    data = b"\x0b" + ONE + b"\x1c\r\x0b" + TWO + b"\x1c\r"
    assert codec.decode(data, {}).trees == codec.decode(ONE + TWO, {}).trees
    assert codes(data) == ["hl7v2.envelope.mllp"]


def test_text_before_the_first_message_is_reported() -> None:
    assert codes(b"PID|||9\r" + ONE) == ["hl7v2.envelope.stray"]


@pytest.mark.parametrize("data", [b"", b"\r\n", b"PID|1\r", b"\x00\xff", b"{}", b"FHS|^~\\&\r"])
def test_bytes_without_a_message_are_an_error(data: bytes) -> None:
    assert codes(data) == ["hl7v2.msh.missing"]


def test_a_batch_is_written_around_the_messages_when_asked() -> None:
    data = codec.encode(codec.decode(ONE + TWO, {}).trees, {"batch": True}).data
    assert data == b"BHS|^~\\&|KIS|EVK|GW|SOZ|20260401\r" + ONE + TWO + b"BTS|2\r"
