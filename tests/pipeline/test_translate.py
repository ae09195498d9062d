"""Bytes of one format become bytes of another; several messages make one set; every finding rides along."""

from pathlib import Path

import pytest

from gateway.domain.problem import worst
from gateway.mapping.format import Format
from gateway.mapping.shelf import Shelf
from gateway.pipeline.map import update
from gateway.pipeline.translate import read, translate
from gateway.wiring import Codecs, data_folder, folders
from tests.mapping.shelves import Desk

ROOT = Path(__file__).resolve().parents[2]
SHELF = Shelf(folders(), Codecs())
ADMISSION = (ROOT / "mappings/hl7v2-de/examples/01-admission.in.hl7").read_bytes()
LIST = (ROOT / "mappings/pflegedienst-liste/examples/01-three-measures-of-two-persons.in.csv").read_bytes()


def form(name: str) -> Format:
    found = SHELF.get(name)
    assert found is not None
    return found


def test_the_same_bytes_give_the_same_bytes() -> None:
    first, second = (translate(ADMISSION, form("hl7v2-de"), form("fhir")).data for _ in range(2))
    assert first == second
    assert first


def test_a_list_that_goes_through_fhir_comes_back_as_it_was() -> None:
    there = translate(LIST, form("pflegedienst-liste"), form("fhir")).data
    assert translate(there, form("fhir"), form("pflegedienst-liste")).data == LIST


def test_a_resource_that_comes_again_updates_the_first() -> None:
    tree = {"Patient": [{"fullUrl": "u:1", "gender": "male"}, {"fullUrl": "u:2"}]}
    update(
        tree, {"Patient": [{"fullUrl": "u:1", "gender": "female"}, {"fullUrl": "u:3"}], "Task": [{"fullUrl": "u:4"}]}
    )
    assert [item["fullUrl"] for item in tree["Patient"]] == ["u:1", "u:2", "u:3"]
    assert tree["Patient"][0]["gender"] == "female"
    assert tree["Task"] == [{"fullUrl": "u:4"}]


def test_a_repeated_message_in_one_file_adds_no_second_patient() -> None:
    assert len(read(ADMISSION.rstrip() + b"\r" + ADMISSION, form("hl7v2-de")).tree["Patient"]) == 1


def test_a_problem_of_the_second_message_says_so() -> None:
    broken = ADMISSION.replace(b"|19410509|", b"|gestern|")
    reading = read(ADMISSION.rstrip() + b"\r" + (broken if broken != ADMISSION else ADMISSION), form("hl7v2-de"))
    places = [problem.place for problem in reading.problems if problem.code == "map.value"]
    assert all(place.startswith("message 2: ") for place in places)


@pytest.mark.parametrize("name", ["fhir", "evp", "hl7v2-de", "pflegedienst-liste", "ueberleitungsantrag"])
@pytest.mark.parametrize(
    "data", [b"", b"\x00", b"\xff\xfe", b"{", b"[]", b"null", b"MSH", b"MSH|", b";;;", b"\r\n" * 5, b'"']
)
def test_bytes_that_are_no_message_are_errors_and_no_result(name: str, data: bytes) -> None:
    done = translate(data, form(name), form("fhir"))
    assert worst(done.problems) == "error"
    assert done.data == b""


def test_a_format_is_used_only_in_its_directions() -> None:
    done = translate(LIST, form("pflegedienst-liste"), form("ueberleitungsantrag"))
    assert [problem.code for problem in done.problems if problem.severity == "error"] == ["map.direction"]


def test_the_data_ship_beside_the_code() -> None:
    assert (data_folder("mappings") / "fhir/format.yaml").exists()
    assert (data_folder("profiles")).is_dir()


def test_a_format_that_is_only_written_is_not_read(tmp_path: Path) -> None:
    only = Desk(tmp_path).table("- a <- gender", more="direction: out\n").load()
    assert [problem.code for problem in read(b"a,b\nx,y\n", only).problems] == ["map.direction"]


def test_a_file_without_messages_is_empty(tmp_path: Path) -> None:
    assert "delimited.empty" in [
        problem.code for problem in read(b"a,b\n", Desk(tmp_path).table("- a <-> gender").load()).problems
    ]


def test_a_result_that_is_fhir_already_carries_no_second_source() -> None:
    bundle = b'{"resourceType": "Patient", "id": "1", "gender": "male"}'
    assert b"Provenance" not in translate(bundle, form("fhir"), form("fhir")).data


def test_an_original_that_cannot_be_read_is_an_error() -> None:
    done = translate(LIST, form("pflegedienst-liste"), form("evp"), b"{")
    assert (worst(done.problems), done.data) == ("error", b"")


def test_resources_a_target_has_no_map_for_are_an_error() -> None:
    bundle = b'{"resourceType": "Substance", "id": "1", "code": {"text": "Wasser"}}'
    done = translate(bundle, form("fhir"), form("pflegedienst-liste"))
    assert (worst(done.problems), done.data) == ("error", b"")
