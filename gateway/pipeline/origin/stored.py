"""Each value of a stored resource with its origin (law 5): a message and its place, a move, an entry, or ourselves."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any, Literal

from gateway.domain.ledger import Entry, Version
from gateway.fhir import json, xml
from gateway.mapping.explain import Origin
from gateway.mapping.run import leaves
from gateway.mapping.runtime import every
from gateway.pipeline.origin.dated import Path, dated
from gateway.pipeline.origin.reading import Said, read_again
from gateway.pipeline.proof.provenance import GRADE
from gateway.pipeline.rooms import Rooms

How = Literal["message", "entered", "moved", "gateway"]
API = "fhir"
"""Road of what was entered through the FHIR API."""
DESK = "desk"
MOVED = frozenset({"status", "businessStatus", "statusReason", "lastModified"})
"""What a move of a Task says."""


@dataclass(frozen=True, slots=True)
class Told:
    """One value and where it came from.

    path     `Patient.name[0].family`
    how      message: the sender said it; entered: through the API; moved: by a move of the Task; gateway: we added it
    version  the version of the resource that brought it; at: when that was written
    message  tracking id of what caused it, with its sender (empty: nobody's), format and moment; `map_hash` read it
    source   place in the message, as its standard writes it, and what stood there (`before`); rule: `file:line`
    provenance  `Provenance/<id>`, who acted, on whose behalf, on which grade of evidence
    """

    path: str
    value: Any
    how: How
    version: int
    at: datetime
    message: str = ""
    sender: str = ""
    format: str = ""
    received: datetime | None = None
    source: str = ""
    before: Any = None
    rule: str = ""
    map_hash: str = ""
    provenance: str = ""
    who: str = ""
    behalf: str = ""
    evidence: str = ""


def explained(kind: str, key: str, rooms: Rooms, path: str = "") -> list[Told]:
    """The values of a resource as it stands, those whose path holds a text; empty where there is no such resource."""
    versions = rooms.store.history(kind, key)[::-1]
    found = ((f"{kind}.{place(where)}", where, value, version) for where, value, version in dated(versions))
    causes: dict[int, Cause] = {}
    told = []
    for name, where, value, version in found:
        if path in name:
            cause = causes.setdefault(version.version, Cause(version, rooms))
            told.append(cause.told(name, where, value))
    return told


def place(path: Path) -> str:
    """A path as FHIRPath writes it; a primitive's companion is the primitive itself (2.6.2.3)."""
    text = "".join(f"[{key}]" if isinstance(key, int) else f".{key.removeprefix('_')}" for key in path)
    return text.removeprefix(".")


@dataclass
class Cause:
    """What brought one version: its message, read again where somebody asks, and its Provenance."""

    version: Version
    rooms: Rooms

    @property
    def name(self) -> str:
        """`Type/id`."""
        return f"{self.version.type}/{self.version.id}"

    @cached_property
    def entry(self) -> Entry | None:
        """The message, None for what we did ourselves."""
        return self.rooms.store.entry(self.version.message) if self.version.message else None

    @cached_property
    def said(self) -> Said:
        """What the message said of the resource."""
        if self.entry is None or self.entry.road == API:
            return Said()
        return read_again(self.entry, self.rooms).get(self.name, Said())

    @cached_property
    def entered(self) -> frozenset[Any]:
        """All values of a request to the API."""
        if self.entry is None or self.entry.road != API:
            return frozenset()
        read = xml.loads if self.entry.data.lstrip().startswith(b"<") else json.loads
        value, _ = read(self.entry.data)
        return frozenset(leaf for *_, leaf in leaves(value)) if isinstance(value, dict | list) else frozenset()

    @cached_property
    def proof(self) -> Mapping[str, Any]:
        """The Provenance of the version: of a move first, else what a client vouched for, else of the reading."""
        store = self.rooms.store
        exact = store.find("Provenance", [("target", f"{self.name}/_history/{self.version.version}")])
        vouched = [p for p in store.find("Provenance", [("target", self.name)]) if p.message == self.version.message]
        ranked = sorted([*exact, *vouched], key=lambda found: not grade(found.resource))
        return ranked[0].resource if ranked else {}

    def told(self, name: str, path: Path, value: Any) -> Told:
        """One value of this version."""
        origin = self.said.of(path, value)
        how = self.how(path, value, origin)
        told = Told(name, value, how, self.version.version, self.version.updated, **self.caused())
        return told if origin is None else of_place(told, origin, self.entry)

    def how(self, path: Path, value: Any, origin: Origin | None) -> How:
        """By what kind of act the value came."""
        if origin is not None:
            return "message"
        if self.version.type == "Task" and str(path[0]).removeprefix("_") in MOVED and grade(self.proof):
            return "moved"
        return "entered" if value in self.entered or (self.entered and path[-1] == "reference") else "gateway"

    def caused(self) -> dict[str, Any]:
        """The message and the Provenance behind it."""
        entry, proof = self.entry, self.proof
        agent = next(iter(agents(proof)), {})
        return {
            **({"message": entry.id, "format": entry.format, "received": entry.received} if entry else {}),
            **({"sender": entry.partner or DESK} if entry else {}),
            **({"provenance": f"Provenance/{proof['id']}"} if proof else {}),
            "who": named(agent.get("who")),
            "behalf": named(agent.get("onBehalfOf")),
            "evidence": grade(proof),
        }


def of_place(told: Told, origin: Origin, entry: Entry | None) -> Told:
    """A value with its place in the message and the rule that took it."""
    maps = entry.map_hash if entry and origin.rule else ""
    return replace(told, source=origin.source, before=origin.before, rule=origin.rule, map_hash=maps)


def agents(proof: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The agents of a Provenance, who entered it for somebody first."""
    listed = [agent for agent in every(dict(proof), ("agent",)) if isinstance(agent, dict)]
    yield from sorted(listed, key=lambda agent: "onBehalfOf" not in agent)


def grade(proof: Mapping[str, Any]) -> str:
    """The grade of evidence that a Provenance of a move names, empty for any other."""
    extensions = (one for one in every(dict(proof), ("extension",)) if one.get("url") == GRADE)
    return next((str(code) for one in extensions for code in every(one, ("valueCoding", "code"))), "")


def named(reference: Any) -> str:
    """A Reference as text: what it points to, else its number or name."""
    said = reference if isinstance(reference, dict) else {}
    number = said.get("identifier")
    value = number.get("value") if isinstance(number, dict) else ""
    return str(said.get("reference") or value or said.get("display") or "")
