"""What a gateway is made of, as its settings ask for it; the only place that names concrete roads and workers."""

import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from gateway.delivery.circuit import Fuse
from gateway.delivery.retry import Policy
from gateway.delivery.worker import Settings as Workers
from gateway.directory.known import Known
from gateway.directory.load import load
from gateway.directory.parties import Directory
from gateway.domain.problem import Problem
from gateway.domain.road import Send, Sent
from gateway.mapping.shelf import Shelf
from gateway.settings import Settings
from gateway.settings import model as options
from gateway.transports.folder import drop
from gateway.transports.mllp.client import Client


def partners(settings: Settings, shelf: Shelf, running: Directory | None = None) -> tuple[Directory, list[Problem]]:
    """All partner files that can be found."""
    known = Known(settings.root, settings.routing.fallback, frozenset(shelf.names()), asked=settings.asks_certificates)
    return load(shelf.folders, Path.cwd(), known, running)


def workers(said: options.Delivery) -> Workers:
    """The workers as the settings ask for them; `gateway serve` holds the store alone (store/alone.py)."""
    policy = Policy(said.retry.waits, said.retry.attempts, said.retry.age, longest=said.retry.longest)
    fuse = Fuse(said.circuit.failures, said.circuit.first, said.circuit.growth, said.circuit.longest)
    return Workers(said.workers, said.per_partner, policy=policy, fuse=fuse, lease=said.lease, alone=True)


def roads_out(calls: Client) -> Mapping[str, Send]:
    """The roads out, by the word of partner.yaml."""
    return {"mllp": calls.send, "http": send_http, "folder": drop.send}


def send_http(parcel: Any) -> Sent:
    """The HTTP client; requests is imported when first needed, it takes a tenth of a second."""
    from gateway.transports.http.send import send  # noqa: PLC0415 - as it says

    return send(parcel)


def hang_up() -> None:
    """Ends the HTTP connections of this thread, if any were ever made."""
    session = sys.modules.get("gateway.transports.http.session")
    if session:
        session.close()


def moment() -> datetime:
    """Now, with its time zone."""
    return datetime.now(UTC)


def new_id() -> str:
    """A tracking id that nobody can guess (RFC 9562, version 4)."""
    return str(uuid4())
