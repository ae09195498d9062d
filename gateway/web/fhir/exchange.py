"""Bundles sent to the base, and messages (chapters 3.1.0.11, 2.4): what is a message goes the way of every message."""

from collections.abc import Callable
from typing import Any

from gateway.domain.problem import Problem
from gateway.domain.road import Arrival, Receipt
from gateway.web.choice import choose
from gateway.web.fhir import bundle, wire
from gateway.web.fhir.call import Answer, Call
from gateway.web.fhir.outcome import outcome, told
from gateway.web.fhir.parameters import given
from gateway.web.fhir.tables import MEDIA, TYPES
from gateway.web.intake import REFUSALS
from gateway.web.refusal import RefusedError

Resource = dict[str, Any]
Reader = Callable[[Call], Callable[[Call], Answer]]
LINE = frozenset({"document", "message"})
CHANGED = frozenset({"transaction", "batch"})


def post(call: Call, reader: Reader) -> Answer:
    """A Bundle by its type."""
    bundled = wire.read(call.data, call.headers)
    if bundled["resourceType"] != "Bundle":
        kind = bundled["resourceType"]
        repair = f"POST it to {kind if kind in TYPES else 'its type'}"
        raise RefusedError(
            400, Problem("fhir.http.bundle", "resourceType", "only a Bundle is sent to the base", repair)
        )
    kind = str(bundled.get("type"))
    if kind in CHANGED:
        return bundle.act(call, bundled, reader)
    if kind in LINE:
        return handed(call, call.data)
    repair = "send a transaction, batch, document or message"
    raise RefusedError(
        422, Problem("fhir.http.bundle.type", "Bundle.type", "nothing is done with such a Bundle", repair)
    )


def process(call: Call) -> Answer:
    """$process-message: a message Bundle, bare or as the parameter `content`."""
    resource = wire.read(call.data, call.headers)
    data = call.data
    if resource["resourceType"] == "Parameters":
        from gateway.fhir import json  # noqa: PLC0415 - only here

        resource = next(iter(given(resource).resources.values()), {})
        data = json.dumps(resource)
    if resource.get("resourceType") != "Bundle" or resource.get("type") != "message":
        repair = "send a Bundle of type message"
        raise RefusedError(422, Problem("fhir.http.message", "Bundle.type", "this is no message", repair))
    return handed(call, data)


def handed(call: Call, data: bytes) -> Answer:
    """A message into the line's journal, in the name of the partner who calls; 202 with its tracking id."""
    doors = call.desk.doors
    fhir = [road for road in call.roads if doors.media(road.format) == MEDIA["json"]]
    if not fhir:
        repair = "send it with the token of a partner whose http road takes a FHIR format"
        sentence = "a message needs a sender, and this caller has no road for FHIR"
        raise RefusedError(422, Problem("fhir.http.road", "Authorization", sentence, repair))
    road = choose(fhir, call.said("format"), MEDIA["json"], doors.media)
    if isinstance(road, Problem):
        raise RefusedError(422, road)
    arrival = Arrival(
        partner=call.caller.party,
        road="http",
        format=road.format,
        data=data,
        received=doors.now(),
        key=call.headers.get("idempotency-key", "")[:255],
        content_type=call.headers.get("content-type", "")[:200],
        headers={"address": call.address} if call.address else {},
        problems=tuple(doors.unread(road.format, data)),
    )

    async def taken() -> Answer:
        return kept(await doors.intake(arrival), call.desk.status)

    return Answer(202, later=taken)


def kept(receipt: Receipt, status: str) -> Answer:
    """What the journal said, and where to ask what became of it."""
    if receipt.outcome == "unavailable":
        unkept = Problem("http.unavailable", "gateway", "nothing can be kept at the moment", "send it again later")
        raise RefusedError(503, *(receipt.problems or (unkept,)), headers={"retry-after": "5"})
    if receipt.outcome == "refused":
        word = receipt.problems[0].code.rpartition(".")[2] if receipt.problems else ""
        raise RefusedError(REFUSALS.get(word, 422), *receipt.problems)
    where = f"{status}{receipt.tracking}"
    said = told(f"The message is kept under the tracking id {receipt.tracking}.", f"GET {where} with the same token")
    return Answer(202, outcome((), 202, said), {"x-tracking-id": receipt.tracking, "content-location": where})
