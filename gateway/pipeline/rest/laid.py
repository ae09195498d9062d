"""A resource as it will be stored: what the server keeps itself, whose it is, and what is wrong with it."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from gateway.domain.problem import Problem
from gateway.domain.system import CASE, MEASURE, PARTNER, PERSON, TASK, TRACKING
from gateway.mapping.runtime import every
from gateway.pipeline.agreeing.writers import may_write, not_yours
from gateway.pipeline.disclose import TASK_KEEPS
from gateway.pipeline.person.terms import known_as, own_numbers, remembered
from gateway.pipeline.policies.restricted import restricted
from gateway.pipeline.rest.asked import Caller
from gateway.pipeline.rest.tasks import ANYBODYS, BY_ACTOR, DRAFTED
from gateway.pipeline.rest.wanted import Wanted
from gateway.pipeline.rooms import Rooms
from gateway.pipeline.stored.own_word import is_own_word, not_taken
from gateway.pipeline.stored.secrecy import marked
from gateway.pipeline.stored.terms import source
from gateway.pipeline.validate import findings

Resource = dict[str, Any]

OURS: Mapping[str, frozenset[str]] = {
    "Task": frozenset({TASK, TRACKING}),
    "ServiceRequest": frozenset({MEASURE}),
    "Patient": frozenset({PERSON}),
}
"""Systems of numbers that we gave, and that a client neither changes nor forgets."""
BY_MOVES = frozenset({"Task"})
"""Types whose owner and requester may change them, whoever wrote them."""


def laid(wanted: Wanted, caller: Caller, rooms: Rooms) -> None:
    """The resource with its id, its source and our numbers; then whether the caller may write it, and it is sound."""
    given = wanted.after
    rest = {key: value for key, value in given.items() if key not in ("resourceType", "id", "meta")}
    meta = meta_of(given.get("meta"), wanted.stored, caller.party)
    made = {"resourceType": wanted.asked.type, "id": wanted.id, **({"meta": meta} if meta else {}), **rest}
    made = marked(made, wanted.stored, rooms.directory.get(caller.party))
    made = unclaimed(made) if caller.party and not wanted.stored else made
    wanted.after = KEPT.get(wanted.asked.type, with_numbers)(made, wanted.stored)
    if wanted.asked.type == "Task" and wanted.asked.how == "update":
        wanted.after = {**unsaid(wanted.stored, wanted.after, caller), **wanted.after}
    if wanted.before is None or wanted.changes:
        wanted.problems += [*foreign(wanted, caller, rooms), *held(wanted, rooms), *findings(wanted.after)]
        if not wanted.refused:
            wanted.problems += SERVED.get(wanted.asked.type, anything)(wanted.after)
    if wanted.asked.type == "Patient" and isinstance(wanted.after.get("meta", {}), dict) and not wanted.refused:
        wanted.after = person(wanted, caller.party)


def anything(_: Resource) -> list[Problem]:
    """What is only stored may say what it likes."""
    return []


def subscription(resource: Resource) -> list[Problem]:
    """What of a Subscription cannot be served."""
    from gateway.pipeline.subscribing.check import findings as unserved  # noqa: PLC0415 - few gateways have subscribers

    return unserved(resource)


SERVED: Mapping[str, Callable[[Resource], list[Problem]]] = {"Subscription": subscription}
"""Types that ask the server for something, and what speaks against it."""


def meta_of(said: Any, stored: Resource, party: str) -> Any:
    """Meta without what belongs to a version; its source says which partner the resource came from."""
    if said is not None and not isinstance(said, dict):
        return said
    kept = stored.get("meta", {}).get("source", "")
    given = (said or {}).get("source", "")
    claimed = isinstance(given, str) and given.startswith(PARTNER)
    own = f"{PARTNER}{party}" if party and not stored else ""
    origin = (kept if str(kept).startswith(PARTNER) else "") or own or ("" if claimed else given)
    rest = {key: value for key, value in (said or {}).items() if key not in ("versionId", "lastUpdated", "source")}
    return {**rest, **({"source": origin} if origin else {})}


def with_numbers(resource: Resource, stored: Resource) -> Resource:
    """A resource that still has the numbers we gave it, and no other of their kind."""
    systems = OURS.get(str(resource["resourceType"]), frozenset())
    given = resource.get("identifier", [])
    if not systems or not isinstance(given, list) or (not stored and resource["resourceType"] != "Task"):
        return resource
    ours = [number for number in every(stored, ("identifier",)) if str(number.get("system")) in systems]
    theirs = [number for number in given if not (isinstance(number, dict) and str(number.get("system")) in systems)]
    if all(number in given for number in ours) and len(given) == len(ours) + len(theirs):
        return resource
    numbers = [*theirs, *ours]
    rest = {key: value for key, value in resource.items() if key != "identifier"}
    return {**rest, **({"identifier": numbers} if numbers else {})}


def unclaimed(resource: Resource) -> Resource:
    """A new resource of a partner without numbers of ours: nobody gives them to himself."""
    systems, given = OURS.get(str(resource["resourceType"]), frozenset()), resource.get("identifier", [])
    claimed = (
        [n for n in given if isinstance(n, dict) and str(n.get("system")) in systems] if isinstance(given, list) else []
    )
    if not claimed:
        return resource
    theirs = [number for number in given if number not in claimed]
    rest = {key: value for key, value in resource.items() if key != "identifier"}
    return {**rest, **({"identifier": theirs} if theirs else {})}


def task(resource: Resource, stored: Resource) -> Resource:
    """A Task that stays in its case; when it was changed last, we say ourselves."""
    case = {key: stored[key] for key in ("groupIdentifier", "lastModified", "authoredOn") if key in stored}
    made = with_numbers(resource, stored)
    if stored:
        return {**made, **{key: value for key, value in case.items() if key != "authoredOn" or key not in made}}
    group = made.get("groupIdentifier")
    claimed = isinstance(group, dict) and group.get("system") == CASE
    return {key: value for key, value in made.items() if not (key == "groupIdentifier" and claimed)}


KEPT: Mapping[str, Callable[[Resource, Resource], Resource]] = {"Task": task}


def unsaid(before: Resource, after: Resource, caller: Caller) -> Resource:
    """What a Task sent back whole leaves out and that stays: nobody's to take away, or never shown to a partner."""
    drafted = DRAFTED if before.get("status") == "draft" else frozenset()
    free = ANYBODYS.union(drafted, *BY_ACTOR.values())
    theirs = free & TASK_KEEPS if caller.party else free
    left = (key for key in before if key not in after and key.removeprefix("_") not in theirs)
    return {key: before[key] for key in left}


