"""A stored version as a client sees it: its meta, its headers, its place in a Bundle (chapters 2.2.7, 3.1.0.1)."""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from typing import Any
from uuid import uuid4

from gateway.domain.ledger import Version
from gateway.domain.problem import Problem
from gateway.fhir.partial import part
from gateway.web.fhir.call import Answer, Call
from gateway.web.refusal import RefusedError

Resource = dict[str, Any]
SUMMARIES = ("", "true", "false", "text", "data", "count")
ELEMENTS = 200
"""Names of one `_elements`."""
TAG = re.compile(r'(?:W/)?"?([0-9]{1,18})"?')
"""An ETag of ours; some clients leave its quotes and its `W/` out."""


def shown(version: Version, call: Call) -> Resource:
    """A version with versionId and lastUpdated, in part if `_summary` or `_elements` ask for it."""
    meta = {**version.resource.get("meta", {}), "versionId": str(version.version), "lastUpdated": instant(version)}
    rest = {key: value for key, value in version.resource.items() if key not in {"resourceType", "id", "meta"}}
    whole = {"resourceType": version.type, "id": version.id, "meta": meta, **rest}
    return part(whole, call.said("_summary"), elements(call))


def elements(call: Call) -> tuple[str, ...]:
    """The names of `_elements`, a type before them taken off (`Task.status`)."""
    return tuple(name.strip().rpartition(".")[2] for name in call.said("_elements").split(",") if name.strip())


def checked(call: Call) -> None:
    """RefusedError 400 where `_summary` is none, or `_elements` names more than a resource has."""
    if call.said("_elements").count(",") > ELEMENTS:
        repair = f"name at most {ELEMENTS}"
        raise RefusedError(400, Problem("fhir.http.elements", "_elements", "too many elements are named", repair))
    if call.said("_summary") not in SUMMARIES:
        repair = "write true, false, text, data or count"
        raise RefusedError(400, Problem("fhir.http.summary", "_summary", "there is no such summary", repair))


def instant(version: Version) -> str:
    """When a version was written, in UTC."""
    return version.updated.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def name(version: Version) -> str:
    """`Type/id`."""
    return f"{version.type}/{version.id}"


def etag(version: Version) -> str:
    """The weak tag of a version (chapter 3.1.0.1.3)."""
    return f'W/"{version.version}"'


def tagged(version: Version) -> dict[str, str]:
    """ETag and Last-Modified; HTTP knows whole seconds only."""
    return {"etag": etag(version), "last-modified": format_datetime(version.updated.astimezone(UTC), usegmt=True)}


def located(version: Version, call: Call) -> dict[str, str]:
    """Where this version can be read (chapter 3.1.0.8)."""
    return {"location": f"{call.base}{name(version)}/_history/{version.version}"}


def matched(text: str, header: str) -> str:
    """The version of an ETag (`W/"3"`), empty for none; RefusedError 400 for anything else."""
    if not text.strip():
        return ""
    found = TAG.fullmatch(text.strip())
    if found is None:
        repair = 'write the ETag as it was given: W/"1"'
        raise RefusedError(400, Problem("fhir.http.etag", header, "this is no ETag of a version", repair))
    return found[1]


def unchanged(version: Version, headers: Mapping[str, str]) -> bool:
    """Whether the client has this version already (chapter 3.1.0.1.4, conditional read)."""
    tags = headers.get("if-none-match", "")
    if tags:
        return tags.strip() == "*" or any(found == str(version.version) for found in TAG.findall(tags))
    try:
        since = parsedate_to_datetime(headers.get("if-modified-since", ""))
        known = since if since.tzinfo else since.replace(tzinfo=UTC)
        return version.updated - timedelta(seconds=1) < known
    except (ValueError, OverflowError):
        return False


def found(version: Version, call: Call) -> Answer:
    """A version as the answer of a read, or 304."""
    if unchanged(version, call.headers):
        return Answer(304, headers=tagged(version))
    return Answer(200, shown(version, call), tagged(version))


def entry(version: Version, call: Call, mode: str) -> Resource:
    """An entry of a searchset."""
    return {"fullUrl": f"{call.base}{name(version)}", "resource": shown(version, call), "search": {"mode": mode}}


def remark(outcome: Resource) -> Resource:
    """An entry of a searchset that is no match but says something of the search; it is stored nowhere."""
    return {"fullUrl": f"urn:uuid:{uuid4()}", "resource": outcome, "search": {"mode": "outcome"}}


def bundle(kind: str, call: Call, entries: Iterable[Resource], **more: Any) -> Resource:
    """A Bundle of one kind; what is empty is left out."""
    now: datetime = call.desk.rooms.now()
    stamp = now.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    start = {"resourceType": "Bundle", "id": call.desk.rooms.new_id(), "meta": {"lastUpdated": stamp}, "type": kind}
    parts = {**start, **more, "entry": list(entries)}
    return {key: value for key, value in parts.items() if value or (value == 0 and value is not False)}
