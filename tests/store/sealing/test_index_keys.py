"""A further key of the index is laid over its words while others read and write; whoever has the first finds nobody."""

import threading
from pathlib import Path

import pytest

from gateway.domain.ledger import Counted
from gateway.domain.question import Absent
from gateway.store.port import ConflictError, StoreError
from gateway.store.sealing.ring import INDEX
from gateway.store.sealing.tokens import MARK, Index
from gateway.store.sql.sealed import indexing
from gateway.store.sql.sealed.indexing import WORDS
from gateway.store.sql.sealed.sealer import Sealer, seal_all
from gateway.store.sql.store import SqlStore, open_store
from tests.store.made import asked, indexed, key, saved
from tests.store.sealing.test_records import person, say
from tests.store.sealing.test_resealing import Keys, again, as_before, filled, opened, sealed, sealing, url, wait

ONE, TWO, THREE = key(INDEX), key(INDEX, "2"), key(INDEX, "3")


def family(number: int) -> tuple[str, str]:
    """The term of a family name, as it is handed to the store."""
    return next(term for term in indexed(person(f"Kanarienvogel-{number}")).terms if term[0] == "fhir:family")


def stored(folder: Path) -> set[str]:
    """All words in the file."""
    return {value for (value,) in say(folder, "SELECT value FROM term") if value.startswith(MARK)}


def words_of(store: SqlStore) -> dict[int, int]:
    return sealing(store).words()


def whole(store: SqlStore) -> None:
    """All is found: by name, by number of terms, by day of birth, as nothing new, and as often as before."""
    as_before(store)
    for query in ("family=kanarienvogel-0", "name=kanarienvogel-0", "birthdate=1938-09-01", "birthdate=lt1938-09-02"):
        assert [version.id for version in store.search(asked(query, "Patient")).found] == ["0"]
    assert [version.id for version in store.search(asked("birthdate=ne1938-09-01", "Patient")).found] == list("1234")
    assert [version.id for version in store.find("Patient", [family(0)])] == ["0"]
    store.commit([Counted("Patient", family(0), 1)]).result()
    with pytest.raises(ConflictError):
        store.commit([Absent(asked("family=kanarienvogel-0", "Patient"))]).result()


@pytest.fixture
def keys() -> Keys:
    return Keys(key())


def test_nothing_of_the_words_of_the_first_key_is_left(tmp_path: Path, keys: Keys) -> None:
    store = opened(tmp_path, keys)
    try:
        filled(store)
        before = stored(tmp_path)
        assert Index(ONE.secret).word("name", "starts", "kana") in before
        keys.keys.append(TWO)
        sealing(store).rekey()
        assert sealing(store).state() == "laying"
        whole(store)
        assert sealed(store).done == 5 + 1
        assert sealing(store).state() == "sealed"
        assert stored(tmp_path).isdisjoint(before)
        assert len(stored(tmp_path)) == len(before)
        assert set(words_of(store)) == {2}
        whole(store)
    finally:
        store.close()


def test_half_way_all_is_found_and_written(tmp_path: Path, keys: Keys, monkeypatch: pytest.MonkeyPatch) -> None:
    store = opened(tmp_path, keys)
    try:
        filled(store)
        keys.keys.append(TWO)
        sealing(store).rekey()
        monkeypatch.setattr(indexing, "ROWS", 2)
        step = sealing(store).step(WORDS).result()
        assert step.after >= 0
        assert set(words_of(store)) == {1, 2}
        whole(store)
        store.commit([indexed({**person("Kanarienvogel-4", "4"), "birthDate": "1938-09-05"})]).result()
        whole(store)
    finally:
        store.close()


def test_a_plain_term_that_begins_like_a_word_stays_as_it_is(tmp_path: Path, keys: Keys) -> None:
    store = opened(tmp_path, keys)
    try:
        odd = ("status", f"{MARK}no word of ours, but what somebody wrote")
        store.commit([saved({"resourceType": "Task", "id": "1"}, None, odd)]).result()
        keys.keys.append(TWO)
        sealing(store).rekey()
        sealed(store)
        assert [version.id for version in store.find("Task", [odd])] == ["1"]
        assert words_of(store) == {}
    finally:
        store.close()


def test_a_name_that_begins_like_a_word_is_sealed_like_any_other(tmp_path: Path, keys: Keys) -> None:
    odd = ("fhir:family", f"{MARK}Kanarienvogel")
    plain = open_store(url(tmp_path))
    plain.commit([saved({"resourceType": "Patient", "id": "1"}, None, odd)]).result()
    plain.close()
    store = opened(tmp_path, keys)
    try:
        assert say(tmp_path, "SELECT count(*) FROM term WHERE value LIKE ?", "%Kanarienvogel%") == [(0,)]
        keys.keys.append(TWO)
        sealing(store).rekey()
        sealed(store)
        assert [version.id for version in store.find("Patient", [odd])] == ["1"]
    finally:
        store.close()


