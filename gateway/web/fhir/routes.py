"""Which function answers which path and method: the tables of what is offered, and a handler for each row."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from typing import NamedTuple

from gateway.domain.problem import Problem
from gateway.web.fhir import (
    access,
    audit,
    documents,
    emergency,
    exchange,
    match,
    operations,
    read,
    search,
    subscriptions,
    write,
)
from gateway.web.fhir.call import Answer, Call
from gateway.web.fhir.permit import permitted
from gateway.web.fhir.tables import INTERACTIONS, KEPT, OPERATIONS, TYPES
from gateway.web.refusal import RefusedError

Handler = Callable[[Call], Answer]

HANDLERS: Mapping[str, Handler] = {
    "read": read.read,
    "vread": read.vread,
    "history-instance": read.of_one,
    "history-type": read.of_many,
    "history-system": read.of_many,
    "search-type": search.of_type,
    "search-system": search.of_system,
    "create": write.create,
    "update": write.update,
    "patch": write.patch,
    "transaction": lambda call: exchange.post(call, handler),
    "capabilities": documents.capabilities,
    "topics": subscriptions.topics,
    "topic": subscriptions.topic,
    "search-audit": audit.search,
    "read-audit": audit.read,
}
"""Interaction -> what answers it."""
OPERATED: Mapping[str, Handler] = {
    "status": subscriptions.status,
    "events": subscriptions.events,
    "actions": operations.actions,
    "disclosed": operations.disclosed,
    "validate": operations.validate,
    "transform": operations.transform,
    "explain": operations.explain,
    "process-message": exchange.process,
    "match": match.match,
    "emergency-access": emergency.emergency,
}
"""Operation -> what answers it."""
SEGMENTS = {
    "type": "|".join(KEPT),
    "id": r"[A-Za-z0-9\-.]{1,64}",
    "version": r"[A-Za-z0-9\-.]{1,64}",
}
OPENAPI = "/openapi.json"


class Route(NamedTuple):
    """A path with what answers each of its methods."""

    template: str
    pattern: re.Pattern[str]
    handlers: Mapping[str, Handler]
    names: Mapping[str, str]


def pattern(template: str) -> re.Pattern[str]:
    """A template as a regular expression."""
    text = re.escape(template.lstrip("/")).replace(r"\{", "{").replace(r"\}", "}")
    return re.compile(re.sub(r"\{(\w+)\}", lambda m: f"(?P<{m[1]}>{SEGMENTS[m[1]]})", text), re.ASCII)


@cache
def routes() -> tuple[Route, ...]:
    """All paths, the plainest first."""
    found: dict[str, dict[str, tuple[str, Handler]]] = {OPENAPI: {"GET": ("openapi", documents.openapi)}}
    for row in INTERACTIONS:
        found.setdefault(row.path, {})[row.method] = (row.code, HANDLERS[row.code])
    for operation in OPERATIONS:
        for path in operation.paths:
            answers = (f"${operation.name}", OPERATED[operation.name])
            found.setdefault(path, {}).update(dict.fromkeys(operation.methods, answers))
    ranked = sorted(found, key=lambda path: (path.count("{"), path))
    return tuple(route(path, found[path]) for path in ranked)


def route(path: str, answers: Mapping[str, tuple[str, Handler]]) -> Route:
    """One path with the names and the functions of its methods."""
    handlers = {method: handler for method, (_, handler) in answers.items()}
    return Route(path, pattern(path), handlers, {method: name for method, (name, _) in answers.items()})


def called(method: str, path: str) -> tuple[str, str]:
    """Type (empty: none) and word of an interaction, for figures and logs; `other` for what is not offered."""
    for one in routes():
        if match := one.pattern.fullmatch(path):
            return match.groupdict().get("type", ""), one.names.get("GET" if method == "HEAD" else method, "other")
    return "", "other"


def resolved(method: str, path: str) -> tuple[Handler, Mapping[str, str]]:
    """What answers a method on a path below the base, and what the path names; RefusedError 404 or 405."""
    for route in routes():
        if match := route.pattern.fullmatch(path):
            found = route.handlers.get("GET" if method == "HEAD" else method)
            if found is None:
                raise unallowed(method, route)
            first = route.template.strip("/").partition("/")[0]
            return found, {**({"type": first} if first in TYPES else {}), **match.groupdict()}
    raise RefusedError(404, nothing(path))


def handler(call: Call) -> Handler:
    """What answers an entry of a Bundle."""
    found, where = resolved(call.method, call.path)
    may = permitted(replace(call, where=where), called(call.method, call.path)[1])
    return lambda asked: access.watched(found, replace(asked, where=where, desk=may.desk))


def unallowed(method: str, route: Route) -> RefusedError:
    """The path does not know this method (RFC 9110, 15.5.6)."""
    allowed = sorted({*route.handlers, *(["HEAD"] if "GET" in route.handlers else [])})
    repair = f"use one of: {', '.join(allowed)}"
    if method == "DELETE":
        repair = "nothing is deleted: set the status entered-in-error instead"
    problem = Problem("fhir.http.method", "method", "this is not done on this path", repair)
    return RefusedError(405, problem, headers={"allow": ", ".join(allowed)})


def nothing(path: str) -> Problem:
    """There is nothing under a path; what was written is not repeated."""
    kind = path.partition("/")[0]
    if kind in TYPES:
        repair = f"write {kind}/<id>; ids have letters, digits, `-` and `.`, at most 64"
        return Problem("fhir.http.path", "path", "there is nothing under this path", repair)
    repair = "GET metadata tells what is there"
    return Problem("fhir.http.type-unknown", "path", "this type of resource is not served here", repair)
