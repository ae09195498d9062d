"""A Task moves as the table of the closed loop says, and no other way."""

import csv
import itertools
import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.domain import task
from gateway.domain.table import read
from gateway.domain.task import ACTORS, FINAL, REASONED, Move, Row, Stand, belongs, display, legal, move, path, statuses

ROOT = Path(__file__).resolve().parents[2]
SHARED = Path(os.environ.get("GATEWAY_SHARED") or ROOT.parent / "shared") / "design"
STATUSES = (
    "draft", "requested", "cancelled", "entered-in-error", "received", "accepted", "rejected", "in-progress", "on-hold",
    "completed", "failed",
)  # fmt: skip
LEGAL = {
    "": {"draft"},
    "draft": {"requested", "cancelled", "entered-in-error"},
    "requested": {"received", "accepted", "rejected", "cancelled", "entered-in-error"},
    "received": {"accepted", "rejected", "cancelled", "entered-in-error"},
    "accepted": {"in-progress", "cancelled", "entered-in-error"},
    "in-progress": {"on-hold", "completed", "failed"},
    "on-hold": {"in-progress", "failed"},
}
BUSINESS = json.loads((ROOT / "profiles/CodeSystem-business-status.json").read_text(encoding="utf-8"))["concept"]

BEYOND = {
    ("draft", "cancelled", "R"): {"consent-withdrawn", "superseded", "deceased"},
    ("draft", "cancelled", "G"): {"consent-withdrawn", "superseded", "deceased"},
    ("requested", "cancelled", "G"): {"deceased"},
    ("requested", "received", "P"): {"delivered", "under-review", "awaiting-information", "waitlisted"},
    ("received", "cancelled", "G"): {"deceased"},
    ("accepted", "cancelled", "G"): {"deceased"},
    ("in-progress", "on-hold", "G"): {"client-in-hospital", "client-unreachable", "waiting-third-party"},
    ("in-progress", "failed", "G"): {"ended-by-death"},
    ("on-hold", "in-progress", "G"): {"active-support"},
    ("on-hold", "failed", "G"): {"ended-by-death"},
}
"""What may be said in addition to the design's table, because a phase asks for it."""
BEYOND_STAYS = {
    ("draft", "R"), ("draft", "G"), ("requested", "R"), ("requested", "G"), ("received", "G"), ("in-progress", "G"),
}  # fmt: skip


def rows() -> Iterator[Row]:
    """Every row of the table, moves and stays."""
    for status, actor in itertools.product(["", *STATUSES], ACTORS):
        yield from legal(status, actor)


ROWS = list(rows())


def codes(stand: Stand, wish: Move) -> list[str]:
    return [problem.code for problem in move(stand, wish)]


def lawful(row: Row, business: str = "") -> Move:
    business = business or (row.business[0] if row.named else "")
    return Move(row.to, business, row.actor, row.evidence, "weil" if row.reasoned else "")


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.before or 'none'}-{row.to}-{row.actor}")
def test_every_legal_move_may_be_made_with_each_business_status_of_its_row(row: Row) -> None:
    for business in (*row.business, ""):
        assert move(Stand(row.before, ""), lawful(row, business)) == []


@pytest.mark.parametrize(("before", "to"), list(itertools.product(["", *STATUSES], STATUSES)))
def test_a_pair_is_legal_for_somebody_exactly_where_the_closed_loop_says(before: str, to: str) -> None:
    free = [a for a in ACTORS if codes(Stand(before, "x"), Move(to, "", a, "E4", "weil")) in ([], ["task.business"])]
    stays = before == to and before in {"draft", "requested", "received", "accepted", "in-progress", "completed"}
    assert bool(free) == (to in LEGAL.get(before, set()) or stays)


@pytest.mark.parametrize(("before", "to", "actor"), list(itertools.product(["", *STATUSES], STATUSES, ACTORS)))
def test_whoever_has_no_row_is_refused_and_told_what_is_next(before: str, to: str, actor: str) -> None:
    if any(row.to == to for row in legal(before, actor)):
        return
    found = move(Stand(before, "x"), Move(to, "", actor, "E4", "weil"))
    known = to in LEGAL.get(before, set()) or (before == to and before in LEGAL) or before == to == "completed"
    assert len(found) == 1
    assert found[0].code in ({"task.actor", "task.move"} if known else {"task.final", "task.move"})
    if found[0].code == "task.move" and legal(before, actor):
        assert all(row.to in found[0].repair for row in legal(before, actor) if row.to != before)


def test_there_are_twenty_pairs_and_the_beginning() -> None:
    pairs = {(row.before, row.to) for row in ROWS if row.before != row.to}
    assert len(pairs - {("", "draft")}) == 20
    assert ("", "draft") in pairs
    assert set(statuses()) == set(STATUSES)


