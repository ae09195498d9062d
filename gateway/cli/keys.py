"""`gateway keys`: what the store is sealed with."""

import sys
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from gateway.cli import console
from gateway.cli.deployment import DEFAULT, AsJson, Config, database, opened, settings_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gateway.settings import Settings
    from gateway.store.sealing.ring import Ring
    from gateway.store.sql.sealed.running import Sealing

GROUP = "What the store is sealed with: new keys, other keys, what is under which."
NEW = """Make a key in the folder that `keys.folder` names, for this user alone; the first time also the index's.

Copy it to a safe place at once, apart from the copies of the database: without it nothing can be read again. A running
gateway writes with it after a reload (SIGHUP).

Examples:

  gateway keys new

  gateway keys new --site kuemmererstelle-gt

  gateway keys new --name 2027-01
"""
SEAL = """Seal all that is not under the key that writes for its owner: what is plain, what is under older keys.

A running gateway does it by itself; both may at once. The first time no gateway may run, and in the end the file is
written anew, so that nothing of what was plain is left in it. If it is interrupted, it goes on the next time.

Examples:

  gateway keys seal

  gateway keys seal --config docker/demo/gateway.yaml
"""
ROTATE = """Make a new key and seal everything with it.

A running gateway has to be told (SIGHUP), else it goes on writing with the one before. The old key may go when
`gateway keys status` says that nothing is under it, and no copy of the database is.

Examples:

  gateway keys rotate

  gateway keys rotate --site kuemmererstelle-gt
"""
STATUS = """Show which keys there are, which write, how much is under each, and which are missing.

Examples:

  gateway keys status

  gateway keys status --json
"""
INDEX = """Make a further key of the index, and lay it over all words by which things are found.

Each word is made anew from itself, so the keys of the index before stay needed: keep all of them. A running gateway
begins with it after a reload (SIGHUP), and goes on with the work itself.

Examples:

  gateway keys index

  gateway keys index --name 2027-01
"""
NO_FOLDER = "gateway.yaml names no folder of keys; write `keys: {folder: keys}`"
Row = dict[str, int]
Site = Annotated[str, typer.Option("--site", metavar="SITE", help="For a site; left out: the gateway's own.")]
Name = Annotated[str, typer.Option("--name", metavar="NAME", help="What it is called; left out: the day.")]

app = typer.Typer(help=GROUP, no_args_is_help=True)


@app.callback()
def group() -> None:
    """What the store is sealed with."""


@app.command("new", help=NEW)
def new(site: Site = "", name: Name = "", config: Config = DEFAULT) -> None:
    """Run the verb."""
    settings = settings_with_folder(config)
    folder = Path(settings.keys.folder)
    if not any(folder.glob("**/*.key")):
        made(folder / "index.key")
    made(file_of(settings, site or "gateway", name))
    sys.stdout.write("Copy the folder to a safe place, apart from the copies of the database.\n")


@app.command("rotate", help=ROTATE)
def rotate(site: Site = "", name: Name = "", config: Config = DEFAULT) -> None:
    """Run the verb."""
    made(file_of(settings_with_folder(config), site or "gateway", name))
    sealed(config)
    sys.stdout.write("Reload a running gateway (SIGHUP), so that it writes with the new key.\n")


@app.command("index", help=INDEX)
def index(name: Name = "", config: Config = DEFAULT) -> None:
    """Run the verb."""
    made(file_of(settings_with_folder(config), "index", name))
    sealed(config)
    sys.stdout.write("All keys of the index stay; copy the new one to the others.\n")


@app.command("seal", help=SEAL)
def seal(config: Config = DEFAULT) -> None:
    """Run the verb."""
    sealed(config)


@app.command("status", help=STATUS)
def status(json: AsJson = False, config: Config = DEFAULT) -> None:  # noqa: FBT002 - a flag of the command line
    """Run the verb."""
    with opened(config) as found:
        sealing = found.store.sealing
        rows = [] if sealing is None else list(standing(sealing))
        state = "plain" if sealing is None else sealing.state()
    if json:
        console.machine({"state": state, "keys": rows})
        return
    sys.stdout.write(f"the store is {SAID[state]}\n")
    for row in rows:
        under = ", ".join(f"{count} in {table}" for table, count in cast("Row", row["under"]).items()) or "nothing"
        sys.stdout.write(f"{row['key']:<40} {row['id']:<16} {row['stands']:<9} {under}\n")


SAID = {
    "plain": "not sealed: whoever has its file can read it",
    "laying": "sealed; a further key of the index is being laid over its words: gateway keys seal",
    "sealed": "sealed, but what was plain before may still stand in its file: gateway keys seal",
    "clean": "sealed",
}


def settings_with_folder(config: Path) -> "Settings":
    """The settings, also where keys are still missing; or the end of the call."""
    from gateway import settings as options  # noqa: PLC0415 - takes a while

    if not config.is_file():
        console.wrong_call(f"{config} cannot be read: there is no such file; name it with --config FILE")
    settings, _ = options.examine(config)
    if settings is None or not settings.keys.folder:
        console.wrong_call(NO_FOLDER)
    return settings


