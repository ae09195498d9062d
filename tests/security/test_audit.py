"""S7: whatever is done to the audit is found, and what cannot be written into it does not happen."""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from gateway.delivery import by_hand
from gateway.domain.ledger import Change, Conclude
from gateway.domain.road import Sent
from gateway.pipeline.aftermath import aftermath
from gateway.pipeline.granting.emergency import Wish, granted
from gateway.pipeline.link import enter, say
from gateway.pipeline.rights import restriction
from gateway.store.chain import hash_of
from gateway.store.port import StoreError
from gateway.store.sql.store import open_store
from gateway.store.verify import Trail, verify
from tests.pipeline.line.world import discharge
from tests.pipeline.link.behind import Behind, Moved
from tests.pipeline.staff.crew import Crew, Still
from tests.store.audited import Audited
from tests.web.smart.place import opened

Rows = list[list[Any]]
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=20)


# --- found each time -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Rows, list[bytes]]:
    """The rows of an audit of twelve lines, and the two lines of its anchor."""
    audited = Audited(tmp_path_factory.mktemp("audit"))
    store = open_store(audited.url)
    try:
        return [list(row) for row in store.trail(-(2**63), 100)], audited.anchor.lines()
    finally:
        store.close()


def trail(rows: Sequence[Sequence[Any]]) -> Trail:
    """As a store gives them."""
    ordered = sorted(rows, key=lambda row: row[0])
    return lambda after, limit: [row for row in ordered if row[0] > after][:limit]


def changed(rows: Rows, place: int, column: int, text: str) -> Rows:
    """One word of one line."""
    return [[*row[: 1 + column], text, *row[2 + column :]] if n == place else row for n, row in enumerate(rows)]


def deleted(rows: Rows, place: int, many: int, renumbered: str) -> Rows:
    """Some lines, and what comes behind them moved up if the word is of even length."""
    rest = [row for n, row in enumerate(rows) if not place <= n < place + many]
    return [[n, *row[1:]] for n, row in enumerate(rest, 1)] if len(renumbered) % 2 == 0 else rest


def swapped(rows: Rows, one: int, other: int, _: str) -> Rows:
    """Two lines change places."""
    other %= len(rows)
    made = list(rows)
    made[one], made[other] = [rows[one][0], *rows[other][1:]], [rows[other][0], *rows[one][1:]]
    return made


def cut(rows: Rows, place: int, _: int, __: str) -> Rows:
    """The end."""
    return rows[:place]


def put_in(rows: Rows, place: int, column: int, text: str) -> Rows:
    """A line like another, with one word changed, and all behind it moved down."""
    more = [*rows[: place + 1], *changed(rows, place, column, text)[place:]]
    return [[n, *row[1:]] for n, row in enumerate(more, 1)]


def rechained(rows: Rows, place: int, column: int, text: str) -> Rows:
    """One word of one line, and all hashes from there on computed anew, by somebody who knows how."""
    made, before = [], ""
    for row in changed(rows, place, column, text):
        made.append([*row[:-1], hash_of(row[0], row[1:-1], before)])
        before = made[-1][-1]
    return made


TAMPERED = (changed, deleted, swapped, cut, put_in, rechained)
EDITS = st.lists(
    st.tuples(st.sampled_from(TAMPERED), st.integers(0, 10), st.integers(1, 5), WORDS), min_size=1, max_size=4
)


@settings(max_examples=150, deadline=None)
@given(edits=EDITS)
def test_any_number_of_edits_deletions_swaps_cuts_and_additions_is_found(
    whole: tuple[Rows, list[bytes]], edits: list[tuple[Callable[..., Rows], int, int, str]]
) -> None:
    original, anchor = whole
    rows = original
    for edit, place, other, text in edits:
        if len(rows) > place:
            rows = edit(rows, place, other, text)
    assume(rows != original)
    assert [problem.code for problem in verify(trail(rows), anchor).problems] != []


def test_nothing_is_found_where_nothing_was_done(whole: tuple[Rows, list[bytes]]) -> None:
    assert verify(trail(whole[0]), whole[1]).problems == []


# --- what cannot be written does not happen --------------------------------------------------------------------------


def stopped(file: Path) -> None:
    """From now on no line of the audit can be written."""
    with closing(sqlite3.connect(file)) as database, database:
        database.execute("CREATE TRIGGER stop BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'no'); END")


def state(file: Path) -> dict[str, list[Any]]:
    """All that is stored, besides the journal, where what was received waits for better times."""
    with closing(sqlite3.connect(file)) as database:
        names = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        kept = [name for name in names if not name.startswith(("journal", "sqlite_"))]
        return {name: database.execute(f'SELECT * FROM "{name}"').fetchall() for name in kept}  # noqa: S608 - ours


def refuses(work: Callable[[], object]) -> None:
    """It is not done, and says so: by an error of the store, by a problem, by an answer."""
    try:
        said = work()
    except StoreError:
        return
    words = getattr(said, "refused", "") or getattr(said, "problems", ())
    assert words or getattr(said, "status_code", 0) >= 400


