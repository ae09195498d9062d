"""`policy:` puts a policy in force: at the start, on a reload, and never one that is broken."""

import asyncio
from pathlib import Path

import pytest

from gateway.domain.problem import worst
from gateway.house.opened import house
from gateway.pipeline.policies.load import shipped, standard
from gateway.settings import Settings, load
from tests.cli.command import Call, caller
from tests.settings.conftest import Read

OWN = shipped().read_text("utf-8").replace("policy: standard", "policy: kreis")
NOBODY = OWN.replace("    kinds: [hospital, practice]\n", "")


def written(folder: Path, text: str = OWN) -> Path:
    file = folder / "kreis.yaml"
    file.write_text(text, "utf-8")
    return file


def test_without_it_the_shipped_policy_is_in_force(tmp_path: Path) -> None:
    assert opened(tmp_path, "name: x\n") == standard().hash


def test_the_file_is_found_from_the_folder_of_the_settings(tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    written(tmp_path / "rules")
    assert opened(tmp_path, "policy: rules/kreis.yaml\n") not in {standard().hash, ""}


def test_a_policy_that_is_not_there_or_broken_hinders_the_start_and_says_why(read: Read, tmp_path: Path) -> None:
    settings, problems = read("policy: kreis.yaml\n")
    assert (settings, [(p.code, p.place) for p in problems]) == (None, [("settings.policy", "gateway.yaml:1:9")])
    written(tmp_path, OWN.replace("paths: [Patient.gender]", "paths: [Patient.gander]"))
    settings, problems = read("policy: kreis.yaml\n")
    assert settings is None
    assert {p.code for p in problems} == {"policy.element", "settings.policy"}
    assert worst(problems) == "error"


def test_a_changed_policy_counts_from_the_reload_on_and_a_broken_one_leaves_what_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    file = written(tmp_path)
    found = house(settings_of(tmp_path, "policy: kreis.yaml\n"), asyncio.new_event_loop())
    try:
        found.changed()
        first = found.rooms.policy
        written(tmp_path, NOBODY)
        assert found.changed()
        assert found.reload() == []
        second = found.rooms.policy
        assert first is not None
        assert second is not None
        assert (first.role("", "hospital") is None, second.role("", "hospital") is None) == (False, True)
        written(tmp_path, "policy: kreis\n")
        assert {problem.code for problem in found.reload()} == {"config.missing"}
        file.unlink()
        assert [problem.code for problem in found.reload()] != []
        assert found.rooms.policy is second
        lines = [line for line in found.rooms.store.audit(limit=50) if line.action == "reload"]
        assert {second.hash in line.detail for line in lines} == {True}
    finally:
        found.rooms.store.close()
        found.loop.close()


def test_the_check_names_the_policy(
    monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes], tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    gateway: Call = caller(monkeypatch, capsysbinary)
    (tmp_path / "gateway.yaml").write_text("name: x\n", "utf-8")
    assert gateway("config", "check").text.endswith(", the shipped policy\n")
    written(tmp_path)
    (tmp_path / "gateway.yaml").write_text("policy: kreis.yaml\n", "utf-8")
    assert gateway("config", "check").text.endswith(", policy kreis.yaml\n")


def settings_of(folder: Path, text: str) -> Settings:
    (folder / "gateway.yaml").write_text(text, "utf-8")
    settings, problems = load(folder / "gateway.yaml", folder)
    assert settings is not None, problems
    return settings


def opened(folder: Path, text: str) -> str:
    """The hash of the policy that a gateway with these settings has."""
    loop = asyncio.new_event_loop()
    found = house(settings_of(folder, text), loop)
    try:
        return found.rooms.policy.hash if found.rooms.policy else ""
    finally:
        found.rooms.store.close()
        loop.close()
