"""What the verbs of a running deployment share: its settings, its store, and what an id on the command line means."""

import getpass
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from gateway.cli import console
from gateway.domain.ledger import Delivery, Entry

if TYPE_CHECKING:
    from gateway.pipeline.rooms import Rooms
    from gateway.settings import Settings
    from gateway.store.port import Store
    from gateway.store.sql.store import SqlStore

T = TypeVar("T")
Row = TypeVar("Row", Entry, Delivery)
Config = Annotated[Path, typer.Option("--config", metavar="FILE", help="The settings of the gateway.")]
AsJson = Annotated[bool, typer.Option("--json", help="For machines.")]
DEFAULT = Path("gateway.yaml")
PAGE, LOOKED_AT = 500, 20_000
"""How many of the newest messages the start of an id is looked for in."""


@dataclass
class Opened:
    """A deployment whose store is open; a running gateway may have it open too."""

    settings: "Settings"
    store: "SqlStore"

    @cached_property
    def rooms(self) -> "Rooms":
        """Its formats and partners around its store; read when first asked for."""
        from gateway.house.opened import rooms_of  # noqa: PLC0415 - takes a while, and a list needs none

        return rooms_of(self.settings, self.store)[0]


def settings_of(config: Path) -> "Settings":
    """The settings of a gateway.yaml, or the end of the call."""
    from gateway import settings as options  # noqa: PLC0415 - takes a while, and other verbs need none

    if not config.is_file():
        console.wrong_call(f"{config} cannot be read: there is no such file; name it with --config FILE")
    settings, problems = options.load(config)
    if settings is None:
        console.show_problems(problems, as_json=False)
        raise typer.Exit(console.FINDINGS)
    return settings


def database(url: str) -> Path | None:
    """The file of an SQLite URL, None for another database."""
    file = url.removeprefix("sqlite:///")
    return None if file == url else Path(file)


@contextmanager
def opened(config: Path) -> Iterator[Opened]:
    """The deployment of a gateway.yaml; its store has to be there already, and what it refuses ends the call."""
    from gateway.settings.keys import ring  # noqa: PLC0415 - as below
    from gateway.store.port import StoreError  # noqa: PLC0415 - with the store
    from gateway.store.sql.store import open_store  # noqa: PLC0415 - SQLAlchemy is heavy

    settings = settings_of(config)
    file = database(settings.store.url)
    if file and not file.exists():
        console.wrong_call(f"there is no store at {file}; has `gateway serve` run with this configuration?")
    try:
        store = open_store(settings.store.url, ring(settings))
    except StoreError as fault:
        console.wrong_call(f"the store cannot be opened: {fault}")
    try:
        yield Opened(settings, store)
    except StoreError as fault:
        console.failed(str(fault))
    finally:
        store.close()


def found_message(store: "Store", start: str) -> Entry | None:
    """The one message whose tracking id begins so; with its bytes."""
    entry = store.entry(start)
    if entry:
        return entry
    known = {e.id for e in paged(store.entries, {}) if e.id.startswith(start)}
    return one(known, start, store.entry)


def found_delivery(store: "Store", start: str) -> Delivery | None:
    """The one delivery whose id begins so; with its bytes."""
    delivery = store.delivery(start)
    if delivery:
        return delivery
    known = {d.id for d in paged(store.deliveries, {}) if d.id.startswith(start)}
    return one(known, start, store.delivery)


def existing(store: "Store", start: str) -> Entry:
    """The message meant, or a wrong call."""
    entry = found_message(store, start)
    if entry is None:
        console.wrong_call(f"there is no message {start}; `gateway messages list` names them")
    return entry


def existing_delivery(store: "Store", start: str) -> Delivery:
    """The delivery meant, where no message was; or a wrong call."""
    delivery = found_delivery(store, start)
    if delivery is None:
        console.wrong_call(f"there is no message or delivery {start}; `gateway messages list` names them")
    return delivery


def one(found: set[str], start: str, read: Callable[[str], T | None]) -> T | None:
    """What is meant; nothing means nothing, and more than one is a wrong call."""
    if not start or len(found) > 1:
        console.wrong_call(f"{len(found)} ids begin with `{start}`; write more of it")
    return next((read(key) for key in found), None)


def paged(
    ask: Callable[[dict[str, str], int, int], list[Row]], wanted: dict[str, str], most: int = LOOKED_AT
) -> Iterator[Row]:
    """Messages or deliveries, the newest first, page by page."""
    before = 0
    for _ in range(0, most, PAGE):
        page = ask(wanted, before, PAGE)
        yield from page
        if len(page) < PAGE:
            return
        before = page[-1].number


def operator() -> str:
    """Who decides, for the audit: the account at this machine."""
    try:
        return f"operator {getpass.getuser()}"
    except (KeyError, OSError, ImportError):
        return "operator"
