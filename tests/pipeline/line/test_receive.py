"""Receive: what is told to a sender, when, and what the journal holds by then."""

import asyncio
from concurrent.futures import Future
from dataclasses import replace
from typing import Any

import pytest

from gateway.domain.ledger import Entry, Kept
from gateway.domain.problem import Problem
from gateway.domain.road import Arrival, Receipt
from gateway.pipeline import receive
from gateway.pipeline.line import process
from gateway.pipeline.receive import Receiving
from gateway.store.memory import MemoryStore
from gateway.store.port import UnavailableError
from tests.pipeline.line.world import START, World, discharge, without_person

ENHANCED = {"accept": "AL|AL"}


class Full(MemoryStore):
    """A store on a full disk."""

    async def keep_async(self, entry: Entry) -> Kept:
        del entry
        raise UnavailableError("no room")

    def keep(self, entry: Entry) -> Future[Kept]:
        del entry
        raise UnavailableError("no room")


class Door:
    """The door of a world; `run` says whether the line runs what was kept."""

    def __init__(self, world: World, *, run: bool = True) -> None:
        self.world, self.run, self.woken = world, run, 0
        self.receiving = Receiving(world.rooms, self.wake)

    def wake(self) -> None:
        self.woken += 1
        if self.run:
            asyncio.get_running_loop().call_later(0.01, self.line)

    def line(self) -> None:
        for entry in self.world.store.waiting():
            process(entry, self.world.rooms)
            self.receiving.finished(entry.id)

    async def has_waiting(self, count: int) -> None:
        while sum(map(len, self.receiving.waiting.values())) != count:  # noqa: ASYNC110 - it tells nobody
            await asyncio.sleep(0.002)

    def hands_in(self, *arrivals: Arrival) -> list[Receipt]:
        async def all_of_them() -> list[Receipt]:
            return [await self.receiving.receive(each) for each in arrivals]

        return asyncio.run(all_of_them())


def arrival(data: bytes, accept: Any = "kept", **more: Any) -> Arrival:
    said = {"partner": "senneklinik", "road": "mllp", "format": "hl7v2-de"} | more
    return Arrival(**said, data=data, received=START, accept=accept)


def http(data: bytes, key: str = "") -> Arrival:
    return arrival(data, partner="stelle-senne", road="http", format="fhir", key=key)


def code(answer: bytes) -> bytes:
    """MSA-1."""
    return answer.split(b"MSA|")[1][:2]


def test_a_kept_message_is_committed_before_it_is_acknowledged_and_wakes_the_line(world: World) -> None:
    door = Door(world, run=False)
    (receipt,) = door.hands_in(arrival(discharge()))
    entry = world.store.entry(receipt.tracking)
    assert (receipt.outcome, code(receipt.answer), door.woken) == ("kept", b"AA", 1)
    assert (entry.state, entry.key, entry.kind, entry.answer) == ("received", "SK-1", "ADT^A03", receipt.answer)


def test_the_same_message_again_gets_the_stored_answer_word_for_word_and_no_second_run(world: World) -> None:
    door = Door(world)
    first, again = door.hands_in(arrival(discharge()), arrival(discharge()))
    assert (again.outcome, again.tracking, again.answer) == ("again", first.tracking, first.answer)
    assert door.woken == 1
    assert world.store.counts()["message.received"] == 1


def test_the_same_id_with_other_bytes_is_refused_kept_as_evidence_and_noted(world: World) -> None:
    door = Door(world, run=False)
    first, clash = door.hands_in(arrival(discharge()), arrival(discharge(disposition="079")))
    evidence = world.store.entry(clash.tracking)
    assert (clash.outcome, code(clash.answer)) == ("refused", b"AR")
    assert b"ERR|" in clash.answer
    assert (evidence.state, evidence.key, evidence.outcome) == ("refused", "", {"clashes with": first.tracking})
    (noted,) = world.store.audit(object=clash.tracking)
    assert (noted.outcome, noted.detail) == ("refused", "receive.key.reused")
    assert door.woken == 1


def test_an_enhanced_sender_hears_cr_for_a_reused_id(world: World) -> None:
    door = Door(world, run=False)
    _, clash = door.hands_in(arrival(discharge(**ENHANCED)), arrival(discharge(disposition="079", **ENHANCED)))
    assert code(clash.answer) == b"CR"


