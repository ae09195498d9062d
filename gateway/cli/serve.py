"""`gateway serve`: the running gateway."""

import asyncio
import gc
import logging
import signal
import ssl
import sys
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gateway.cli import console, logs

if TYPE_CHECKING:
    from gateway.house.house import House
    from gateway.settings import Settings

HELP = """Run the gateway: take messages in, translate them, deliver what follows, answer those who asked.

It ends by itself on SIGTERM or Ctrl-C: nothing new is taken in, what is in flight is finished. SIGHUP, or a changed
file below mappings/, reloads formats and partners; what is broken is told and the running version stays.

Examples:

  gateway serve --config gateway.yaml

  GATEWAY__HTTP__LISTEN=0.0.0.0:8080 gateway serve

  gateway serve --config docker/demo/gateway.yaml
"""
RELOAD = 2.0
"""Seconds between two looks at the files of formats and partners."""

log = logging.getLogger("gateway.serve")


def serve(
    config: Annotated[Path, typer.Option("--config", metavar="FILE", help="The settings.")] = Path("gateway.yaml"),
) -> None:
    """Run the verb. What a start makes is there to stay: Python does not look through it for what is no longer used."""
    began = time.perf_counter()
    gc.disable()
    from gateway import settings as options  # noqa: PLC0415 - it takes a while, and other verbs need none

    settings, problems = options.load(config)
    if problems:
        console.show_problems(problems, as_json=False)
    if settings is None:
        raise typer.Exit(console.FINDINGS)
    logs.set_up(settings.logging.level, settings.logging.format)
    from gateway.store.alone import alone  # noqa: PLC0415 - as above
    from gateway.store.port import StoreError  # noqa: PLC0415 - as above

    try:
        with alone(settings.store.url):
            asyncio.run(run(settings, began))
    except (OSError, StoreError) as fault:
        console.wrong_call(f"it cannot start: {fault}")
    finally:
        gc.enable()


async def run(settings: "Settings", began: float) -> None:
    """From the first room opened to the last one closed."""
    from gateway.house import heaps  # noqa: PLC0415 - as above
    from gateway.house.opened import house  # noqa: PLC0415 - as above

    heaps.shared()
    loop, over, again = asyncio.get_running_loop(), asyncio.Event(), asyncio.Event()
    for name, event in ((signal.SIGTERM, over), (signal.SIGINT, over), (signal.SIGHUP, again)):
        loop.add_signal_handler(name, event.set)
    made = house(settings, loop)
    try:
        async with AsyncExitStack() as stack:
            doors = await open_doors(made, stack)
            say(made, doors, time.perf_counter() - began)
            made.start()
            gc.freeze()
            gc.enable()
            await until(over, again, made)
            log.info("stopping", extra={"taken": made.receiving.kept})
            made.receiving.closing = True
    finally:
        left = await asyncio.to_thread(made.stop)
        log.info("stopped", extra={"unfinished": left})


async def open_doors(made: "House", stack: AsyncExitStack) -> list[str]:
    """Opens every road in; what each says of itself."""
    from gateway.web import front  # noqa: PLC0415 - as above
    from gateway.web.server import unlistenable  # noqa: PLC0415 - as above

    settings = made.settings
    metrics = front.measured(made)
    intake = metrics.counted(made.receiving.receive)
    web = await front.open_http(made, metrics, intake)
    stack.push_async_callback(web.close)
    said = [f"http{'s' if settings.http.tls else ''}://{web.host}:{web.port}"]
    for door in settings.mllp:
        try:
            port = await made.open_mllp(door, intake)
        except OSError as fault:
            if isinstance(fault, ssl.SSLError):
                raise
            raise OSError(f"cannot listen on {door.listen}: {unlistenable(fault)}") from fault
        stack.push_async_callback(port.close)
        said.append(f"mllp{'s' if door.tls else ''}://{port.listen}")
    access = front.access_of(made)
    if settings.fhir.listen:
        fhir = await front.open_fhir(made, metrics, intake, access)
        stack.push_async_callback(fhir.close)
        host = f"[{fhir.host}]" if ":" in fhir.host else fhir.host
        whom = settings.fhir.base or "for this machine only"
        said.append(f"fhir http{'s' if settings.fhir.tls else ''}://{host}:{fhir.port}/fhir ({whom})")
    if settings.link.listen:
        page = await front.open_link(made, metrics)
        stack.push_async_callback(page.close)
        made.page = page.port
        said.append(f"link {settings.link.reached(page.port)}")
    if settings.staff.listen:
        pages = await front.open_staff(made, metrics, access)
        stack.push_async_callback(pages.close)
        said.append(f"staff {settings.staff.reached(pages.port)}")
    watching = await made.open_folders(intake)
    stack.push_async_callback(watching.close)
    watched = len(made.watched())
    return [*said, f"{watched} folders"] if watched else said


def say(house: "House", doors: Sequence[str], seconds: float) -> None:
    """One line for the person who started it."""
    parties = house.rooms.directory
    many = f"{len(parties.parties)} partners, {len(parties.sites)} of them sites"
    told = f"ready after {seconds * 1000:.0f} ms: {', '.join(doors)}; {many}"
    log.info("ready", extra={"milliseconds": round(seconds * 1000), "doors": list(doors)})
    sys.stdout.write(told + "\n")
    sys.stdout.flush()


async def until(over: asyncio.Event, again: asyncio.Event, house: "House") -> None:
    """Serve until told to end; look at the files of formats and partners now and then, and when told to."""
    await asyncio.to_thread(house.changed)
    while not over.is_set():
        waiting = [asyncio.ensure_future(event.wait()) for event in (over, again)]
        await asyncio.wait(waiting, timeout=RELOAD, return_when=asyncio.FIRST_COMPLETED)
        for task in waiting:
            task.cancel()
        if await asyncio.to_thread(house.changed) or again.is_set():
            again.clear()
            await reload(house)


async def reload(house: "House") -> None:
    """Formats and partners as they are now; what is broken is told as `config check` tells it."""
    problems = await asyncio.to_thread(house.reload)
    console.show_problems(problems, as_json=False)
    log.info("reloaded", extra={"errors": len(problems), "partners": len(house.rooms.directory.parties)})
