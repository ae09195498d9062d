"""A stolen database file shows no person: the canary goes its whole way, and no byte on the disk says a word."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.store.sql.store import open_store
from tests.pipeline.line.test_canary import NAME, WORDS, everything
from tests.pipeline.line.world import World
from tests.store.made import key, ring

PARTS = ("1938-09", "Zeisik", "canaria", "anarielle")


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, bytes]]:
    """Database, WAL and their companions while the store is open, as a thief would take them."""
    folder = tmp_path_factory.mktemp("store")
    store = open_store(f"sqlite:///{folder / 'gateway.db'}", ring(key("stelle-senne")), begin=True)
    try:
        world = World(store)
        everything(world)
        assert NAME in str(world.all("Patient"))
        assert world.store.find("Patient", [("birthdate", "1938-09-03")])
        yield {path.name: path.read_bytes() for path in folder.iterdir()}
    finally:
        store.close()


def variants(word: str) -> set[bytes]:
    """A word as it may stand in bytes: as it is, without case, in other codes."""
    words = {word, word.lower(), word.upper(), word.replace(" ", "")}
    codes = ("utf-8", "iso8859-1", "utf-16-le")
    return {said.encode(code) for said in words for code in codes}


@pytest.mark.parametrize("word", [*WORDS, *PARTS])
def test_no_byte_of_the_files_says_a_word_about_a_person(files: dict[str, bytes], word: str) -> None:
    assert "gateway.db-wal" in files
    for name, data in files.items():
        assert [said for said in variants(word) if said in data] == [], name


def test_without_keys_the_same_words_stand_in_the_file(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'gateway.db'}")
    try:
        everything(World(store))
        data = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    finally:
        store.close()
    assert all(word.encode() in data for word in WORDS)
