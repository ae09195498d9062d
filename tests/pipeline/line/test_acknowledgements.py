"""What is answered and what is not: refusals with their condition, and acknowledgements of others."""

import pytest

from tests.pipeline.line.test_receive import ENHANCED, Door, arrival, code
from tests.pipeline.line.world import World, discharge, without_person


def test_the_later_answer_names_the_segment_that_is_missing(world: World) -> None:
    door = Door(world, run=False)
    door.hands_in(arrival(without_person(discharge(**ENHANCED))))
    door.line()
    (sent,) = world.outbox("senneklinik")
    (error,) = [line for line in sent.data.split(b"\r") if line.startswith(b"ERR")]
    assert error.split(b"|")[2:4] == [b"PID^1", b"101^Required field missing^HL70357"]


def acknowledgement(key: str = "Q1", asks: str = "|") -> bytes:
    return rf"MSH|^~\&|KIS|SENNEKLINIK|KUEMMERER|OWL|202603121105||ACK|{key}|P|2.5|||{asks}".encode() + b"\rMSA|AA|X\r"


@pytest.mark.parametrize("accept", ["kept", "done"])
def test_an_acknowledgement_is_kept_and_never_answered(world: World, accept: str) -> None:
    door = Door(world)
    first, again, refused = door.hands_in(
        *(arrival(acknowledgement(key), accept) for key in ("Q1", "Q1", "")),
    )
    assert [first.outcome, again.outcome, refused.outcome] == ["kept", "again", "refused"]
    assert {first.answer, again.answer, refused.answer, world.store.entry(first.tracking).answer} == {b""}
    assert world.outbox("senneklinik") == []


def test_an_acknowledgement_that_asks_for_it_hears_ca_and_nothing_of_the_application(world: World) -> None:
    (receipt,) = Door(world).hands_in(arrival(acknowledgement(asks="AL|AL")))
    assert code(receipt.answer) == b"CA"
    assert world.outbox("senneklinik") == []


def test_a_test_is_refused_and_never_reaches_the_line(world: World) -> None:
    door = Door(world)
    (receipt,) = door.hands_in(arrival(discharge().replace(b"|P|2.5", b"|T|2.5")))
    assert (receipt.outcome, code(receipt.answer), door.woken) == ("refused", b"AR", 0)
    assert b"202^Unsupported processing id" in receipt.answer
