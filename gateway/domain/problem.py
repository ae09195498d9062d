"""A problem is a value: what is wrong, where, and what would mend it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning", "information"]


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding about a message or a file an integrator wrote.

    `code` is stable and dotted (`hl7v2.msh.missing`), `place` names a place of the message
    (`PID-3[2].4`, `row 7, column plz`) or of a file (`mappings/x/patient.map.yaml:9:5`), `sentence`
    says what is wrong and `repair` what to do. None of the four ever holds a patient's data.
    """

    code: str
    place: str
    sentence: str
    repair: str
    severity: Severity = "error"

    def __str__(self) -> str:
        """One line for a person."""
        return f"{self.severity} {self.code} at {self.place}: {self.sentence} Repair: {self.repair}"


def worst(problems: Iterable[Problem]) -> Severity | None:
    """The gravest severity among `problems`, None where there are none."""
    order: dict[Severity, int] = {"error": 2, "warning": 1, "information": 0}
    return max((p.severity for p in problems), key=order.__getitem__, default=None)
