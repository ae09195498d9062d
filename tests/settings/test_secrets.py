"""Secrets from files and the environment; shown, they are only names."""

from pathlib import Path

import pytest

from gateway.settings import Secrets, read_secrets


def put(folder: Path, name: str, text: bytes, mode: int = 0o600) -> Path:
    path = folder / name
    path.write_bytes(text)
    path.chmod(mode)
    return path


def test_a_secret_is_the_line_of_a_file_with_its_name(tmp_path: Path) -> None:
    put(tmp_path, "to-elsey", b"s3cret\r\n")
    secrets, problems = read_secrets(tmp_path, tmp_path)
    assert problems == []
    assert (dict(secrets), len(secrets)) == ({"to-elsey": "s3cret"}, 1)


def test_what_is_no_secret_by_its_name_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    for name in ("README.md", ".hidden", "Capital"):
        put(tmp_path, name, b"x")
    assert list(Secrets(tmp_path)) == []


def test_a_secret_of_the_environment_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, "to-elsey", b"file")
    monkeypatch.setenv("GATEWAY_SECRET_TO_ELSEY", "environment")
    monkeypatch.setenv("GATEWAY_SECRET_OTHER", "o")
    assert dict(Secrets(tmp_path)) == {"to-elsey": "environment", "other": "o"}


def test_a_changed_secret_counts_at_once(tmp_path: Path) -> None:
    secrets = Secrets(tmp_path)
    assert secrets.get("to-elsey", "") == ""
    put(tmp_path, "to-elsey", b"one")
    assert secrets["to-elsey"] == "one"
    put(tmp_path, "to-elsey", b"two")
    assert secrets["to-elsey"] == "two"


def test_without_a_folder_there_are_none() -> None:
    assert len(Secrets()) == 0
    with pytest.raises(KeyError):
        Secrets("/nowhere")["x"]


def test_secrets_are_shown_as_names(tmp_path: Path) -> None:
    put(tmp_path, "to-elsey", b"s3cret")
    secrets = Secrets(tmp_path)
    assert (repr(secrets), str(secrets)) == ("Secrets(to-elsey)", "Secrets(to-elsey)")


def test_a_secret_that_everybody_may_read_is_a_warning(tmp_path: Path) -> None:
    put(tmp_path, "to-elsey", b"s3cret", 0o644)
    secrets, problems = read_secrets(tmp_path, tmp_path)
    assert [(p.code, p.severity, p.place) for p in problems] == [("settings.secret-open", "warning", "to-elsey")]
    assert secrets["to-elsey"] == "s3cret"


def test_a_secret_of_a_demo_may_be_read_by_everybody(tmp_path: Path) -> None:
    put(tmp_path, "to-elsey", b"demo-only", 0o644)
    assert read_secrets(tmp_path, tmp_path)[1] == []


@pytest.mark.parametrize(
    ("text", "code"),
    [(b"", "settings.secret-line"), (b"a\nb\n", "settings.secret-line"), (b"\xff", "settings.secret")],
)
def test_a_file_that_holds_no_secret_is_an_error(tmp_path: Path, text: bytes, code: str) -> None:
    put(tmp_path, "to-elsey", text)
    secrets, problems = read_secrets(tmp_path, tmp_path)
    assert [problem.code for problem in problems] == [code]
    assert "to-elsey" not in dict.fromkeys(name for name in secrets if secrets.get(name))
