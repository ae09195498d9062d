"""Whatever moves a Task is announced in its own commit: a message, what became of a delivery, the FHIR interface."""

import pytest

from gateway.domain.ledger import Save
from gateway.pipeline.rest.asked import Asked, Caller, Told
from gateway.pipeline.rest.perform import perform
from tests.pipeline.agreeing.agreed import VOLUNTEERS, consent, under_way
from tests.pipeline.ladder.climbing import Ladder
from tests.pipeline.line.world import ELSEY, WOHNBERATUNG, World, bundle, measure
from tests.pipeline.subscribing.world import classic, clock, subscription

NOWHERE = "http://127.0.0.1:1/hook"


@pytest.fixture
def world() -> World:
    """A small deployment with one who listens to all Tasks."""
    made = World()
    made.store.commit([Save(subscription(NOWHERE, status="active"), 0, (), clock())]).result()
    return made


def heard(world: World) -> list[tuple[str, int]]:
    return [(event.focus, event.version) for event in world.store.announced("s", 0, 1000)]


def written(world: World) -> list[tuple[str, int]]:
    """Every version of the referral's Task, as an event would name it."""
    case = world.case()["id"]
    return [(f"Task/{case}", version.version) for version in reversed(world.store.history("Task", case))]


def listening_to_words(world: World) -> None:
    """Somebody wants to hear of every Communication; what there is already is none to hear of."""
    said = classic(NOWHERE, "Communication?status=in-progress,completed,not-done") | {"status": "active"}
    world.store.commit([Save(said, 0, (), clock())]).result()


def asked(world: World, *changes: Asked) -> list[Told]:
    return perform(changes, Caller(), world.rooms, whole=False)


def test_a_message_announces_the_tasks_it_writes(world: World) -> None:
    message = world.referred()
    assert heard(world) == written(world)
    assert world.store.announced("s")[0].message == message.entry.id


def test_an_arrival_announces_the_task_it_moves(world: World) -> None:
    world.referred()
    before = len(heard(world))
    world.arrives(world.outbox("stelle-senne")[0])
    assert len(heard(world)) > before
    assert heard(world) == written(world)


def test_the_next_road_and_the_end_of_the_one_before_are_announced() -> None:
    world = Ladder()
    listening_to_words(world)
    world.came("refused", "E0", "dead")
    assert [standing for _, standing in world.way()] == ["dead", "waiting"]
    assert len(heard(world)) == 2


def test_what_is_made_anew_for_a_consent_that_changed_meanwhile_is_announced() -> None:
    world = under_way(role=VOLUNTEERS)
    world.sends("stelle-senne", bundle(consent(world, to=("wohnberatung",), of=("last-name", "street"))))
    world.sends("stelle-senne", world.plan(measure("A-1", ELSEY), measure("A-4", WOHNBERATUNG)))
    (claimed,) = [d for d in world.store.claim("w", world.now(), 99, 60.0).result() if d.partner == "wohnberatung"]
    world.sends("stelle-senne", bundle(consent(world, to=("wohnberatung",), of=("last-name",))))
    listening_to_words(world)
    world.arrives(claimed, standing="waiting", grade="E0")
    assert len(heard(world)) == 2


def test_the_fhir_interface_announces_what_it_writes(world: World) -> None:
    world.referred()
    before, case = len(heard(world)), world.case()
    version = world.store.read("Task", case["id"]).version
    (told,) = asked(world, Asked("update", "Task", case["id"], {**case, "status": "received"}, match=str(version)))
    assert told.status == 200, told.problems
    assert (f"Task/{case['id']}", version + 1) in heard(world)[before:]


def test_the_fhir_interface_refuses_a_subscription_that_cannot_be_served(world: World) -> None:
    wrong = subscription(NOWHERE, criteria="https://example.org/no-topic")
    (told,) = asked(world, Asked("update", "Subscription", "s2", wrong | {"id": "s2"}))
    assert (told.status, [problem.code for problem in told.problems]) == (422, ["subscription.topic"])


def test_the_fhir_interface_takes_one_that_can(world: World) -> None:
    (told,) = asked(world, Asked("update", "Subscription", "s2", subscription(NOWHERE, "s2")))
    assert told.status == 201, told.problems
    world.referred()
    assert world.store.last_event("s2") == len(written(world)) > 0
