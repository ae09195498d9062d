"""The canary itself: it hears what it must, and only that."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.canary import Canary

LOG = logging.getLogger("gateway.canary")


@pytest.fixture
def canary() -> Iterator[Canary]:
    levels = {name: getattr(logging.Logger, name) for name in ("debug", "info")}
    factory, made = logging.getLogRecordFactory(), Canary()
    made.listen()
    try:
        yield made
    finally:
        logging.setLogRecordFactory(factory)
        for name, method in levels.items():
            setattr(logging.Logger, name, method)


@pytest.mark.names_people
def test_a_person_in_a_line_is_heard_whatever_its_level_and_place(canary: Canary) -> None:
    LOG.warning("Frau Grünewälder")
    LOG.debug("nobody is listening: %s", "Käthe")
    LOG.info("quiet", extra={"who": "G405718932"})
    try:
        raise ValueError("19380903")  # noqa: TRY301 - as a fault quotes what it met
    except ValueError:
        LOG.exception("a fault")
    heard = canary.taken()
    assert [word for word in ("Grünewälder", "Käthe", "G405718932", "19380903") if word not in str(heard)] == []
    assert canary.taken() == []


def test_lines_that_name_nobody_and_those_of_others_are_nothing(canary: Canary) -> None:
    LOG.warning("a request failed", extra={"code": "match.doubt"})
    logging.getLogger("somebody.else").warning("Grünewälder")
    assert canary.taken() == []


def test_a_file_left_behind_is_looked_into_and_gone(tmp_path: Path) -> None:
    folder = tmp_path / "left"
    folder.mkdir()
    (folder / "a").write_text("Käthe Grünewälder", encoding="utf-8")
    (folder / "b").write_text("nobody", encoding="utf-8")
    (folder / "Siekmann.txt").write_text("", encoding="utf-8")
    heard = sorted(Canary(temporary=str(folder)).left())
    assert heard == [
        "a, left behind, names a person: Käthe",
        "the name of a file left behind names a person: Siekmann",
    ]
    assert not folder.exists()
