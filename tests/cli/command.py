"""The command line as a person calls it, in this process: exit code and both outputs."""

import io
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from gateway.cli.main import main

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = {
    "hl7v2-de": ROOT / "mappings/hl7v2-de/examples/01-admission.in.hl7",
    "evp": ROOT / "mappings/evp/examples/01-zwei-bedarfe-mit-betreuer.in.json",
    "pflegedienst-liste": ROOT / "mappings/pflegedienst-liste/examples/01-three-measures-of-two-persons.in.csv",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a call gave."""

    code: int
    out: bytes
    err: str

    @property
    def text(self) -> str:
        return self.out.decode("utf-8")

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Call = Callable[..., Answer]


def caller(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[bytes]) -> Call:
    """A function that calls `gateway` with words and standard input."""

    def call(*words: object, stdin: bytes = b"") -> Answer:
        monkeypatch.setattr(sys, "argv", ["gateway", *(str(word) for word in words)])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8"))
        with pytest.raises(SystemExit) as ended:
            main()
        code = ended.value.code
        out, err = capsys.readouterr()
        return Answer(code if isinstance(code, int) else 0, out, err.decode("utf-8"))

    return call