def test_what_its_road_could_not_read_is_kept_as_refused_and_never_run(world: World) -> None:
    door = Door(world)
    torn = Problem("json.syntax", "line 1, column 1", "The text is no JSON.", "Mend it.")
    (receipt,) = door.hands_in(replace(http(b"%PDF-1.7", key="a-1"), problems=(torn,)))
    entry = world.store.entry(receipt.tracking)
    assert (receipt.outcome, receipt.problems, door.woken) == ("refused", (torn,), 0)
    assert (entry.state, entry.key, entry.data, entry.problems) == ("refused", "", b"%PDF-1.7", (torn,))


def test_a_message_without_control_id_is_refused_with_its_place_and_never_known_again(world: World) -> None:
    door = Door(world)
    first, second = door.hands_in(arrival(discharge(key="")), arrival(discharge(key="")))
    assert {first.outcome, second.outcome} == {"refused"}
    assert (code(first.answer), first.tracking != second.tracking) == (b"AR", True)
    assert b"MSH" in first.answer.split(b"ERR|")[1]
    assert door.woken == 0
    assert [audit.outcome for audit in world.store.audit(object=first.tracking)] == ["refused"]


def test_a_store_that_cannot_write_keeps_nothing_and_asks_to_try_again(caplog: pytest.LogCaptureFixture) -> None:
    door = Door(World(Full()), run=False)
    plain, enhanced = door.hands_in(arrival(discharge()), arrival(discharge(**ENHANCED)))
    assert [plain.outcome, enhanced.outcome] == ["unavailable", "unavailable"]
    assert [code(plain.answer), code(enhanced.answer)] == [b"AE", b"CE"]
    assert door.woken == 0
    assert "UnavailableError" in [record.__dict__["fault"] for record in caplog.records]


def test_a_gateway_that_stops_takes_nothing_more(world: World) -> None:
    door = Door(world, run=False)
    door.receiving.closing = True
    (receipt,) = door.hands_in(arrival(discharge()))
    assert (receipt.outcome, code(receipt.answer)) == ("unavailable", b"AE")
    assert world.store.counts() == {}


def test_a_sender_that_waits_for_the_line_hears_aa_once_it_has_run(world: World) -> None:
    door = Door(world)
    entry = world.store.entry((receipt := door.hands_in(arrival(discharge(), "done"))[0]).tracking)
    assert (entry.state, code(receipt.answer), entry.answer) == ("done", b"AA", receipt.answer)


def test_and_ae_with_the_places_that_it_can_mend(world: World) -> None:
    door = Door(world)
    (receipt,) = door.hands_in(arrival(without_person(discharge()), "done"))
    assert (world.store.entry(receipt.tracking).state, code(receipt.answer)) == ("parked", b"AE")
    assert b"\rERR|" in receipt.answer


def test_the_answer_of_the_line_is_repeated_word_for_word(world: World) -> None:
    first, again = Door(world).hands_in(arrival(discharge(), "done"), arrival(discharge(), "done"))
    assert (again.outcome, again.answer) == ("again", first.answer)


def test_two_that_wait_for_one_message_are_both_told_and_nothing_is_left_behind(world: World) -> None:
    door = Door(world)

    async def both() -> list[Receipt]:
        return await asyncio.gather(*(door.receiving.receive(arrival(discharge(), "done")) for _ in range(2)))

    first, second = asyncio.run(both())
    assert (code(first.answer), first.answer) == (b"AA", second.answer)
    assert door.receiving.waiting == {}


def test_one_that_goes_away_does_not_take_the_answer_from_the_other(world: World) -> None:
    door = Door(world, run=False)

    async def first_leaves() -> Receipt:
        one, other = (door.receiving.receive(arrival(discharge(), "done")) for _ in range(2))
        first, second = asyncio.create_task(one), asyncio.create_task(other)
        await door.has_waiting(2)
        first.cancel()
        await door.has_waiting(1)
        door.line()
        return await asyncio.wait_for(second, 10)

    assert code(asyncio.run(first_leaves()).answer) == b"AA"
    assert door.receiving.waiting == {}


def test_who_waits_too_long_hears_that_it_is_kept(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receive, "LONGEST_WAIT", 0.01)
    door = Door(world, run=False)
    (receipt,) = door.hands_in(arrival(discharge(), "done"))
    assert (receipt.outcome, code(receipt.answer)) == ("kept", b"AA")
    assert door.receiving.waiting == {}


def test_the_line_may_be_faster_than_the_one_who_waits(world: World) -> None:
    door = Door(world, run=False)
    door.receiving.wake = door.line
    (receipt,) = door.hands_in(arrival(discharge(), "done"))
    assert code(receipt.answer) == b"AA"


def test_finished_for_somebody_nobody_waits_for_is_nothing(world: World) -> None:
    Door(world).receiving.finished("unheard of")