def test_who_enters_what_an_owner_said_may_enter_all_that_it_may_say_and_nothing_else() -> None:
    said = {
        actor: {(row.before, row.to, row.evidence, row.business) for row in ROWS if row.actor == actor}
        for actor in "OP"
    }
    assert said["O"] == said["P"]
    assert len(said["O"]) == 15


def test_what_arrived_is_received_by_the_word_of_the_gateway() -> None:
    assert move(Stand("requested", "dispatched"), Move("received", "delivered", "G", "E2")) == []


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.before or 'none'}-{row.to}-{row.actor}")
def test_less_evidence_than_a_move_needs_is_refused(row: Row) -> None:
    least = task.GRADES.index(row.evidence)
    for grade, business in itertools.product(("", *task.GRADES), row.business[:1] or ("",)):
        wish = Move(row.to, business, row.actor, grade, "weil")
        enough = grade in task.GRADES and task.GRADES.index(grade) >= least
        assert codes(Stand(row.before), wish) == ([] if enough else ["task.evidence"])


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.before or 'none'}-{row.to}-{row.actor}")
def test_who_declines_cancels_pauses_or_fails_says_why(row: Row) -> None:
    wish = Move(row.to, row.business[0] if row.business else "", row.actor, row.evidence, "  ")
    assert codes(Stand(row.before), wish) == (["task.reason"] if row.to in REASONED else [])


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.before or 'none'}-{row.to}-{row.actor}")
def test_every_other_business_status_is_refused(row: Row) -> None:
    for code in {concept["code"] for concept in BUSINESS} - set(row.business) | {"erfunden"}:
        found = move(Stand(row.before, "x"), lawful(row, code))
        assert [problem.code for problem in found] == ["task.business"]
        assert "erfunden" not in str(found[0])


def test_a_change_of_nothing_but_the_business_status_must_name_one() -> None:
    assert codes(Stand("accepted", "selected"), Move("accepted", "", "O", "E3")) == ["task.business"]


@pytest.mark.parametrize("status", STATUSES)
def test_saying_again_what_a_task_is_already_is_no_fault(status: str) -> None:
    assert move(Stand(status, "x"), Move(status, "x", "P", "E0")) == []


@pytest.mark.parametrize("status", sorted(FINAL))
def test_what_has_ended_does_not_change_except_for_what_became_of_its_report(status: str) -> None:
    assert {row.to for actor in ACTORS for row in legal(status, actor)} <= {"completed"} & {status}
    assert codes(Stand(status), Move("accepted", "", "O", "E4", "weil")) == ["task.final"]


def test_the_report_of_a_completed_task_is_sent_by_the_gateway_and_acknowledged_by_the_requester() -> None:
    assert move(Stand("completed", "outcome-helped"), Move("completed", "outcome-sent", "G", "E1")) == []
    assert move(Stand("completed", "outcome-sent"), Move("completed", "outcome-acknowledged", "R", "E2")) == []
    assert codes(Stand("completed", "outcome-sent"), Move("completed", "outcome-acknowledged", "G", "E2")) == [
        "task.business"
    ]


def test_all_faults_of_a_move_are_found_at_once() -> None:
    assert codes(Stand("requested"), Move("rejected", "selected", "O", "E2")) == [
        "task.business", "task.evidence", "task.reason",
    ]  # fmt: skip


def test_a_status_nobody_knows_is_refused_without_being_repeated() -> None:
    found = move(Stand("requested"), Move("Ilse Brinkmann"))
    assert [problem.code for problem in found] == ["task.status"]
    assert "Ilse" not in str(found[0])
    assert "Ilse" not in str(move(Stand("Ilse Brinkmann"), Move("accepted"))[0])
    assert "Ilse" not in str(move(Stand("requested"), Move("accepted", actor="Ilse Brinkmann"))[0])


def test_every_business_status_belongs_to_one_status_and_has_the_name_of_the_profile() -> None:
    said = {c["code"]: (c["property"][0]["valueCode"], c["display"]) for c in BUSINESS}
    assert len(said) == 53
    assert {code: (belongs(code), display(code)) for code in said} == said
    assert (belongs("erfunden"), display("erfunden")) == ("", "")
    assert all(belongs(code) == row.to for row in ROWS for code in row.business)


@settings(deadline=None)
@given(st.sampled_from(["", *STATUSES]), st.sampled_from(STATUSES), st.sampled_from(["", *ACTORS]))
def test_every_step_of_a_way_is_legal_and_at_most_three_are_put_in_between(before: str, to: str, actor: str) -> None:
    way = path(before, to, actor)
    assert way is None or len(way) <= 4 + (before == "")
    stand = Stand(before)
    for number, step in enumerate(way or (), 1):
        assert actor in ("", step.actor)
        row = next(row for row in legal(stand.status, step.actor) if row.to == step.to)
        told = row.business[0] if row.named and number == len(way or ()) else ""
        assert move(stand, Move(step.to, step.business or told, step.actor, "E4", "weil")) == []
        stand = Stand(step.to, step.business or told)


