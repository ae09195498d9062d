"""A Bundle sent to the base: transaction and batch (chapter 3.1.0.11); documents and messages go to the line."""

import base64
import binascii
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, unquote

from gateway.domain.problem import Problem
from gateway.pipeline.rest.asked import Asked, Told
from gateway.web.fhir import wire, write
from gateway.web.fhir.call import Answer, Call
from gateway.web.fhir.outcome import next_action, outcome
from gateway.web.fhir.shown import bundle, etag, instant, located, shown
from gateway.web.fhir.tables import GENERATED
from gateway.web.refusal import RefusedError, phrase

Resource = dict[str, Any]
Reader = Callable[[Call], Answer]
ORDER = ("DELETE", "POST", "PUT", "PATCH", "GET", "HEAD")
"""The order in which the entries of a transaction act (chapter 3.1.0.11.2)."""
HEADERS: Mapping[str, str] = {
    "ifMatch": "if-match",
    "ifNoneMatch": "if-none-match",
    "ifModifiedSince": "if-modified-since",
    "ifNoneExist": "if-none-exist",
}
"""Elements of Bundle.entry.request -> headers of a single interaction."""


ENTRIES = 5_000
"""Of one Bundle, and resources that are shown in the answer to it."""


@dataclass(slots=True)
class Entry:
    """One entry: its call, the change it asks for, and what came of it."""

    number: int
    call: Call
    full_url: str = ""
    resource: Resource | None = None
    asked: Asked | None = None
    refused: RefusedError | None = None
    answer: Resource | None = None


def act(call: Call, bundled: Resource, reader: Callable[[Call], Reader]) -> Answer:
    """A transaction or batch carried out; `reader` finds what answers a GET."""
    whole = bundled["type"] == "transaction"
    items = listed(bundled)
    if len(items) > ENTRIES:
        raise too_many("the Bundle has too many entries", "Bundle.entry")
    entries = [entry(number, item, call) for number, item in enumerate(items)]
    for one in entries:
        prepare(one, reader)
    refused = [one for one in entries if one.refused]
    if whole and refused:
        raise located_errors(refused)
    changing = sorted((one for one in entries if one.asked), key=lambda one: ORDER.index(one.call.method))
    if changing:
        asked = [one.asked for one in changing if one.asked]
        told = call.desk.perform(asked, call.caller, call.desk.rooms, whole=whole, raw=call.data)
        conclude(changing, told, whole=whole)
        call.desk.wake()
    shown_so_far = 0
    for one in entries:
        if one.answer is None:
            full = shown_so_far >= ENTRIES
            one.refused = one.refused or (too_many("the answers before this one are long enough") if full else None)
            one.answer = looked(one, reader, whole=whole)
        shown_so_far += len(one.answer.get("resource", {}).get("entry", "1"))
    return Answer(200, bundle(f"{bundled['type']}-response", call, [one.answer or {} for one in entries]))


def listed(bundled: Resource) -> list[Any]:
    """The entries of a Bundle."""
    found = bundled.get("entry", [])
    return found if isinstance(found, list) else [found]


def entry(number: int, item: Any, call: Call) -> Entry:
    """One entry as a call of its own."""
    item = item if isinstance(item, dict) else {}
    said = item.get("request")
    request = said if isinstance(said, dict) else {}
    path, _, text = str(request.get("url", "")).removeprefix(call.base).partition("?")
    headers = {name: str(request[word]) for word, name in HEADERS.items() if word in request}
    prefer = {"prefer": call.headers["prefer"]} if "prefer" in call.headers else {}
    query = tuple(parse_qsl(text, keep_blank_values=True))
    inner = call.inner(str(request.get("method", "")), unquote(path).strip("/"), query, {**headers, **prefer})
    resource = item.get("resource")
    return Entry(number, inner, str(item.get("fullUrl", "")), resource if isinstance(resource, dict) else None)


def prepare(one: Entry, reader: Callable[[Call], Reader]) -> None:
    """What the entry asks to be changed, or why it cannot be asked."""
    method, parts = one.call.method, one.call.path.split("/")
    if method not in ORDER:
        repair = "write GET, POST, PUT or PATCH into request.method"
        one.refused = refused(400, "fhir.http.entry.method", "request.method", "this is no method of an entry", repair)
    elif method == "DELETE":
        repair = "set its status to entered-in-error instead"
        one.refused = refused(405, "fhir.http.entry.delete", "request.method", "nothing is deleted here", repair)
    elif method in CHANGES:
        kind, key = parts[0], parts[1] if len(parts) > 1 else ""
        one.call = replace(one.call, where={"type": kind, "id": key})
        if kind in GENERATED:
            repair = "leave it out; the gateway makes them itself"
            sentence = "nobody writes resources of this type"
            one.refused = refused(405, "fhir.http.entry.generated", "request.url", sentence, repair)
            return
        try:
            if method == "POST" and len(parts) > 1:
                repair = "create by POST to a type, search by GET; operations are called one by one"
                raise refused(400, "fhir.http.entry.path", "request.url", "this is no type to create in", repair)
            reader(one.call)  # what is not there is refused as it would be alone
            asked = CHANGES[method](one)
            one.asked = replace(asked, full_url=one.full_url)
        except RefusedError as fault:
            one.refused = fault


