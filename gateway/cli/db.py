"""`gateway db`: the database through the versions of the gateway, and a copy of it."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from gateway.cli import console
from gateway.cli.deployment import DEFAULT as SETTINGS
from gateway.cli.deployment import Config, settings_of

T = TypeVar("T")

UPGRADE = """Bring the database to the newest revision, or make it where there is none.

`gateway serve` does so by itself at start. A copy first is a good habit: `gateway db backup`.

Examples:

  gateway db upgrade

  gateway db upgrade --config docker/demo/gateway.yaml

  gateway db upgrade --store sqlite:////var/lib/kuemmerer/gateway.db
"""

DOWNGRADE = """Take the database back to an older revision, for an older gateway. Stop `gateway serve` before.

`base` takes away all tables with everything they hold and is refused without --everything.

Examples:

  gateway db downgrade 0001

  gateway db downgrade base --everything
"""

CURRENT = """Show the revision of the database and the one this gateway works with.

Examples:

  gateway db current

  gateway db current --store sqlite:////var/lib/kuemmerer/gateway.db
"""

BACKUP = """Copy the database to a new file while the gateway runs.

To restore, stop the gateway and put the copy in place of the database and its -wal and -shm files.

Examples:

  gateway db backup gateway-2026-11-22.db

  gateway db backup copy.db --store sqlite:////var/lib/kuemmerer/gateway.db
"""

Url = Annotated[
    str, typer.Option("--store", metavar="URL", help="Where the database is; left out: where the settings say.")
]
HERE = "sqlite:///gateway.db"
"""Where it is without settings."""

app = typer.Typer(help="Bring the database up to date, look at it, copy it.", no_args_is_help=True)


def url_of(store: str, config: Path) -> str:
    """The database meant: the one named, or that of the settings, or the one in this folder."""
    if store:
        return store
    return settings_of(config).store.url if config.exists() or config != SETTINGS else HERE


def attempt(work: Callable[[], T]) -> T:
    """Do it; where the store refuses, say why and end with 1."""
    from gateway.store.port import StoreError  # noqa: PLC0415 - with the work itself

    try:
        return work()
    except StoreError as fault:
        console.failed(str(fault))


@app.callback()
def group() -> None:
    """Bring the database up to date, look at it, copy it."""


@app.command("upgrade", help=UPGRADE)
def upgrade(store: Url = "", config: Config = SETTINGS) -> None:
    """Run the verb."""
    from gateway.store.sql import upkeep  # noqa: PLC0415 - SQLAlchemy is heavy

    url = url_of(store, config)
    sys.stdout.write(f"the database is at revision {attempt(lambda: upkeep.upgrade(url))}\n")


@app.command("downgrade", help=DOWNGRADE)
def downgrade(
    revision: Annotated[str, typer.Argument(metavar="REVISION", help="The revision to go back to, or base.")],
    store: Url = "",
    everything: Annotated[bool, typer.Option("--everything", help="Really take everything away.")] = False,  # noqa: FBT002 - a flag of the command line
    config: Config = SETTINGS,
) -> None:
    """Run the verb."""
    from gateway.store.sql import upkeep  # noqa: PLC0415 - SQLAlchemy is heavy

    url = url_of(store, config)
    if revision == "base" and not everything:
        console.wrong_call("`base` takes away all messages; say --everything if that is meant")
    found = attempt(lambda: upkeep.downgrade(url, revision))
    sys.stdout.write(f"the database is at revision {found or 'base'}\n")


@app.command("current", help=CURRENT)
def current(store: Url = "", config: Config = SETTINGS) -> None:
    """Run the verb."""
    from gateway.store import migrations  # noqa: PLC0415 - SQLAlchemy is heavy
    from gateway.store.sql import upkeep  # noqa: PLC0415 - SQLAlchemy is heavy

    url = url_of(store, config)
    found = attempt(lambda: upkeep.current(url)) or "base"
    sys.stdout.write(f"the database is at revision {found}, this gateway works with {migrations.HEAD}\n")


@app.command("backup", help=BACKUP)
def backup(
    target: Annotated[Path, typer.Argument(metavar="FILE", help="The new file.")],
    store: Url = "",
    config: Config = SETTINGS,
) -> None:
    """Run the verb."""
    from gateway.store.sql import upkeep  # noqa: PLC0415 - SQLAlchemy is heavy

    url = url_of(store, config)
    sys.stdout.write(f"wrote {target}, {attempt(lambda: upkeep.backup(url, target))} bytes\n")
