"""Restriction of processing (Art. 18 GDPR): put, lifted, kept over a merge."""

from typing import Any

import pytest

from gateway.domain.ledger import Save
from gateway.pipeline.line import process
from gateway.pipeline.policies.restricted import restricted
from gateway.pipeline.rest.asked import Asked as Asked_
from gateway.pipeline.rest.asked import Caller
from gateway.pipeline.rest.perform import perform
from gateway.pipeline.rights.restriction import Asked, release, restrict
from gateway.pipeline.stored.survivor import moved
from gateway.pipeline.stored.terms import terms
from tests.pipeline.line.world import World, answer, discharge
from tests.pipeline.watch.clock import Watched


@pytest.fixture
def world() -> World:
    made = World()
    made.referred()
    return made


def person(world: World) -> str:
    found: str = world.case()["for"]["reference"]
    return found


def does(verb: Any, world: World, of: str = "", reason: str = "streitig") -> list[str]:
    """Codes of what was wrong; empty where it was done."""
    answered = verb(Asked(of or person(world), "operator pohl", reason), world.rooms)
    if answered.changes:
        world.store.commit(answered.changes).result()
    return [problem.code for problem in answered.problems]


def test_a_person_is_restricted_until_it_is_released(world: World) -> None:
    assert not restricted(person(world), world.rooms)
    assert does(restrict, world) == []
    assert restricted(person(world), world.rooms)
    assert does(release, world) == []
    assert not restricted(person(world), world.rooms)
    assert does(restrict, world) == []
    assert restricted(person(world), world.rooms)


def test_nobody_else_is_restricted(world: World) -> None:
    does(restrict, world)
    assert not restricted("Patient/other", world.rooms)
    assert not restricted("", world.rooms)


def test_it_says_who_did_it_when_and_why_and_the_audit_holds_no_reason(world: World) -> None:
    does(restrict, world, reason="Die Anschrift sei falsch")
    (flag,) = [flag for flag in world.all("Flag") if flag["code"]["coding"][0]["code"] == "restricted"]
    (proof,) = [one for one in world.all("Provenance") if f"Flag/{flag['id']}/_history/1" in str(one["target"])]
    assert proof["reason"] == [{"text": "Die Anschrift sei falsch"}]
    assert proof["agent"][0]["who"] == {"display": "operator pohl"}
    line = world.store.audit(object=person(world))[0]
    assert (line.actor, line.action, line.outcome) == ("operator pohl", "restrict", "done")
    assert "Anschrift" not in line.detail


def test_its_end_is_a_line_of_the_audit_too(world: World) -> None:
    does(restrict, world)
    does(release, world, reason="die Anschrift stimmt")
    lines = [line for line in world.store.audit(object=person(world)) if line.action in {"restrict", "release"}]
    assert [(line.actor, line.action, line.outcome) for line in reversed(lines)] == [
        ("operator pohl", "restrict", "done"), ("operator pohl", "release", "done"),
    ]  # fmt: skip
    assert "Anschrift" not in str(lines)


