"""Consents that run out by themselves: the site hears of it a week before, and at the end it is as if withdrawn.

Only those are looked at that permit something to named recipients: from the end on nothing more is shown by them
anyway; what is open then is stopped and recalled by the same steps as a withdrawal (workflow.md, phase 8).
"""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from gateway.consent.decide import decide
from gateway.consent.ending import is_urgent
from gateway.consent.given import over
from gateway.domain.ledger import Audit, Change, Version
from gateway.domain.question import Question, Span, Term
from gateway.domain.working_time import BERLIN
from gateway.fhir.searching.moments import stretch
from gateway.mapping.run import urn
from gateway.mapping.runtime import every
from gateway.pipeline.agreeing.losses import shown
from gateway.pipeline.granting import looking
from gateway.pipeline.granting.looking import Own
from gateway.pipeline.policies.asked import asking, stored
from gateway.pipeline.policies.load import standard
from gateway.pipeline.rest.asked import Asked, Caller
from gateway.pipeline.rest.perform import perform
from gateway.pipeline.rooms import Rooms
from gateway.pipeline.stored.glance import at_a_glance
from gateway.store.port import ConflictError

Resource = dict[str, Any]
BEFORE = timedelta(days=7)
PAGE = 200
WHO = "gateway"
log = logging.getLogger(__name__)


def noticed(rooms: Rooms) -> bool:
    """Whether any Consent had run out, or will within a week and nobody was told yet; what follows is committed."""
    done = [ended(one, rooms) if is_over(one, rooms.now()) else told(one, rooms) for one in ending(rooms)]
    return any(done)


def ending(rooms: Rooms) -> Iterator[Version]:
    """The active Consents to named recipients whose period ends within a week, or has ended."""
    day = (rooms.now() + BEFORE + timedelta(days=1)).date().isoformat()
    where = (Term("status", ("active",)), Span("period", "eb", *(stretch(day) or (day, day))))
    asked: Question | None = Question("Consent", where, limit=PAGE)
    while asked:
        page = rooms.store.search(asked)
        yield from (version for version in page.found if is_meant(version.resource, rooms.now() + BEFORE))
        asked = replace(asked, after=page.next) if page.next else None


def is_meant(consent: Resource, until: datetime) -> bool:
    """Whether it permits something to somebody it names, and is over by then."""
    permits = set(every(consent, ("provision", "type"))) <= {"permit"}
    return permits and bool(parties(consent)) and not is_urgent(consent) and is_over_by(consent, until)


def is_over(version: Version, now: datetime) -> bool:
    """Whether it has run out."""
    return is_over_by(version.resource, now)


def is_over_by(consent: Resource, moment: datetime) -> bool:
    """Whether its period has ended by a moment."""
    return any(over(period, moment) for period in every(consent, ("provision", "period")))


def parties(consent: Resource) -> list[str]:
    """Ids of the recipients it names."""
    names = (str(name) for name in every(consent, ("provision", "actor", "reference", "reference")))
    return [name.partition("/")[2] for name in names if name.startswith("Organization/")]


# --- at the end ------------------------------------------------------------------------------------------------------


def ended(version: Version, rooms: Rooms) -> bool:
    """The Consent becomes inactive, and all that follows from a withdrawal follows from it."""
    said = {**version.resource, "status": "inactive"}
    asked = Asked("update", "Consent", version.id, said, match=str(version.version))
    (answer,) = perform([asked], Caller(staff=WHO), rooms, whole=True)
    if answer.status == 200:
        return True
    codes = [problem.code for problem in answer.problems]
    log.error("a consent that ran out was not ended", extra={"consent": version.id, "codes": codes})
    return False


# --- a week before ---------------------------------------------------------------------------------------------------


def told(version: Version, rooms: Rooms) -> bool:
    """The site of each open case is asked to look, once for each end; whether it was asked now."""
    seen = at_a_glance(rooms)
    flag = flag_of(version.resource)
    is_less = any(loses(name, version.resource, seen) for name in parties(version.resource))
    if not is_less or rooms.store.read("Flag", flag["id"]):
        return False
    try:
        rooms.store.commit(changes(flag, version.resource, seen)).result()
    except ConflictError:
        return False  # somebody was faster; it is looked at again
    return True


def loses(name: str, consent: Resource, rooms: Rooms) -> bool:
    """Whether a recipient is shown less once a Consent has run out."""
    party, person = rooms.directory.get(name), person_of(consent)
    if party is None:
        return False
    policy, consents = rooms.policy or standard(), stored(person, rooms)
    left = [one for one in consents if one["id"] != consent["id"]]
    now, after = (shown(decide(policy, each, asking(party, person), rooms.now())) for each in (consents, left))
    return bool(set(now) - set(after))


def flag_of(consent: Resource) -> Resource:
    """The Flag by which it is known that the site was told of this end."""
    end = str(consent["provision"]["period"]["end"])
    return {
        "resourceType": "Flag",
        "id": urn("consent ends", consent["id"], end)[9:],
        "status": "active",
        "code": {"text": "Einwilligung endet"},
        "subject": consent["patient"],
        "period": {"end": end},
    }


def changes(flag: Resource, consent: Resource, rooms: Rooms) -> Sequence[Change]:
    """The Flag, a Task for the site of each open case, a line of the audit: one commit."""
    own = Own(flag, person_of(consent), words(consent, rooms), "watch", "Consent ending")
    line = Audit(rooms.now(), WHO, "consent ends", f"Consent/{consent['id']}", "told", str(flag["period"]["end"]))
    return looking.changes(own, line, rooms)


def words(consent: Resource, rooms: Rooms) -> str:
    """What the site reads: for whom, until when; nothing of the person."""
    known = (rooms.directory.get(name) for name in parties(consent))
    names = ", ".join(party.title or party.id for party in known if party)
    end = str(consent["provision"]["period"]["end"])
    try:
        end = datetime.fromisoformat(end).astimezone(BERLIN).strftime("%d.%m.%Y") if "T" in end else end
    except ValueError:
        end = ""
    return f"Die Einwilligung für {names} endet am {end}; danach wird beendet und zurückgerufen, was darauf beruht"


def person_of(consent: Resource) -> str:
    """`Patient/<id>`."""
    return str(next(iter(every(consent, ("patient", "reference"))), ""))