def person(wanted: Wanted, party: str) -> Resource:
    """A Patient with our number, known by the numbers of whoever writes it (as `match` remembers them)."""
    made, number = wanted.after, {"system": PERSON, "value": wanted.id}
    numbers = every(made, ("identifier",))
    if number not in numbers:
        made = {**made, "identifier": [*numbers, number]}
    marks = dict.fromkeys(own_numbers(made, party), False) if party else {}
    said = {} if party else known_as(made)  # by which number somebody else knows a person is nobody's word but his
    return remembered(made, {**said, **marks, **known_as(wanted.stored)})


FREE = frozenset({"Consent", "Communication", "Provenance", "Flag"})
"""What may be written of a person whose processing is restricted: it sends nothing on."""


def held(wanted: Wanted, rooms: Rooms) -> list[Problem]:
    """Why nothing of a person is changed whose processing is restricted (Art. 18 GDPR): others would hear of it."""
    if wanted.asked.type in FREE:
        return []
    persons = {str(name) for one in (wanted.stored, wanted.after) for way in SUBJECT for name in every(one, way)}
    if not any(restricted(person, rooms) for person in persons | {wanted.name} if person.startswith("Patient/")):
        return []
    sentence, repair = "The processing of this person's data is restricted.", "Change it once it is released."
    return [Problem("rest.restricted", wanted.asked.type, sentence, repair)]


SUBJECT = tuple((word, "reference") for word in ("for", "subject", "patient", "beneficiary"))


def foreign(wanted: Wanted, caller: Caller, rooms: Rooms) -> list[Problem]:
    """Why the caller may not write this resource: it is a party of the directory, or somebody else's."""
    kind, party = wanted.asked.type, caller.party
    if kind == "Organization" and rooms.directory.get(wanted.id):
        sentence = "This organisation is a partner of the directory, which its partner.yaml describes."
        return [Problem("rest.directory", "Organization", sentence, "Change partner.yaml.")]
    if kind == "Consent":
        return [] if may_write(party, wanted.stored, wanted.after, rooms) else [not_yours()]
    if party and kind == "Flag" and is_own_word(wanted.after):
        return [replace(not_taken(kind), severity="error")]
    if not party or wanted.before is None or kind in BY_MOVES or source(wanted.stored) == party:
        return []
    if kind == "Patient" and any(key.startswith(f"{party}|") for key in known_as(wanted.stored)):
        return []
    sentence = "This resource belongs to another party."
    return [Problem("rest.foreign", kind, sentence, "Change only what you wrote, and refer to the rest.")]
