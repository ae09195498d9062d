"""The tables through the versions, forth and back, with everything in them."""

from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from gateway.domain.ledger import Archive, Audit, Evidence, Note, Prove
from gateway.store import migrations
from gateway.store.port import StoreError
from gateway.store.schema import metadata
from gateway.store.sql import SqlStore, open_store
from gateway.store.sql.connect import engine_of
from tests.store.made import NOON, asked, at, claimed, delivery, entry, queued, saved

TASK = {
    "resourceType": "Task",
    "id": "1",
    "status": "requested",
    "businessStatus": {"coding": [{"code": "ready-to-send"}]},
    "owner": {"reference": "Organization/1"},
    "requester": {"identifier": {"system": "http://fhir.de/sid/arge-ik/iknr", "value": "260570444"}},
    "partOf": [{"reference": "Task/0"}],
    "basedOn": [{"reference": "CarePlan/1"}],
}


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'gateway.db'}"


def fill(store: SqlStore) -> None:
    for n in range(50):
        store.keep(entry(str(n))).result()
        queued(store, delivery(str(n), f"Patient/{n % 7}"))
    store.commit(
        [
            saved(TASK, 0, ("subject", "Patient/1")),
            Prove(Evidence("d-1", NOON, 1, "retry", "E0", "x", "y", "z")),
            Note(Audit(NOON, "a", "b", "c", "d")),
            Archive("hash", "evp", b"zip"),
        ]
    ).result()
    claimed(store, limit=3)


def everything(store: SqlStore) -> list[Any]:
    return [
        store.waiting(limit=1000),
        [store.delivery(f"d-{n}") for n in range(50)],
        store.find("Task", [("subject", "Patient/1")]),
        store.evidence("d-1"),
        store.audit(),
        store.archived("hash"),
        store.due(),
        store.counts(),
    ]


@pytest.mark.parametrize("made", ["at once", "step by step"])
def test_the_tables_are_those_the_code_knows(url: str, made: str) -> None:
    engine = engine_of(url)
    if made == "at once":
        migrations.ensure(engine)
    else:
        migrations.upgrade(engine, "0001")
        migrations.upgrade(engine)
    options = {"compare_type": True, "compare_server_default": True}
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection, opts=options), metadata) == []
    assert migrations.current(engine) == migrations.HEAD


def test_the_revision_the_code_knows_is_the_newest() -> None:
    config = Config()
    config.set_main_option("script_location", str(migrations.FOLDER))
    assert ScriptDirectory.from_config(config).get_current_head() == migrations.HEAD


def test_forth_and_back_with_a_full_queue_loses_nothing(url: str) -> None:
    store = open_store(url)
    fill(store)
    before = everything(store)
    store.close()
    migrations.downgrade(engine_of(url), "0001")
    assert migrations.current(engine_of(url)) == "0001"
    store = open_store(url)
    assert everything(store) == before
    assert claimed(store) != []
    store.close()


def test_what_was_stored_before_there_was_a_search_is_found(url: str) -> None:
    store = open_store(url)
    fill(store)
    store.commit([saved({**TASK, "id": "2", "authoredOn": "2026-11-20"}, 0)]).result()
    store.close()
    migrations.downgrade(engine_of(url), "0003")
    store = open_store(url)
    assert [found.id for found in store.search(asked("status=requested&part-of=0")).found] == ["1", "2"]
    assert [found.id for found in store.search(asked("authored-on=2026-11")).found] == ["2"]
    assert [found.id for found in store.search(asked("_sort=-_lastUpdated")).found] == ["2", "1"]
    store.close()


def test_moments_of_versions_rise_after_the_step(url: str) -> None:
    store = open_store(url)
    for n in range(3):
        store.commit([saved({**TASK, "id": str(n)}, 0)]).result()
    store.close()
    migrations.downgrade(engine_of(url), "0003")
    with engine_of(url).begin() as connection:
        connection.execute(text("UPDATE resource_version SET updated = '2026-11-20T12:00:00.000000+00:00'"))
    store = open_store(url)
    moments = [version.updated for version in reversed(store.versions("Task"))]
    assert moments == [at(0), at(0.000001), at(0.000002)]
    assert store.search(asked("_lastUpdated=gt2026-11-20T12:00:00.000001Z")).found[0].id == "2"
    store.close()


def test_back_to_nothing_and_forth_again(url: str) -> None:
    open_store(url).close()
    migrations.downgrade(engine_of(url), "base")
    assert migrations.current(engine_of(url)) == ""
    store = open_store(url)
    assert store.counts() == {}
    store.close()


def test_a_database_of_a_newer_gateway_is_refused(url: str) -> None:
    open_store(url).close()
    with engine_of(url).begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match="newer gateway"):
        open_store(url)


def test_a_step_that_fails_leaves_the_tables_as_they_were(url: str) -> None:
    open_store(url).close()
    migrations.downgrade(engine_of(url), "0001")
    with engine_of(url).begin() as connection:
        connection.execute(text("CREATE TABLE task (id TEXT)"))
    with pytest.raises(StoreError, match="cannot be brought"):
        open_store(url)
    assert migrations.current(engine_of(url)) == "0001"


def test_a_revision_that_does_not_exist_is_named(url: str) -> None:
    open_store(url).close()
    with pytest.raises(StoreError, match="0815"):
        migrations.downgrade(engine_of(url), "0815")