@pytest.mark.parametrize(
    ("before", "to", "actor", "way"),
    [
        ("requested", "accepted", "O", ["accepted"]),
        ("requested", "completed", "O", ["accepted", "in-progress", "completed"]),
        ("on-hold", "completed", "O", ["in-progress", "completed"]),
        ("", "requested", "R", ["draft", "requested"]),
        ("draft", "completed", "", ["requested", "accepted", "in-progress", "completed"]),
        ("draft", "accepted", "O", None),
        ("accepted", "requested", "O", None),
        ("completed", "accepted", "O", None),
        ("accepted", "accepted", "O", []),
    ],
)
def test_a_status_that_is_not_next_is_reached_by_the_shortest_way(
    before: str, to: str, actor: str, way: list[str] | None
) -> None:
    found = path(before, to, actor)
    assert (found and [step.to for step in found]) == way or (way == [] and found == ())


def test_more_than_three_steps_are_not_put_in_between() -> None:
    assert path("draft", "on-hold") is not None
    assert len(path("", "completed") or ()) == 5
    assert path("draft", "draft", "O") == ()


@pytest.mark.parametrize(
    ("before", "said", "actor", "meant"),
    [
        ("accepted", "rejected", "O", Stand("cancelled", "owner-withdrew")),
        ("in-progress", "rejected", "O", Stand("failed")),
        ("in-progress", "cancelled", "R", Stand("in-progress", "cancellation-requested")),
        ("on-hold", "cancelled", "P", Stand("failed")),
        ("requested", "cancelled", "O", Stand("rejected")),
    ],
)
def test_a_report_that_comes_too_late_means_what_can_still_happen(
    before: str, said: str, actor: str, meant: Stand
) -> None:
    way = path(before, said, actor)
    assert way is not None
    assert Stand(way[-1].to, way[-1].business) == meant
    assert move(Stand(before), Move(meant.status, meant.business, actor, "E3", "weil")) == []


def test_whatever_goes_beyond_the_design_says_why() -> None:
    moves = {(row["from"], row["to"], row["actor"]): row["note"] for row in read("moves")}
    stays = {(row["status"], row["actor"]): row["note"] for row in read("stays")}
    assert all("beyond the design: phase" in moves[pair] or "phases" in moves[pair] for pair in BEYOND)
    assert sum(bool(note) for note in moves.values()) == len(BEYOND)
    assert {pair for pair, note in stays.items() if note} == BEYOND_STAYS


@pytest.mark.parametrize(
    ("stand", "wish"),
    [
        (Stand("draft"), Move("cancelled", "deceased", "R", "E3", "verstorben")),
        (Stand("accepted"), Move("cancelled", "deceased", "G", "E3", "verstorben")),
        (Stand("on-hold"), Move("failed", "ended-by-death", "G", "E3", "verstorben")),
        (Stand("requested", "dispatched"), Move("requested", "dispatch-failed", "G")),
        (Stand("requested", "dispatch-failed"), Move("requested", "dispatched", "R")),
        (Stand("draft", "awaiting-consent"), Move("draft", "ready-to-send", "G")),
        (Stand("received", "awaiting-information"), Move("received", "under-review", "G", "E3")),
    ],
)
def test_what_the_phases_ask_for_is_legal(stand: Stand, wish: Move) -> None:
    assert move(stand, wish) == []


def test_the_gateway_ends_or_pauses_nothing_without_naming_the_cause() -> None:
    for before, to in (("requested", "cancelled"), ("in-progress", "on-hold"), ("in-progress", "failed")):
        found = move(Stand(before), Move(to, "", "G", "E4", "weil"))
        assert [problem.code for problem in found] == ["task.business"]
        assert found[0].repair.startswith("Use one of")
    assert codes(Stand("in-progress"), Move("failed", "moved-away", "G", "E4", "weil")) == ["task.business"]


def test_the_tables_say_what_the_design_says() -> None:
    if not SHARED.is_dir():
        pytest.skip("GATEWAY_SHARED names no folder with the design")
    wanted: dict[tuple[str, str], tuple[set[str], set[str]]] = {}
    for row in csv.DictReader((SHARED / "task_transitions.csv").read_text(encoding="utf-8").splitlines()):
        before = "" if row["from"] == "-" else row["from"]
        wanted[before, row["to"]] = (set(row["actors"].split("|")), set(row["businessStatus"].split("|")) - {"-"})
    ours: dict[tuple[str, str], tuple[set[str], set[str]]] = {}
    for mine in ROWS:
        added = BEYOND.get((mine.before, mine.to, mine.actor), set())
        if mine.before != mine.to and (not added or added != set(mine.business)):
            actors, business = ours.setdefault((mine.before, mine.to), (set(), set()))
            actors.add(mine.actor)
            business.update(set(mine.business) - added)
    assert ours == wanted
    pinned = json.loads((SHARED / "business_status.json").read_text(encoding="utf-8"))
    assert {code: [belongs(code)] for code in pinned} == pinned