def refused(status: int, code: str, place: str, sentence: str, repair: str) -> RefusedError:
    """A refusal of one entry."""
    return RefusedError(status, Problem(code, place, sentence, repair))


def too_many(sentence: str, place: str = "request.url") -> RefusedError:
    """More than is done, or shown, at once."""
    return RefusedError(413, Problem("fhir.http.entries", place, sentence, f"send several Bundles of up to {ENTRIES}"))


def body(one: Entry) -> Resource:
    """The resource of an entry; RefusedError 400 where it has none."""
    if one.resource is None or not isinstance(one.resource.get("resourceType"), str):
        repair = "put the resource into entry.resource"
        raise refused(400, "fhir.http.entry.resource", "resource", "the entry has no resource", repair)
    return one.resource


def created(one: Entry) -> Asked:
    """POST."""
    return write.created(one.call, body(one))


def updated(one: Entry) -> Asked:
    """PUT."""
    return write.updated(one.call, body(one))


def patched(one: Entry) -> Asked:
    """PATCH: a Binary that holds a JSON Patch (chapter 3.1.0.11.2)."""
    held = body(one)
    try:
        data = base64.b64decode(str(held.get("data", "")), validate=True)
    except (binascii.Error, ValueError):
        data = b""
    value, problems = wire.parsed(data, "json")
    if problems:
        raise RefusedError(400, *problems)
    return write.patched(one.call, value)


CHANGES: Mapping[str, Callable[[Entry], Asked]] = {"POST": created, "PUT": updated, "PATCH": patched}


def conclude(entries: list[Entry], told: list[Told], *, whole: bool) -> None:
    """What became of every change; in a transaction one that was refused refuses all."""
    wrong = [(one, said) for one, said in zip(entries, told, strict=False) if said.status >= 400]
    if whole and wrong:
        problems = [placed(problem, one.number) for one, said in wrong for problem in said.problems]
        fault = write.ToldError(Told(wrong[0][1].status, None, tuple(problems)))
        fault.more = tuple(next_action(a, one.call.path) for one, said in wrong for a in said.actions)
        raise fault
    for one, said in zip(entries, told, strict=False):
        one.answer = changed(one, said)


def changed(one: Entry, told: Told) -> Resource:
    """The entry of the answer for a change."""
    if told.status >= 400:
        more = [next_action(action, one.call.path) for action in told.actions]
        return failed(told.status, outcome(told.problems, told.status, *more))
    status = 200 if told.status == 304 else told.status
    response: Resource = {"status": f"{status} {HTTPStatus(status).phrase}"}
    if told.problems:
        response["outcome"] = outcome(told.problems, status)
    if told.version is None:
        return {"response": response}
    version = told.version
    response |= {
        "location": located(version, one.call)["location"].removeprefix(one.call.base),
        "etag": etag(version),
        "lastModified": instant(version),
    }
    if one.call.prefers("return") == "minimal":
        return {"response": response}
    full = f"{one.call.base}{version.type}/{version.id}"
    return {"fullUrl": full, "resource": shown(version, one.call), "response": response}


def looked(one: Entry, reader: Callable[[Call], Reader], *, whole: bool) -> Resource:
    """The entry of the answer for a GET, or for what was refused."""
    try:
        if one.refused:
            raise one.refused
        answer = reader(one.call)(one.call)
    except RefusedError as fault:
        if whole:
            raise located_errors([replace(one, refused=fault)]) from None
        return failed(fault.status, outcome(fault.problems, fault.status))
    response = {"status": f"{answer.status} {HTTPStatus(answer.status).phrase}"}
    response |= {"etag": answer.headers["etag"]} if "etag" in answer.headers else {}
    return {"resource": answer.resource, "response": response} if answer.resource else {"response": response}


def failed(status: int, why: Resource) -> Resource:
    """The entry of the answer for what was refused."""
    return {"response": {"status": f"{status} {phrase(status)}", "outcome": why}}


def located_errors(entries: list[Entry]) -> RefusedError:
    """The refusals of a transaction, each with the number of its entry."""
    faults = [(one.number, one.refused) for one in entries if one.refused]
    problems = [placed(problem, number) for number, fault in faults for problem in fault.problems]
    return RefusedError(faults[0][1].status, *problems)


def placed(problem: Problem, number: int) -> Problem:
    """A problem at an entry."""
    place = problem.place
    inside = place.partition(".")[2] if place[:1].isupper() else place
    below = f"Bundle.entry[{number}]" + (f".resource.{inside}" if place[:1].isupper() and inside else "")
    return replace(problem, place=below if place[:1].isupper() or not place else f"{below}.{place}")
