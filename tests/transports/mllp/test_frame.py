"""Frames out of pieces."""

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.transports.mllp.frame import Frame, Framer, framed

ALPHABET = st.sampled_from([b"\x0b", b"\x1c", b"\r", b"\n", b"MSH|", b"a", "ü".encode(), b"\x0bMSH|", b"\x1c\r"])
STREAMS = st.lists(ALPHABET, max_size=60).map(b"".join)


def fed(*pieces: bytes, cap: int = 1000) -> list[Frame]:
    framer = Framer(cap)
    return [frame for piece in pieces for frame in framer.feed(piece)]


@given(STREAMS, st.lists(st.integers(0, 200), max_size=20), st.integers(1, 40))
def test_any_split_of_any_stream_gives_the_same_frames(stream: bytes, cuts: list[int], cap: int) -> None:
    places = sorted({0, len(stream), *(cut for cut in cuts if cut < len(stream))})
    pieces = [stream[start:end] for start, end in pairwise(places)]
    whole, split, bytewise = Framer(cap), Framer(cap), Framer(cap)
    expected = whole.feed(stream)
    assert [frame for piece in pieces for frame in split.feed(piece)] == expected
    assert [frame for byte in stream for frame in bytewise.feed(bytes([byte]))] == expected
    assert split.ending == whole.ending == bytewise.ending
    assert split.flush() == whole.flush() == bytewise.flush()


@given(st.lists(st.binary(max_size=50).map(lambda data: data.translate(None, b"\x0b\x1c")), max_size=8))
def test_what_is_framed_comes_out_again(messages: list[bytes]) -> None:
    assert fed(b"".join(map(framed, messages))) == [Frame(message) for message in messages]


def test_noise_before_between_and_after_frames_is_left_out() -> None:
    assert fed(b"hello\r\n\x0bone\x1c\r\r\nnoise\x1c\r\x0btwo\x1c\rmore") == [Frame(b"one"), Frame(b"two")]


@pytest.mark.parametrize("end", [b"\x1c\r", b"\x1c\n", b"\x1c\r\n"])
def test_a_frame_ends_with_fs_and_any_line_end(end: bytes) -> None:
    assert fed(b"\x0bone" + end + b"\x0btwo" + end) == [Frame(b"one"), Frame(b"two")]


def test_a_frame_without_cr_ends_where_the_next_begins() -> None:
    assert fed(b"\x0bone\x1c\x0btwo\x1c\r") == [Frame(b"one"), Frame(b"two")]


def test_a_last_frame_without_cr_ends_when_the_peer_is_silent() -> None:
    framer = Framer()
    assert framer.feed(b"\x0bone\x1c") == []
    assert framer.ending
    assert framer.flush() == [Frame(b"one")]
    assert framer.flush() == []
    assert framer.feed(b"\r\x0btwo\x1c\r") == [Frame(b"two")]


def test_a_stray_fs_does_not_cut_a_message_in_two() -> None:
    assert fed(b"\x0bone\x1cand a half\x1c\r") == [Frame(b"one\x1cand a half")]


def test_a_vertical_tab_inside_a_value_stays_there() -> None:
    assert fed(b"\x0bone\x0bline\x1c\r") == [Frame(b"one\x0bline")]


def test_a_message_that_begins_inside_another_replaces_it() -> None:
    assert fed(b"\x0bMSH|half", b"\x0bMSH|whole\x1c\r") == [Frame(b"MSH|whole", torn=8)]


def test_a_frame_over_the_cap_is_refused_at_once_and_its_rest_is_not_kept() -> None:
    framer = Framer(10)
    assert framer.feed(b"\x0bMSH|456789ab") == [Frame(b"MSH|456789", excess=True)]
    assert framer.feed(b"c" * 100_000) == []
    assert len(framer._buffer) == 0
    assert framer.feed(b"\x1c\r\x0bnext\x1c\r") == [Frame(b"next")]


def test_a_frame_of_just_the_cap_is_taken() -> None:
    assert fed(b"\x0b123456789", b"0\x1c\r", cap=10) == [Frame(b"1234567890")]


def test_a_frame_over_the_cap_that_comes_whole_is_refused_too() -> None:
    assert fed(b"\x0b12345678901\x1c\r\x0bnext\x1c\r", cap=10) == [Frame(b"1234567890", excess=True), Frame(b"next")]


def test_many_small_pieces_of_a_large_frame_cost_each_byte_once() -> None:
    def seconds(pieces: int) -> float:
        framer, start = Framer(), time.process_time()
        framer.feed(b"\x0b")
        for _ in range(pieces):
            framer.feed(b"x" * 64)
        assert len(framer.feed(b"\x1c\r")[0].data) == pieces * 64
        return time.process_time() - start

    assert seconds(160_000) < 30 * max(seconds(16_000), 0.005)
