"""`gateway messages release`, `replay` and `drop`: what a person decides, and what the line then does."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from gateway.domain.ledger import Settle
from tests.cli.command import Call
from tests.cli.deployed import Deployed, delivery_of


def candidate(deployed: Deployed, name: str, number: int = 0) -> str:
    """The id of a candidate of a doubtful message."""
    with deployed.store() as store:
        entry = store.entry(deployed.known[name])
    assert entry
    return str(entry.outcome["candidates"][number]["person"]).removeprefix("Patient/")


def after_the_line(deployed: Deployed, name: str) -> tuple[str, str]:
    """State and person of a message once the line has run."""
    with deployed.open() as rooms:
        deployed.run(rooms)
        entry = rooms.store.entry(deployed.known[name])
    assert entry
    return entry.state, entry.person


def test_a_doubt_goes_on_as_the_person_that_was_meant(gateway: Call, deployed: Deployed) -> None:
    doubt, who = deployed.known["doubt"], candidate(deployed, "doubt")
    done = gateway("messages", "release", doubt[:8], "--person", who[:6])
    assert (done.code, done.text) == (0, f"{doubt}: done; a running gateway takes it up within a second\n")
    assert after_the_line(deployed, "doubt") == ("done", f"Patient/{who}")


def test_a_doubt_goes_on_as_somebody_new(gateway: Call, deployed: Deployed) -> None:
    who = candidate(deployed, "doubt")
    assert gateway("messages", "release", deployed.known["doubt"], "--new-person").code == 0
    state, person = after_the_line(deployed, "doubt")
    assert state == "done"
    assert person not in {"", f"Patient/{who}"}


def test_several_doubts_of_one_file_are_decided_each(gateway: Call, deployed: Deployed) -> None:
    several, who = deployed.known["several"], candidate(deployed, "several")
    done = gateway("messages", "release", several, "--person", f"0={who}", "--person", "1=new")
    assert done.code == 0
    with deployed.store() as store:
        entry = store.entry(several)
        before = len(store.find("Patient", []))
    assert entry
    assert entry.decision == f"person[0]=Patient/{who} person[1]=new"
    assert after_the_line(deployed, "several")[0] == "done"
    with deployed.store() as store:
        assert len(store.find("Patient", [])) == before + 1


@pytest.mark.parametrize("words", [(), ("--person", "0=new"), ("--new-person",), ("--person", "new")])
def test_several_doubts_are_not_decided_by_halves(gateway: Call, deployed: Deployed, words: tuple[str, ...]) -> None:
    done = gateway("messages", "release", deployed.known["several"], *words)
    assert done.code == 1
    assert "[message.doubt]" in done.err
    assert "decide for each" in done.err
    assert after_the_line(deployed, "several")[0] == "parked"


def test_a_doubt_is_not_released_without_a_decision(gateway: Call, deployed: Deployed) -> None:
    done = gateway("messages", "release", deployed.known["doubt"])
    assert done.code == 1
    assert "[message.doubt]" in done.err


@pytest.mark.parametrize(
    "words", [("--person", "a b"), ("--person", "new", "--new-person"), ("--person", "0=new", "--person", "0=x")]
)
def test_a_decision_that_cannot_be_meant_is_a_wrong_call(
    gateway: Call, deployed: Deployed, words: tuple[str, ...]
) -> None:
    assert gateway("messages", "release", deployed.known["several"], *words).code == 2


def test_the_beginning_of_two_candidates_is_a_wrong_call(gateway: Call, deployed: Deployed) -> None:
    doubt = deployed.known["doubt"]
    with deployed.store() as store:
        two = [{"person": f"Patient/ab{n}"} for n in (1, 2)]
        store.commit([Settle(doubt, {"outcome": {"candidates": two}})]).result()
    assert gateway("messages", "release", doubt, "--person", "ab").code == 2
    assert gateway("messages", "release", doubt, "--person", "ab1").code == 0


def test_a_message_that_is_done_is_not_released_but_replayed(gateway: Call, deployed: Deployed) -> None:
    first = deployed.known["first"]
    done = gateway("messages", "release", first)
    assert done.code == 1
    assert "replay" in done.err
    with deployed.store() as store:
        before = len(store.deliveries({}))
    assert gateway("messages", "replay", first).code == 0
    assert after_the_line(deployed, "first")[0] == "done"
    with deployed.store() as store:
        assert len(store.deliveries({})) == before
        assert [note.action for note in store.audit(object=first)][:2] == ["message", "replay"]


def test_a_message_is_replayed_with_the_maps_of_then(gateway: Call, deployed: Deployed) -> None:
    first = deployed.known["first"]
    assert gateway("messages", "replay", first, "--old-map").code == 0
    with deployed.store() as store:
        entry = store.entry(first)
    assert entry
    assert entry.replay == entry.map_hash
    assert after_the_line(deployed, "first")[0] == "done"


def test_what_is_still_to_be_run_is_neither_released_nor_replayed_nor_dropped(
    gateway: Call, deployed: Deployed
) -> None:
    first = deployed.known["first"]
    assert gateway("messages", "replay", first).code == 0
    for words in (("release",), ("replay",), ("drop", "--reason", "Test")):
        done = gateway("messages", words[0], first, *words[1:])
        assert (done.code, "[message.state]" in done.err) == (1, True)


def test_a_message_is_dropped_with_a_reason_and_can_be_taken_up_again(gateway: Call, deployed: Deployed) -> None:
    junk = deployed.known["junk"]
    assert "[message.reason]" in gateway("messages", "drop", junk).err
    done = gateway("messages", "drop", junk, "--reason", "Testliste")
    assert (done.code, done.text) == (0, f"{junk}: done\n")
    assert "Testliste" in gateway("messages", "why", junk).text
    assert [row["tracking"] for row in gateway("messages", "list", "--state", "dropped", "--json").json] == [junk]
    assert gateway("messages", "replay", junk).code == 0


def test_a_dead_delivery_is_released_and_goes_out(gateway: Call, deployed: Deployed) -> None:
    with deployed.store() as store:
        dead = delivery_of(store, "dead")
    assert gateway("messages", "release", dead.id[:8]).code == 0
    with deployed.open() as rooms:
        deployed.run(rooms)
        found = rooms.store.delivery(dead.id)
        assert found
        assert (found.standing, found.key, len(rooms.store.evidence(dead.id))) == ("delivered", dead.key, 2)


def test_a_delivery_takes_no_decision_about_a_person(gateway: Call, deployed: Deployed) -> None:
    with deployed.store() as store:
        dead = delivery_of(store, "dead")
    assert gateway("messages", "release", dead.id, "--new-person").code == 2


def test_an_uncertain_delivery_is_dropped_with_a_reason(gateway: Call, deployed: Deployed) -> None:
    with deployed.store() as store:
        unsure = delivery_of(store, "uncertain")
    assert "[delivery.reason]" in gateway("messages", "drop", unsure.id).err
    assert gateway("messages", "drop", unsure.id, "--reason", "ist dort angekommen").code == 0
    assert "reason: ist dort angekommen" in gateway("messages", "why", unsure.id).text
    done = gateway("messages", "release", unsure.id)
    assert (done.code, "[delivery.standing]" in done.err) == (1, True)


def test_who_decided_what_stands_in_the_audit_without_the_reason(gateway: Call, deployed: Deployed) -> None:
    junk = deployed.known["junk"]
    gateway("messages", "drop", junk, "--reason", "Testliste")
    with deployed.store() as store:
        note = store.audit(object=junk)[0]
    assert (note.action, note.outcome, note.detail) == ("drop", "dropped", "was parked")
    assert note.actor.startswith("operator ")
    assert "Testliste" not in str(note)


def test_who_is_too_late_is_told(gateway: Call, deployed: Deployed, monkeypatch: pytest.MonkeyPatch) -> None:
    from gateway.pipeline import by_hand  # noqa: PLC0415 - to be slow in it

    junk, decide = deployed.known["junk"], by_hand.drop

    def slowly(*words: object) -> object:
        with deployed.store() as store:
            store.commit([Settle(junk, {"state": "received"})]).result()
        return decide(*words)  # type: ignore[arg-type]  # one of both tables

    monkeypatch.setattr(by_hand, "drop", slowly)
    done = gateway("messages", "drop", junk, "--reason", "Testliste")
    assert (done.code, done.err) == (1, "gateway: it changed meanwhile; look again\n")


def test_a_store_that_takes_nothing_is_told_in_a_sentence(gateway: Call, deployed: Deployed, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "gateway.db", isolation_level=None)) as other:
        other.execute("CREATE TRIGGER stop BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'no'); END")
    done = gateway("messages", "drop", deployed.known["junk"], "--reason", "Testliste")
    assert done.code == 1
    assert done.err.startswith("gateway: ")
    assert "Traceback" not in done.err
