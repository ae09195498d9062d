"""What a start tells of the partners' files: what is wrong; what is only noted stands in the check."""

import asyncio
import logging
from pathlib import Path

import pytest

from gateway.house.opened import house
from gateway.settings import load


def test_a_start_tells_what_is_wrong_and_leaves_the_notes_to_the_check(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, text in (("noted", 'identifiers: {ik: "260570444"}'), ("broken", 'identifiers: {ik: "1"}')):
        folder = tmp_path / "mappings" / "partners" / name
        folder.mkdir(parents=True)
        (folder / "partner.yaml").write_text(f"partner: {name}\ntitle: Praxis\nkind: practice\n{text}\n", "utf-8")
    (tmp_path / "gateway.yaml").write_text("name: x\nmappings: [mappings]\n", "utf-8")
    settings, _ = load(tmp_path / "gateway.yaml")
    assert settings is not None
    with caplog.at_level(logging.INFO):
        found = house(settings, asyncio.new_event_loop())
    found.rooms.store.close()
    found.loop.close()
    said = [(record.levelname, getattr(record, "code", "")) for record in caplog.records if record.msg == "settings"]
    assert said == [("ERROR", "directory.number")]
