"""What a client of the FHIR API asks to be changed, and what it is told (chapter 3.1.0)."""

from dataclasses import dataclass, field
from typing import Any, Literal

from gateway.domain.ledger import Version
from gateway.domain.problem import Problem


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls.

    party       id of the partner whose credentials were shown; empty: the desk of the gateway itself (loopback), which
                speaks for either side of a Task
    base        the address under which it reaches us, ending in `/`, whatever else we are called; empty: none is known
    provenance  the Provenance of an `X-Provenance` header (chapter 6.3.4.3): with an enterer and on whose behalf it is
                a proxy entry, and the Task moves by actor P on evidence E3
    evidence    the grade on which its Tasks move, where it is not that of a system (E4) or the desk (E3): a person who
                answers by a link gives E3, and opening the page E2
    staff       what the audit calls the person who calls, `staff:<id>`; empty: no person, or one of the desk
    """

    party: str = ""
    provenance: dict[str, Any] | None = None
    base: str = ""
    evidence: str = ""
    staff: str = ""

    @property
    def who(self) -> str:
        """What the audit calls the caller; empty: the desk."""
        return self.staff or self.party


@dataclass(frozen=True, slots=True)
class Asked:
    """One change.

    how         create, update or patch
    id          of the resource; empty where the server gives one
    resource    the resource, its references as the client wrote them
    patch       JSON Patch (RFC 6902) where `how` is patch
    match       the version of If-Match; empty: none was shown
    where       conditional create (If-None-Exist) and update: the query string without `?`
    full_url    fullUrl of the entry of a transaction, by which others refer to it
    """

    how: Literal["create", "update", "patch"]
    type: str
    id: str = ""
    resource: dict[str, Any] = field(default_factory=dict)
    patch: tuple[dict[str, Any], ...] = ()
    match: str = ""
    where: str = ""
    full_url: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """What became of one change.

    status    of HTTP: 200, 201, 304 (conditional create found one), 400, 404, 405, 409, 412, 422, 503
    version   the resource as it is now, with its version; None where there is none
    problems  errors where it was refused, else warnings
    actions   the legal next actions of this caller, where an illegal move was refused
    """

    status: int
    version: Version | None = None
    problems: tuple[Problem, ...] = ()
    actions: tuple[dict[str, Any], ...] = ()
