"""`gateway explain`, `check`, `formats` and `new format`, and the help of each."""

from pathlib import Path

import pytest

from gateway.cli import console
from gateway.cli.templates import TEMPLATES
from tests.cli.command import EXAMPLES, ROOT, Call

HL7 = EXAMPLES["hl7v2-de"]


def test_explain_for_machines_has_exactly_these_fields(gateway: Call) -> None:
    done = gateway("explain", HL7, "--from", "hl7v2-de", "--json")
    assert done.code == 0
    assert set(done.json) == {"values", "ignored", "unmapped"}
    assert {frozenset(value) for value in done.json["values"]} == {
        frozenset({"path", "value", "rule", "source", "before"})
    }
    assert {frozenset(value) for value in done.json["ignored"]} <= {frozenset({"source", "reason"})}
    assert {frozenset(value) for value in done.json["unmapped"]} <= {frozenset({"source", "before"})}


def test_explain_names_the_rule_as_file_and_line(gateway: Call) -> None:
    values = gateway("explain", HL7, "--from", "hl7v2-de", "--json").json["values"]
    born = next(value for value in values if value["path"] == "Patient[0].birthDate")
    assert born["source"] == "PID-7.1" or born["source"] == "PID-7"
    file, _, line = born["rule"].rpartition(":")
    assert "birthDate" in (ROOT / "mappings" / file.partition("mappings/")[2]).read_text().splitlines()[int(line) - 1]


def test_explain_shows_tables_to_a_person(gateway: Call) -> None:
    done = gateway("explain", HL7, "--from", "hl7v2-de", "--path", "birthDate")
    assert done.code == 0
    assert done.text.startswith("1 values") or "birthDate" in done.text
    assert "rule" in done.text


@pytest.mark.parametrize(
    ("words", "code"),
    [(("-", "--from", "hl7v2-de"), 1), (("nix", "--from", "hl7v2-de"), 2), (("-", "--from", "nix"), 2), (("-",), 2)],
)
def test_explain_ends_like_convert(gateway: Call, words: tuple[str, ...], code: int) -> None:
    done = gateway("explain", *words, stdin=b"no message")
    assert (done.code, done.out) == (code, b"")
    assert done.err


def test_formats_lists_codec_direction_and_standing(gateway: Call) -> None:
    done = gateway("formats")
    assert done.code == 0
    assert {"evp", "fhir", "hl7v2", "hl7v2-de", "pflegedienst-liste"} <= {
        line.split()[0] for line in done.text.splitlines()
    }
    rows = gateway("formats", "--json").json
    assert set(rows[0]) == {"format", "title", "codec", "direction", "standing", "extends"}
    assert next(row for row in rows if row["format"] == "hl7v2-de")["codec"] == "hl7v2"


def test_formats_shows_a_broken_format_as_broken(gateway: Call, tmp_path: Path) -> None:
    (tmp_path / "mappings/kaputt").mkdir(parents=True)
    (tmp_path / "mappings/kaputt/format.yaml").write_text("format: [\n", encoding="utf-8")
    row = next(row for row in gateway("formats", "--json").json if row["format"] == "kaputt")
    assert row["standing"].startswith("broken")


@pytest.mark.parametrize("codec", TEMPLATES)
def test_a_new_format_of_each_codec_passes_check(gateway: Call, codec: str) -> None:
    made = gateway("new", "format", "neu", "--codec", codec)
    assert made.code == 0
    assert made.text.splitlines()[-1] == "next: edit the files, then `gateway check mappings/neu`"
    done = gateway("check", "mappings/neu")
    assert done.text.startswith("neu: clean")
    assert (done.code, [line for line in done.err.splitlines() if line.startswith(("error", "warning"))]) == (0, [])


@pytest.mark.parametrize(
    "words",
    [
        ("Groß", "--codec", "fhir"),
        ("../x", "--codec", "fhir"),
        ("x", "--codec", "nix"),
        ("evp", "--codec", "fhir"),
        ("x",),
    ],
)
def test_a_new_format_needs_a_fitting_name_and_a_codec(gateway: Call, words: tuple[str, ...], tmp_path: Path) -> None:
    assert gateway("new", "format", *words).code == 2
    assert not list(tmp_path.iterdir())


def test_a_new_format_does_not_overwrite(gateway: Call) -> None:
    assert gateway("new", "format", "neu", "--codec", "delimited", "--in", "hier").code == 0
    assert gateway("new", "format", "neu", "--codec", "delimited", "--in", "hier").code == 2


