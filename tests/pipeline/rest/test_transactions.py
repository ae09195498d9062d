"""Several changes at once: a transaction is made whole or not at all, a batch one by one (chapter 3.1.0.11)."""

import pytest

from gateway.domain.ledger import Keep
from gateway.pipeline.rest.asked import Asked
from tests.pipeline.rest.client import PERSON, Client, Resource, body, codes, task

ONE, TWO, THREE = (f"urn:uuid:0d9f6a1e-0000-4000-8000-00000000000{n}" for n in (1, 2, 3))
REQUEST = {
    "resourceType": "ServiceRequest", "status": "draft", "intent": "order", "subject": {"reference": ONE},
}  # fmt: skip


def asked(resource: Resource, url: str, **more: object) -> Asked:
    return Asked("create", resource["resourceType"], resource=resource, full_url=url, **more)  # type: ignore[arg-type]  # fields of Asked


def referral() -> list[Asked]:
    """A person, a request and its Task, which refer to each other by urn:uuid."""
    focus = {"resourceType": "ServiceRequest", "id": "x", "subject": {"reference": ONE}}
    begun = {**task(focus), "focus": {"reference": TWO}}
    return [asked(begun, THREE), asked(REQUEST, TWO), asked(PERSON, ONE)]


def test_entries_refer_to_each_other_whatever_their_order(desk: Client) -> None:
    made, request, person = (body(told) for told in desk.asks(*referral()))
    assert made["focus"]["reference"] == f"ServiceRequest/{request['id']}"
    assert request["subject"]["reference"] == made["for"]["reference"] == f"Patient/{person['id']}"


def test_a_draft_request_is_active_once_its_task_is_requested(desk: Client) -> None:
    _, request, _ = desk.asks(*referral())
    assert body(request)["status"] == "active"


def test_an_active_request_that_no_task_asks_for_is_kept_with_a_warning(desk: Client) -> None:
    _, lone, _ = desk.asks(asked(PERSON, ONE), asked({**REQUEST, "status": "active"}, TWO), asked(PERSON, THREE))
    assert (lone.status, codes(lone)) == (201, ["rest.request.alone"])
    begun = [codes(told) for told in desk.asks(*referral())]
    assert ["rest.request.alone"] not in begun


def test_a_transaction_with_one_fault_writes_nothing(desk: Client) -> None:
    bad = asked({"resourceType": "Location", "status": "perhaps"}, "urn:uuid:x")
    told = desk.asks(*referral(), bad)
    assert [one.status for one in told] == [422] * 4
    assert [bool(one.problems) for one in told] == [False, False, False, True]
    assert [desk.world.all(kind) for kind in ("Patient", "ServiceRequest", "Task", "Location")] == [[], [], [], []]
    assert desk.world.store.entries({}) == []


def test_a_batch_makes_what_can_be_made(desk: Client) -> None:
    bad = asked({"resourceType": "Location", "status": "perhaps"}, "")
    told = desk.asks(asked(PERSON, ""), bad, whole=False)
    assert [one.status for one in told] == [201, 422]


def test_two_entries_about_one_resource_are_refused(desk: Client) -> None:
    place = desk.made({"resourceType": "Location", "name": "A"})
    change = [Asked("update", "Location", place["id"], {**place, "name": name}) for name in "BC"]
    told = desk.asks(*change)
    assert (told[1].status, codes(told[1])) == (422, ["rest.twice"])


def test_a_reference_to_nothing_is_refused_by_its_element(desk: Client) -> None:
    told = desk.asks(asked(REQUEST, TWO))[0]
    assert [(p.code, p.place) for p in told.problems] == [("rest.reference", "ServiceRequest.subject.reference")]


def test_a_conditional_reference_finds_its_resource(desk: Client) -> None:
    person = desk.made({**PERSON, "identifier": [{"system": "urn:x", "value": "7"}]})
    found = desk.create({**REQUEST, "subject": {"reference": "Patient?identifier=urn:x|7"}})
    assert body(found)["subject"]["reference"] == f"Patient/{person['id']}"
    lost = desk.create({**REQUEST, "subject": {"reference": "Patient?identifier=urn:x|8"}})
    assert codes(lost) == ["rest.reference.search"]


def test_our_own_address_is_not_stored(desk: Client) -> None:
    desk.world.rooms.base = "https://gateway.example/fhir/"
    person = desk.made(PERSON)
    made = desk.made({**REQUEST, "subject": {"reference": f"https://gateway.example/fhir/Patient/{person['id']}"}})
    assert made["subject"]["reference"] == f"Patient/{person['id']}"