@pytest.fixture
def behind(tmp_path: Path) -> Iterator[Behind]:
    """Somebody without a system has a link, in a database."""
    from tests.pipeline.line.world import PARTIES  # noqa: PLC0415 - as above
    from tests.pipeline.link.behind import NEIGHBOURS  # noqa: PLC0415 - beside its world

    store = open_store(f"sqlite:///{tmp_path}/gateway.db")
    try:
        yield Behind(Moved(store=store, parties=(*PARTIES, NEIGHBOURS)))
    finally:
        store.close()


def saying(behind: Behind) -> Callable[[], object]:
    behind.sent()
    behind.inside()
    version = behind.world.store.read("Task", behind.task["id"]).version
    return lambda: say.say(say.Said("accept", "", "", version), behind.link, behind.rooms)


def telling_anew(behind: Behind) -> Callable[[], object]:
    behind.sent()
    return lambda: behind.shown(anew=True)


def concluding(behind: Behind) -> Callable[[], object]:
    kept = behind.delivery

    def work() -> None:
        sent, changes = Sent("delivered", "E2", "x"), {"standing": "delivered"}
        more: Sequence[Change] = aftermath(kept, sent, changes, behind.rooms)
        assert more
        behind.world.store.commit([Conclude(kept.id, changes), *more]).result()

    return work


def receiving(behind: Behind) -> Callable[[], object]:
    data = discharge("SK-77", "999", name="Kanarienvogel^Zita")
    return lambda: behind.world.sends("senneklinik", data)


def deciding(behind: Behind) -> Callable[[], object]:
    kept, person = behind.delivery, by_hand.Person("operator sander", behind.world.now(), "doppelt")
    return lambda: behind.world.store.commit(by_hand.drop(kept, person).changes).result()


def restricting(behind: Behind) -> Callable[[], object]:
    asked = restriction.Asked(behind.world.case()["for"]["reference"], "operator pohl", "streitig")
    return lambda: behind.world.store.commit(restriction.restrict(asked, behind.rooms).changes).result()


def breaking_the_glass(behind: Behind) -> Callable[[], object]:
    person = behind.world.case()["for"]["reference"]
    return lambda: granted(Wish(person, "ravensberg", "gestürzt, Allergien unbekannt"), behind.rooms)


ACTIONS = {
    "a measure is answered on a page": saying,
    "a code is told": telling_anew,
    "a delivery is concluded": concluding,
    "a message is worked on": receiving,
    "a person decides about a delivery": deciding,
    "a person's data is restricted": restricting,
    "the glass is broken": breaking_the_glass,
}


@pytest.mark.parametrize("action", ACTIONS)
def test_what_the_audit_cannot_hold_is_not_done(behind: Behind, tmp_path: Path, action: str) -> None:
    work = ACTIONS[action](behind)
    before = state(tmp_path / "gateway.db")
    stopped(tmp_path / "gateway.db")
    refuses(work)
    assert state(tmp_path / "gateway.db") == before


@pytest.mark.parametrize("right", [True, False])
def test_nobody_comes_in_by_a_link_unnoticed(behind: Behind, tmp_path: Path, right: bool) -> None:  # noqa: FBT001 - a column of the table
    behind.sent()
    told = behind.shown(anew=True)
    before = behind.link
    stopped(tmp_path / "gateway.db")
    refuses(lambda: enter.enter(enter.Shown(told.key, told.code if right else "00000000"), 5, behind.rooms))
    after = behind.link
    assert after.tries == 1  # a try is counted before the code is looked at, whatever comes then
    assert replace(after, tries=0, version=0) == replace(before, tries=0, version=0)


def test_nobody_of_staff_comes_in_unnoticed(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path}/gateway.db")
    try:
        crew = Crew(Still(store=store))
        crew.add("sander")
        held = len(state(tmp_path / "gateway.db")["resource"])
        stopped(tmp_path / "gateway.db")
        refuses(lambda: crew.enter("sander"))
        refuses(lambda: crew.enter("nobody", code="000000"))
        assert len(state(tmp_path / "gateway.db")["resource"]) == held  # an account, and no sitting
    finally:
        store.close()


def test_no_token_is_given_and_nothing_is_changed_that_the_audit_does_not_have(tmp_path: Path) -> None:
    with opened(tmp_path) as place:
        held = place.token("elsey")
        task = place.call("GET", "Task/t1", held).json()
        before = state(tmp_path / "gateway.db")
        stopped(tmp_path / "gateway.db")
        refuses(lambda: place.asks(place.assertion("elsey")))
        refuses(lambda: place.asks("a.b.c"))
        refuses(lambda: place.call("GET", "Task/t1", held))
        refuses(lambda: place.call("GET", "Task", held))
        refuses(lambda: place.call("PUT", "Task/t1", held, {**task, "status": "in-progress"}))
        assert state(tmp_path / "gateway.db") == before
        assert place.call("GET", "metadata").status_code == 200  # what is nobody's needs no line