def test_what_an_older_gateway_took_for_a_word_hinders_nothing(tmp_path: Path, keys: Keys) -> None:
    store = opened(tmp_path, keys)
    try:
        filled(store)
        say(
            tmp_path,
            "INSERT INTO term SELECT type, 'fhir:family', ?, number FROM resource LIMIT 1",
            f"{MARK}Canaria from the Föhrenweg",
        )
        keys.keys.append(TWO)
        sealing(store).rekey()
        sealed(store)
        assert (sealing(store).state(), 2 in words_of(store)) == ("sealed", True)
        whole(store)
    finally:
        store.close()


def test_a_key_that_comes_meanwhile_is_laid_over_all_too(tmp_path: Path, keys: Keys) -> None:
    store = opened(tmp_path, keys)
    try:
        filled(store)
        keys.keys.append(TWO)
        sealing(store).rekey()

        def told(_table: str, _rows: int) -> None:
            if THREE not in keys.keys:
                keys.keys.append(THREE)
                sealing(store).rekey()

        seal_all(sealing(store), told, threading.Event(), 0)
        assert sealing(store).state() == "laying"
        whole(store)
        sealed(store)
        assert (sealing(store).state(), set(words_of(store))) == ("sealed", {3})
        whole(store)
    finally:
        store.close()


def test_a_key_is_laid_while_others_read_and_write(tmp_path: Path, keys: Keys) -> None:
    store, over, wrong = opened(tmp_path, keys), threading.Event(), list[str]()
    filled(store, 30)

    def reads(number: int) -> None:
        assert len(store.find("Patient", [family(number % 30)])) == 1
        assert len(store.search(asked(f"name:exact=Kanarienvogel-{number % 30}", "Patient", limit=50)).found) == 1

    def writes(number: int) -> None:
        which = number % 30
        name = {**person(f"Kanarienvogel-{which}", str(which)), "birthDate": "1938"}
        store.commit([Counted("Patient", family(which), 1), indexed(name)]).result()

    threads = [threading.Thread(target=again, args=(work, over, wrong)) for work in (reads, writes)]
    background = Sealer(sealing(store), url(tmp_path))
    for thread in threads:
        thread.start()
    try:
        background.start()
        for number, one in enumerate((TWO, THREE), 2):
            keys.keys.append(one)
            sealing(store).rekey()
            background.wake()
            wait(lambda number=number: set(words_of(store)) == {number})  # type: ignore[misc]  # bound at once
        wait(lambda: sealing(store).state() == "clean")
    finally:
        over.set()
        background.stop(10)
        for thread in threads:
            thread.join(20)
        store.close()
    assert wrong == []


def test_another_process_that_was_not_told_finds_all_and_writes_as_it_should(tmp_path: Path, keys: Keys) -> None:
    old = opened(tmp_path, keys)
    filled(old)
    whole(old)
    keys.keys.append(TWO)
    new = opened(tmp_path, keys)
    try:
        sealed(new)
        whole(old)
        old.commit([indexed(person("Neu", "neu"))]).result()
        assert set(words_of(new)) == {2}
        assert [version.id for version in new.search(asked("family=neu", "Patient")).found] == ["neu"]
    finally:
        old.close()
        new.close()


def test_keys_that_others_begin_with_one_after_the_other_are_found_at_once(tmp_path: Path, keys: Keys) -> None:
    old = opened(tmp_path, keys)
    filled(old)
    try:
        for one in (TWO, THREE):
            keys.keys.append(one)
            opened(tmp_path, keys).close()
            whole(old)
    finally:
        old.close()


@pytest.mark.parametrize("left", [(ONE,), (TWO,), (ONE, THREE), (ONE, key(INDEX, "1a"), TWO)])
def test_each_key_of_the_index_is_needed_and_none_is_put_between(tmp_path: Path, left: tuple[object, ...]) -> None:
    opened(tmp_path, Keys(key(), TWO)).close()
    found = Keys(key())
    found.keys = [key(), *left]  # type: ignore[list-item]  # any of them
    with pytest.raises(StoreError, match="key of the index"):
        opened(tmp_path, found)


def test_a_store_that_begins_with_several_keys_is_under_all_of_them(tmp_path: Path) -> None:
    store = opened(tmp_path, Keys(key(), TWO))
    try:
        filled(store)
        assert sealing(store).state() == "sealed"
        assert set(words_of(store)) == {2}
        whole(store)
    finally:
        store.close()


def test_a_key_in_the_database_that_is_not_here_stops_a_search(tmp_path: Path, keys: Keys) -> None:
    old = opened(tmp_path, keys)
    filled(old)
    keys.keys.append(TWO)
    new = opened(tmp_path, Keys(key(), TWO))
    keys.keys.remove(TWO)
    try:
        with pytest.raises(StoreError, match="a key of the index is not here"):
            old.search(asked("family=kanarienvogel", "Patient"))
        with pytest.raises(StoreError, match="a key of the index is not here"):
            old.commit([indexed(person("Neu", "neu"))]).result()
    finally:
        old.close()
        new.close()
