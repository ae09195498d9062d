"""The OpenAPI document (3.1) of the interface, made from the tables that the routes are made from."""

import re
from typing import Any

from gateway import __version__
from gateway.pipeline.rest.naming import MATCHED
from gateway.web.fhir.capability import searched
from gateway.web.fhir.outcome import ISSUES
from gateway.web.fhir.tables import FORM, INTERACTIONS, JSON_PATCH, KEPT, MEDIA, OPERATIONS, TYPES, Interaction

Json = dict[str, Any]
ERRORS = (400, 401, 403, 404, 405, 406, 408, 409, 412, 413, 415, 421, 422, 429, 503)
ID = {"type": "string", "pattern": r"^[A-Za-z0-9\-.]{1,64}$", "minLength": 1, "maxLength": 64}
PATHS: Json = {
    "id": {"name": "id", "in": "path", "required": True, "schema": ID, "description": "Logical id."},
    "version": {
        "name": "version",
        "in": "path",
        "required": True,
        "schema": {"type": "string", "pattern": "^[1-9][0-9]{0,8}$"},
        "description": "Number of a version, as ETag and meta.versionId give it.",
    },
}
QUERIES: Json = {
    "_format": ("How the answer is written.", {"enum": ["json", "xml", *MEDIA.values()]}),
    "_pretty": ("Indented.", {"enum": ["true", "false"]}),
    "_summary": ("In part.", {"enum": ["true", "false", "text", "data", "count"]}),
    "_elements": ("Only these elements, joined by commas.", {"type": "string"}),
    "_count": ("Entries of a page.", {"type": "integer", "minimum": 0, "maximum": 1000}),
    "_total": ("Whether to count all matches.", {"enum": ["none", "estimate", "accurate"]}),
    "_sort": ("Parameters joined by commas, `-` before one that falls.", {"type": "string"}),
    "_include": ("Referenced resources too: `Task:owner`.", {"type": "string"}),
    "_revinclude": ("Referring resources too: `Task:focus`.", {"type": "string"}),
    "_type": ("Types, joined by commas.", {"type": "string"}),
    "_since": ("Versions from this moment on.", {"type": "string", "format": "date-time"}),
    "_at": ("Versions that stood at this moment.", {"type": "string", "format": "date-time"}),
}
HEADERS: Json = {
    "If-Match": 'The ETag of the version that was read, `W/"1"`.',
    "If-None-Match": "ETags of versions that are known already: 304.",
    "If-Modified-Since": "304 where nothing was written since.",
    "If-None-Exist": "A query; the resource is created only where it finds none.",
    "Prefer": "`return=minimal`, `return=representation`, `return=OperationOutcome`; `handling=strict`.",
    "X-Provenance": "A Provenance as JSON: an entry on behalf of somebody else.",
}
SHARED = ("_format", "_pretty")
PART = ("_summary", "_elements")
FOUND = (*PART, "_count", "_total", "_sort", "_include", "_revinclude")
ASKED: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "read": (PART, ("If-None-Match", "If-Modified-Since")),
    "vread": (PART, ("If-None-Match", "If-Modified-Since")),
    "history-instance": (("_count", "_since", "_at"), ()),
    "history-type": (("_count", "_since"), ()),
    "history-system": (("_count", "_since"), ()),
    "search-type": (FOUND, ("Prefer",)),
    "search-system": (("_type", *PART, "_count", "_total"), ("Prefer",)),
    "create": ((), ("If-None-Exist", "Prefer", "X-Provenance")),
    "update": ((), ("If-Match", "Prefer", "X-Provenance")),
    "patch": ((), ("If-Match", "Prefer", "X-Provenance")),
    "transaction": ((), ("Prefer", "X-Provenance")),
    **dict.fromkeys(("capabilities", "topics", "topic"), ((), ())),
    "search-audit": ((*PART, "_count", "_total"), ("Prefer",)),
    "read-audit": (PART, ("If-None-Match", "If-Modified-Since")),
}
"""Interaction -> parameters of its query and headers."""


REPLIES = {
    **dict.fromkeys(("create", "update", "patch"), "Resource"),
    **dict.fromkeys(("search-type", "search-system", "transaction"), "Bundle"),
    **dict.fromkeys(("history-instance", "history-type", "history-system"), "Bundle"),
    **dict.fromkeys(("capabilities", "topics", "topic"), "Resource"),
    "search-audit": "Bundle",
    "read-audit": "AuditEvent",
}
"""Interaction -> what it answers, where that is no resource of its type (Prefer asks for OperationOutcomes)."""


def document(base: str) -> Json:
    """The document of the instance at an address."""
    paths: dict[str, Json] = {}
    for row in INTERACTIONS:
        for kind in KEPT if "{type}" in row.path else ("",):
            path = paths.setdefault("/fhir" + row.path.replace("{type}", kind), {})
            path[row.method.lower()] = interaction(row, kind)
    for one in OPERATIONS:
        for template in one.paths:
            for kind in KEPT if "{type}" in template else ("",):
                path = paths.setdefault("/fhir" + template.replace("{type}", kind), {})
                for method in one.methods:
                    path[method.lower()] = operated(one.name, one.title, template, method, kind)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Kümmerer Gateway, FHIR R4", "version": __version__},
        "servers": [{"url": base.rstrip("/").removesuffix("/fhir") or "/"}],
        "paths": paths,
        "components": {"schemas": schemas(), "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
        "security": [{}, {"token": []}],
    }


