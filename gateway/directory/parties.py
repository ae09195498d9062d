"""The directory: all partners of a deployment, asked by id, by number, by what they show at a door, and by place."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from gateway.directory import clients, entrance, routing
from gateway.directory.party import (
    IDENTIFIERS,
    Answers,
    Catchment,
    Client,
    Kind,
    Milestone,
    Party,
    Purpose,
    Receives,
    Road,
    Sends,
    Tls,
)
from gateway.directory.routing import Responsible

__all__ = [
    "IDENTIFIERS",
    "NOBODY",
    "Answers",
    "Catchment",
    "Client",
    "Directory",
    "Kind",
    "Milestone",
    "Party",
    "Purpose",
    "Receives",
    "Responsible",
    "Road",
    "Sends",
    "Tls",
]

NOBODY = Party(partner="nobody", title="Niemand zuständig (no site is responsible)", kind="site")
"""The fallback where none is named: a site without roads, so that what is meant for it waits for a person."""


@dataclass(frozen=True)
class Directory:
    """All parties, in the order of their ids, and the site that gets what no other site is surely responsible for."""

    parties: tuple[Party, ...] = ()
    fallback: Party = field(default=NOBODY)

    @classmethod
    def of(cls, parties: Iterable[Party], fallback: str = "") -> "Directory":
        """The directory of some parties; `fallback` is the id of a site among them."""
        ordered = tuple(sorted(parties, key=lambda party: party.id))
        named = (party for party in ordered if party.id == fallback and party.kind == "site")
        return cls(ordered, next(named, NOBODY))

    @cached_property
    def sites(self) -> tuple[Party, ...]:
        """The sites, where Kümmerer work."""
        return tuple(party for party in self.parties if party.kind == "site")

    @cached_property
    def _by_id(self) -> dict[str, Party]:
        return {party.id: party for party in (self.fallback, *self.parties)}

    @cached_property
    def _by_identifier(self) -> dict[tuple[str, str], Party]:
        found: dict[tuple[str, str], Party] = {}
        for party in self.parties:
            for word, value in party.identifiers.items():
                found.setdefault((IDENTIFIERS.get(word, word), value), party)
        return found

    def get(self, name: str) -> Party | None:
        """The party of an id."""
        return self._by_id.get(name)

    def by_identifier(self, system: str, value: str) -> Party | None:
        """The party of an identifier, by the URL of its system (`http://fhir.de/sid/arge-ik/iknr`)."""
        return self._by_identifier.get((system, value))

    def responsible(self, postcode: str, ags: str, concerns: Sequence[str]) -> Responsible:
        """The site for a place of residence and areas of concern (codes); always one, and whether that is sure."""
        return routing.responsible(self.sites, self.fallback, routing.Place(postcode, ags), concerns)

    def mllp_callers(self, address: str, certificate: str) -> list[tuple[Party, Sends]]:
        """Everybody who may call from there, before a message said its facility."""
        return entrance.callers(self.parties, address, certificate)

    def http_roads(self, partner: str, token: str, certificate: str) -> list[tuple[Party, Sends]]:
        """All its HTTP roads that they open, to choose from by format."""
        return entrance.http(self.get(partner), token, certificate)

    def client(self, name: str) -> tuple[Party, Client] | None:
        """The program of this name, and the partner whose it is."""
        return clients.find(self.parties, name)

    def folders(self) -> list[tuple[Party, Sends]]:
        """All folders to watch."""
        return [(party, road) for party in self.parties for road in party.sends if road.road == "folder"]
