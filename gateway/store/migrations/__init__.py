"""The tables through the versions of the gateway, forth and back; run at start if needed, or by `gateway db`."""

from pathlib import Path
from typing import Any, Literal

from sqlalchemy import Column, Engine, MetaData, String, Table, insert, inspect, select
from sqlalchemy.exc import DBAPIError

from gateway.store.port import StoreError, UnavailableError
from gateway.store.schema import metadata

HEAD = "0008"
"""The revision this gateway works with; known here so that a start needs no Alembic."""

FOLDER = Path(__file__).parent
REVISION = Table("alembic_version", MetaData(), Column("version_num", String(32), primary_key=True))


def ensure(engine: Engine) -> None:
    """Make the tables of an empty database, bring an older one up to date; StoreError for a newer one."""
    with engine.begin() as connection:
        found = inspect(connection).has_table(REVISION.name)
        revision = connection.scalar(select(REVISION.c.version_num)) if found else None
        if revision == HEAD:
            return
        if revision is None:
            _refuse_strangers(inspect(connection).get_table_names())
            metadata.create_all(connection)
            REVISION.create(connection, checkfirst=True)
            connection.execute(insert(REVISION).values(version_num=HEAD))
            return
    upgrade(engine)


def _refuse_strangers(tables: list[str]) -> None:
    """Only an empty database becomes a store."""
    if wrong := sorted(set(tables) - {REVISION.name}):
        raise StoreError(f"the database holds tables that are not the gateway's: {', '.join(wrong[:5])}")


def _configured(engine: Engine) -> Any:
    from alembic.config import Config  # noqa: PLC0415 - only a migration needs Alembic

    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.attributes["engine"] = engine
    return config


def _known(engine: Engine) -> None:
    """Refuse a database that a newer gateway has written."""
    from alembic.script import ScriptDirectory  # noqa: PLC0415 - only a migration needs Alembic

    revision = current(engine)
    known = {script.revision for script in ScriptDirectory.from_config(_configured(engine)).walk_revisions()}
    if revision and revision not in known:
        raise StoreError(f"the database is at revision {revision}, made by a newer gateway; this one knows {HEAD}")


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Bring the tables to a revision, the newest unless told."""
    _move(engine, "upgrade", revision)


def downgrade(engine: Engine, revision: str) -> None:
    """Take the tables back to an older revision."""
    _move(engine, "downgrade", revision)


def _move(engine: Engine, way: Literal["upgrade", "downgrade"], revision: str) -> None:
    from alembic import command  # noqa: PLC0415 - only a migration needs Alembic
    from alembic.util import CommandError  # noqa: PLC0415 - as above

    _known(engine)
    try:
        {"upgrade": command.upgrade, "downgrade": command.downgrade}[way](_configured(engine), revision)
    except CommandError as fault:
        raise StoreError(f"the database cannot go to revision {revision}: {fault}") from fault
    except DBAPIError as fault:
        raise UnavailableError(f"the database cannot be brought to revision {revision}: {fault.orig}") from fault


def current(engine: Engine) -> str:
    """The revision of the tables, empty where there are none."""
    try:
        with engine.connect() as connection:
            if not inspect(connection).has_table(REVISION.name):
                return ""
            return connection.scalar(select(REVISION.c.version_num)) or ""
    except DBAPIError as fault:
        raise UnavailableError(f"the database cannot be read: {fault.orig}") from fault
