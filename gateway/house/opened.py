"""Opens the rooms of a gateway from its settings; the only place that names a concrete store."""

import asyncio
import logging
from pathlib import Path

from gateway import wiring
from gateway.domain.problem import Problem
from gateway.house.house import House
from gateway.house.parts import moment, new_id, partners
from gateway.mapping.shelf import Shelf
from gateway.pipeline.rooms import Rooms
from gateway.settings import Settings
from gateway.settings.keys import ring
from gateway.settings.policy import in_force
from gateway.settings.secrets import read_secrets
from gateway.store.port import Store
from gateway.store.sql.store import open_store

log = logging.getLogger(__name__)
LEVELS = {"error": logging.ERROR, "warning": logging.WARNING, "information": logging.DEBUG}
"""A note asks nobody to do anything at a start; `gateway config check` shows it."""


def house(settings: Settings, loop: asyncio.AbstractEventLoop) -> House:
    """Opens all rooms; raises `StoreError` where the store cannot be had."""
    secrets, found = read_secrets(settings.secrets, Path.cwd())
    rooms, problems = rooms_of(settings, open_store(settings.store.url, ring(settings), begin=True))
    for problem in [*found, *problems]:
        told = {"code": problem.code, "place": problem.place, "said": problem.sentence}
        log.log(LEVELS[problem.severity], "settings", extra=told)
    return House(settings, rooms, secrets, loop)


def rooms_of(settings: Settings, store: Store) -> tuple[Rooms, list[Problem]]:
    """The rooms around a store: formats, directory, clock and ids."""
    shelf = Shelf(wiring.folders([Path(path) for path in settings.mappings]), wiring.Codecs(), Path.cwd())
    directory, problems = partners(settings, shelf)
    policy, found = in_force(settings)
    rooms = Rooms(store, shelf, directory, moment, new_id, settings.http.base, policy=policy)
    return rooms, [*problems, *found]