def file_of(settings: "Settings", owner: str, name: str) -> Path:
    """Where a new key belongs; one that would not be the last by name would never write."""
    if not all(part and part[0].isalnum() and "/" not in part and part.isprintable() for part in (owner, name or "x")):
        console.wrong_call("owner and name of a key are plain words")
    folder = Path(settings.keys.folder) / owner
    there = sorted(path.stem for path in folder.glob("*.key"))
    called = name or f"{datetime.now(UTC):%Y-%m-%d}"
    while not name and called in there:
        called += "+"
    if there and called <= there[-1]:
        console.wrong_call(f"`{called}` stands before `{there[-1]}`, and the last by name writes; choose a later name")
    return folder / f"{called}.key"


def made(file: Path) -> None:
    """One key in its file."""
    from gateway.settings.keys import write  # noqa: PLC0415 - with the work itself

    try:
        write(file)
    except OSError as fault:
        console.failed(f"the key cannot be written: {file}: {fault.strerror}")
    sys.stdout.write(f"made {file}\n")


def sealed(config: Path) -> None:
    """Everything sealed as it should be, with its progress."""
    from gateway.settings.keys import ring  # noqa: PLC0415 - with the work itself
    from gateway.store.port import StoreError  # noqa: PLC0415 - as above

    settings = settings_of(config)
    try:
        keys = ring(settings)
        if keys is None:
            console.wrong_call(NO_FOLDER)
        begin(settings, keys)
        with opened(config) as found:
            everything(found.store.sealing, settings.store.url)  # type: ignore[arg-type]  # there are keys
    except StoreError as fault:
        console.failed(str(fault))


def begin(settings: "Settings", keys: "Ring") -> None:
    """The first time: alone, since a gateway that runs without keys could not read what is sealed beside it."""
    from gateway.store.alone import alone  # noqa: PLC0415 - as above
    from gateway.store.sql.sealed.beginning import is_ready  # noqa: PLC0415 - as above
    from gateway.store.sql.store import open_store  # noqa: PLC0415 - as above

    file = database(settings.store.url)
    if file is None or not file.exists():
        console.wrong_call("there is no store yet; `gateway serve` makes a sealed one")
    if not is_ready(settings.store.url):
        sys.stdout.write("sealing the index\n")
        with alone(settings.store.url):
            open_store(settings.store.url, keys, begin=True).close()


def everything(sealing: "Sealing", url: str) -> None:
    """All rows, then the file itself."""
    from gateway.store.sql.sealed import known  # noqa: PLC0415 - as above
    from gateway.store.sql.sealed.sealer import clean, seal_all  # noqa: PLC0415 - as above

    count = 0

    def told(table: str, rows: int) -> None:
        nonlocal count
        count += rows
        sys.stdout.write(f"{count} records sealed, now {table}\n")

    done = seal_all(sealing, told, threading.Event(), 0)
    if sealing.state() == known.SEALED:
        sys.stdout.write("writing the file anew\n")
        clean(sealing, url)
    lost = f", {done.lost} under keys that are not here" if done.lost else ""
    idle = f"; nothing is under {', '.join(done.idle)} any more" if done.idle else ""
    sys.stdout.write(f"all is sealed: {done.done} records now{lost}{idle}\n")


def standing(sealing: "Sealing") -> "list[dict[str, object]]":
    """Each key with what is under it; what is plain, as a key without a name."""
    counts, known = sealing.counts(), sealing.known()
    here = {key.id: key for key in sealing.ring.keys.values()}
    index = {key.id for key in sealing.ring.index}
    rows: list[dict[str, object]] = []
    for which in sorted({*here, *(key for key in known if key not in index), *(key for _, key in counts)}):
        key = here.get(which)
        owner, name = (key.owner, key.name) if key else known.get(which, ("", "plain" if not which else "unknown"))
        writes = key is not None and sealing.ring.current(key.owner) is key
        stands = "writes" if writes else "reads" if key else "missing" if which else ""
        under = {table: count for (table, each), count in counts.items() if each == which}
        called = f"{owner}/{name}" if owner else name
        rows.append({"key": called, "id": which.hex(), "stands": stands, "under": under})
    return rows if len(index) == 1 else [*rows, *of_index(sealing)]


def of_index(sealing: "Sealing") -> "Iterator[dict[str, object]]":
    """Several keys of the index, in the order in which they are laid over each other, with the words made with each."""
    words, there = sealing.words(), {bytes.fromhex(key): state for key, state in sealing.indexed()}
    for number, key in enumerate(sealing.ring.index, 1):
        count = sum(each for keys, each in words.items() if keys >= number)
        state = there.get(key.id, "waits")
        stands = "stays" if state in ("sealed", "clean") else state
        under = {"term": count} if count else {}
        yield {"key": f"{key.owner}/{key.name}", "id": key.id.hex(), "stands": stands, "under": under}
