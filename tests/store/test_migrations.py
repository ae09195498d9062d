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
from tests.store.made import NOON, claimed, delivery, entry, queued, saved

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
LISTED = (
    "1",
    "requested",
    "ready-to-send",
    "Organization/1",
    "http://fhir.de/sid/arge-ik/iknr|260570444",
    "Task/0",
    "CarePlan/1",
    "2026-11-20T12:00:00.000000+00:00",
)


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


def tasks(url: str) -> list[tuple[str, ...]]:
    with engine_of(url).connect() as connection:
        return [tuple(row) for row in connection.execute(text("SELECT * FROM task"))]


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


def test_the_list_of_tasks_is_made_of_the_tasks_that_are_there(url: str) -> None:
    store = open_store(url)
    fill(store)
    store.close()
    assert tasks(url) == [LISTED]
    migrations.downgrade(engine_of(url), "0001")
    open_store(url).close()
    assert tasks(url) == [LISTED]


def test_a_changed_task_is_listed_once(url: str) -> None:
    store = open_store(url)
    store.commit([saved(TASK, 0), saved({"resourceType": "Task", "id": "1", "status": "accepted"}, 1)]).result()
    store.close()
    assert tasks(url) == [("1", "accepted", "", "", "", "", "", LISTED[-1])]


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