@pytest.mark.parametrize(
    ("verb", "of", "reason", "codes"),
    [
        (restrict, "Patient/nobody", "x", ["rights.person"]),
        (restrict, "Käthe Grünewälder", "", ["rights.person", "rights.reason"]),
        (release, "", "x", ["rights.not-so"]),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_is_written(
    world: World, verb: Any, of: str, reason: str, codes: list[str]
) -> None:
    assert does(verb, world, of, reason) == codes
    assert [flag for flag in world.all("Flag") if flag["status"] == "active"] == []


def test_a_name_typed_for_an_id_is_not_repeated(world: World) -> None:
    (found, *_) = restrict(Asked("Käthe Grünewälder", "operator", "x"), world.rooms).problems
    assert "Käthe" not in str(found)


def test_to_restrict_twice_is_refused(world: World) -> None:
    does(restrict, world)
    assert does(restrict, world) == ["rights.already"]


def test_a_restriction_follows_the_person_into_the_record_that_lives_on(world: World) -> None:
    does(restrict, world)
    survivor = {"resourceType": "Patient", "id": "p2"}
    message = world.sends("senneklinik", discharge(key="SK-2"))
    moves = moved(person(world), "Patient/p2", message, world.rooms)
    world.store.commit([Save(survivor, 0, terms(survivor, ""), world.now()), *moves]).result()
    assert restricted("Patient/p2", world.rooms)
    assert does(release, world, of="Patient/p2") == []
    assert not restricted("Patient/p2", world.rooms)


# --- what happens meanwhile ------------------------------------------------------------------------------------------


def sent(world: World) -> list[str]:
    """Partners whose deliveries a worker gets now."""
    return sorted(d.partner for d in world.store.claim("w", world.now(), 100, 30).result())


def test_what_was_queued_waits_and_goes_on_after_the_release(world: World) -> None:
    before = sorted(d.partner for d in world.outbox() if d.standing == "waiting")
    assert before
    does(restrict, world)
    assert sent(world) == []
    does(release, world)
    assert sent(world) == before


def test_a_message_that_comes_is_kept_and_waits_and_goes_on_after_the_release(world: World) -> None:
    does(restrict, world)
    queued = len(world.outbox())
    message = world.sends("stelle-senne", answer(world.case(), "accepted"))
    entry = world.entry(message)
    assert (entry.state, entry.step, [p.code for p in entry.problems]) == ("parked", "hold", ["rights.held"])
    assert world.case()["status"] == "requested"
    assert len(world.outbox()) == queued
    does(release, world)
    (waiting,) = world.store.waiting()
    process(waiting, world.rooms)
    assert world.entry(message).state == "done"
    assert world.case()["status"] == "accepted"
    assert len(world.outbox()) > queued


def test_a_new_message_about_the_person_is_no_news_for_anybody(world: World) -> None:
    does(restrict, world)
    queued = len(world.outbox())
    message = world.sends("senneklinik", discharge(key="SK-3"))
    assert world.entry(message).step == "hold"
    assert len(world.outbox()) == queued
    other = world.sends(
        "senneklinik", discharge(key="SK-4", person="880011", name="Grundmann^Karla", kvnr="", visit="2")
    )
    assert world.entry(other).state == "done"


def test_the_sender_hears_that_it_was_taken_and_not_why_it_waits(world: World) -> None:
    does(restrict, world)
    message = world.sends("senneklinik", discharge(key="SK-5", accept="AL|AL"))
    assert message.stopped == "hold"
    (taken,) = [d for d in world.outbox("senneklinik") if d.message == message.entry.id]
    assert b"MSA|AA|SK-5" in taken.data or b"MSA|CA|SK-5" in taken.data
    assert b"restricted" not in taken.data
    assert sent(world) == ["senneklinik"]


def test_a_change_by_the_interface_is_refused_and_a_consent_is_taken(world: World) -> None:
    does(restrict, world)
    changed = {**world.case(), "status": "accepted"}
    version = world.store.history("Task", changed["id"])[0].version
    (told,) = asks(world, Asked_("update", "Task", changed["id"], changed, match=str(version)))
    assert (told.status, [p.code for p in told.problems]) == (409, ["rest.restricted"])
    consent = {
        "resourceType": "Consent", "status": "inactive", "patient": {"reference": person(world)},
        "scope": {"coding": [{"code": "patient-privacy"}]}, "category": [{"coding": [{"code": "INFA"}]}],
    }  # fmt: skip
    (told,) = asks(world, Asked_("create", "Consent", "", consent))
    assert told.status == 201


def asks(world: World, asked: Any) -> Any:
    return perform([asked], Caller(), world.rooms, whole=True)


def test_the_watch_tells_nobody_until_the_release() -> None:
    watched = Watched()
    watched.referred()
    watched.taken()
    watched.settle_down()
    does(restrict, watched)
    watched.later(days=9)
    assert watched.overdue() == []
    does(release, watched)
    watched.later(hours=2)
    assert watched.overdue() != []


def test_what_waited_under_a_merged_record_goes_on_too(world: World) -> None:
    does(restrict, world)
    message = world.sends("senneklinik", discharge(key="SK-3"))
    old = person(world)
    first = world.store.read("Patient", old.partition("/")[2]).resource
    link = {"other": {"reference": "Patient/p2"}, "type": "replaced-by"}
    survivor = {"resourceType": "Patient", "id": "p2", "link": [{"other": {"reference": old}, "type": "replaces"}]}
    saves = [Save(one, None, terms(one, ""), world.now()) for one in ({**first, "link": [link]}, survivor)]
    world.store.commit([*saves, *moved(old, "Patient/p2", message, world.rooms)]).result()
    assert does(release, world, of="Patient/p2") == []
    assert [entry.id for entry in world.store.waiting()] == [message.entry.id]
    assert world.store.marked("held", old) is None
