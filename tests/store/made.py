"""Messages and deliveries as tests want them."""

import hashlib
import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from gateway.domain.ledger import Delivery, Entry, Queue, Save
from gateway.domain.question import Question
from gateway.fhir.searching.ask import question
from gateway.fhir.searching.entries import entries
from gateway.store.memory import MemoryStore
from gateway.store.port import Store
from gateway.store.sealing.ring import GATEWAY, INDEX, Key, Ring
from gateway.store.sql import open_store

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
ROUNDS = int(os.environ.get("STORE_ROUNDS", "1"))
"""How often the long tests repeat themselves."""


def at(seconds: float) -> datetime:
    """A moment after noon."""
    return NOON + timedelta(seconds=seconds)


def entry(key: str, data: bytes = b"MSH|^~\\&|", **more: Any) -> Entry:
    """A message called `t-<key>`."""
    plain = Entry(f"t-{key}", "klinik", "mllp", "hl7v2-de", data, hashlib.sha256(data).hexdigest(), NOON, key=key)
    return replace(plain, **more)


def delivery(key: str, person: str = "Patient/1", partner: str = "dienst", **more: Any) -> Delivery:
    """A delivery called `d-<key>` in the lane of a partner and a person."""
    lane = f"{partner} {person}"
    plain = Delivery(f"d-{key}", key, lane, partner, "http", "evp", b"{}", "application/json", "measures", NOON, NOON)
    return replace(plain, **more)


def queued(store: Store, *deliveries: Delivery) -> None:
    """Into the outbox."""
    store.commit([Queue(each) for each in deliveries]).result()


def claimed(store: Store, seconds: float = 0, limit: int = 100, partners: tuple[str, ...] = ()) -> list[str]:
    """Keys of what a worker gets."""
    return [each.key for each in store.claim("w", at(seconds), limit, 30, partners).result()]


def saved(resource: dict[str, Any], expected: int | None = None, *terms: tuple[str, str]) -> Save:
    """A new version."""
    return Save(resource, expected, terms, NOON, "t-1")


def indexed(resource: dict[str, Any], expected: int | None = None, at: datetime = NOON) -> Save:
    """A new version under all that R4 searches it by."""
    terms, spans = entries(resource)
    return Save(resource, expected, terms, at, "t-1", spans)


def asked(query: str, kind: str = "Task", **more: Any) -> Question:
    """The question of a query string, that is answered as it stands."""
    found, problems = question(kind, parse_qsl(query), strict=True)
    assert problems == []
    return replace(found, **more)


def opened(kind: str, folder: Path) -> Store:
    """An empty store of a kind."""
    if kind == "memory":
        return MemoryStore()
    url = f"sqlite:///{folder / 'gateway.db'}"
    return open_store(url, ring(), begin=True) if kind == "sealed" else open_store(url)


def key(owner: str = GATEWAY, name: str = "1") -> Key:
    """A key that is always the same."""
    return Key(owner, name, hashlib.sha256(f"{owner}/{name}".encode()).digest())


def ring(*more: Key) -> Ring:
    """The gateway's key, the index's, and others."""
    return Ring(lambda: (key(), key(INDEX), *more))
