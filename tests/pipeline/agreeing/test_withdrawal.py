"""A consent is withdrawn for one recipient: it stops, it is told so, it is asked to delete; others go on."""

import pytest

from gateway.domain.ledger import Conclude
from gateway.domain.message import Message
from tests.pipeline.agreeing.agreed import (
    BORN,
    NAME,
    STREET,
    VOLUNTEERS,
    after,
    arrive,
    consent,
    recalls,
    refuse,
    under_way,
    with_office,
)
from tests.pipeline.line.world import ELSEY, World, answer, bundle, measure
from tests.pipeline.loop.roads import as_it_stands, kinds


@pytest.fixture
def world() -> World:
    return under_way()


def test_whoever_has_not_begun_is_cancelled_and_who_has_is_asked_to_stop(world: World) -> None:
    refuse(world, "elsey")
    assert (world.stand("A-1"), world.stand("A-3")) == (
        "in-progress cancellation-requested",
        "cancelled consent-withdrawn",
    )
    (stop,) = kinds(world, "abort")
    assert (stop["owner"]["reference"], stop["focus"]["reference"]) == (
        "Organization/elsey",
        f"Task/{world.task('A-1')['id']}",
    )


def test_the_others_and_the_case_go_on(world: World) -> None:
    refuse(world, "elsey")
    assert (world.stand(), world.stand("A-2")) == ("in-progress active-support", "received delivered")
    assert [task["owner"]["reference"] for task in recalls(world)] == ["Organization/elsey"]


def test_the_word_to_stop_tells_nothing_of_the_person(world: World) -> None:
    message = refuse(world, "elsey")
    texts = after(world, message, "elsey")
    assert len(texts) == 4
    assert not [word for word in (NAME, "Käthe", BORN, STREET, "471188", "Hilfe A-1") for t in texts if word in t]
    assert sum("Einwilligung widerrufen" in text for text in texts) == 3
    assert all(task["identifier"] for task in world.sent("elsey", "Task"))


def test_a_list_carries_it_in_the_row_of_the_measure(world: World) -> None:
    message = refuse(world, "ravensberg")
    first, second = after(world, message, "ravensberg")
    assert "A-2;;;siehe Nummer;" in first
    assert "entfällt" in first
    assert "Bitte löschen oder sperren Sie, was Sie zu A-2 erhalten haben: alles." in second
    assert NAME not in first + second


def test_a_party_that_was_never_shown_anything_is_told_nothing() -> None:
    world = with_office(VOLUNTEERS)
    world.sends("stelle-senne", bundle(consent(world, key="other", to=("stelle-mitte",))))
    before = len(world.outbox("stelle-mitte"))
    world.sends("stelle-senne", bundle(consent(world, "inactive", key="other", to=("stelle-mitte",))))
    assert (len(world.outbox("stelle-mitte")), recalls(world)) == (before, [])


@pytest.mark.parametrize(
    "change",
    [
        {"status": "inactive"},
        {"period": {"end": "2026-03-01"}},
        {"to": ("stelle-mitte",)},
        {"type": "deny"},
    ],
    ids=["inactive", "period shortened", "provision narrowed", "turned into a refusal"],
)
def test_each_way_to_take_a_consent_back_is_one(change: dict[str, object]) -> None:
    world = with_office(VOLUNTEERS)
    assert world.stand("A-4") == "received delivered"
    said = {"to": ("wohnberatung",), **change}
    world.sends("stelle-senne", bundle(consent(world, **said)))  # type: ignore[arg-type]  # the keywords of the table
    assert world.stand("A-4") == "cancelled consent-withdrawn"
    (recall,) = recalls(world)
    assert recall["owner"]["reference"] == "Organization/wohnberatung"


def test_a_consent_for_a_contract_ends_with_it() -> None:
    world = under_way()
    world.sends("stelle-senne", bundle(consent(world, to=("elsey",))))
    world.sends("stelle-senne", bundle(consent(world, "inactive", to=("elsey",))))
    assert world.stand("A-3") == "cancelled consent-withdrawn"


def test_said_again_and_run_again_it_is_one(world: World) -> None:
    message = refuse(world, "elsey")
    before = as_it_stands(world)
    world.again(message)
    refuse(world, "elsey")
    assert as_it_stands(world) == before


def test_another_consent_that_still_permits_keeps_it_going() -> None:
    world = with_office(VOLUNTEERS)
    world.sends("stelle-senne", bundle(consent(world, key="again", to=("wohnberatung",))))
    world.sends("stelle-senne", bundle(consent(world, "inactive", to=("wohnberatung",))))
    assert (world.stand("A-4"), recalls(world)) == ("received delivered", [])


