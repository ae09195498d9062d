"""The rooms a step may ask; handed to every step, so that the line itself opens nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gateway.pipeline.given import Given
from gateway.pipeline.subscribing.ears import Ears

if TYPE_CHECKING:  # `gateway convert` runs two steps and needs neither store nor directory
    from collections.abc import Callable
    from datetime import datetime

    from gateway.consent.policy import Policy
    from gateway.directory.parties import Directory
    from gateway.mapping.shelf import Shelf
    from gateway.store.port import Store


@dataclass(slots=True)
class Rooms:
    """Store, formats, directory, and the two things a pure step cannot make: the moment and a new id.

    `base` is the address under which others find our resources, ending in `/` (Bundle.entry.fullUrl, chapter 2.36.4);
    `archived` are content hashes of maps that are surely in the archive; `ears` know who wants to hear of what;
    `policy` says who sees what, the one that ships with the gateway where there is none; `given` knows for whom
    Consents change that.
    """

    store: Store
    shelf: Shelf
    directory: Directory
    now: Callable[[], datetime]
    new_id: Callable[[], str]
    base: str = ""
    archived: set[str] = field(default_factory=set)
    ears: Ears = field(default_factory=Ears)
    policy: Policy | None = None
    given: Given = field(default_factory=Given)
