"""S2, S4: no archive leaves its folder or fills the disk, no name is a path, nothing that is written becomes code."""

import io
import json
import re
import stat
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway import wiring
from gateway.mapping.pack import BYTES, FILES, pack, unpack
from gateway.mapping.shelf import Shelf
from tests.security.sources import calls
from tests.web.fhir.interface import PATIENT, Interface, opened

CODECS = wiring.Codecs()
ARCHIVES = (
    r"(.*\.)?(zipfile\.ZipFile|ZipFile|tarfile\.\w+|shutil\.(unpack_archive|make_archive)|gzip\.\w+|bz2\.\w+|lzma\.\w+)"
)
CODE = r"(.*\.)?(from_string|render_template_string|run_path|run_module|exec_module|InteractiveInterpreter)"
OURS = {
    ("gateway/mapping/pack.py", "zipfile.ZipFile"),
}
"""The one place where an archive is opened: maps as they were when a message was read."""


def zipped(*files: tuple[str | zipfile.ZipInfo, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        for inner, data in files:
            file.writestr(inner, data)
    return made.getvalue()


def link(to: str) -> zipfile.ZipInfo:
    """A symbolic link, as Info-ZIP writes it."""
    made = zipfile.ZipInfo("0/link.yaml")
    made.create_system, made.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    made.comment = to.encode()
    return made


HOSTILE = {
    "a file above": zipped(("../evil.yaml", b"x")),
    "a file above the folder of a format": zipped(("0/../../evil.yaml", b"x")),
    "a path from the root": zipped(("/tmp/evil.yaml", b"x")),  # noqa: S108 - it is not written
    "a path of another system": zipped(("0\\..\\..\\evil.yaml", b"x"), ("C:/evil.yaml", b"x")),
    "a folder that is no number": zipped(("formats/evil.yaml", b"x")),
    "a program": zipped(("0/evil.py", b"x")),
    "a bomb": zipped(("0/bomb.yaml", b"0" * (BYTES + 1))),
    "a small bomb": zipped(("0/bomb.yaml", b"0" * 5_000_000)),
    "many files": zipped(*((f"0/{n}.yaml", b"") for n in range(FILES + 1))),
    "no archive": b"PK\3\4 not at all",
    "nothing": b"",
    "half of one": zipped(("0/format.yaml", b"x" * 500))[:100],
    "a file that is not as it says": zipped(("0/format.yaml", b"x" * 50)).replace(b"x" * 3, b"y" * 3, 1)[:-1],
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_an_archive_that_is_none_of_ours_leaves_no_file(tmp_path: Path, kind: str) -> None:
    folder = tmp_path / "deep" / "folder"
    folder.mkdir(parents=True)
    assert unpack(HOSTILE[kind], "fhir", CODECS, folder) is None
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_link_in_an_archive_is_a_file(tmp_path: Path) -> None:
    unpack(zipped((link("/etc/passwd"), b"/etc/passwd")), "fhir", CODECS, tmp_path)
    assert [path for path in tmp_path.rglob("*") if path.is_symlink()] == []


@pytest.mark.parametrize("form", ["fhir", "evp", "hl7v2-de"])
def test_a_pack_of_ours_is_opened(tmp_path: Path, form: str) -> None:
    shelf = Shelf(wiring.folders(()), CODECS, tmp_path)
    found = unpack(pack(shelf, form), form, CODECS, tmp_path)
    assert found is not None
    assert found.name == form


def test_archives_are_opened_in_one_place() -> None:
    assert {each for each in calls() if re.fullmatch(ARCHIVES, each[1])} <= OURS


def test_no_text_becomes_a_template_or_a_module() -> None:
    assert [each for each in calls() if re.fullmatch(CODE, each[1])] == []


# --- names that are paths --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def fhir(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Interface]:
    with opened(tmp_path_factory.mktemp("paths")) as made:
        yield made


WORDS = ("../../../../etc", "/etc/passwd", "..", ".", "%2e%2e%2f", "fhir/../fhir", "fhir\0", "partners", "C:\\x", "~")


@pytest.mark.parametrize("word", WORDS)
def test_a_name_of_a_format_is_no_path(fhir: Interface, word: str) -> None:
    for path in (f"$transform?from={word}&to=fhir", f"$transform?from=fhir&to={word}", f"$explain?from={word}"):
        answer = fhir.ask("POST", path, PATIENT)
        assert 400 <= answer.status_code < 500
        assert "root:" not in answer.text
        assert "Traceback" not in answer.text


@pytest.mark.parametrize("word", ["..", "../../x", "%2e%2e", "Patient%2f..%2f..", "a/../b", "%00", "a\\..\\b"])
def test_a_path_of_the_interface_leads_to_no_file(fhir: Interface, word: str) -> None:
    for path in (f"Patient/{word}", word, f"Patient/{word}/_history/1", f"Patient/x/$validate/../../{word}"):
        answer = fhir.get(path)
        assert 400 <= answer.status_code < 500 or answer.url.endswith(("/fhir/Patient", "/fhir"))


def test_what_is_attached_is_kept_as_it_is_and_opened_by_nobody(fhir: Interface) -> None:
    import base64  # noqa: PLC0415 - only here

    bomb = base64.b64encode(zipped(("x", b"0" * 10_000_000))).decode()
    held = {"contentType": "application/zip", "data": bomb, "title": "../../evil.sh"}
    made = fhir.created({**PATIENT, "photo": [held]})
    assert made["photo"] == [held]
    assert json.dumps(made).count(bomb[:40]) == 1
