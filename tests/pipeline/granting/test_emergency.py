"""Emergency access: who may, with a reason, for a day; the site and the officer hear of it, the audit has it."""

from datetime import timedelta

import pytest

from gateway.pipeline.granting.emergency import Granted, Wish, granted, standing
from gateway.pipeline.granting.opened import opened
from gateway.store.port import UnavailableError
from tests.pipeline.agreeing.agreed import VOLUNTEERS, noted, recalls, refuse, under_way
from tests.pipeline.line.world import HTTP, World
from tests.pipeline.loop.roads import kinds

REASON = "gestürzt, Einlieferung, Allergien unbekannt"
OFFICER = {
    "partner": "datenschutz-owl", "title": "Datenschutz OWL", "kind": "other", "role": "datenschutz",
    "receives": [{**HTTP, "for": ["answers"]}],
}  # fmt: skip


@pytest.fixture
def world() -> World:
    made = under_way()
    made.parties = (*made.parties, OFFICER)
    made.rooms.directory = made.directory()
    return made


def ask(world: World, party: str = "ravensberg", reason: str = REASON, **more: str) -> Granted:
    return granted(wish(world, party, reason, **more), world.rooms)


def wish(world: World, party: str = "ravensberg", reason: str = REASON, **more: str) -> Wish:
    return Wish(**{"person": world.case()["for"]["reference"], "party": party, "reason": reason, **more})


def codes(found: Granted) -> list[str]:
    return [problem.code for problem in found.problems]


def test_it_opens_the_classes_of_the_role_for_a_day(world: World) -> None:
    found = ask(world)
    assert found.consent is not None
    provision = found.consent["provision"]
    assert [c["code"] for c in provision["class"]][:2] == ["name", "birth-date"]
    start, end = (world.now().fromisoformat(provision["period"][key]) for key in ("start", "end"))
    assert end - start == timedelta(hours=24)


def test_what_is_shown_is_what_was_opened_and_no_more(world: World) -> None:
    ask(world)
    bundle = opened(wish(world), world.rooms)
    assert bundle is not None
    (person,) = [e["resource"] for e in bundle["entry"] if e["resource"]["resourceType"] == "Patient"]
    assert person["birthDate"] == "1938-09-03"
    assert "identifier" not in person
    assert {e["resource"]["resourceType"] for e in bundle["entry"]} <= {"Patient", "RelatedPerson", "Observation"}


def test_without_it_nothing_is_shown(world: World) -> None:
    assert opened(wish(world), world.rooms) is None
    assert noted(world, "emergency") == []


def test_each_opening_look_and_refusal_is_in_the_audit_without_the_reason(world: World) -> None:
    ask(world)
    opened(wish(world), world.rooms)
    ask(world, "wohnberatung")
    lines = noted(world, "emergency")
    assert [(line.actor, line.outcome) for line in reversed(lines)] == [
        ("ravensberg", "opened"), ("ravensberg", "shown"), ("wohnberatung", "refused"),
    ]  # fmt: skip
    assert "gestürzt" not in str(lines)


def test_what_was_shown_stands_in_a_provenance(world: World) -> None:
    ask(world)
    opened(wish(world), world.rooms)
    (consent,) = world.all("Consent")
    found = world.store.find("Provenance", [("target", f"Consent/{consent['id']}")])
    (proof,) = [version for version in found if "reason" in version.resource]
    assert proof.resource["entity"][0]["what"]["reference"].startswith("Patient/")


def test_the_site_of_the_case_is_asked_to_look_at_once(world: World) -> None:
    ask(world)
    (asked,) = kinds(world, "decision")
    assert asked["description"].startswith("Bitte ansehen und entscheiden: Notfallzugriff durch Fahrdienst Ravensberg")
    assert ("stelle-senne", "decision") in [(d.partner, d.about) for d in world.outbox()]
    assert "gestürzt" not in world.outbox("stelle-senne", "decision")[-1].data.decode()


def test_the_officer_gets_a_notice_that_tells_nothing_of_the_person(world: World) -> None:
    ask(world)
    (notice,) = world.outbox("datenschutz-owl")
    text = notice.data.decode()
    assert "Notfallzugriff: ravensberg" in text
    assert not [word for word in ("Grünewälder", "gestürzt", world.case()["for"]["reference"]) if word in text]


def test_it_ends_by_itself(world: World) -> None:
    ask(world)
    later, now = timedelta(hours=25), world.rooms.now
    world.rooms.now = lambda: now() + later
    assert (standing(wish(world), world.rooms), opened(wish(world), world.rooms)) == (None, None)


def test_a_second_one_needs_a_new_reason(world: World) -> None:
    ask(world)
    assert codes(ask(world)) == ["emergency.again"]
    assert ask(world, reason="zweiter Sturz in derselben Nacht").consent is not None


@pytest.mark.parametrize(
    ("party", "reason", "more", "code"),
    [
        ("wohnberatung", REASON, {}, "emergency.role"),
        ("stranger", REASON, {}, "emergency.role"),
        ("ravensberg", " x ", {}, "emergency.reason"),
        ("ravensberg", REASON, {"why": "HMARKT"}, "emergency.reason"),
        ("ravensberg", REASON, {"person": "Patient/nobody"}, "emergency.person"),
    ],
)
def test_who_may_not_is_told_why(world: World, party: str, reason: str, more: dict[str, str], code: str) -> None:
    assert codes(ask(world, party, reason, **more)) == [code]
    assert world.all("Consent") == []


def test_a_refusal_of_the_person_holds(world: World) -> None:
    refuse(world, "ravensberg")
    assert codes(ask(world)) == ["emergency.refused"]


def test_nothing_is_sent_to_anybody_because_of_it_and_nothing_called_back(world: World) -> None:
    before = len(world.outbox("ravensberg"))
    ask(world)
    assert (len(world.outbox("ravensberg")), recalls(world)) == (before, [])


def test_a_role_that_needs_consent_has_none_unless_the_policy_says_so() -> None:
    world = under_way(role=VOLUNTEERS)
    assert codes(ask(world, "wohnberatung")) == ["emergency.role"]


def test_the_desk_asks_for_somebody_and_is_named(world: World) -> None:
    found = ask(world, who="Sander, Kümmerin")
    assert found.consent is not None
    assert found.consent["performer"] == [{"display": "Sander, Kümmerin"}]


def test_what_cannot_be_written_down_opens_nothing(world: World) -> None:
    def full(_: object) -> object:
        raise UnavailableError

    world.store.commit = full
    assert codes(ask(world)) == ["emergency.store"]
    assert codes(ask(world, "wohnberatung")) == ["emergency.store"]
