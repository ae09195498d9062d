"""What a message says a second time: what is taken back stays so, what was not sent is tried, nothing old wins."""

from tests.pipeline.line.world import ELSEY, World, answer, bundle, discharge, measure
from tests.pipeline.loop.asking import question, questions, stand
from tests.pipeline.loop.handing import approval, proposal
from tests.pipeline.loop.test_cancel import stop, take_back


def undelivered(world: World, about: str) -> None:
    """The last delivery of a kind is given up."""
    world.arrives(world.outbox(about=about)[-1], standing="dead", grade="E0")


def versions(world: World) -> int:
    """How much was ever written."""
    return int(world.store.versions("", 0, 1)[0].number)


def test_a_question_that_could_not_be_sent_is_not_asked_again_by_taking_it_back(world: World) -> None:
    world.referred()
    world.sends("stelle-senne", question(world.case()))
    undelivered(world, "question")
    (task,) = questions(world)
    world.sends("stelle-senne", answer(task, "cancelled"))
    assert stand(questions(world)[0]) == "cancelled withdrawn-by-requester"


def test_a_question_that_could_not_be_sent_goes_out_when_it_is_asked_again(world: World) -> None:
    world.referred()
    world.sends("stelle-senne", question(world.case()))
    undelivered(world, "question")
    (task,) = questions(world)
    told = world.sends("stelle-senne", bundle({**task, "description": "Noch einmal?"}))
    assert ("senneklinik", "question") in world.told(told)
    assert stand(questions(world)[0]) == "requested dispatched"


def test_running_a_message_again_whose_delivery_was_given_up_writes_nothing(world: World) -> None:
    world.referred()
    message = world.sends("stelle-senne", question(world.case()))
    undelivered(world, "question")
    before = versions(world)
    world.again(message)
    assert (versions(world), stand(questions(world)[0])) == (before, "requested dispatch-failed")


def test_an_old_answer_run_again_does_not_win_over_what_was_said_since(world: World) -> None:
    world.planned(measure("A-1", ELSEY))
    world.sends("elsey", answer(world.task("A-1"), "in-progress"))
    message = world.sends("elsey", answer(world.task("A-1"), "in-progress"))
    world.sends("elsey", answer(world.task("A-1"), "on-hold", "waiting-third-party", "Rezept fehlt"))
    before = versions(world)
    world.again(message)
    assert (versions(world), world.stand("A-1")) == (before, "on-hold waiting-third-party")


def test_a_withdrawal_run_again_after_the_owner_refused_asks_nobody_to_stop(world: World) -> None:
    world.planned(measure("A-1", ELSEY))
    world.sends("elsey", answer(world.task("A-1"), "on-hold", "waiting-third-party", "Rezept fehlt"))
    message = take_back(world, "A-1", ELSEY)
    world.sends("elsey", answer(stop(world), "rejected", "", "bald fertig"))
    world.sends("elsey", answer(world.task("A-1"), "in-progress"))
    world.again(message)
    assert world.stand("A-1") == "in-progress"


def test_a_cancelled_discharge_run_again_writes_nothing(world: World) -> None:
    world.planned(measure("A-1", ELSEY))
    message = world.sends("senneklinik", discharge("SK-2", event="A13"))
    assert world.stand() == "in-progress cancellation-requested"
    before = versions(world)
    world.again(message)
    assert versions(world) == before


def test_a_case_is_proposed_to_one_at_a_time(world: World) -> None:
    world.planned(measure("A-1", ELSEY))
    world.sends("stelle-senne", proposal(world))
    first = approval(world)
    second = proposal(world)
    second["entry"][0]["fullUrl"] = "urn:uuid:5f0c9df7-51ab-4d5e-8d6f-1f6ad6c7f8a1"
    message = world.sends("stelle-senne", second)
    assert [p.code for p in message.problems if p.severity == "error"] == ["record.task.proposed"]
    world.sends("stelle-senne", answer(first, "cancelled"))
    assert world.stand() == "in-progress active-support"
    assert not world.sends("stelle-senne", second, key="again").stopped


def test_the_team_of_a_case_that_is_taken_back_has_ended(world: World) -> None:
    world.referred()
    world.sends("stelle-senne", answer(world.case(), "accepted"))
    world.sends("senneklinik", discharge("SK-2", event="A13"))
    assert world.case()["status"] == "cancelled"
    assert [team["status"] for team in world.all("CareTeam")] == ["inactive"]
