"""Messages of others: decoded or answered, written and read again, compared with python-hl7, mutated."""

import os
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hl7
import pytest

from gateway.adapters.hl7v2 import codec
from gateway.domain.problem import worst

ROOT = Path(__file__).resolve().parents[3]
SHARED = Path(os.environ.get("GATEWAY_SHARED", ROOT.parent / "shared"))
FOLDERS = ("hl7v2", "hl7v2-raw", "de/hl7v2", "v2-to-fhir")
FILES = sorted(path for folder in FOLDERS for path in (SHARED / "data" / folder).rglob("*.hl7"))
MUTATIONS = int(os.environ.get("GATEWAY_MUTATIONS", "500"))
needs_files = pytest.mark.skipif(not FILES, reason="no shared test material (GATEWAY_SHARED)")


def leaves(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    else:
        for below in value.values() if isinstance(value, dict) else value:
            yield from leaves(below)


@needs_files
def test_every_message_is_decoded_or_answered_with_problems() -> None:
    silent = [
        path.name for path in FILES for d in [codec.decode(path.read_bytes(), {})] if not d.trees and not d.problems
    ]
    assert silent == []


@needs_files
def test_what_is_written_reads_as_the_same_tree() -> None:
    changed = []
    for path in FILES:
        trees = codec.decode(path.read_bytes(), {}).trees
        if codec.decode(codec.encode(trees, {}).data, {}).trees != trees:
            changed.append(path.name)
    assert changed == []


@needs_files
def test_german_messages_are_all_read_without_an_error() -> None:
    german = [path for path in FILES if "de" in path.parts]
    assert [p.name for p in german if worst(codec.decode(p.read_bytes(), {}).problems) == "error"] == []


def expected(text: str) -> list[str]:
    """The leaves that python-hl7 finds: all texts between delimiters, without MSH-1 and MSH-2."""
    found: list[str] = []
    for segment in hl7.parse(text):
        fields = segment[3 if str(segment[0]) == "MSH" else 1 :]
        for field in fields:
            for repetition in str(field).split("~"):
                found += [s.strip() for c in repetition.split("^") for s in c.split("&") if s.strip()]
    return sorted(found)


@needs_files
def test_clean_messages_have_the_leaves_that_python_hl7_finds() -> None:
    compared = 0
    for path in FILES:
        data = path.read_bytes()
        decoded = codec.decode(data, {})
        if len(decoded.trees) != 1 or decoded.problems or data.count(b"\\") != 1 or not data.startswith(b"MSH|^~\\&|"):
            continue
        tree = decoded.trees[0]
        tree["MSH"] = [{k: v for k, v in tree["MSH"][0].items() if k not in ("1", "2")}]
        if not data.isascii() and b"UNICODE UTF-8" not in data:
            continue
        text = data.decode().replace("\r\n", "\r").replace("\n", "\r")
        assert sorted(leaf.strip() for leaf in leaves(tree) if leaf.strip()) == expected(text), path.name
        compared += 1
    assert compared > 100


@needs_files
def test_mutated_messages_never_raise() -> None:
    rng = random.Random(20260401)
    for _ in range(MUTATIONS):
        data = bytearray(rng.choice(FILES).read_bytes()[:20_000])
        for _ in range(rng.randint(1, 12)):
            at = rng.randrange(len(data)) if data else 0
            data[at : at + rng.choice((0, 1, 1, 5))] = bytes(
                rng.choice((rng.randrange(256), *b'|^~\\&\r\n#\x0b\x1c"\x00\xff')) for _ in range(rng.randint(0, 3))
            )
        decoded = codec.decode(bytes(data), {"fallback": rng.choice(("", "cp1252"))})
        assert decoded.trees or decoded.problems
        encoded = codec.encode(decoded.trees, {})
        assert encoded.data or encoded.problems or not decoded.trees
