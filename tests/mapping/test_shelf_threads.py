"""Many threads ask one shelf: the line compiles what it will need while the first messages come in."""

import threading
import time
from pathlib import Path
from typing import Any

import pytest

from gateway import wiring
from gateway.mapping import parse


def test_a_format_is_whole_although_another_thread_loads_another(monkeypatch: pytest.MonkeyPatch) -> None:
    shelf, read, over = wiring.shelf(), parse.read_yaml, threading.Event()

    def slowly(path: Path, name: str) -> Any:
        time.sleep(0.01 if path.name == "names.yaml" else 0)
        return read(path, name)

    def others() -> None:
        while not over.is_set():
            shelf.load("fhir")

    monkeypatch.setattr(parse, "read_yaml", slowly)
    thread = threading.Thread(target=others)
    thread.start()
    try:
        found = shelf.get("hl7v2-de")
    finally:
        over.set()
        thread.join()
    assert [problem.code for problem in shelf.problems["hl7v2-de"] if problem.severity == "error"] == []
    assert found is not None


def test_a_format_that_many_ask_for_is_loaded_once() -> None:
    shelf, start = wiring.shelf(), threading.Barrier(4)
    found: list[Any] = []

    def ask() -> None:
        start.wait()
        found.append(shelf.get("evp"))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found[0] is not None
    assert all(one is found[0] for one in found)
