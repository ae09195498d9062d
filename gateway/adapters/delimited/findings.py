"""Problems met while a table is read or written: all kinds of them, but not a million of one kind."""

from collections import Counter
from dataclasses import dataclass, field

from gateway.domain.problem import Problem, Severity

SHOWN = 100
"""How many problems of one code are listed one by one."""


@dataclass(slots=True)
class Findings:
    """Collects problems; from the 101st of a code on they are only counted."""

    listed: list[Problem] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    severities: dict[str, Severity] = field(default_factory=dict)
    fatal: bool = False
    """A limit is broken or the text cannot be read: there is no tree."""

    def add(self, problem: Problem) -> None:
        """Keep one problem, or count it where its kind is already well documented."""
        self.counts[problem.code] += 1
        if self.counts[problem.code] <= SHOWN:
            self.listed.append(problem)
            self.severities[problem.code] = problem.severity

    def stop(self, problem: Problem) -> None:
        """Keep a problem after which there is no tree."""
        self.fatal = True
        self.add(problem)

    def problems(self) -> list[Problem]:
        """What was listed, then one line for each kind with more."""
        more = [(code, count - SHOWN) for code, count in self.counts.items() if count > SHOWN]
        return [*self.listed, *(self._rest(code, count) for code, count in more)]

    def _rest(self, code: str, count: int) -> Problem:
        return Problem(
            code,
            f"{count} more places",
            "The same problem stands in more places than are listed.",
            "Mend the listed places first; they often have one cause.",
            self.severities[code],
        )
