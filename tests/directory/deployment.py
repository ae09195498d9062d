"""Small deployments: partner files written into a folder, loaded as the gateway loads them."""

from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

from gateway.directory.known import Known
from gateway.directory.load import load
from gateway.directory.parties import Directory
from gateway.domain.problem import Problem

TOKEN = "sha256:" + "ab" * 32


@dataclass(slots=True)
class Deployment:
    """A folder of mappings with partners; `root` is also what places and roads start from."""

    root: Path
    running: Directory | None = None

    def partner(self, name: str, text: str, *, head: bool = True) -> Path:
        """A partner.yaml; `head` writes its first line."""
        file = self.root / "mappings" / "partners" / name / "partner.yaml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text((f"partner: {name}\n" if head else "") + dedent(text), encoding="utf-8")
        return file

    def site(self, name: str, catchment: str, more: str = "") -> Path:
        """A site for some places."""
        return self.partner(name, f"kind: site\ncatchment: {catchment}\n" + dedent(more))

    def load(self, known: Known | None = None) -> tuple[Directory, list[Problem]]:
        """What the folder says now; the next call has it as the running one."""
        directory, problems = load([self.root / "mappings"], self.root, known, self.running)
        self.running = directory
        return directory, problems

    def problem(self, known: Known | None = None) -> Problem:
        """The only finding, notes aside."""
        found = [problem for problem in self.load(known)[1] if problem.severity != "information"]
        assert len(found) == 1, [str(problem) for problem in found]
        return found[0]
