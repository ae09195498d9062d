"""Which resource a change is of, and from which version: ids, conditions, If-Match (chapters 3.1.0.4 to 3.1.0.8)."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from urllib.parse import parse_qsl

from gateway.domain.ledger import Version
from gateway.domain.problem import Problem
from gateway.domain.question import Absent, Question
from gateway.pipeline.rest.asked import Asked
from gateway.pipeline.rest.patch import patched
from gateway.pipeline.rest.wanted import Wanted
from gateway.pipeline.rooms import Rooms

ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")
MATCHED = frozenset({"Task", "CarePlan", "ServiceRequest", "Consent", "Goal", "CareTeam"})
"""Types of which nobody changes a version that he has not seen (workflow.md, "On every write")."""


def named(asked: Asked, rooms: Rooms) -> Wanted:
    """The resource that is meant, read once, with what speaks against the change so far."""
    wanted = Wanted(asked, asked.id, after=asked.resource)
    if asked.how != "patch" and asked.resource.get("resourceType") != asked.type:
        wanted.problems.append(_another_type())
        return wanted
    NAMED[asked.how](wanted, rooms)
    if not wanted.refused and not wanted.found:
        wanted.problems += unmatched(wanted)
    return wanted


def create(wanted: Wanted, rooms: Rooms) -> None:
    """A new resource under an id of ours, unless its condition finds one (3.1.0.8.1)."""
    wanted.id = rooms.new_id()
    found = met(wanted, rooms) if wanted.asked.where else []
    if found and not wanted.refused:
        wanted.id, wanted.before, wanted.after, wanted.found = found[0].id, found[0], found[0].resource, True


def update(wanted: Wanted, rooms: Rooms) -> None:
    """A resource under the id of the URL, new where there is none yet (3.1.0.4.3), or the one its condition finds."""
    said = str(wanted.after.get("id", ""))
    if wanted.asked.where:
        found = met(wanted, rooms)
        wanted.id = found[0].id if found else said or rooms.new_id()
        said = said or wanted.id
    if not ID.fullmatch(wanted.id) or said != wanted.id:
        wanted.problems.append(_another_id())
        return
    wanted.before = rooms.store.read(wanted.asked.type, wanted.id)
    if wanted.before and wanted.asked.where and not found:
        wanted.problems.append(_taken())


def patch(wanted: Wanted, rooms: Rooms) -> None:
    """A resource that is there, with the patch done."""
    found = met(wanted, rooms) if wanted.asked.where else []
    wanted.id = found[0].id if found else wanted.asked.id
    wanted.before = rooms.store.read(wanted.asked.type, wanted.id) if ID.fullmatch(wanted.id) else None
    if wanted.refused:
        return
    if wanted.before is None:
        wanted.problems.append(_unknown())
        return
    wanted.after, problems = patched(wanted.before.resource, wanted.asked.patch)
    wanted.problems += problems
    if (wanted.after.get("resourceType"), wanted.after.get("id")) != (wanted.asked.type, wanted.id):
        wanted.problems.append(_another_id())


NAMED: Mapping[str, Callable[[Wanted, Rooms], None]] = {"create": create, "update": update, "patch": patch}


def met(wanted: Wanted, rooms: Rooms) -> list[Version]:
    """What the condition of a change finds: nothing, one, or a problem."""
    found, problems = matching(wanted.asked.type, wanted.asked.where, rooms)
    if not (found or problems):
        wanted.absent = Absent(condition(wanted.asked.type, wanted.asked.where, rooms)[0])
    if len(found) > 1:
        problems = [_many()]
    wanted.problems += problems
    return [] if problems else [rooms.store.read(found[0].type, found[0].id) or found[0]] if found else []


def matching(kind: str, where: str, rooms: Rooms) -> tuple[list[Version], list[Problem]]:
    """At most two resources that a condition fits, or why it is none (3.1.0.5.1)."""
    asked, problems = condition(kind, where, rooms)
    return ([], problems) if problems else (list(rooms.store.search(asked).found), [])


def condition(kind: str, where: str, rooms: Rooms) -> tuple[Question, list[Problem]]:
    """A condition as a question for two of a type, or why it is none."""
    from gateway.fhir.searching.ask import question  # noqa: PLC0415 - its tables are read where somebody searches

    nothing = Question(kind, limit=0)
    pairs = [(name, value) for name, value in parse_qsl(where, keep_blank_values=True) if not name.startswith("_sort")]
    if not pairs or any(not value for _, value in pairs):
        return nothing, [_no_condition()]
    asked, problems = question(kind, pairs, strict=True, base=rooms.base)
    if any(problem.severity == "error" for problem in problems):
        return nothing, [_no_condition(), *problems]
    if not asked.where:
        return nothing, [_no_condition()]
    return replace(asked, limit=2, total=False), []


def unmatched(wanted: Wanted) -> list[Problem]:
    """Why a version does not fit: another one is current, or a Task is changed unseen."""
    before, match = wanted.before, wanted.asked.match
    if match:
        return [] if before and match == str(before.version) else [_another_version(before)]
    return [_unseen(before)] if before and wanted.asked.type in MATCHED else []


def twice(wanted: Sequence[Wanted]) -> None:
    """Two entries of a transaction must not change one resource (3.1.0.11.2)."""
    seen: set[str] = set()
    for one in wanted:
        if one.name in seen and not one.found:
            sentence = "Another entry of this transaction changes the same resource."
            repair = "Say all of one resource in one entry."
            one.problems.append(Problem("rest.twice", "Bundle.entry", sentence, repair))
        seen.add(one.name)


# --- what is wrong ---------------------------------------------------------------------------------------------------


def _another_type() -> Problem:
    sentence = "The resource is not of the type that the URL names."
    return Problem("rest.body", "resourceType", sentence, "Name the same type in both.")


def _another_id() -> Problem:
    sentence = "The id of the resource is not the one that the URL names, or no id (A-Z a-z 0-9 - . up to 64)."
    return Problem("rest.id", "id", sentence, "Write the same id into both, or create the resource without one.")


def _taken() -> Problem:
    sentence = "The condition finds nothing, and the id belongs to another resource."
    return Problem("rest.id", "id", sentence, "Leave the id out; the server gives one.")


def _unknown() -> Problem:
    sentence = "There is no such resource to patch."
    return Problem("rest.unknown", "id", sentence, "Create it, or correct the id.")


def _many() -> Problem:
    sentence = "The condition fits more than one resource."
    return Problem("rest.where.many", "condition", sentence, "Ask more exactly, or name the resource by its id.")


def _no_condition() -> Problem:
    repair = "Use search parameters with values, as `identifier=SYSTEM|VALUE`."
    return Problem("rest.where", "condition", "The condition is no search of this type.", repair)


def _another_version(before: Version | None) -> Problem:
    if before is None:
        sentence, repair = "There is no version of it yet.", "Leave If-Match out."
        return Problem("rest.version.other", "If-Match", sentence, repair)
    sentence = f"It is at version {before.version}; the change was made from another one."
    repair = f'Read it again, make the change anew, and send If-Match: W/"{before.version}".'
    return Problem("rest.version.other", "If-Match", sentence, repair)


def _unseen(before: Version) -> Problem:
    sentence = "A resource of this type is changed only from the version that was seen, and none is named."
    return Problem("rest.version.missing", "If-Match", sentence, f'Send If-Match: W/"{before.version}".')
