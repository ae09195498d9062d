"""create, update and patch with their conditional forms (chapters 3.1.0.4 to 3.1.0.8)."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from gateway.domain.problem import Problem
from gateway.pipeline.rest.asked import Asked, Told
from gateway.web.fhir import wire
from gateway.web.fhir.call import Answer, Call
from gateway.web.fhir.outcome import next_action, outcome
from gateway.web.fhir.shown import located, matched, name, shown, tagged
from gateway.web.fhir.tables import JSON_PATCH
from gateway.web.fhir.wire import plain
from gateway.web.refusal import RefusedError

Resource = dict[str, Any]
PATCHES: Mapping[str, str] = {
    "application/merge-patch+json": "a merge patch",
    "application/fhir+json": "a FHIRPath Patch",
    "application/fhir+xml": "a FHIRPath Patch",
    "application/xml-patch+xml": "an XML Patch",
}
"""Kinds of patches that are not taken (chapter 3.1.0.6 leaves the choice to the server)."""
CONTROLS = ("_format", "_pretty", "_summary", "_elements")
"""Parameters that say how to answer, not which resource is meant."""
OPERATIONS = ("add", "remove", "replace", "move", "copy", "test")


class ToldError(RefusedError):
    """A change that was refused, with what the caller may do instead."""

    def __init__(self, told: Told, task: str = "") -> None:
        super().__init__(told.status, *told.problems)
        self.more = tuple(next_action(action, task) for action in told.actions)


def create(call: Call) -> Answer:
    """A new resource under an id of ours."""
    return change(call, created(call, wire.read(call.data, call.headers)))


def created(call: Call, resource: Resource) -> Asked:
    """What is asked by a create; a query says the same as If-None-Exist, as some clients have it."""
    typed(call, resource)
    said = call.headers.get("if-none-exist", "")
    where = (said.partition("?")[2] or said) or urlencode(call.without(*CONTROLS))
    return Asked("create", call.type, resource=resource, where=where)


def update(call: Call) -> Answer:
    """A new version, or a new resource under the client's id."""
    return change(call, updated(call, wire.read(call.data, call.headers)))


def updated(call: Call, resource: Resource) -> Asked:
    """What is asked by an update; without an id in the path the query says of which."""
    typed(call, resource)
    said = resource.get("id")
    if call.id and said != call.id:
        repair = "write the id of the URL into the resource"
        wrong = Problem("fhir.http.id", f"{call.type}.id", "the resource has another id than the URL, or none", repair)
        raise RefusedError(400, wrong)
    key = call.id or (said if isinstance(said, str) else "")
    return Asked("update", call.type, key, resource, match=match(call), where=conditions(call))


def patch(call: Call) -> Answer:
    """Parts changed by a JSON Patch (RFC 6902)."""
    media = plain(call.headers.get("content-type", ""))
    if media != JSON_PATCH:
        sentence = f"{PATCHES.get(media, 'this')} is no patch that is taken"
        repair = f"send a JSON Patch (RFC 6902) as {JSON_PATCH}"
        raise RefusedError(415, Problem("fhir.http.patch", "Content-Type", sentence, repair))
    value, problems = wire.parsed(call.data, "json")
    if problems:
        raise RefusedError(400, *problems)
    return change(call, patched(call, value))


def patched(call: Call, value: Any) -> Asked:
    """What is asked by a patch."""
    steps: list[Any] = value if isinstance(value, list) else [None]
    for number, step in enumerate(steps):
        if not isinstance(step, dict) or step.get("op") not in OPERATIONS or not isinstance(step.get("path"), str):
            repair = "send a list of objects with `op`, `path` and, where it needs one, `value` (RFC 6902)"
            sentence = "this is no operation of a JSON Patch"
            raise RefusedError(400, Problem("fhir.http.patch.step", f"[{number}]", sentence, repair))
    return Asked("patch", call.type, call.id, patch=tuple(steps), match=match(call), where=conditions(call))


def match(call: Call) -> str:
    """The version of If-Match."""
    return matched(call.headers.get("if-match", ""), "If-Match")


def conditions(call: Call) -> str:
    """The query that says which resource is meant; RefusedError 400 where neither path nor query does."""
    if call.id:
        return ""
    pairs = call.without(*CONTROLS)
    if not pairs:
        repair = f"write {call.type}/<id>, or a query that finds one"
        raise RefusedError(400, Problem("fhir.http.which", "path", "nothing says which resource is meant", repair))
    return urlencode(pairs)


def typed(call: Call, resource: Resource) -> None:
    """RefusedError 400 where the resource is of another type than the path says."""
    if resource["resourceType"] != call.type:
        repair = f"send it to the path of its own type, or send a {call.type}"
        sentence = "the resource is of another type than the path"
        raise RefusedError(400, Problem("fhir.http.type", "resourceType", sentence, repair))


def change(call: Call, asked: Asked) -> Answer:
    """One change made, and its answer."""
    (told,) = call.desk.perform([asked], call.caller, call.desk.rooms, whole=False, raw=call.data)
    if told.status >= 400:
        raise ToldError(told, f"{asked.type}/{asked.id}")
    call.desk.wake()
    return answered(told, call)


def answered(told: Told, call: Call) -> Answer:
    """What is told of a change that was made (chapter 3.1.0.1.7, Prefer)."""
    status = 200 if told.status == 304 else told.status
    if told.version is None:
        return Answer(status, outcome(told.problems, status))
    headers = {**tagged(told.version), **located(told.version, call)}
    wished = call.prefers("return")
    if wished == "minimal":
        return Answer(status, headers=headers)
    if wished == "OperationOutcome":
        return Answer(status, outcome(told.problems, status), headers)
    return Answer(status, shown(told.version, call), headers)


__all__ = ["ToldError", "change", "create", "created", "name", "patch", "patched", "update", "updated"]
