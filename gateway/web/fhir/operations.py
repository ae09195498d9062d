"""$actions, $disclosed, $validate, $transform and $explain."""

from dataclasses import asdict
from typing import Any

from gateway.domain.problem import Problem, worst
from gateway.domain.system import BUSINESS_STATUS
from gateway.mapping.format import Format
from gateway.mapping.runtime import every
from gateway.web.fhir.call import Answer, Call
from gateway.web.fhir.outcome import outcome
from gateway.web.fhir.parameters import of_body, of_translation, parameters, parts
from gateway.web.fhir.read import unknown
from gateway.web.fhir.roles import sees_disclosed
from gateway.web.fhir.tables import MEDIA
from gateway.web.refusal import RefusedError

Resource = dict[str, Any]


def actions(call: Call) -> Answer:
    """What the caller may do with a Task next: each legal move with its business statuses (design: state table)."""
    from gateway.pipeline.rest.actions import actions as legal  # noqa: PLC0415 - only who asks needs the rules

    version = call.desk.rooms.store.read("Task", call.id)
    if version is None:
        raise RefusedError(404, unknown(call))
    found = legal(version.resource, call.caller, call.desk.rooms)
    return Answer(200, parameters(*(action(one) for one in found)))


def action(one: dict[str, Any]) -> Resource:
    """One action as a parameter: status, business statuses to choose from, what else it needs, who acts."""
    parts_of = [{"name": "status", "valueCode": one["status"]}]
    parts_of += [
        {"name": "businessStatus", "valueCoding": {"system": BUSINESS_STATUS, **coding}}
        for coding in one.get("businessStatus", ())
    ]
    parts_of += [{"name": key, "valueBoolean": bool(one[key])} for key in ("named", "reason") if key in one]
    parts_of += [{"name": key, "valueString": one[key]} for key in ("actor", "evidence", "display") if key in one]
    parts_of += [
        {"name": "obstacle", "valueString": f"{problem['sentence']} {problem['repair']}"}
        for problem in one.get("obstacles", ())
    ]
    return {"name": "action", "part": parts_of}


# --- $disclosed -----------------------------------------------------------------------------------------------------


def disclosed(call: Call) -> Answer:
    """What a party sees of a case now, as the Bundle that the line would send it: for desk, site, officer and itself.

    Anybody else is told that there is no such plan.
    """
    from gateway.pipeline.disclosed import disclosed as shown  # noqa: PLC0415 - only who asks needs the line
    from gateway.pipeline.policies.asked import has_case  # noqa: PLC0415 - as above

    rooms, kind, partner = call.desk.rooms, *call.said("recipient").rpartition("/")[::2]
    version = rooms.store.read("CarePlan", call.id)
    person = next((str(name) for name in every(version.resource, ("subject", "reference"))), "") if version else ""
    mine = call.grant is None or partner == call.caller.party or has_case(call.caller.party, person, rooms)
    if version is None or not (mine or sees_disclosed(call)):
        raise RefusedError(404, unknown(call))
    if kind not in {"", "Organization"} or rooms.directory.get(partner) is None:
        repair = "write `recipient=Organization/<partner>`"
        raise RefusedError(400, Problem("fhir.http.recipient", "recipient", "there is no such partner", repair))
    return Answer(200, shown(version.resource, partner, rooms))


# --- $validate -------------------------------------------------------------------------------------------------------


def validate(call: Call) -> Answer:
    """What a resource breaks of R4 and its profiles (operation Resource-validate); always 200 with the findings."""
    from gateway.pipeline.validate import findings  # noqa: PLC0415 - the profiles take a moment

    given = of_body(call)
    resource = given.resources.get("resource") or stored(call)
    kind = resource.get("resourceType")
    if kind != call.type:
        sentence = "the resource is of another type than the path"
        raise RefusedError(400, Problem("fhir.http.type", "resourceType", sentence, "use the path of its type"))
    if given.text("profile"):
        meta = resource.get("meta")
        resource = {
            **resource,
            "meta": {**(meta if isinstance(meta, dict) else {}), "profile": [given.text("profile")]},
        }
    problems = [
        *mode(given.text("mode"), call),
        *unknown_profiles(resource, given.text("profile")),
        *findings(resource),
    ]
    return Answer(200, outcome(problems))


def stored(call: Call) -> Resource:
    """The resource that is stored under the id; RefusedError 400 without one to look at."""
    if not call.id:
        repair = "send it as the body, or as the parameter `resource`"
        raise RefusedError(400, Problem("fhir.http.nothing", "resource", "there is no resource to validate", repair))
    version = call.desk.rooms.store.read(call.type, call.id)
    if version is None:
        raise RefusedError(404, unknown(call))
    return version.resource


