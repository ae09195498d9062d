"""A person's own account (Art. 15, 20 GDPR): what is kept, where it came from, what was shown to whom, when and why."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from gateway.consent.ending import is_urgent
from gateway.domain.ledger import Audit, Delivery
from gateway.mapping.run import urn
from gateway.mapping.runtime import every
from gateway.pipeline.policies.load import standard
from gateway.pipeline.rights.belongings import Belongings, belongings
from gateway.pipeline.rights.words import about_in_words, kind_in_words, standing_in_words
from gateway.pipeline.rooms import Rooms
from gateway.pipeline.staff.account import KIND as STAFF
from gateway.pipeline.staff.roles import ROLES
from gateway.pipeline.tasks.family import kind_of

Resource = dict[str, Any]
NOT_FHIR = frozenset({"SecureLink", "Deletion"})
LOOKED = (
    *("fhir read", "fhir vread", "fhir history", "fhir operation"),
    *("link opened", "link seen", "staff seen", "show", "explain", "policy", "export"),
)
"""How lines of the audit begin that say that somebody looked."""
SHOWN = ("consent", "emergency")
"""Actions that are a look where their outcome is `shown`."""
OWN = ("Organization/", "Patient/", "Task/")
"""References whose display names no private person of others."""
LINES = 10_000


def account(person: str, days: Mapping[str, float], rooms: Rooms) -> dict[str, Any]:
    """All of it for machines, without the names of those who worked with it; `days` are the periods of deletion."""
    found = belongings(person, rooms)
    return {
        "person": list(found.persons),
        "at": rooms.now().isoformat(timespec="seconds"),
        "kinds": kinds(found),
        "received": received(found, rooms),
        "disclosures": disclosures(found, rooms),
        "emergencies": emergencies(found, rooms),
        "recalls": recalls(found, rooms),
        "accesses": accesses(found, rooms),
        "periods": {name: value for name, value in days.items() if value},
        "data": bundle(found),
    }


def kinds(found: Belongings) -> list[dict[str, Any]]:
    """Which data, in words, and how many."""
    listed = (one["resourceType"] for one in found.resources.values() if one["resourceType"] not in NOT_FHIR)
    counts = Counter(kind_in_words(kind) for kind in listed)
    return [{"name": name, "number": number} for name, number in sorted(counts.items())]


def bundle(found: Belongings) -> Resource:
    """The resources, and the proofs of what was shown, as a Bundle (chapter 2.36) without others' names."""
    views = {f"Provenance/{urn('view', key)[9:]}" for key in found.deliveries}
    kept = {name: one for name, one in found.resources.items() if one["resourceType"] not in {*NOT_FHIR, "Provenance"}}
    kept |= {name: one for name, one in found.resources.items() if name in views}
    entries = [{"fullUrl": f"urn:kuemmerer:{name}", "resource": unnamed(one)} for name, one in sorted(kept.items())]
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}


def unnamed(value: Any) -> Any:
    """A resource without the names of private persons who worked with it: writers of notes, callers, physicians."""
    if isinstance(value, list):
        return [unnamed(item) for item in value]
    if not isinstance(value, dict):
        return value
    hidden = {"authorString"} | ({"display"} if is_somebody(value) else set())
    return {key: unnamed(item) for key, item in value.items() if key not in hidden}


def is_somebody(value: Mapping[str, Any]) -> bool:
    """Whether a Reference names a private person of others; a Coding names nobody."""
    if "system" in value or "code" in value or "display" not in value:
        return False
    return not str(value.get("reference", "")).startswith(OWN)


# --- where it came from, where it went -------------------------------------------------------------------------------


def received(found: Belongings, rooms: Rooms) -> list[dict[str, Any]]:
    """Messages that came, the oldest first: when, from whom, by which road."""
    came = sorted((entry for entry in found.messages.values() if entry.partner), key=lambda entry: entry.number)
    return [
        {"at": entry.received.isoformat(), "from": titled(entry.partner, rooms), "road": entry.road} for entry in came
    ]


def disclosures(found: Belongings, rooms: Rooms) -> list[dict[str, Any]]:
    """What was sent, or is to be: when, to whom, which data, by which law or consent, and whether it arrived."""
    sent = sorted(found.deliveries.values(), key=lambda delivery: (delivery.created, delivery.number))
    return [made for delivery in sent if (made := disclosure(delivery, found, rooms))["data"]]


