"""A plain store is sealed, and a sealed one gets other keys, while others read and write."""

import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from gateway.domain.ledger import Evidence, Prove, Settle
from gateway.store.port import StoreError
from gateway.store.sealing.ring import GATEWAY, INDEX, Key, Ring
from gateway.store.sql.sealed import sealer, terms
from gateway.store.sql.sealed.running import Sealing
from gateway.store.sql.sealed.sealer import Sealer, clean, seal_all
from gateway.store.sql.store import SqlStore, open_store
from tests.store.made import NOON, asked, claimed, delivery, entry, indexed, key, queued
from tests.store.sealing.test_records import CASE, SITE, person, say, task, under

NAME = "Kanarienvogel"


class Keys:
    """A folder of keys that changes."""

    def __init__(self, *keys: Key) -> None:
        self.keys = [key(INDEX), *keys]

    def __call__(self) -> list[Key]:
        return list(self.keys)


def url(folder: Path) -> str:
    return f"sqlite:///{folder / 'gateway.db'}"


def opened(folder: Path, keys: Keys) -> SqlStore:
    return open_store(url(folder), Ring(keys), begin=True)


def sealing(store: SqlStore) -> Sealing:
    assert store.sealing is not None
    return store.sealing


def sealed(store: SqlStore) -> sealer.Sealed:
    return seal_all(sealing(store), lambda _table, _rows: None, threading.Event(), 0)


def filled(store: SqlStore, count: int = 5) -> None:
    """Persons, messages, deliveries and evidence, all of which name somebody; the first belong to a case."""
    store.commit([indexed(task())]).result()
    for number in range(count):
        name = {**person(f"{NAME}-{number}", str(number)), "birthDate": f"1938-09-0{1 + number % 9}"}
        store.keep(entry(str(number), f"PID|{NAME}|{number}".encode(), headers={"x": NAME})).result()
        case = CASE if number < 2 else ""
        store.commit([indexed(name), Settle(f"t-{number}", {"case": case, "outcome": {"n": NAME}})]).result()
        queued(store, delivery(str(number), data=NAME.encode(), headers={"x": NAME}, case=case))
        proof = Evidence(f"d-{number}", NOON, 1, "retry", "E0", "", NAME, "", NAME.encode())
        store.commit([Prove(proof)]).result()


def as_before(store: SqlStore, count: int = 5) -> None:
    """All that was filled in is there."""
    for number in range(count):
        found, version = store.entry(f"t-{number}"), store.read("Patient", str(number))
        assert found is not None
        assert version is not None
        assert (found.data, found.headers) == (f"PID|{NAME}|{number}".encode(), {"x": NAME})
        assert version.resource["name"][0]["family"] == f"{NAME}-{number}"
        assert [e.reply for e in store.evidence(f"d-{number}")] == [NAME.encode()]
    found_ = store.search(asked(f"family={NAME}&birthdate=ge1938-09-01&_sort=birthdate", "Patient", limit=50)).found
    assert [version.id for version in found_] == [str(number) for number in range(count)]
    assert [version.id for version in store.find("Patient", [("fhir:family", "x")])] == []


def bytes_of(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir())


def test_a_plain_store_is_sealed_and_nothing_of_what_was_plain_is_left_in_its_files(tmp_path: Path) -> None:
    plain = open_store(url(tmp_path))
    filled(plain)
    plain.close()
    assert NAME.encode() in bytes_of(tmp_path)
    store = opened(tmp_path, Keys(key()))
    try:
        as_before(store)
        assert sealing(store).state() == "sealed"
        done = sealed(store)
        assert (done.done, done.lost, done.over) == (5 + 5 + 5 + 6, 0, True)
        assert {which for _, which in sealing(store).counts()} == {key().id}
        clean(sealing(store), url(tmp_path))
        assert sealing(store).state() == "clean"
        as_before(store)
        assert NAME.encode() not in bytes_of(tmp_path)
        assert b"1938-09" not in bytes_of(tmp_path)
        assert claimed(store) == ["0"]
    finally:
        store.close()


def test_a_store_that_is_asked_to_stay_plain_stays_so_until_somebody_begins(tmp_path: Path) -> None:
    for _ in range(2):
        store = open_store(url(tmp_path), Ring(Keys(key())))
        assert store.sealing is None
        store.close()
    opened(tmp_path, Keys(key())).close()
    store = open_store(url(tmp_path), Ring(Keys(key())))
    assert store.sealing is not None
    store.close()


def test_a_sealing_of_the_index_that_was_broken_off_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = open_store(url(tmp_path))
    filled(plain)
    plain.close()
    monkeypatch.setattr(terms, "ROWS", 2)
    seal, calls = terms._seal, []

    def broken(*about: Any) -> None:
        calls.append(1)
        if len(calls) == 4:
            raise StoreError("the power failed")
        seal(*about)

    monkeypatch.setattr(terms, "_seal", broken)
    with pytest.raises(StoreError, match="power"):
        opened(tmp_path, Keys(key()))
    with pytest.raises(StoreError, match="being sealed"):
        open_store(url(tmp_path), Ring(Keys(key())))
    store = opened(tmp_path, Keys(key()))
    try:
        as_before(store)
        assert say(tmp_path, "SELECT count(*) FROM term WHERE value LIKE ?", f"%{NAME.lower()}%") == [(0,)]
    finally:
        store.close()


