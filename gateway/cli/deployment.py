"""What the verbs of a running deployment share: its settings, its store, a message or delivery by the start of its id."""

import getpass
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from gateway.cli import console
from gateway.domain.ledger import Delivery, Entry

if TYPE_CHECKING:
    from gateway.pipeline.rooms import Rooms
    from gateway.settings import Settings
    from gateway.store.port import Store

T = TypeVar("T")
Config = Annotated[Path, typer.Option("--config", metavar="FILE", help="The settings of the gateway.")]
AsJson = Annotated[bool, typer.Option("--json", help="For machines.")]
DEFAULT = Path("gateway.yaml")
PAGE, LOOKED_AT = 500, 20_000
"""How many of the newest messages the start of an id is looked for in."""


@dataclass(frozen=True)
class Opened:
    """A deployment whose store is open; a running gateway may have it open too."""

    settings: "Settings"
    rooms: "Rooms"

    @property
    def store(self) -> "Store":
        """Its store."""
        return self.rooms.store


@contextmanager
def opened(config: Path) -> Iterator[Opened]:
    """The deployment of a gateway.yaml; its store has to be there already."""
    from gateway import settings as options  # noqa: PLC0415 - takes a while, and other verbs need none
    from gateway.house import rooms_of  # noqa: PLC0415 - as above
    from gateway.store.port import StoreError  # noqa: PLC0415 - as above
    from gateway.store.sql.store import open_store  # noqa: PLC0415 - as above

    settings, problems = options.load(config)
    if settings is None:
        console.show_problems(problems, as_json=False)
        raise typer.Exit(console.FINDINGS)
    file = settings.store.url.removeprefix("sqlite:///")
    if file != settings.store.url and not Path(file).exists():
        console.wrong_call(f"there is no store at {file}; has `gateway serve` run with this configuration?")
    try:
        store = open_store(settings.store.url)
    except StoreError as fault:
        console.wrong_call(f"the store cannot be opened: {fault}")
    try:
        yield Opened(settings, rooms_of(settings, store)[0])
    finally:
        store.close()


def found_message(store: "Store", start: str) -> Entry | None:
    """The one message whose tracking id begins so; with its bytes."""
    entry = store.entry(start)
    if entry:
        return entry
    return one({e.id: e.id for e in messages(store) if e.id.startswith(start)}, start, store.entry)


def found_delivery(store: "Store", start: str) -> Delivery | None:
    """The one delivery whose id begins so; with its bytes."""
    delivery = store.delivery(start)
    if delivery:
        return delivery
    return one({d.id: d.id for d in deliveries(store) if d.id.startswith(start)}, start, store.delivery)


def one(found: dict[str, str], start: str, read: Callable[[str], T | None]) -> T | None:
    """What is meant; more than one is a wrong call."""
    if len(found) > 1:
        console.wrong_call(f"{len(found)} ids begin with {start}; write more of it")
    return next((read(key) for key in found), None)


def messages(store: "Store") -> Iterator[Entry]:
    """The newest messages, page by page."""
    before = 0
    for _ in range(LOOKED_AT // PAGE):
        page = store.entries({}, before, PAGE)
        yield from page
        if len(page) < PAGE:
            return
        before = page[-1].number


def deliveries(store: "Store") -> Iterator[Delivery]:
    """The newest deliveries, page by page."""
    before = 0
    for _ in range(LOOKED_AT // PAGE):
        page = store.deliveries({}, before, PAGE)
        yield from page
        if len(page) < PAGE:
            return
        before = page[-1].number


def operator() -> str:
    """Who decides, for the audit: the account at this machine."""
    try:
        return f"operator {getpass.getuser()}"
    except (KeyError, OSError):
        return "operator"
