"""Inputs made worse: of bytes, of lines, of what is JSON inside; the same seed makes the same inputs."""

import json
import random
from collections.abc import Sequence
from typing import Any

LONGEST = 64 * 1024
WORDS: tuple[bytes, ...] = (
    b"\0",
    b"\r",
    b"\n",
    b"\r\n\r\n",
    b"\x0b",
    b"\x1c\r",
    b"|",
    b"^",
    b"~",
    b"\\",
    b"&",
    b'""',
    b"MSH|^~\\&|",
    b"\\X00\\",
    b"\\.br\\",
    b"{",
    b"}",
    b"[",
    b"]",
    b'"',
    b"null",
    b"1e999",
    b"-0",
    b"\\ud800",
    b"9" * 400,
    b"<!DOCTYPE x [",
    b"]]>",
    b"&amp;",
    b"&#0;",
    b"<?xml version='1.0' encoding='utf-7'?>",
    b"&a",
    b"*a",
    b"!!python/name:os.system",
    b"<<: *a",
    b"- ",
    b": ",
    b"? ",
    b"%00",
    b"%ff",
    b"%2e%2e/",
    b"../",
    b"$",
    b"_include",
    b"_has:",
    b":exact",
    b"/fhir/",
    b";",
    b"=",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"\xc3",
    b"\xf0\x9f\x98\x80",
    "ß".encode("latin-1"),
    "Ä".encode(),
    "²".encode(),
    b"\xe2\x80\xae",
    b"2026-02-30",
    b"0000-00-00",
    b"urn:uuid:",
    b"Patient/",
    b"=cmd|' /C calc'!A0",
    b"Infinity",
    b"Content-Length: 0\r\n",
    b"Transfer-Encoding: chunked\r\n",
    b"{key}",
    b"%s%n",
    b"true",
    b"2026-12-31T24:00:00Z",
)
VALUES: tuple[Any, ...] = (
    None,
    True,
    0,
    -1,
    2**70,
    1.5,
    "",
    " ",
    "x",
    "x" * 5_000,
    [],
    {},
    [[]],
    [None],
    {"a": 1},
    "Patient/x",
    "2026-02-30",
    "\0",
    "\ud800",
    "#x",
    "urn:uuid:x",
    "http://[",
    "9999-12-31T23:59:59+14:00",
    "P1D",
    ["a", "a"],
    {"resourceType": "X"},
    {"extension": [{}]},
    {"reference": "Task/1"},
    {"reference": 1},
    {"coding": [{"code": ["a"]}]},
    "Organization/",
)


def mutated(seed: bytes, others: Sequence[bytes], chance: random.Random) -> bytes:
    """A worse input, of a good one and its mates."""
    data = seed
    for _ in range(chance.choice((1, 1, 1, 2, 3, 8))):
        data = chance.choice((_structure, _structure, _bytes, _words, _lines, _spliced))(data, others, chance)
    return data[:LONGEST]


def _at(data: bytes, chance: random.Random) -> int:
    return chance.randrange(len(data) + 1)


def _bytes(data: bytes, _: Sequence[bytes], chance: random.Random) -> bytes:
    """One byte another one, some taken away, some twice, or many times."""
    at = _at(data, chance)
    upto = min(len(data), at + chance.choice((1, 1, 4, 32, 512)))
    piece = data[at:upto]
    made = (
        bytes([chance.randrange(256)]) if piece else b"",
        b"",
        piece * 2,
        piece * (LONGEST // (4 * len(piece))) if piece else b"",
        piece[::-1],
    )
    return data[:at] + made[chance.choice((0, 0, 0, 1, 1, 2, 3, 4))] + data[upto:]


def _words(data: bytes, _: Sequence[bytes], chance: random.Random) -> bytes:
    """A word that means something somewhere."""
    at = _at(data, chance)
    return data[:at] + chance.choice(WORDS) + data[at + chance.choice((0, 0, 1, 5)) :]


def _spliced(data: bytes, others: Sequence[bytes], chance: random.Random) -> bytes:
    """The beginning of one and the end of another."""
    other = chance.choice(others)
    return data[: _at(data, chance)] + other[_at(other, chance) :]


def _lines(data: bytes, _: Sequence[bytes], chance: random.Random) -> bytes:
    """A line (of a text, of a message) gone, twice, elsewhere, indented, or with another value."""
    end = b"\n" if b"\n" in data else b"\r"
    lines = data.split(end)
    at, to = chance.randrange(len(lines)), chance.randrange(len(lines))
    line = lines[at]
    name, colon, _rest = line.partition(b":")
    ways: tuple[list[bytes], ...] = (
        [],
        [line, line],
        [b"  " + line],
        [line.strip()],
        [name + colon + b" " + chance.choice(WORDS)],
        [lines[to]],
    )
    return end.join([*lines[:at], *chance.choice(ways), *lines[at + 1 :]])


def _structure(data: bytes, others: Sequence[bytes], chance: random.Random) -> bytes:
    """A value of the JSON in it another one, gone, twice, or below another name; of what is no JSON a line."""
    head, gap, body = data.rpartition(b"\r\n\r\n")
    try:
        tree = json.loads(body)
    except (ValueError, RecursionError):
        return _lines(data, others, chance)
    places = list(_places(tree))
    if not places:
        return _bytes(data, others, chance)
    node, key = chance.choice(places)
    way = chance.randrange(5)
    if way == 0:
        del node[key]
    elif way == 1 and isinstance(node, dict):
        node[chance.choice([*node, "resourceType", "id", "_" + str(key), "extension"])] = node[key]
    elif way == 2:
        other, name = chance.choice(places)
        node[key] = json.loads(json.dumps(other[name]))
    else:
        node[key] = [node[key], chance.choice(VALUES)] if way == 3 else chance.choice(VALUES)
    return head + gap + json.dumps(tree).encode()


def _places(node: Any) -> list[tuple[Any, Any]]:
    """All places of a tree."""
    found: list[tuple[Any, Any]] = []
    waiting = [node]
    while waiting:
        one = waiting.pop()
        inside = list(one.items()) if isinstance(one, dict) else list(enumerate(one)) if isinstance(one, list) else []
        found += [(one, key) for key, _ in inside]
        waiting += [value for _, value in inside]
    return found