def disclosure(delivery: Delivery, found: Belongings, rooms: Rooms) -> dict[str, Any]:
    """One of them, by the Provenance of its view."""
    view = found.resources.get(f"Provenance/{urn('view', delivery.id)[9:]}", {})
    seen = (str(name) for name in every(view, ("entity", "what", "reference")))
    shown = dict.fromkeys(name.partition("/_history")[0] for name in seen)
    data = Counter(kind_in_words(name.partition("/")[0]) for name in shown if not name.startswith("Organization/"))
    entry = found.messages.get(delivery.message)
    noted = entry.outcome.get("withheld", {}).get(delivery.partner, {}) if entry else {}
    return {
        "at": (delivery.settled or delivery.created).isoformat(),
        "to": titled(delivery.partner, rooms),
        "about": about_in_words(delivery.about),
        "state": standing_in_words(delivery.standing),
        "data": sorted(data),
        "law": law(delivery.partner, rooms),
        "consents": list(noted.get("consents", ())),
        "policy": str(next(iter(every(view, ("policy",))), "")),
        "provenance": f"Provenance/{view['id']}" if view else "",
    }


def law(partner: str, rooms: Rooms) -> list[str]:
    """The legal bases of a partner's role, as they are cited in the policy."""
    party, policy = rooms.directory.get(partner), rooms.policy or standard()
    role = policy.role(party.role, party.kind) if party else None
    return list(role.legal) if role else []


def emergencies(found: Belongings, rooms: Rooms) -> list[dict[str, Any]]:
    """Accesses in an emergency: when, by whom, why, until when."""
    urgent = [one for one in found.resources.values() if one["resourceType"] == "Consent" and is_urgent(one)]
    return [
        {
            "at": str(one.get("dateTime", "")),
            "to": ", ".join(
                titled(str(name).partition("/")[2], rooms)
                for name in every(one, ("provision", "actor", "reference", "reference"))
            ),
            "until": str(next(iter(every(one, ("provision", "period", "end"))), "")),
            "reason": str(next(iter(every(one, ("policyRule", "text"))), "")),
        }
        for one in sorted(urgent, key=lambda one: str(one.get("dateTime", "")))
    ]


def recalls(found: Belongings, rooms: Rooms) -> list[dict[str, Any]]:
    """Who was asked to delete what was shown before, and whether that is confirmed."""
    asked = [one for one in found.resources.values() if one["resourceType"] == "Task" and kind_of(one) == "recall"]
    return [
        {
            "at": str(one.get("authoredOn", "")),
            "to": ", ".join(titled(str(name).partition("/")[2], rooms) for name in every(one, ("owner", "reference"))),
            "confirmed": one.get("status") == "completed",
        }
        for one in sorted(asked, key=lambda one: str(one.get("authoredOn", "")))
    ]


def accesses(found: Belongings, rooms: Rooms) -> list[dict[str, Any]]:
    """Who looked at it here: when, in which role, at which kind of data; names of persons are left out."""
    names = [*found.resources, *found.messages, *found.deliveries]
    lines = [line for name in names for line in rooms.store.audit(object=name, limit=LINES) if is_look(line)]
    return [
        {"at": line.at.isoformat(), "who": who(line.actor, rooms), "what": kind_in_words(kind_of_object(line, found))}
        for line in sorted(lines, key=lambda line: line.number)
    ]


def kind_of_object(line: Audit, found: Belongings) -> str:
    """What sort of thing was looked at: a type of resource; what has a bare number is a message or a delivery."""
    kind, slash, _ = line.object.partition("/")
    if slash:
        return kind
    return "Message" if kind in found.messages else "Delivery"


def is_look(line: Audit) -> bool:
    """Whether somebody saw something."""
    if line.action in SHOWN:
        return line.outcome == "shown"
    return line.action.startswith(LOOKED) and not line.outcome.startswith(("refused", "4", "5"))


def who(actor: str, rooms: Rooms) -> str:
    """An actor of the audit as a person may know it: an organisation, or the role of whoever works here."""
    if actor.startswith("staff:"):
        account = rooms.store.read(STAFF, actor.removeprefix("staff:"))
        role = ROLES.get(account.resource.get("role", "")) if account else None
        return f"Mitarbeitende: {role.de}" if role else "Mitarbeitende"
    if actor == "desk" or actor.startswith("operator"):
        return "Betrieb des Gateways"
    return titled(actor, rooms)


def titled(partner: str, rooms: Rooms) -> str:
    """The name of a partner, its id where the directory knows it no more."""
    party = rooms.directory.get(partner)
    return (party.title if party else "") or partner
