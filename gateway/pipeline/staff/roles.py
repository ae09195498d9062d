"""What each role of staff may do, as one table; whoever is not in it may nothing."""

from collections.abc import Mapping
from typing import Literal, NamedTuple

Right = Literal["cases", "hand-over", "second", "recall", "disclosed", "audit", "verify", "counts", "fhir"]


class Named(NamedTuple):
    """A role in words, whether it belongs to one site, and what it may.

    cases      the cases of the own site, read and written as the desk of that site
    hand-over  gives a case of the own site to another one
    second     is the second person for what one may not decide alone
    recall     sees who got what that was taken back
    disclosed  what was shown to whom, consents, emergencies
    audit      searches the audit; `verify`: has it proved whole
    counts     how many messages and deliveries stand where: no person, no body
    fhir       may have a token for the FHIR interface
    """

    de: str
    en: str
    sited: bool
    may: frozenset[Right]


ROLES: Mapping[str, Named] = {
    "kuemmerer": Named("Kümmerer", "Kümmerer", sited=True, may=frozenset({"cases", "fhir"})),
    "lead": Named(
        "Leitung der Kümmererstelle", "site lead", sited=True,
        may=frozenset({"cases", "hand-over", "second", "recall", "fhir"}),
    ),
    "integrator": Named("Technik", "integrator", sited=False, may=frozenset({"counts", "fhir"})),
    "officer": Named(
        "Datenschutz", "data protection officer", sited=False,
        may=frozenset({"disclosed", "recall", "audit", "verify", "fhir"}),
    ),
    "auditor": Named("Prüfung", "auditor", sited=False, may=frozenset({"audit", "verify", "fhir"})),
}  # fmt: skip


def may(role: str, right: Right) -> bool:
    """Whether a role has a right; a role that nobody knows has none."""
    found = ROLES.get(role)
    return found is not None and right in found.may


def fits(role: str, site: str) -> bool:
    """Whether a role goes with a site: a Kümmerer and a lead have one, the others none."""
    found = ROLES.get(role)
    return found is not None and found.sited is bool(site)
