"""The line: one commit for each message, nothing twice, and a fault costs one message only."""

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from gateway.domain.ledger import Archive, Change, Save, Settle
from gateway.domain.message import Message
from gateway.pipeline import line
from gateway.pipeline.line import TRIES, process
from gateway.pipeline.rooms import Rooms
from gateway.store.memory import MemoryStore
from gateway.store.port import ConflictError, StoreError, UnavailableError
from gateway.store.sql.store import open_store
from tests.pipeline.line.world import ELSEY, RAVENSBERG, World, answer, back, bundle, discharge, measure

CANARY = "Kanarienvogel"


class Watched(MemoryStore):
    """A store that counts its commits, and fails those that `fails` names."""

    def __init__(self) -> None:
        super().__init__()
        self.commits: list[tuple[Change, ...]] = []
        self.fails: Callable[[Sequence[Change]], StoreError | None] = lambda _: None

    def commit(self, changes: Sequence[Change]) -> Future[None]:
        fault = self.fails(changes)
        if fault:
            failed: Future[None] = Future()
            failed.set_exception(fault)
            return failed
        self.commits.append(tuple(changes))
        return super().commit(changes)


def failing(name: str) -> Callable[[Message, Rooms], Message]:
    def step(message: Message, rooms: Rooms) -> Message:
        raise ValueError(f"{CANARY} {len(message.entry.data)} {rooms.base}")

    step.__name__ = name
    return step