def changed(world: World, number: str = "A-3") -> Message:
    """The site changes a measure of the service."""
    note = [{"text": "zweimal in der Woche"}]
    return world.sends("stelle-senne", world.plan(measure(number, ELSEY, note=note)))


# --- what waits, and what is on its way -----------------------------------------------------------------------------


def test_what_waits_to_be_sent_is_dropped_in_the_same_commit(world: World) -> None:
    changed(world)
    waiting = [d for d in world.outbox("elsey") if d.standing == "waiting"]
    assert waiting
    refuse(world, "elsey")
    assert {world.store.delivery(d.id).standing for d in waiting} == {"dropped"}
    assert [d.about for d in world.outbox("elsey") if d.standing == "waiting"] == [
        "measures", "measures", "abort", "recall",
    ]  # fmt: skip


def test_what_is_being_sent_is_left_alone_and_called_back(world: World) -> None:
    changed(world)
    (claimed,) = [d for d in world.store.claim("w", world.now(), 9, 60.0).result() if d.partner == "elsey"]
    refuse(world, "elsey")
    assert world.store.delivery(claimed.id).standing == "sending"
    (recall,) = recalls(world, "elsey")
    assert len(recall["input"]) > 3


def test_and_if_it_did_not_get_through_it_is_not_tried_again(world: World) -> None:
    changed(world)
    (claimed,) = [d for d in world.store.claim("w", world.now(), 9, 60.0).result() if d.partner == "elsey"]
    message = refuse(world, "elsey")
    world.arrives(claimed, standing="waiting", grade="E0")
    assert world.store.delivery(claimed.id).standing == "dropped"
    assert not [text for text in after(world, message, "elsey") if NAME in text]


def test_somebody_who_claims_it_meanwhile_makes_the_line_look_again(world: World) -> None:
    changed(world)
    (waiting,) = [d for d in world.outbox("elsey") if d.standing == "waiting"]
    commit = world.store.commit
    raced: list[int] = []

    def slower(changes: object) -> object:
        if not raced:
            raced.append(1)
            world.store.claim("w", world.now(), 9, 60.0).result()
        return commit(changes)

    world.store.commit = slower
    message = refuse(world, "elsey")
    assert (message.stopped, world.store.delivery(waiting.id).standing) == ("", "sending")
    assert any(isinstance(change, Conclude) for change in message.changes) is False


def test_the_message_to_stop_is_not_dropped_by_the_next_withdrawal(world: World) -> None:
    refuse(world, "elsey")
    waiting = [d.id for d in world.outbox("elsey") if d.standing == "waiting"]
    refuse(world, "ravensberg")
    world.sends("stelle-senne", bundle(consent(world, key="more", type="deny", to=("elsey",))))
    assert {world.store.delivery(key).standing for key in waiting} == {"waiting"}


def test_what_is_said_of_the_case_later_is_said_without_it(world: World) -> None:
    refuse(world, "elsey")
    arrive(world)
    message = changed(world, "A-1")
    assert not [text for text in after(world, message, "elsey") if "zweimal" in text or NAME in text]


def test_whoever_was_asked_to_stop_says_that_it_did(world: World) -> None:
    refuse(world, "elsey")
    arrive(world)
    world.sends("elsey", answer(kinds(world, "abort")[0], "completed"))
    assert world.stand("A-1") == "failed aborted-on-request"


def test_a_refusal_of_the_site_itself_ends_the_case_and_lets_it_close_it(world: World) -> None:
    message = refuse(world, "stelle-senne")
    assert "disclose.nothing" not in {problem.code for problem in message.problems}
    assert (world.stand("A-1"), world.stand("A-3")) == (
        "in-progress cancellation-requested",
        "cancelled consent-withdrawn",
    )
    told = [d for d in world.outbox("stelle-senne", "decision") if d.message == message.entry.id]
    assert len(told) == 1
    assert NAME not in told[0].data.decode()


def test_a_report_that_did_not_get_through_is_tried_again_whatever_others_may_see(world: World) -> None:
    answered = [d for d in world.store.claim("w", world.now(), 99, 60.0).result() if d.partner == "senneklinik"]
    assert not answered
    world.sends("stelle-senne", answer(world.case(), "in-progress"))
    (delivery,) = world.outbox("senneklinik")[-1:]
    refuse(world, "elsey")
    world.arrives(delivery, standing="waiting", grade="E0")
    assert world.store.delivery(delivery.id).standing == "waiting"
