"""What a check found, line by line: it holds, it will not for long, or it does not; with the repair."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import typer

from gateway.cli import certificates, console
from gateway.domain.problem import Problem

Verdict = Literal["ok", "warn", "bad"]
SOON = 30
"""Days before its end from which on a certificate is a warning."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    what: str
    verdict: Verdict
    said: str
    repair: str = ""


def tell(findings: Iterable[Finding], *, as_json: bool) -> None:
    """All findings as they come, and the end with 1 where something is bad."""
    seen: list[Finding] = []
    for finding in findings:
        seen.append(finding)
        if not as_json:
            show(finding)
    bad = any(finding.verdict == "bad" for finding in seen)
    if as_json:
        console.machine({"healthy": not bad, "findings": [asdict(finding) for finding in seen]})
    if bad:
        raise typer.Exit(console.FINDINGS)


def show(finding: Finding) -> None:
    """One or two lines."""
    sys.stdout.write(console.printable(f"{finding.verdict:4}  {finding.what:32}  {finding.said}") + "\n")
    if finding.repair:
        sys.stdout.write(console.printable(f"{'':38}  -> {finding.repair}") + "\n")
    sys.stdout.flush()


def of_problems(what: str, problems: Sequence[Problem], fine: str) -> Iterator[Finding]:
    """Findings of a check as lines of this one; information is left out."""
    verdicts: dict[str, Verdict] = {"error": "bad", "warning": "warn"}
    grave = [problem for problem in problems if problem.severity in verdicts]
    for problem in grave:
        yield Finding(what, verdicts[problem.severity], f"{problem.place}: {problem.sentence}", problem.repair)
    if not grave:
        yield Finding(what, "ok", fine)


def certificate(what: str, path: Path) -> Finding:
    """Until when the certificates of a file hold."""
    end = certificates.ends(path)
    if end is None:
        return Finding(what, "bad", f"{path} holds no certificate that can be read", "put it there, in PEM")
    return until(what, end, str(path))


def until(what: str, end: datetime, whose: str) -> Finding:
    """How long one holds."""
    days = (end - datetime.now(UTC)).days
    said = f"{whose}, until {end.astimezone():%Y-%m-%d}"
    if days < 0:
        return Finding(what, "bad", f"{said}: it has ended", "renew it")
    if days < SOON:
        return Finding(what, "warn", f"{said}: {days} days left", "renew it in time")
    return Finding(what, "ok", said)