def with_step(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(line, "STEPS", tuple(failing(name) if s.__name__ == name else s for s in line.STEPS))


@pytest.mark.parametrize("step", [step.__name__ for step in line.STEPS])
def test_a_fault_in_a_step_costs_one_message_and_its_text_is_told_nowhere(
    world: World, step: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with monkeypatch.context() as broken:
        with_step(broken, step)
        message = world.referred()
    entry = world.entry(message)
    assert (entry.state, entry.step, [p.code for p in entry.problems]) == ("parked", step, ["line.fault"])
    assert world.all("Task") == []
    assert world.outbox() == []
    assert CANARY not in caplog.text + repr(entry) + "".join(str(record.__dict__) for record in caplog.records)
    assert {record.__dict__["tracking"] for record in caplog.records} == {entry.id}
    assert world.entry(world.again(message)).state == "done"


def test_a_message_is_written_in_one_commit() -> None:
    world = World(Watched())
    message = world.referred()
    (changes,) = world.store.commits
    assert isinstance(changes[0], Settle)
    assert world.entry(message).state == "done"


def test_somebody_who_was_faster_makes_it_run_again() -> None:
    world, times = World(Watched()), iter([ConflictError("faster"), ConflictError("faster")])
    world.store.fails = lambda _: next(times, None)
    assert world.entry(world.referred()).state == "done"
    assert len(world.all("Task")) == 1


def test_after_several_times_it_waits_for_a_calmer_moment() -> None:
    world = World(Watched())
    world.store.fails = lambda changes: ConflictError("") if any(isinstance(c, Save) for c in changes) else None
    entry = world.entry(world.referred())
    assert (entry.state, entry.step, [p.code for p in entry.problems]) == ("parked", "record", ["line.conflict"])
    assert TRIES > 1


def test_a_message_that_a_person_has_settled_meanwhile_is_left_alone() -> None:
    world = World(Watched())
    entry = world.keep("senneklinik", discharge())
    world.settle(entry, state="dropped")
    process(entry, world.rooms)
    assert world.store.entry(entry.id).state == "dropped"
    assert world.all("Task") == []


def test_what_cannot_be_stored_is_put_aside_and_does_not_hold_up_the_others() -> None:
    world = World(Watched())
    world.store.fails = lambda changes: StoreError(CANARY) if any(isinstance(c, Save) for c in changes) else None
    entry = world.entry(world.referred())
    assert (entry.state, [p.code for p in entry.problems]) == ("parked", ["line.fault"])
    assert CANARY not in repr(entry)


def test_where_nothing_can_be_written_the_message_stays_as_it_is() -> None:
    world = World(Watched())
    world.store.fails = lambda _: UnavailableError("no room")
    with pytest.raises(UnavailableError):
        world.referred()
    assert world.store.counts() == {"message.received": 1}


def test_the_same_entry_twice_queues_nothing_twice(world: World) -> None:
    message = world.referred()
    before = (world.all("Task"), world.all("ServiceRequest"), [d.id for d in world.outbox()])
    again = world.again(message)
    assert world.entry(again).state == "done"
    assert (world.all("Task"), world.all("ServiceRequest"), [d.id for d in world.outbox()]) == before


@pytest.mark.parametrize("durable", [False, True])
def test_a_whole_story_run_again_changes_nothing(tmp_path: Path, durable: bool) -> None:  # noqa: FBT001 - a parameter
    store = open_store(f"sqlite:///{tmp_path}/gateway.db") if durable else MemoryStore()
    with closing(store):
        told_and_told_again(World(store))


def told_and_told_again(world: World) -> None:
    first, plan = world.referred(), world.plan(measure("A-1", RAVENSBERG), measure("A-2", ELSEY))
    told = [world.sends("stelle-senne", answer(world.case(), "accepted")), world.sends("stelle-senne", plan)]
    told.append(world.sends("ravensberg", back(world.rows("ravensberg"), Stand="offen")))
    told.append(world.sends("elsey", answer(world.task("A-2"), "rejected", "no-capacity", "voll")))
    told.append(world.sends("ravensberg", back(world.rows("ravensberg"), Stand="erledigt")))
    told.append(world.sends("stelle-senne", answer(world.case(), "completed", "outcome-helped")))
    stands = [world.stand(), world.stand("A-1"), world.stand("A-2")]
    sent = len(world.outbox())
    for message in (first, *told):
        again = world.entry(world.again(message))
        assert (again.state, again.outcome.get("moved")) == ("done", None)
    assert [world.stand(), world.stand("A-1"), world.stand("A-2")] == stands
    assert len(world.outbox()) == sent


PARKED: dict[str, Callable[[World], tuple[str, Any]]] = {
    "decode": lambda _: ("stelle-senne", b"{"),
    "validate": lambda _: ("stelle-senne", bundle({"resourceType": "ServiceRequest", "id": "x"})),
    "match": lambda _: ("senneklinik", discharge("SK-9", person="900", kvnr="", name="Grünewelder^Käthe")),
    "record": lambda world: ("elsey", answer(world.case(), "accepted")),
}


@pytest.mark.parametrize("step", sorted(PARKED))
def test_what_is_parked_on_the_way_changes_nothing_else(world: World, step: str) -> None:
    world.referred()
    before = (world.all("Task"), world.all("Patient"), world.all("ServiceRequest"), len(world.outbox()))
    message = world.sends(*PARKED[step](world))
    entry = world.entry(message)
    assert (entry.state, entry.step) == ("parked", step)
    assert (world.all("Task"), world.all("Patient"), world.all("ServiceRequest"), len(world.outbox())) == before


def test_parked_at_encode_keeps_what_was_recorded_and_the_other_parts(world: World) -> None:
    world.change("ravensberg", receives=[])
    message = world.planned(measure("A-1", RAVENSBERG), measure("A-2", ELSEY))
    entry = world.entry(message)
    assert (entry.state, entry.step) == ("parked", "encode")
    assert [(p.code, p.place) for p in entry.problems] == [("encode.road", "ravensberg: measures")]
    assert (world.stand("A-1"), world.stand("A-2")) == ("requested dispatch-failed", "requested dispatched")
    assert world.told(message) == [("elsey", "measures")]


def test_and_is_sent_once_the_road_is_there_and_it_runs_again(world: World) -> None:
    receives = next(p["receives"] for p in world.parties if p["partner"] == "ravensberg")
    world.change("ravensberg", receives=[])
    message = world.planned(measure("A-1", RAVENSBERG), measure("A-2", ELSEY))
    world.change("ravensberg", receives=receives)
    again = world.entry(world.again(message))
    assert (again.state, world.stand("A-1")) == ("done", "requested dispatched")
    assert world.told(message) == [("elsey", "measures"), ("ravensberg", "measures")]


def test_an_earlier_runs_person_case_and_maps_stay_known_where_a_later_gets_less_far(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = world.referred()
    before = world.entry(message)
    with_step(monkeypatch, "decode")
    after = world.entry(world.again(message))
    assert after.state == "parked"
    assert before.person.startswith("Patient/")
    assert before.case.startswith("Task/")
    assert (after.person, after.case, after.map_hash) == (before.person, before.case, before.map_hash)


@pytest.mark.parametrize(
    ("told", "kind"),
    [
        (lambda world: ("stelle-senne", answer(world.case(), "accepted")), "Task accepted"),
        (lambda world: ("stelle-senne", world.plan(measure("A-1", ELSEY))), "CarePlan"),
        (lambda _: ("senneklinik", discharge("SK-2", kind="x")), "ADT^A03"),
        (lambda _: ("stelle-senne", b"{"), ""),
    ],
)
def test_the_journal_says_what_a_message_was(world: World, told: Callable[[World], Any], kind: str) -> None:
    world.referred()
    message = world.sends(*told(world), kind="ADT^A03" if kind.startswith("ADT") else "")
    assert world.entry(message).kind == kind


def test_and_of_a_list_which_statuses_it_reports(world: World) -> None:
    world.planned(measure("A-1", RAVENSBERG))
    rows = world.rows("ravensberg")
    said = [
        row | {"Stand": word} for row, word in zip(rows * 4, ["offen", "erledigt", "entfällt", "ruht"], strict=True)
    ]
    lines = [{**row, "Maßnahme-Nr.": f"X-{n}"} for n, row in enumerate(said)]
    entry = world.entry(world.sends("ravensberg", back(lines)))
    assert entry.kind == "ServiceRequest active, completed, on-hold, ..."


def test_a_status_that_is_none_is_not_shown(world: World) -> None:
    world.referred()
    entry = world.entry(world.sends("stelle-senne", answer(world.case(), CANARY)))
    assert (entry.state, entry.kind) == ("parked", "Task")


def test_the_maps_that_read_a_message_are_archived_once() -> None:
    world = World(Watched())
    world.referred()
    world.sends("senneklinik", discharge("SK-2", person="5", name="Oerling^Jan", born="19500101", kvnr="A123456780"))
    found = [change for changes in world.store.commits for change in changes if isinstance(change, Archive)]
    assert len(found) == 1
    assert world.store.archived(found[0].hash)[0] == "hl7v2-de"
    fresh = replace(world.rooms, archived=set())
    process(world.keep("senneklinik", discharge("SK-3", person="6", name="Lage^Uwe", born="19400101", kvnr="")), fresh)
    assert fresh.archived == {found[0].hash}
    assert len([c for changes in world.store.commits for c in changes if isinstance(c, Archive)]) == 1


def test_log_lines_of_the_line_name_a_place_in_the_code(world: World, caplog: pytest.LogCaptureFixture) -> None:
    assert line.place(ValueError("x")) == "ValueError"
    with caplog.at_level(logging.DEBUG), pytest.MonkeyPatch.context() as broken:
        with_step(broken, "route")
        world.referred()
    (fault,) = [record.fault for record in caplog.records if hasattr(record, "fault")]
    assert fault.startswith("ValueError test_line.py:")
