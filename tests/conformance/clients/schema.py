"""schemathesis, a fuzzer by others, over the OpenAPI description: no fault of ours, and answers as described."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from tests.conformance.clients.served import gateway
from tests.conformance.clients.talks import unharmed
from tests.conformance.figures import Figure, Skipped, Verdict

ROOT = Path(__file__).resolve().parents[3]
CHECKS = (
    "not_a_server_error", "status_code_conformance", "content_type_conformance", "response_headers_conformance",
    "response_schema_conformance", "unsupported_method", "refusals_are_outcomes",
)  # fmt: skip
PATIENCE = 1200


@dataclass(frozen=True, slots=True)
class Effort:
    """How much is tried: phases, requests per operation, seconds for all; `seed` None: another one every time."""

    phases: str = "examples,coverage,fuzzing,stateful"
    examples: int = 60
    seconds: int = 300
    seed: int | None = None
    operations: str = ""

    def options(self) -> list[str]:
        """As the command line has it."""
        said = ["--phases", self.phases, "--max-examples", str(self.examples), "--no-shrink", "--continue-on-failure"]
        if "stateful" in self.phases:
            said += ["--max-time", str(self.seconds)]
        if self.seed is not None:
            said += ["--seed", str(self.seed)]
        return [*said, "--include-path-regex", self.operations] if self.operations else said


@dataclass(frozen=True, slots=True)
class Tried:
    """The fuzzer's report, and what it printed."""

    report: dict[str, Any]
    text: str

    @property
    def cases(self) -> int:
        return int(self.report["test_cases"]["generated"])

    @property
    def failures(self) -> list[str]:
        """Each kind of failure with where it was seen first."""
        found = [f"{each['title']}: {each['operations'][0]}" for each in self.report["failures"]]
        return found + [str(each.get("title", each)) for each in self.report["errors"]]


def tried(address: str, effort: Effort, room: Path) -> Tried:
    """Runs the fuzzer against a description; RuntimeError where it could not begin."""
    report = room / "report.json"
    command = [sys.executable, "-m", "schemathesis.cli", "run", address, "--checks", ",".join(CHECKS)]
    command += ["--report", "json", "--report-json-path", str(report), "--suppress-health-check", "all"]
    environment = os.environ | {"SCHEMATHESIS_HOOKS": "tests.conformance.clients.outcomes", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [*command, *effort.options()],
        cwd=room,
        env=environment,
        capture_output=True,
        check=False,
        text=True,
        timeout=PATIENCE,
    )
    if not report.exists():
        raise RuntimeError((done.stdout + done.stderr).strip()[-2000:])
    return Tried(json.loads(report.read_text(encoding="utf-8")), done.stdout)


def schema(room: Path) -> list[Verdict]:
    """Made-up requests for every operation of the description, single and in sequences that follow its links."""
    if find_spec("schemathesis") is None:
        return [Skipped("schemathesis", "schemathesis is not installed")]
    with gateway() as served:
        found = tried(f"{served.base}/openapi.json", Effort(), room)
        (room / "talk.txt").write_text(found.text, encoding="utf-8")
        print("\n".join(found.failures))
        bad = int(found.report["test_cases"]["with_failures"])
        note = f"{found.report['operations']['tested']} operations; {'; '.join(found.failures)}"
        verdict = Figure("schemathesis", "answers as described", found.cases - bad, found.cases, 1.0, note)
        return [verdict, unharmed(served)]