def interaction(row: Interaction, kind: str) -> Json:
    """One interaction of one type."""
    queries, headers = ASKED[row.code]
    asked = [*SHARED, *queries]
    found = [PATHS[name] for name in re.findall(r"{(id|version)}", row.path)]
    found += [query(name) for name in asked] + [header(name, kind, row) for name in headers]
    if (row.code == "search-type" and row.method == "GET") or (
        row.code in {"update", "patch"} and "{id}" not in row.path
    ):
        found += [searching(name, how) for name, how in searched(kind).items()]
    if row.code == "search-audit" and row.method == "GET":
        found += [searching(name, how) for name, how in searched("AuditEvent").items()]
    made: Json = {
        "operationId": f"{row.code}-{kind or 'system'}-{row.method.lower()}" + ("" if "{id}" in row.path else "-all"),
        "summary": f"{row.title}{': ' + kind if kind else ''}",
        "tags": [kind or "system"],
        "parameters": found,
        "responses": responses(row.statuses, REPLIES.get(row.code, kind)),
    }
    return {**made, **({"requestBody": body(row, kind)} if row.method in {"POST", "PUT", "PATCH"} else {})}


def operated(name: str, title: str, template: str, method: str, kind: str) -> Json:
    """One operation at one path."""
    found = [PATHS[part] for part in re.findall(r"{(id|version)}", template)] + [query(part) for part in SHARED]
    raw = name in {"transform", "explain"} and not kind
    if raw or name == "explain":
        wanted = {"transform": ("from", "to"), "explain": ("from", "path") if raw else ("path",)}[name]
        found += [{"name": part, "in": "query", "schema": {"type": "string"}} for part in wanted]
    if name == "disclosed":
        found.append({"name": "recipient", "in": "query", "required": True, "schema": {"type": "string"}})
    content: Json = {media: {"schema": ref("Resource")} for media in MEDIA.values()}
    if raw:
        content = {"*/*": {"schema": {"type": "string", "format": "binary"}}, **content}
    sent = (
        {"requestBody": {"required": raw or name not in {"validate", "explain"}, "content": content}}
        if method == "POST"
        else {}
    )
    replies = responses((202,) if name == "process-message" else (200,), "")
    if name == "transform":
        replies["200"]["content"] = {"*/*": {}}
    where = re.sub(r"\W+", "-", template).strip("-")
    return {
        "operationId": f"{name}-{kind or 'system'}-{method.lower()}-{where}",
        "summary": title,
        "tags": [kind or "system"],
        "parameters": found,
        "responses": replies,
        **sent,
    }


def query(name: str) -> Json:
    """A parameter that says how to answer."""
    said, schema = QUERIES[name]
    shape = schema if "type" in schema else {"type": "string", **schema}
    return {"name": name, "in": "query", "description": said, "schema": shape}


def searching(name: str, how: str) -> Json:
    """A search parameter of a type."""
    return {
        "name": name,
        "in": "query",
        "description": f"Search parameter of kind {how}.",
        "schema": {"type": "string"},
    }


def header(name: str, kind: str, row: Interaction) -> Json:
    """A header of the request."""
    demanded = " Demanded." if name == "If-Match" and kind in MATCHED else ""
    del row
    return {"name": name, "in": "header", "description": HEADERS[name] + demanded, "schema": {"type": "string"}}


def body(row: Interaction, kind: str) -> Json:
    """The body of a request."""
    if row.code.startswith("search"):
        form = {FORM: {"schema": {"type": "object", "additionalProperties": {"type": "string"}}}}
        return {"required": False, "content": form}
    if row.code == "patch":
        return {"required": True, "content": {JSON_PATCH: {"schema": ref("Patch")}}}
    name = kind or "Bundle"
    content: Json = {MEDIA["json"]: {"schema": ref(name)}, MEDIA["xml"]: {"schema": {"type": "string"}}}
    return {"required": True, "content": content}


def responses(statuses: tuple[int, ...], kind: str) -> Json:
    """What may be answered."""
    good = [status for status in statuses if status < 400]
    found: Json = {str(status): reply("Done.", kind or "Resource") for status in good if status != 304}
    found |= {"304": {"description": "Known already."}} if 304 in good else {}
    found |= {str(status): reply(f"Refused: {ISSUES[status]}.", "OperationOutcome") for status in ERRORS}
    return found


def reply(said: str, name: str) -> Json:
    """One answer in both syntaxes."""
    content = {MEDIA["json"]: {"schema": ref(name)}, MEDIA["xml"]: {"schema": {"type": "string"}}}
    return {"description": said, "content": content}


def ref(name: str) -> Json:
    """A schema by name."""
    return {"$ref": f"#/components/schemas/{name}"}


def schemas() -> Json:
    """What bodies are: a resource of a type; its elements are R4's and not repeated here."""

    def named(kind: str) -> Json:
        return {"type": "object", "required": ["resourceType"], "properties": {"resourceType": {"const": kind}}}

    plain = {"type": "object", "required": ["resourceType"], "properties": {"resourceType": {"type": "string"}}}
    step = {
        "type": "object",
        "required": ["op", "path"],
        "properties": {
            "op": {"enum": ["add", "remove", "replace", "move", "copy", "test"]},
            "path": {"type": "string"},
            "from": {"type": "string"},
            "value": {},
        },
    }
    own = {kind: named(kind) for kind in (*TYPES, "Bundle", "OperationOutcome")}
    return {**own, "Resource": plain, "Patch": {"type": "array", "items": step}}
