"""Which resources a partner reaches, as conditions of a search, so that it is right whatever has changed since.

Its own source, the Tasks it owns or requested, and what they are about; a site besides that the cases whose referral
it owns. Of all else there is nothing, for it.
"""

from collections.abc import Callable, Mapping

from gateway.domain.question import AllOf, Condition, Known, Linked, Linking, Missing, Not, OneOf, Term
from gateway.domain.system import PARTNER

UNDER_WAY = ("requested", "received", "accepted", "in-progress", "on-hold")
"""Statuses of a Task in which its owner sees what it is about: it is asked, or a member of the team."""
UNSENT = ("draft", "entered-in-error")
"""Statuses in which nobody was asked anything."""
OWN = frozenset(
    {
        "Condition", "Consent", "Coverage", "DocumentReference", "Encounter", "Location", "Observation",
        "Practitioner", "PractitionerRole", "RelatedPerson", "Communication", "HealthcareService",
    }
)  # fmt: skip
"""Types of which a partner reaches what it sent itself."""


def source(party: str) -> Condition:
    """It came from the partner."""
    return Term("_source", (f"{PARTNER}{party}",))


def side(name: str, party: str) -> Condition:
    """The partner is meant by `owner` or `requester`: its organisation, or a role or service of it."""
    organisation = f"Organization/{party}"
    of_it = (Term("organization", (organisation,)),)
    roles = (Linked(name, kind, of_it) for kind in ("PractitionerRole", "HealthcareService"))
    return OneOf((Term(name, (organisation,)), *roles))


def owns_case(party: str) -> Condition:
    """A referral's Task that the partner owns."""
    return AllOf((side("owner", party), Missing("partOf", is_so=True)))


def task(party: str, *, site: bool) -> Condition:
    """Own Tasks once they are sent, those it asked for; of a site's cases all."""
    sent = AllOf((side("owner", party), Not(Term("status", UNSENT))))
    found = (source(party), sent, side("requester", party))
    if not site:
        return OneOf(found)
    below = Linked("partOf", "Task", (owns_case(party),))
    return OneOf((*found, below, Linked("partOf", "Task", (Linked("partOf", "Task", (owns_case(party),)),))))


def asked(party: str) -> Condition:
    """A Task that is the partner's to do now; one that it asks of itself shows it nothing more."""
    own = Term("requester", (f"Organization/{party}",))
    return AllOf((side("owner", party), Term("status", UNDER_WAY), Not(own)))


def request(party: str, *, site: bool) -> Condition:
    """What was sent, or is the focus of a Task that is its to do or that it asked for."""
    ways: tuple[Condition, ...] = (asked(party), side("requester", party))
    ways = (*ways, owns_case(party)) if site else ways
    return OneOf((source(party), *(Linking("Task", "focus", (way,)) for way in ways)))


def around(party: str) -> Condition:
    """A plan that names the request of a Task that is the partner's to do."""
    return Linked("activity", "ServiceRequest", (Linking("Task", "focus", (asked(party),)),))


def plan(party: str, *, site: bool) -> Condition:
    """What was sent, and what its Tasks are based on; for a site what the Tasks are based on that it asked for."""
    if site:
        return OneOf((source(party), Linking("Task", "basedOn", (side("requester", party),))))
    return OneOf((source(party), around(party), Linking("Task", "basedOn", (asked(party),))))


def goal(party: str, *, site: bool) -> Condition:
    """What was sent, and the goals of the need that its measure answers."""
    if site:
        return source(party)
    return OneOf((source(party), Linking("CarePlan", "goal", (Missing("partOf", is_so=False), around(party)))))


def patient(party: str, *, site: bool) -> Condition:
    """Whom it told of, and whom its Tasks are for; for a site the persons of its cases."""
    way = owns_case(party) if site else asked(party)
    return OneOf((source(party), Linking("Task", "for", (way,))))


def team(party: str, *, site: bool) -> Condition:
    """For a site the teams it belongs to; who else is in a team is nobody's business besides."""
    return Term("participant", (f"Organization/{party}",)) if site else Known(())


def own(party: str, *, site: bool) -> Condition:
    """What was sent."""
    del site
    return source(party)


def itself(party: str, *, site: bool) -> Condition:
    """The partner as an organisation, and organisations it told of."""
    del site
    return OneOf((Known((party,)), source(party)))


REACH: Mapping[str, Callable[..., Condition]] = {
    "Task": task,
    "ServiceRequest": request,
    "CarePlan": plan,
    "Goal": goal,
    "Patient": patient,
    "CareTeam": team,
    "Organization": itself,
    **dict.fromkeys(sorted(OWN), own),
}
"""Types of which a partner sees anything at all."""


def reach(kind: str, party: str, *, site: bool) -> Condition:
    """What of a type a partner reaches; what is not in the table is not there."""
    found = REACH.get(kind)
    return found(party, site=site) if found else Known(())
