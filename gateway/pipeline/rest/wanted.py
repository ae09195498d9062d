"""One change that is asked for, as it is settled step by step: of which resource, from which version, to what."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gateway.domain.ledger import Version
from gateway.domain.problem import Problem
from gateway.domain.question import Absent
from gateway.pipeline.rest.asked import Asked

Resource = dict[str, Any]

STATUS: Mapping[str, int] = {
    "rest.body": 400,
    "rest.id": 400,
    "rest.where": 400,
    "rest.patch.operation": 400,
    "rest.unknown": 404,
    "rest.twice": 422,
    "rest.where.many": 412,
    "rest.version.missing": 412,
    "rest.version.other": 412,
    "rest.task.twice": 409,
    "rest.conflict": 409,
    "rest.restricted": 409,
    "rest.full": 503,
    "line.fault": 500,
}
"""Code of a problem -> the status of HTTP that says it; all others are 422 (chapter 3.1.0.7.1)."""
GRAVEST = (500, 503, 400, 404, 412, 409, 422)


@dataclass(slots=True)
class Wanted:
    """A change under way.

    id        of the resource, the server's own where it gives one
    before    the version it replaces, None where there is none yet
    after     the resource as it is to be
    found     a conditional create found what it looks for (304): nothing is written
    absent    its condition found nothing, which must still be so when it is written
    problems  what speaks against it, and warnings
    actions   what the caller may do instead
    """

    asked: Asked
    id: str = ""
    before: Version | None = None
    after: Resource = field(default_factory=dict)
    found: bool = False
    absent: Absent | None = None
    problems: list[Problem] = field(default_factory=list)
    actions: tuple[dict[str, Any], ...] = ()

    @property
    def name(self) -> str:
        """`Type/id`."""
        return f"{self.asked.type}/{self.id}"

    @property
    def stored(self) -> Resource:
        """The resource as it was, empty for a new one."""
        return self.before.resource if self.before else {}

    @property
    def refused(self) -> bool:
        """Whether something speaks against it."""
        return any(problem.severity == "error" for problem in self.problems)

    @property
    def changes(self) -> bool:
        """Whether anything is to be written."""
        return not self.found and self.after != self.stored


def status_of(problems: Iterable[Problem]) -> int:
    """The status of HTTP for a refusal: the gravest of what its problems say."""
    said = {STATUS.get(problem.code, 422) for problem in problems if problem.severity == "error"}
    return next(status for status in GRAVEST if status in said)


def refusals(wanted: Sequence[Wanted]) -> list[Problem]:
    """All errors of some changes."""
    return [problem for one in wanted for problem in one.problems if problem.severity == "error"]
