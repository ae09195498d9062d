"""The services that work with lists in folders."""

import csv
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from standins.folder_service import FolderService

LIST = (
    "Maßnahme-Nr.;Name;Telefon;Maßnahme;Stand;Bemerkung\r\n"
    'C-1-2;Grünewälder;\'+49 521 5550188;"Fahrten; dienstags";offen;\r\n'
    "C-1-5;Grünewälder;;Fahrt zum Amt;offen;Rollstuhl\r\n"
).encode("utf-8-sig")


@pytest.fixture
def service(tmp_path: Path) -> Iterator[FolderService]:
    running = FolderService(tmp_path / "out", tmp_path / "in", seconds=0.01).start()
    yield running
    running.stop()


def drop(tmp_path: Path, name: str = "k1.csv", data: bytes = LIST) -> None:
    """As the gateway does it: written aside, then there at once."""
    part = tmp_path / "out" / f"{name}.part"
    part.write_bytes(data)
    part.replace(tmp_path / "out" / name)


def test_a_list_is_read_and_put_away(service: FolderService, tmp_path: Path) -> None:
    drop(tmp_path)
    (found,) = service.received.wait_for(1)
    assert [row["Maßnahme"] for row in found.rows] == ["Fahrten; dienstags", "Fahrt zum Amt"]
    assert [path.name for path in (tmp_path / "out").rglob("*.*")] == ["k1.csv"]
    assert (tmp_path / "out" / "gelesen" / "k1.csv").read_bytes() == LIST


def test_a_list_that_is_still_written_is_left_alone(service: FolderService, tmp_path: Path) -> None:
    (tmp_path / "out" / "k1.csv.part").write_bytes(LIST[:40])
    drop(tmp_path, "k2.csv")
    assert [found.name for found in service.received.wait_for(1)] == ["k2.csv"]
    assert (tmp_path / "out" / "k1.csv.part").exists()


def test_a_list_that_comes_again_under_its_name_is_no_second_list(service: FolderService, tmp_path: Path) -> None:
    drop(tmp_path)
    service.received.wait_for(1)
    drop(tmp_path)
    drop(tmp_path, "k2.csv")
    assert [found.name for found in service.received.wait_for(2)] == ["k1.csv", "k2.csv"]


def test_an_old_windows_file_is_read(service: FolderService, tmp_path: Path) -> None:
    drop(tmp_path, data=LIST.decode("utf-8-sig").encode("cp1252"))
    assert service.received.wait_for(1)[0].rows[0]["Name"] == "Grünewälder"


@pytest.mark.parametrize(("word", "stand"), [("accept", "offen"), ("decline", "entfällt"), ("complete", "erledigt")])
def test_the_answer_is_the_same_list_with_another_stand(
    service: FolderService, tmp_path: Path, word: str, stand: str
) -> None:
    drop(tmp_path)
    path = getattr(service, word)(service.received.wait_for(1)[0])
    text = path.read_bytes().decode("utf-8-sig")
    before = list(csv.DictReader(LIST.decode("utf-8-sig").splitlines(), delimiter=";"))
    assert list(csv.DictReader(text.splitlines(), delimiter=";")) == [row | {"Stand": stand} for row in before]
    assert path.parent == tmp_path / "in"


def test_one_row_alone_can_be_answered_with_a_remark(service: FolderService, tmp_path: Path) -> None:
    drop(tmp_path)
    path = service.answer(service.received.wait_for(1)[0], "entfällt", "Kein Wagen frei.", ["C-1-2"])
    rows = list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines(), delimiter=";"))
    assert [(row["Stand"], row["Bemerkung"]) for row in rows] == [
        ("entfällt", "Kein Wagen frei."),
        ("offen", "Rollstuhl"),
    ]


def test_an_answer_appears_whole_or_not_at_all(service: FolderService, tmp_path: Path) -> None:
    drop(tmp_path)
    found = service.received.wait_for(1)[0]
    seen: set[int] = set()
    ended = threading.Event()

    def look() -> None:
        while not ended.is_set():
            seen.update(path.stat().st_size for path in (tmp_path / "in").glob("*.csv"))

    looking = threading.Thread(target=look)
    looking.start()
    sizes = {service.accept(found).stat().st_size for _ in range(50)}
    ended.set()
    looking.join()
    assert seen <= sizes
    assert [path for path in (tmp_path / "in").iterdir() if path.suffix != ".csv"] == []
