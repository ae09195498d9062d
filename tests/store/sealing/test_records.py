"""Who changes, moves or takes a sealed record is found, and what cannot be opened costs only itself."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from gateway.domain.ledger import Conclude, Evidence, Prove, Settle
from gateway.domain.problem import Problem
from gateway.store.port import StoreError
from gateway.store.sealing.faults import UnreadableError
from gateway.store.sealing.ring import GATEWAY, INDEX, Key, Ring, head
from gateway.store.sql.store import SqlStore, open_store
from tests.store.made import NOON, asked, claimed, delivery, entry, indexed, key, queued, ring

SITE = "stelle-senne"
CASE = "Task/case"


@contextmanager
def sealed(folder: Path, *more: Key) -> Iterator[SqlStore]:
    store = open_store(f"sqlite:///{folder / 'gateway.db'}", ring(*more), begin=True)
    try:
        yield store
    finally:
        store.close()


def say(folder: Path, text: str, *values: Any) -> list[Any]:
    with closing(sqlite3.connect(folder / "gateway.db")) as database, database:
        return database.execute(text, values).fetchall()


def person(name: str, number: str = "1") -> dict[str, Any]:
    return {"resourceType": "Patient", "id": number, "name": [{"family": name}]}


def task(owner: str = SITE) -> dict[str, Any]:
    group = {"system": "https://kuemmerer-gateway.de/fhir/sid/case", "value": "case"}
    mine = {"owner": {"reference": f"Organization/{owner}"}, "groupIdentifier": group}
    return {"resourceType": "Task", "id": "case", "status": "requested", **mine}


def under(folder: Path, column: str, table: str, where: str = "1") -> set[bytes]:
    """The ids of keys that values are under."""
    return {head(row[0]) for row in say(folder, f"SELECT {column} FROM {table} WHERE {where}") if row[0]}  # noqa: S608 - our own names


def filled(store: SqlStore) -> None:
    """One of each, all of it about a person."""
    store.keep(entry("1", b"PID|Canaria", headers={"x": "Canaria"})).result()
    problem = Problem("a.b", "PID-5", "Canaria", "")
    settle = Settle("t-1", {"outcome": {"x": "Canaria"}, "answer": b"Canaria", "problems": (problem,)})
    proof = Evidence("d-1", NOON, 1, "retry", "E0", "", "Canaria", "", b"Canaria")
    store.commit([settle, indexed(person("Canaria")), Prove(proof)]).result()
    queued(store, delivery("1", data=b"Canaria", headers={"x": "Canaria"}))
    store.commit([Conclude("d-1", {"reason": "Canaria"})]).result()


def test_all_that_is_written_is_read_again(tmp_path: Path) -> None:
    with sealed(tmp_path) as store:
        filled(store)
        found = store.entry("t-1")
        assert found is not None
        assert (found.data, found.headers, found.outcome) == (b"PID|Canaria", {"x": "Canaria"}, {"x": "Canaria"})
        assert (found.answer, found.problems[0].sentence) == (b"Canaria", "Canaria")
        sent = store.delivery("d-1")
        assert sent is not None
        assert (sent.data, sent.headers, sent.reason) == (b"Canaria", {"x": "Canaria"}, "Canaria")
        assert (store.evidence("d-1")[0].detail, store.evidence("d-1")[0].reply) == ("Canaria", b"Canaria")
        for path in tmp_path.iterdir():
            assert b"anaria" not in path.read_bytes()


def test_two_records_that_were_exchanged_are_found(tmp_path: Path) -> None:
    with sealed(tmp_path) as store:
        for number, name in (("1", "Eins"), ("2", "Zwei")):
            store.commit([indexed(person(name, number))]).result()
            store.keep(entry(number, name.encode())).result()
    (one, _), (two, _) = say(tmp_path, "SELECT body, number FROM resource_version ORDER BY number")
    say(tmp_path, "UPDATE resource_version SET body = CASE number WHEN 1 THEN ? ELSE ? END", two, one)
    (one,), (two,) = say(tmp_path, "SELECT data FROM journal_body ORDER BY number")
    say(tmp_path, "UPDATE journal_body SET data = CASE number WHEN 1 THEN ? ELSE ? END", two, one)
    with sealed(tmp_path) as store:
        with pytest.raises(UnreadableError):
            store.read("Patient", "1")
        assert [(e.data, e.problems[0].code) for e in store.waiting()] == [(b"", "store.sealed")] * 2


def test_an_older_version_in_the_place_of_the_newest_is_found(tmp_path: Path) -> None:
    with sealed(tmp_path) as store:
        store.commit([indexed(person("Eins"))]).result()
        store.commit([indexed(person("Zwei"))]).result()
    say(tmp_path, "UPDATE resource_version SET body = (SELECT body FROM resource_version WHERE version = 1)")
    with sealed(tmp_path) as store, pytest.raises(UnreadableError):
        store.read("Patient", "1")


@pytest.mark.parametrize("place", [3, 8, 14, 30, -1])
def test_one_changed_byte_is_found(tmp_path: Path, place: int) -> None:
    with sealed(tmp_path) as store:
        store.commit([indexed(person("Eins"))]).result()
    data = bytearray(say(tmp_path, "SELECT body FROM resource_version")[0][0])
    data[place] ^= 1
    say(tmp_path, "UPDATE resource_version SET body = ?", bytes(data))
    with sealed(tmp_path) as store:
        if 4 <= place < 12:
            assert store.read("Patient", "1") is None
            return
        with pytest.raises(StoreError) as found:
            store.read("Patient", "1")
        assert "Eins" not in str(found.value)


def test_what_cannot_be_opened_is_not_sent_and_holds_up_nobody(tmp_path: Path) -> None:
    with sealed(tmp_path) as store:
        queued(store, delivery("1", data=b"eins"), delivery("2", data=b"zwei"), delivery("3", "Patient/2"))
    with sealed(tmp_path, key(GATEWAY, "2")) as store:
        body = say(tmp_path, "SELECT data FROM outbox_body WHERE number = 1")[0][0]
        say(tmp_path, "UPDATE outbox_body SET data = ? WHERE number = 1", body[:-1] + b"\0")
        assert claimed(store) == ["3"]
        found = store.delivery("d-1")
        assert found is not None
        assert (found.standing, found.code, found.data) == ("dead", "store.sealed", b"")
        assert claimed(store) == ["2"]


# --- keys that fit ---------------------------------------------------------------------------------------------------


def test_a_sealed_database_is_not_opened_without_keys(tmp_path: Path) -> None:
    with sealed(tmp_path):
        pass
    with pytest.raises(StoreError, match="sealed, and no keys"):
        open_store(f"sqlite:///{tmp_path / 'gateway.db'}")


@pytest.mark.parametrize(
    ("keys", "why"),
    [
        ((key(GATEWAY, "2"), key(INDEX)), "gateway/1 .* is not here"),
        ((key(), key(INDEX, "2")), "key of the index is not the one"),
    ],
)
def test_a_database_is_not_opened_with_other_keys(tmp_path: Path, keys: tuple[Key, ...], why: str) -> None:
    with sealed(tmp_path) as store:
        filled(store)
    with pytest.raises(StoreError, match=why):
        open_store(f"sqlite:///{tmp_path / 'gateway.db'}", Ring(lambda: keys), begin=True)


def test_an_old_key_may_go_when_nothing_is_under_it(tmp_path: Path) -> None:
    with sealed(tmp_path):
        pass
    open_store(f"sqlite:///{tmp_path / 'gateway.db'}", Ring(lambda: (key(GATEWAY, "2"), key(INDEX)))).close()


def test_a_known_text_that_a_key_does_not_open_is_refused(tmp_path: Path) -> None:
    with sealed(tmp_path):
        pass
    for owner in (GATEWAY, INDEX):
        (text,) = say(tmp_path, "SELECT text FROM seal WHERE owner = ?", owner)[0]
        say(tmp_path, "UPDATE seal SET text = ? WHERE owner = ?", text[:-1] + bytes([text[-1] ^ 1]), owner)
        with pytest.raises(StoreError, match=f"{owner}/.* does not fit"):
            sealed(tmp_path).__enter__()
        say(tmp_path, "UPDATE seal SET text = ? WHERE owner = ?", text, owner)


@pytest.mark.parametrize("keys", [(), (key(),), (key(INDEX),)])
def test_a_ring_needs_a_key_for_the_gateway_and_one_for_the_index(keys: tuple[Key, ...]) -> None:
    with pytest.raises(StoreError):
        Ring(lambda: keys)


def test_a_key_never_shows_itself() -> None:
    assert repr(key().secret) not in repr(key())
    with pytest.raises(StoreError, match="gateway/short has not 32 bytes"):
        Key(GATEWAY, "short", b"short")


# --- sites -----------------------------------------------------------------------------------------------------------


def test_a_case_is_under_the_key_of_the_site_that_owns_it_and_raw_intake_follows(tmp_path: Path) -> None:
    mine, ours = key(SITE), key()
    with sealed(tmp_path, mine) as store:
        store.keep(entry("1", b"PID|Canaria", headers={"x": "y"})).result()
        assert under(tmp_path, "data", "journal_body") == {ours.id}
        settle = Settle("t-1", {"case": CASE, "outcome": {"x": "y"}})
        parcel = delivery("1", case=CASE, data=b"x", headers={"x": "y"})
        store.commit([indexed(task()), indexed(person("Canaria")), settle]).result()
        queued(store, parcel)
        proof = Evidence("d-1", NOON, 1, "delivered", "E2", "", "said", "", b"AA")
        store.commit([Conclude("d-1", {"standing": "delivered"}), Prove(proof)]).result()
        store.commit([indexed({**person("Canaria"), "active": True})]).result()
        for column, table in (("data", "journal_body"), ("headers", "journal"), ("body", "resource_version")):
            assert under(tmp_path, column, table) == {mine.id}, table
        for column, table in (("data", "outbox_body"), ("headers", "outbox"), ("reply", "evidence")):
            assert under(tmp_path, column, table) == {mine.id}, table
        assert store.entry("t-1").data == b"PID|Canaria"  # type: ignore[union-attr]  # it is there


def test_after_a_hand_over_what_is_written_is_under_the_new_sites_key(tmp_path: Path) -> None:
    one, two = key(SITE), key("stelle-mitte")
    with sealed(tmp_path, one, two) as store:
        store.commit([indexed(task())]).result()
        store.commit([indexed(task("stelle-mitte"))]).result()
        queued(store, delivery("1", case=CASE))
    assert under(tmp_path, "body", "resource_version", "version = 1") == {one.id}
    assert under(tmp_path, "body", "resource_version", "version = 2") == {two.id}
    assert under(tmp_path, "data", "outbox_body") == {two.id}


def test_without_its_key_all_of_a_site_is_gone_and_nothing_of_others(tmp_path: Path) -> None:
    with sealed(tmp_path, key(SITE)) as store:
        settle = Settle("t-1", {"case": CASE})
        store.keep(entry("1", b"PID|Canaria")).result()
        store.commit([indexed(task()), settle, indexed(person("Canaria"))]).result()
        store.commit([indexed(person("Cantor", "2"))]).result()
        queued(store, delivery("1", case=CASE))
    with sealed(tmp_path) as store:
        assert store.read("Patient", "1") is None
        assert store.history("Patient", "1") == []
        assert [version.id for version in store.search(asked("name=can", "Patient")).found] == ["2"]
        assert [version.id for version in store.search(asked("name:contains=an", "Patient")).found] == ["2"]
        assert [version.id for version in store.find("Patient", [])] == ["2"]
        assert store.entry("t-1").problems[0].code == "store.sealed"  # type: ignore[union-attr]  # it is there
        assert claimed(store) == []
        assert store.deliveries({"standing": "dead"})[0].data == b""
        version = store.read("Patient", "2")
        assert version is not None


def test_a_new_version_of_what_is_gone_can_be_written(tmp_path: Path) -> None:
    with sealed(tmp_path, key(SITE)) as store:
        store.commit([indexed(task()), indexed(person("Canaria"))]).result()
    with sealed(tmp_path) as store:
        store.commit([indexed(person("Neu"))]).result()
        assert [version.version for version in store.history("Patient", "1")] == [2]
