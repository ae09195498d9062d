"""`gateway convert`: exit codes, both outputs, folders, standard input."""

import json
import shutil
from pathlib import Path

import pytest

from tests.cli.command import EXAMPLES, ROOT, Call

HL7 = EXAMPLES["hl7v2-de"]
CSV = EXAMPLES["pflegedienst-liste"]
BROKEN = b"this is no message"


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_of_each_format_becomes_a_collection(gateway: Call, name: str) -> None:
    done = gateway("convert", EXAMPLES[name], "--from", name, "--to", "fhir")
    assert done.code == 0
    assert done.json["resourceType"] == "Bundle"
    assert done.json["type"] == "collection"
    assert done.json["entry"][0]["resource"]["resourceType"] == "Patient"


def test_a_file_may_go_from_any_format_to_any_other(gateway: Call) -> None:
    done = gateway("convert", EXAMPLES["evp"], "--from", "evp", "--to", "pflegedienst-liste")
    assert done.code == 0
    assert "Maßnahme" in done.out.decode("utf-8-sig").splitlines()[0]


def test_standard_input_is_a_hyphen(gateway: Call) -> None:
    named = gateway("convert", HL7, "--from", "hl7v2-de", "--to", "fhir")
    piped = gateway("convert", "-", "--from", "hl7v2-de", "--to", "fhir", stdin=HL7.read_bytes())
    assert (piped.code, piped.out) == (0, named.out)


def test_the_same_file_gives_the_same_bytes(gateway: Call) -> None:
    words = ("convert", HL7, "--from", "hl7v2-de", "--to", "fhir")
    assert gateway(*words).out == gateway(*words).out


def test_an_error_leaves_standard_output_empty(gateway: Call) -> None:
    done = gateway("convert", "-", "--from", "hl7v2-de", "--to", "fhir", stdin=BROKEN)
    assert (done.code, done.out) == (1, b"")
    assert done.err.startswith("error   ")
    assert "        -> " in done.err


def test_empty_input_is_an_error(gateway: Call) -> None:
    for name in EXAMPLES:
        done = gateway("convert", "-", "--from", name, "--to", "fhir")
        assert (done.code, done.out) == (1, b"")


def test_problems_can_be_read_by_machines(gateway: Call) -> None:
    done = gateway("convert", "-", "--from", "hl7v2-de", "--to", "fhir", "--problems", "json", stdin=BROKEN)
    problems = json.loads(done.err)
    assert set(problems[0]) == {"severity", "code", "place", "sentence", "repair"}
    assert problems[0]["severity"] == "error"


def test_without_problems_machines_get_an_empty_list(gateway: Call) -> None:
    done = gateway("convert", CSV, "--from", "pflegedienst-liste", "--to", "fhir", "--problems", "json")
    assert (done.code, json.loads(done.err)) == (0, [])


@pytest.mark.parametrize(
    "words",
    [
        ("nix.hl7", "--from", "hl7v2-de", "--to", "fhir"),
        (HL7, "--from", "nix", "--to", "fhir"),
        (HL7, "--from", "hl7v2-de", "--to", "nix"),
        (HL7, "--from", "hl7v2-de"),
        (HL7, CSV, "--from", "hl7v2-de", "--to", "fhir"),
        (HL7.parent, "--from", "hl7v2-de", "--to", "fhir"),
        (HL7, "--from", "hl7v2-de", "--to", "fhir", "--problems", "xml"),
        ("nix.hl7", "--from", "hl7v2-de", "--to", "fhir", "--out", "out"),
    ],
)
def test_a_wrong_call_ends_with_2(gateway: Call, words: tuple[object, ...]) -> None:
    done = gateway("convert", *words)
    assert (done.code, done.out) == (2, b"")
    assert done.err


def test_a_wrong_format_names_the_known_ones(gateway: Call) -> None:
    assert "hl7v2-de" in gateway("convert", HL7, "--from", "nix", "--to", "fhir").err


def test_a_format_that_is_only_read_is_not_written(gateway: Call) -> None:
    done = gateway("convert", HL7, "--from", "hl7v2-de", "--to", "ueberleitungsantrag")
    assert (done.code, done.out) == (1, b"")
    assert "map.direction" in done.err


