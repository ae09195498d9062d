"""A message that nobody hears of says why; a report on nothing known is never silently done."""

import pytest

from tests.pipeline.line.world import Resource, World, bundle, discharge, url

PERSON: Resource = {"resourceType": "Patient", "id": "p", "name": [{"family": "Lage"}], "birthDate": "1941-02-03"}
REQUEST: Resource = {
    "resourceType": "ServiceRequest", "id": "r", "status": "active", "intent": "order",
    "subject": {"reference": url("p")},
}  # fmt: skip


def task(status: str, focus: str) -> Resource:
    return {"resourceType": "Task", "id": "t", "status": status, "intent": "order", "focus": {"reference": focus}}


def letter() -> bytes:
    """An MDM^T02 about the person of `discharge`."""
    head, evn, pid, pv1, _ = discharge("SK-L", event="T02").decode("iso8859-1").rstrip("\r").split("\r")
    txa = "TXA|1|DS^Entlassbrief^L|AP|202603121145||202603121130|||||||DOK-1^KIS||||brief.pdf|LA|U|AV|AC"
    obx = "OBX|1|ED|18842-5^Entlassbrief^LN||KIS^application^pdf^Base64^JVBERi0xLjQK||||||F"
    lines = [head.replace("ADT^T02", "MDM^T02"), evn, pid, pv1, txa, obx, ""]
    return "\r".join(lines).encode("iso8859-1")


def why(world: World, data: bytes) -> str:
    return str(world.entry(world.sends("senneklinik", data)).outcome.get("no effect", ""))


def test_what_nobody_hears_of_says_why(world: World) -> None:
    assert why(world, letter()) == "kept until its case comes"
    assert why(world, discharge("SK-H", disposition="011")) == "no referral in it"
    assert why(world, discharge()) == ""
    assert why(world, discharge("SK-2")) == "it says nothing new of its case"


@pytest.mark.parametrize("partner", ["stelle-senne", "elsey", "wohnberatung"])
def test_a_report_on_an_unknown_task_waits_with_its_reason(world: World, partner: str) -> None:
    message = world.sends(partner, bundle(task("accepted", "ServiceRequest/none")), format="fhir")
    assert message.stopped == "record"
    assert [p.code for p in message.problems if p.severity == "error"] == ["record.task.unknown"]


def test_a_sources_own_new_task_is_no_report(world: World) -> None:
    message = world.sends("senneklinik", bundle(PERSON, REQUEST, task("requested", url("r"))), format="fhir")
    assert (message.stopped, message.moved != ()) == ("", True)


def test_nor_is_a_task_for_a_request_that_comes_with_it(world: World) -> None:
    message = world.sends("elsey", bundle(PERSON, REQUEST, task("accepted", url("r"))))
    assert "record.task.unknown" not in [p.code for p in message.problems]


def test_a_task_whose_request_nobody_has_sent_is_not_lost_in_silence(world: World) -> None:
    task = {"resourceType": "Task", "id": "t", "status": "requested", "intent": "order"}
    task["focus"] = {"reference": "https://placer.example/fhir/ServiceRequest/1"}
    message = world.sends("elsey", bundle(task))
    assert (message.stopped, [p.code for p in message.problems]) == ("record", ["record.task.request"])
