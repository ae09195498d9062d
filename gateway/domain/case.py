"""The Tasks of one case, as the rules of the closed loop look at them (workflow.md, "Resources")."""

from dataclasses import dataclass
from typing import Literal

from gateway.domain.task import FINAL, Stand

Kind = Literal["referral", "measure", "question", "abort", "change", "approve", "decision", "recall"]
"""T0, Ti (a request for capacity too), Qi, Xi, Mi, a hand-over's Task, a decision of the Kümmerer, a recall of data."""


@dataclass(frozen=True, slots=True)
class CaseTask:
    """One Task of a case.

    id       of the Task, without its type
    kind     what it is for
    stand    where it is
    case     id of T0, its own for T0
    about    id of the Task it asks about, stops, changes, decides on or calls back; empty for T0 and Ti
    purpose  of a decision: re-route, resume, close, look, call
    """

    id: str
    kind: Kind
    stand: Stand
    case: str
    about: str = ""
    purpose: str = ""

    @property
    def is_open(self) -> bool:
        """Whether it can still move."""
        return self.stand.status not in FINAL