def test_a_format_that_is_broken_ends_with_its_findings(gateway: Call, tmp_path: Path) -> None:
    (tmp_path / "mappings/kaputt").mkdir(parents=True)
    (tmp_path / "mappings/kaputt/format.yaml").write_text("format: kaputt\ncodec: nix\n", encoding="utf-8")
    done = gateway("convert", HL7, "--from", "kaputt", "--to", "fhir")
    assert (done.code, done.out) == (1, b"")
    assert "map.codec" in done.err


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "Eingang Höxter"
    (folder / "früh").mkdir(parents=True)
    shutil.copy(HL7, folder / "früh" / "a.hl7")
    shutil.copy(HL7, folder / "b.hl7")
    (folder / "kaputt.hl7").write_bytes(BROKEN)
    (folder / "notiz.txt").write_text("nothing", encoding="utf-8")
    (folder / ".versteckt.hl7").write_bytes(BROKEN)
    return folder


def test_a_folder_gives_a_result_at_each_path(gateway: Call, inbox: Path) -> None:
    done = gateway("convert", inbox, "--from", "hl7v2-de", "--to", "fhir", "--out", "aus")
    made = sorted(path.relative_to("aus").as_posix() for path in Path("aus").rglob("*.json"))
    assert [name for name in made if "problems" not in name] == ["b.hl7.json", "früh/a.hl7.json"]
    assert "kaputt.hl7.problems.json" in made
    assert done.code == 1
    assert done.text.startswith("2 converted (")
    assert done.text.endswith(", 1 refused, 1 of other kinds left out\n")


def test_a_folder_without_errors_ends_with_0(gateway: Call, inbox: Path) -> None:
    (inbox / "kaputt.hl7").unlink()
    done = gateway("convert", inbox, "--from", "hl7v2-de", "--to", "fhir", "--out", "aus")
    assert done.code == 0
    assert json.loads(Path("aus/b.hl7.json").read_bytes())["resourceType"] == "Bundle"


def test_several_files_stand_side_by_side(gateway: Call, inbox: Path) -> None:
    files = (inbox / "b.hl7", inbox / "früh/a.hl7")
    assert gateway("convert", *files, "--from", "hl7v2-de", "--to", "fhir", "--out", "aus").code == 0
    assert {path.name for path in Path("aus").iterdir()} >= {"a.hl7.json", "b.hl7.json"}


def test_what_an_earlier_run_left_is_taken_away(gateway: Call, tmp_path: Path) -> None:
    words = ("convert", tmp_path / "ein", "--from", "pflegedienst-liste", "--to", "fhir", "--out", "aus")
    (tmp_path / "ein").mkdir()
    file = tmp_path / "ein/a.csv"
    shutil.copy(CSV, file)
    gateway(*words)
    assert sorted(path.name for path in Path("aus").iterdir()) == ["a.csv.json"]
    file.write_bytes(b"")
    assert gateway(*words).code == 1
    assert sorted(path.name for path in Path("aus").iterdir()) == ["a.csv.problems.json"]
    shutil.copy(CSV, file)
    gateway(*words)
    assert sorted(path.name for path in Path("aus").iterdir()) == ["a.csv.json"]


def test_an_empty_folder_is_no_work(gateway: Call, tmp_path: Path) -> None:
    (tmp_path / "leer").mkdir()
    done = gateway("convert", tmp_path / "leer", "--from", "hl7v2-de", "--to", "fhir", "--out", "aus")
    assert (done.code, done.text) == (0, "0 converted (0 with warnings), 0 refused\n")


def test_several_messages_of_a_file_become_one_bundle(gateway: Call) -> None:
    second = (ROOT / "mappings/hl7v2-de/examples/02-discharge-to-care-facility.in.hl7").read_bytes()
    done = gateway(
        "convert", "-", "--from", "hl7v2-de", "--to", "fhir", stdin=HL7.read_bytes().rstrip() + b"\r" + second
    )
    assert done.code == 0
    kinds = [entry["resource"]["resourceType"] for entry in done.json["entry"]]
    assert kinds.count("MessageHeader") == 2
    assert "message 2: " in done.err or not done.err


def test_the_original_of_a_target_keeps_what_no_rule_knows(gateway: Call, tmp_path: Path) -> None:
    shutil.copy(CSV, tmp_path / "alt.csv")
    words = ("convert", CSV, "--from", "pflegedienst-liste", "--to", "pflegedienst-liste")
    assert gateway(*words, "--original", "alt.csv").code == 0
    assert gateway(*words, "--original", "nix.csv").code == 2
    assert gateway(*words, "--original", "alt.csv", "--out", "aus").code == 2


def test_the_source_message_stays_reachable_from_the_result(gateway: Call) -> None:
    done = gateway("convert", HL7, "--from", "hl7v2-de", "--to", "fhir")
    kinds = [entry["resource"]["resourceType"] for entry in done.json["entry"]]
    assert kinds[-2:] == ["DocumentReference", "Provenance"] or {"DocumentReference", "Provenance"} <= set(kinds)
