"""$status, $events and the topics (Subscriptions R5 Backport 1.1): how it stands, and what somebody missed."""

from typing import Any, get_args

from gateway.delivery.notify_words import told
from gateway.domain.ledger import Announced, Version
from gateway.domain.problem import Problem
from gateway.fhir.notification import Kind, Notice, bundle, statuses
from gateway.fhir.subscription import Content, wanted
from gateway.web.fhir import wire
from gateway.web.fhir.call import Answer, Call
from gateway.web.fhir.read import unknown
from gateway.web.refusal import RefusedError

Resource = dict[str, Any]
ALL = 100_000
"""Subscriptions of one gateway."""
MOST = 1000
"""Events of one answer; the next begin at the number behind the last."""
CONTENTS: tuple[Content, ...] = get_args(Content)


def status(call: Call) -> Answer:
    """How one Subscription stands, or all, or those named by `id` and `status`."""
    if call.id:
        return Answer(200, statuses([notice(stored(call), "query-status", call)]))
    ids, wished = said(call, "id"), said(call, "status")
    names = {each.rpartition("/")[2] for each in ids}
    found = call.desk.rooms.store.find("Subscription", [], ALL)
    kept = [each for each in found if not names or each.id in names]
    notices = [notice(each, "query-status", call) for each in kept]
    return Answer(200, statuses([each for each in notices if not wished or each.wanted.status in wished]))


def events(call: Call) -> Answer:
    """Events of a Subscription from one number to another, both included; the same words as in its notifications."""
    version = stored(call)
    first, last = number(call, "eventsSinceNumber", 1), number(call, "eventsUntilNumber", 2**62)
    store = call.desk.rooms.store
    found = [each for each in store.announced(version.id, first - 1, MOST) if each.number <= last]
    return Answer(200, bundle(notice(version, "query-event", call, found)))


def notice(version: Version, kind: Kind, call: Call, found: list[Announced] | None = None) -> Notice:
    """What is told of a Subscription."""
    rooms = call.desk.rooms
    asks = wanted(version.resource)
    content: Content = content_of(call) or asks.content or "empty"
    happenings = told(rooms.store, found or [], full=content == "full-resource")
    last, error = rooms.store.last_event(version.id), str(version.resource.get("error", ""))
    shown: Content = content if kind == "query-event" else "id-only"
    return Notice(kind, asks, last, rooms.now(), call.base, happenings, shown, error)


def content_of(call: Call) -> Content | None:
    """How much is to be told, None where nothing is said of it; RefusedError 400 where there is no such word."""
    asked = next(iter(said(call, "content")), "")
    if not asked:
        return None
    found = next((each for each in CONTENTS if each == asked), None)
    if found is None:
        repair = f"write one of: {', '.join(CONTENTS)}"
        raise RefusedError(400, Problem("fhir.http.event.content", "content", "there is no such content", repair))
    return found


def number(call: Call, name: str, otherwise: int) -> int:
    """The number of an event; RefusedError 400 where it is none."""
    text = next(iter(said(call, name)), "")
    if not text:
        return otherwise
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        repair = "write a whole number, as event-number of a notification has it"
        raise RefusedError(400, Problem("fhir.http.event.number", name, "this is no number of an event", repair))
    return max(int(text), 1)


def stored(call: Call) -> Version:
    """The Subscription that the path names; RefusedError 404 where there is none."""
    version = call.desk.rooms.store.read("Subscription", call.id)
    if version is None:
        raise RefusedError(404, unknown(call))
    return version


def said(call: Call, name: str) -> list[str]:
    """All values of a parameter, in the URL or in a Parameters resource (chapter 3.2.0.2)."""
    found = [value for key, value in call.query if key == name]
    listed = wire.read(call.data, call.headers).get("parameter") if call.data else None
    for item in listed if isinstance(listed, list) else ():
        if isinstance(item, dict) and item.get("name") == name:
            found += [str(value) for key, value in item.items() if key.startswith("value")]
    return [value for value in found if value]


# --- topics ----------------------------------------------------------------------------------------------------------


def topics(call: Call) -> Answer:
    """All topics as a searchset."""
    from gateway.pipeline.subscribing.topics import shown  # noqa: PLC0415 - only who asks needs them

    found = shown()
    entries = [{"fullUrl": f"{call.base}Basic/{each['id']}", "resource": each} for each in found]
    listed = [{**entry, "search": {"mode": "match"}} for entry in entries]
    return Answer(200, {"resourceType": "Bundle", "type": "searchset", "total": len(found), "entry": listed})


def topic(call: Call) -> Answer:
    """One topic."""
    from gateway.pipeline.subscribing.topics import shown  # noqa: PLC0415 - as above

    found = next((each for each in shown() if each["id"] == call.id), None)
    if found is None:
        repair = "GET Basic lists the topics"
        raise RefusedError(404, Problem("fhir.http.topic", "Basic.id", "there is no such topic", repair))
    return Answer(200, found)
