"""The stand-ins of the demo, and the far ends they talk to."""

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "docker" / "demo"))

from standins.door import ANYWHERE, Answer, Door, Request  # noqa: E402 - found through the line above
from standins.intake import Intake  # noqa: E402 - as above


@dataclass
class Gateway:
    """The gateway's door as a party sees it: takes everything, keeps it, gives a tracking number."""

    kept: list[tuple[str, dict[str, str], Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.door = Door(self.answer, ANYWHERE)

    def answer(self, request: Request) -> Answer:
        self.kept.append((request.path, {k.lower(): v for k, v in request.headers.items()}, json.loads(request.body)))
        return Answer(202, {"tracking": f"t{len(self.kept)}"}, type="application/json")

    def intake(self, partner: str) -> Intake:
        return Intake(f"http://127.0.0.1:{self.door.port}", partner, "ein Wort")


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    there = Gateway()
    there.door.start()
    yield there
    there.door.stop()