def test_what_is_plain_goes_to_the_site_of_its_case_and_what_is_a_sites_stays_there(tmp_path: Path) -> None:
    plain = open_store(url(tmp_path))
    filled(plain)
    plain.close()
    site = key(SITE)
    keys = Keys(key(), site)
    store = opened(tmp_path, keys)
    try:
        sealed(store)
        assert under(tmp_path, "data", "journal_body", "number <= 2") == {site.id}
        assert under(tmp_path, "data", "journal_body", "number > 2") == {key().id}
        assert under(tmp_path, "reply", "evidence", "number <= 2") == {site.id}
        keys.keys += [key(SITE, "2")]
        store.commit([indexed(task("stelle-mitte"))]).result()
        sealing(store).rekey()
        sealed(store)
        assert under(tmp_path, "data", "journal_body", "number <= 2") == {key(SITE, "2").id}
        as_before(store)
    finally:
        store.close()


def test_keys_change_while_others_read_and_write(tmp_path: Path) -> None:
    keys = Keys(key())
    store, over, wrong = opened(tmp_path, keys), threading.Event(), list[str]()
    filled(store, 40)

    def reads(number: int) -> None:
        found = store.read("Patient", str(number % 40))
        assert found is not None
        assert found.resource["name"][0]["family"].startswith(NAME)
        assert len(store.search(asked("family:contains=vogel", "Patient", limit=50)).found) == 40

    def writes(number: int) -> None:
        which = number % 40
        store.commit([indexed({**person(f"{NAME}-{which}", str(which)), "birthDate": "1938"})]).result()

    threads = [threading.Thread(target=again, args=(work, over, wrong)) for work in (reads, reads, writes)]
    background = Sealer(sealing(store), url(tmp_path))
    for thread in threads:
        thread.start()
    try:
        background.start()
        for name in "234":
            keys.keys.append(key(GATEWAY, name))
            sealing(store).rekey()
            background.wake()
            wait(lambda name=name: {which for _, which in sealing(store).counts()} == {key(GATEWAY, name).id})  # type: ignore[misc]  # bound at once
    finally:
        over.set()
        background.stop(10)
        for thread in threads:
            thread.join(20)
        left = {which for _, which in sealing(store).counts()}
        store.close()
    assert wrong == []
    assert left == {key(GATEWAY, "4").id}


def again(work: Callable[[int], object], over: threading.Event, wrong: list[str]) -> None:
    """The same until it is over; what goes wrong is told to the test."""
    number = 0
    try:
        while not over.is_set():
            number += 1
            work(number)
    except Exception as fault:  # noqa: BLE001 - as the docstring says
        wrong.append(repr(fault))


def wait(holds: Callable[[], bool]) -> None:
    pause = threading.Event()
    for _ in range(800):
        if holds():
            return
        pause.wait(0.05)
    raise AssertionError("after 40 seconds it is still not all under the new key")


def test_another_process_may_write_with_a_new_key_before_this_one_was_told(tmp_path: Path) -> None:
    keys = Keys(key())
    old = opened(tmp_path, keys)
    keys.keys.append(key(GATEWAY, "2"))
    new = opened(tmp_path, keys)
    try:
        new.commit([indexed(person("Neu"))]).result()
        found = old.read("Patient", "1")
        assert found is not None
        assert found.resource["name"][0]["family"] == "Neu"
    finally:
        old.close()
        new.close()


@pytest.mark.parametrize("keys", [(key(INDEX),), (key(INDEX, "2"), key()), (key(INDEX), key(GATEWAY, "2"))])
def test_keys_that_do_not_fit_are_not_taken_over(tmp_path: Path, keys: tuple[Key, ...]) -> None:
    now = Keys(key())
    store = opened(tmp_path, now)
    try:
        store.commit([indexed(person("Alt"))]).result()
        now.keys = list(keys)
        with pytest.raises(StoreError):
            sealing(store).rekey()
        assert store.read("Patient", "1") is not None
        store.commit([indexed(person("Neu"))]).result()
    finally:
        store.close()


def test_rows_that_nobody_can_open_are_counted_and_left(tmp_path: Path) -> None:
    store = opened(tmp_path, Keys(key(), key(SITE)))
    filled(store, 3)
    store.close()
    store = opened(tmp_path, Keys(key(), key(GATEWAY, "2")))
    try:
        done = sealed(store)
        assert (done.lost > 0, done.done > 0, done.idle) == (True, True, ("gateway/1",))
        assert sealing(store).known()[key(SITE).id] == (SITE, "1")
    finally:
        store.close()


def test_a_large_database_is_not_written_anew_unasked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealer, "SMALL", 0)
    store = opened(tmp_path, Keys(key()))
    background = Sealer(sealing(store), url(tmp_path))
    try:
        background._once()
        assert sealing(store).state() == "sealed"
        monkeypatch.undo()
        background._once()
        assert sealing(store).state() == "clean"
    finally:
        store.close()


def test_a_background_that_is_told_to_end_ends_between_two_commits(tmp_path: Path) -> None:
    store, over = opened(tmp_path, Keys(key())), threading.Event()
    over.set()
    try:
        assert seal_all(sealing(store), lambda _table, _rows: None, over).over is False
        never = Sealer(sealing(store), url(tmp_path))
        with suppress(RuntimeError):
            never.stop(1)
    finally:
        store.close()