def test_what_another_server_calls_its_entries_is_followed(desk: Client) -> None:
    there = "https://klinik.example/fhir/Patient/4711"
    request = {**REQUEST, "subject": {"reference": "Patient/4711"}}
    told = desk.asks(asked(PERSON, there), asked(request, "https://klinik.example/fhir/ServiceRequest/1"))
    assert body(told[1])["subject"]["reference"] == f"Patient/{body(told[0])['id']}"


def test_a_conditional_create_that_finds_one_lends_its_name_to_the_others(desk: Client) -> None:
    person = desk.made({**PERSON, "identifier": [{"system": "urn:x", "value": "7"}]})
    told = desk.asks(asked(PERSON, ONE, where="identifier=urn:x|7"), asked(REQUEST, TWO))
    assert [one.status for one in told] == [304, 201]
    assert body(told[1])["subject"]["reference"] == f"Patient/{person['id']}"


def test_a_provenance_beside_a_task_makes_a_proxy_entry(desk: Client) -> None:
    _, (measure,) = desk.planned("ravensberg")
    change = {**desk.stored(measure), "status": "accepted"}
    change.pop("businessStatus", None)
    agents = [{"type": {"coding": [{"code": code}]}, "who": {"display": code}} for code in ("enterer", "informant")]
    told = desk.asks(
        Asked("update", "Task", measure["id"], change, match=desk.match("Task", measure["id"], "?")),
        Asked("create", "Provenance", resource={
            "resourceType": "Provenance", "target": [{"reference": f"Task/{measure['id']}"}],
            "recorded": "2026-03-12T11:05:00Z", "agent": agents,
        }),
    )  # fmt: skip
    assert [one.status for one in told] == [200, 201]
    assert desk.stand(measure) == "accepted"


def test_the_bytes_of_a_request_stay_in_the_journal(desk: Client) -> None:
    desk.made(PERSON)
    (entry,) = desk.world.store.entries({})
    assert (entry.road, entry.state, entry.kind) == ("fhir", "done", "Patient create")


@pytest.mark.parametrize("after", range(1, 4))
def test_a_conflict_in_the_midst_leaves_all_or_nothing(desk: Client, after: int) -> None:
    store, seen = desk.world.store, 0
    commit = store.commit

    def meddled(changes: list[object]) -> object:
        nonlocal seen
        cut = [*changes[:after], Keep(store.entry(first))] if any(isinstance(c, Keep) for c in changes) else changes
        seen += 1
        return commit(cut if seen < 3 else changes)  # a message that is there already conflicts in mid-commit

    desk.made(PERSON)
    first = store.entries({})[0].id
    store.commit = meddled
    told = desk.asks(*referral())
    assert ([one.status for one in told], seen) == ([201] * 3, 3)
    assert [len(desk.world.all(kind)) for kind in ("Patient", "ServiceRequest", "Task")] == [2, 1, 1]


def test_a_url_that_names_an_entry_is_followed_too(desk: Client) -> None:
    scan = {"resourceType": "Binary", "contentType": "text/plain", "data": "eA=="}
    letter = {
        "resourceType": "DocumentReference", "status": "current", "content": [{"attachment": {"url": ONE}}],
    }  # fmt: skip
    told = desk.asks(asked(scan, ONE), asked(letter, TWO))
    assert body(told[1])["content"][0]["attachment"]["url"] == f"Binary/{body(told[0])['id']}"


def test_a_note_and_a_move_that_follows_are_one_version(desk: Client) -> None:
    _, (measure,) = desk.planned("elsey")
    question = body(desk.partner("elsey").create(task(measure, kind="question", part=measure)))
    for to in ("accepted", "in-progress"):
        desk.move(question, to)
    before = len(desk.world.store.history("Task", measure["id"]))
    answered = {**desk.stored(question), "status": "completed"}
    noted = {**desk.stored(measure), "note": [{"text": "Anruf"}]}
    changes = [Asked("update", "Task", t["id"], t, match=desk.match("Task", t["id"], "?")) for t in (noted, answered)]
    assert [told.status for told in desk.asks(*changes)] == [200, 200]
    now = desk.stored(measure)
    assert (desk.stand(measure), now["note"]) == ("received under-review", [{"text": "Anruf"}])
    assert len(desk.world.store.history("Task", measure["id"])) == before + 1