def test_check_says_what_is_wrong_and_ends_with_1(gateway: Call) -> None:
    gateway("new", "format", "neu", "--codec", "delimited")
    file = Path("mappings/neu/person.map.yaml")
    file.write_text(file.read_text(encoding="utf-8").replace("birthDate", "birthDay"), encoding="utf-8")
    done = gateway("check", "mappings/neu")
    assert done.code == 1
    assert "error   mappings/neu/person.map.yaml:9:5: " in done.err
    assert "-> did you mean `birthDate`?" in done.err
    assert done.text == "neu: 1 finding, cannot run\n"


def test_check_takes_files_folders_and_folders_of_formats(gateway: Call) -> None:
    gateway("new", "format", "neu", "--codec", "delimited")
    for path in (
        "mappings",
        "mappings/neu",
        "mappings/neu/format.yaml",
        "mappings/neu/codes",
        "mappings/neu/codes/geschlecht.csv",
    ):
        done = gateway("check", path)
        assert (done.code, done.text.split(":")[0]) == (0, "neu")


def test_check_of_nothing_is_a_wrong_call(gateway: Call, tmp_path: Path) -> None:
    assert gateway("check", "nix").code == 2
    assert gateway("check", tmp_path).code == 2


def test_check_compares_examples_and_blesses_them(gateway: Call) -> None:
    gateway("new", "format", "neu", "--codec", "delimited")
    assert gateway("check", "mappings/neu", "--bless").code == 0
    expected = Path("mappings/neu/examples/01-one-person.fhir.json")
    expected.write_text(expected.read_text(encoding="utf-8").replace("Brinkmann", "Sander"), encoding="utf-8")
    done = gateway("check", "mappings/neu")
    assert done.code == 1
    assert "map.example" in done.err
    assert gateway("check", "mappings/neu", "--bless").code == 0
    assert gateway("check", "mappings/neu").code == 0


def test_check_prints_a_format_as_it_acts(gateway: Call) -> None:
    done = gateway("check", "--effective", "hl7v2-de")
    assert done.code == 0
    assert "map: patient" in done.text
    assert gateway("check", "--effective", "nix").code == 2


def test_check_of_a_partner_below_partners(gateway: Call) -> None:
    folder = Path("mappings/partners/klinik")
    folder.mkdir(parents=True)
    (folder / "partner.yaml").write_text("partner: klinik\nextends: pflegedienst-liste\n", encoding="utf-8")
    assert gateway("check", folder).text.startswith("klinik: ")


@pytest.mark.parametrize("words", [(), ("convert",), ("explain",), ("check",), ("formats",), ("new", "format")])
def test_every_verb_has_help_with_examples(gateway: Call, words: tuple[str, ...]) -> None:
    done = gateway(*words, "--help")
    assert done.code == 0
    assert not words or "gateway " + " ".join(words) in done.text


def test_a_format_can_be_added_without_python(gateway: Call) -> None:
    gateway("new", "format", "senne", "--codec", "delimited")
    folder = Path("mappings/senne")
    edits = {
        "format.yaml": (
            "    - {name: name, header: Name}\n",
            "    - {name: name, header: Name}\n    - {name: ort, header: Ort}\n",
        ),
        "person.map.yaml": ("  - vorname", "  - ort          <-> address.city\n  - vorname"),
    }
    for name, (old, new) in edits.items():
        text = (folder / name).read_text(encoding="utf-8")
        assert old in text
        (folder / name).write_text(text.replace(old, new, 1), encoding="utf-8")
    assert gateway("check", folder).code == 0
    done = gateway(
        "convert", "-", "--from", "senne", "--to", "fhir", stdin="Nummer;Name;Ort\r\n7;Knoop;Löhne\r\n".encode()
    )
    assert done.code == 0
    assert done.json["entry"][0]["resource"]["address"] == [{"city": "Löhne"}]


def test_explain_shows_a_person_what_was_ignored_and_what_no_rule_used(gateway: Call) -> None:
    gateway("new", "format", "neu", "--codec", "delimited")
    file = Path("mappings/neu/person.map.yaml")
    text = file.read_text(encoding="utf-8").replace("rules:", "ignore: {vorname: not asked for}\nrules:")
    lines = [line for line in text.splitlines() if "<-> name" not in line]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    done = gateway("explain", "mappings/neu/examples/01-one-person.in.csv", "--from", "neu")
    assert done.code == 0
    assert "1 ignored" in done.text
    assert "not asked for" in done.text
    assert "1 unmapped: no rule uses them" in done.text


def test_a_table_for_a_file_has_no_blanks_at_line_ends_and_nothing_a_terminal_obeys(
    capsys: pytest.CaptureFixture[str],
) -> None:
    console.table("", ["a", "b"], [["1", "long enough"], ["[red]2", "\x1b[2J"]])
    assert capsys.readouterr().out.splitlines() == ["a       b", "1       long enough", "[red]2  �[2J"]