def mode(said: str, call: Call) -> list[Problem]:
    """What speaks against what the resource is to be used for."""
    if said == "delete":
        repair = "set the status entered-in-error"
        return [Problem("fhir.http.validate.delete", call.type, "nothing is deleted here", repair)]
    if said in {"update", "create", "profile", ""}:
        return []
    repair = "write create, update, delete or profile"
    raise RefusedError(400, Problem("fhir.http.validate.mode", "mode", "there is no such mode", repair))


def unknown_profiles(resource: Resource, asked: str) -> list[Problem]:
    """A warning for each profile that is asked for or claimed, and is not known here."""
    from gateway.fhir import packages  # noqa: PLC0415 - as above

    claimed = [url for url in every(resource, ("meta", "profile")) if isinstance(url, str)]
    places = ["profile"] if asked else [f"{resource['resourceType']}.meta.profile[{n}]" for n in range(len(claimed))]
    known = {*packages.load(), f"http://hl7.org/fhir/StructureDefinition/{resource['resourceType']}"}
    unknown = [place for place, url in zip(places, claimed, strict=True) if url.partition("|")[0] not in known]
    sentence, repair = "this profile is not known here; it was not looked at", "see profiles/ for those that are known"
    return [Problem("fhir.http.validate.profile", place, sentence, repair, "warning") for place in unknown]


# --- $transform and $explain -----------------------------------------------------------------------------------------


def transform(call: Call) -> Answer:
    """Bytes of one format as bytes of another, as `gateway convert` does it; 422 with the findings where it fails."""
    from gateway.pipeline.translate import translate  # noqa: PLC0415 - only who translates needs it

    given, data = of_translation(call)
    source = known(call, given.text("from") or given.text("source"), "from")
    target = known(call, given.text("to") or given.text("target"), "to")
    done = translate(something(data), source, target)
    if worst(done.problems) == "error":
        raise RefusedError(422, *done.problems)
    media = target.codec.media_type
    warned = {"warning": f'199 kuemmerer-gateway "{len(done.problems)} findings"'} if done.problems else {}
    if not call.wire.named or media in MEDIA.values():
        return Answer(200, body=done.data, media=media, headers=warned)
    import base64  # noqa: PLC0415 - only here

    held = {"resourceType": "Binary", "contentType": media, "data": base64.b64encode(done.data).decode()}
    return Answer(200, held, warned)


def explain(call: Call) -> Answer:
    """Where each value of a translation came from, as `gateway explain` tells it; `path` keeps those that hold it.

    Below a resource: where each value of what is stored came from.
    """
    if call.id:
        return explained(call)
    from gateway.mapping import explain as lineage  # noqa: PLC0415 - only who asks needs it
    from gateway.pipeline.translate import read  # noqa: PLC0415 - as above

    given, data = of_translation(call)
    form = known(call, given.text("from") or given.text("source"), "from")
    reading = read(something(data), form, "lineage")
    if worst(reading.problems) == "error":
        raise RefusedError(422, *reading.problems)
    told = [lineage.explain(form, result) for result in reading.results]
    path = given.text("path")
    found = [parts("value", origin(one)) for part in told for one in part.values if path in one.path]
    if not path:
        found += [parts("ignored", {"source": s, "reason": r}) for part in told for s, r in part.ignored]
        found += [parts("unmapped", {"source": s, "before": v}) for part in told for s, v in part.unmapped]
    return Answer(200, parameters(*found))


NAMES = {"map_hash": "mapHash", "behalf": "onBehalfOf"}
"""What is called otherwise in FHIR's style."""


def explained(call: Call) -> Answer:
    """The values of a stored resource, each with the message, place and rule it came from, or who moved or entered it.

    Only of what is stored: what a message said besides is not told.
    """
    from gateway.pipeline.origin.stored import explained as told  # noqa: PLC0415 - only who asks needs it

    rooms = call.desk.rooms
    if rooms.store.read(call.type, call.id) is None:
        raise RefusedError(404, unknown(call))
    found = told(call.type, call.id, rooms, of_body(call).text("path"))
    return Answer(
        200, parameters(*(parts("value", {NAMES.get(k, k): v for k, v in asdict(one).items()}) for one in found))
    )


def origin(one: Any) -> dict[str, Any]:
    """One value with its origin."""
    return {"path": one.path, "value": one.value, "rule": one.rule, "source": one.source, "before": one.before}


def known(call: Call, name: str, place: str) -> Format:
    """A format by name; RefusedError 400 where there is none."""
    shelf = call.desk.rooms.shelf
    form = shelf.get(name) if name in shelf.names() else None
    if form is None:
        repair = f"write one of: {', '.join(sorted(shelf.names()))}"
        raise RefusedError(400, Problem("fhir.http.format", place, "there is no such format", repair))
    return form


def something(data: bytes) -> bytes:
    """The bytes; RefusedError 400 where there are none."""
    if not data:
        raise RefusedError(400, Problem("http.empty", "body", "the body is empty", "send one message as the body"))
    return data