def test_an_enhanced_sender_hears_ca_at_once_although_its_habit_is_to_wait(world: World) -> None:
    door = Door(world, run=False)
    (receipt,) = door.hands_in(arrival(discharge(**ENHANCED), "done"))
    assert (receipt.outcome, code(receipt.answer)) == ("kept", b"CA")


@pytest.mark.parametrize(("condition", "good", "bad"), [("AL", 1, 1), ("NE", 0, 0), ("ER", 0, 1), ("SU", 1, 0)])
def test_accept_acknowledgements_come_as_msh_15_asks(condition: str, good: int, bad: int) -> None:
    said = {"accept": f"{condition}|NE"}
    (kept,) = Door(World(), run=False).hands_in(arrival(discharge(**said)))
    (refused,) = Door(World(), run=False).hands_in(arrival(discharge(key="", **said)))
    assert (kept.outcome, bool(kept.answer)) == ("kept", bool(good))
    assert (refused.outcome, bool(refused.answer)) == ("refused", bool(bad))


@pytest.mark.parametrize(("condition", "told"), [("AL", ["AA"]), ("NE", []), ("ER", []), ("SU", ["AA"])])
def test_the_application_answer_leaves_later_through_the_outbox_as_msh_16_asks(
    world: World, condition: str, told: list[str]
) -> None:
    door = Door(world, run=False)
    door.hands_in(arrival(discharge(accept=f"AL|{condition}")))
    door.line()
    sent = world.outbox("senneklinik")
    assert [d.about.removeprefix("acknowledgement ") for d in sent] == told
    assert all(code(d.data) == b"AA" for d in sent)


@pytest.mark.parametrize(("condition", "told"), [("AL", 1), ("ER", 1), ("SU", 0)])
def test_and_says_ae_for_what_the_line_could_not_read(world: World, condition: str, told: int) -> None:
    door = Door(world, run=False)
    door.hands_in(arrival(without_person(discharge(accept=f"AL|{condition}"))))
    door.line()
    assert [code(d.data) for d in world.outbox("senneklinik")] == [b"AE"] * told


@pytest.mark.parametrize("receives", [[], [{"road": "http", "format": "fhir", "url": "http://127.0.0.1:1"}]])
def test_without_a_road_of_that_kind_for_answers_the_application_answer_has_no_way(
    world: World, receives: list[Any]
) -> None:
    world.change("senneklinik", receives=receives, answers={})
    door = Door(world, run=False)
    door.hands_in(arrival(discharge(**ENHANCED)))
    door.line()
    assert world.outbox("senneklinik") == []


def test_a_request_without_a_key_is_known_by_its_bytes(world: World) -> None:
    first, again, other = Door(world, run=False).hands_in(http(b"{}"), http(b"{}"), http(b"{ }"))
    assert (first.outcome, again.outcome, again.tracking) == ("kept", "again", first.tracking)
    assert (other.outcome, other.tracking != first.tracking) == ("kept", True)


def test_a_key_of_the_transport_counts_before_the_messages_own(world: World) -> None:
    door = Door(world, run=False)
    first, second = door.hands_in(arrival(discharge(), key="k1"), arrival(discharge(), key="k2"))
    assert [first.outcome, second.outcome] == ["kept", "kept"]


def test_a_format_without_acknowledgements_of_its_own_waits_for_nothing(world: World) -> None:
    (receipt,) = Door(world, run=False).hands_in(
        arrival(b"{}", "done", partner="stelle-senne", road="http", format="fhir")
    )
    assert (receipt.outcome, receipt.answer) == ("kept", b"")


def test_a_message_of_a_format_that_is_gone_is_kept_all_the_same(world: World) -> None:
    (receipt,) = Door(world, run=False).hands_in(arrival(discharge(), "done", format="gone"))
    assert (receipt.outcome, receipt.answer) == ("kept", b"")
    entry = world.store.entry(receipt.tracking)
    process(entry, world.rooms)
    assert [problem.code for problem in world.store.entry(entry.id).problems] == ["line.format"]


def test_what_is_kept_is_counted_for_the_runner(world: World) -> None:
    door = Door(world, run=False)
    door.hands_in(arrival(discharge()), arrival(discharge()), arrival(discharge(key="SK-2")))
    assert door.receiving.kept == 2


def test_being_told_twice_that_a_message_is_done_does_no_harm(world: World) -> None:
    door = Door(world, run=False)

    async def told_twice() -> Receipt:
        waits = asyncio.create_task(door.receiving.receive(arrival(discharge(), "done")))
        await door.has_waiting(1)
        door.line()
        door.receiving.finished(*door.receiving.waiting)
        return await waits

    assert code(asyncio.run(told_twice()).answer) == b"AA"
