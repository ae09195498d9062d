"""Whose clock it is: owner, requester and lead of a Task as parties, and the calendar and times of its site."""

from dataclasses import dataclass
from typing import Any

from gateway.directory.parties import Directory, Party
from gateway.domain.holidays import Calendar
from gateway.mapping.runtime import every
from gateway.pipeline.tasks.sides import organizations
from gateway.store.port import Store

Task = dict[str, Any]

LANDS = ("SH", "HH", "NI", "HB", "NW", "HE", "RP", "BW", "BY", "SL", "BE", "BB", "MV", "SN", "ST", "TH")
"""The Länder in the order of their numbers, the first two digits of an AGS (01 to 16)."""


@dataclass(frozen=True, slots=True)
class Concerned:
    """Who has to do with a Task; None where the directory knows nobody for it."""

    owner: Party | None
    requester: Party | None
    lead: Party | None
    site: Party | None

    def get(self, role: str) -> Party | None:
        """The party of a role: owner, requester, lead."""
        found: Party | None = getattr(self, role, None)
        return found

    @property
    def calendar(self) -> Calendar:
        """The working days of the Land in which the site is; of a site that names no AGS Nordrhein-Westfalen's."""
        keys = [*self.site.catchment.ags, self.site.identifiers.get("ags", "")] if self.site else []
        numbers = [int(key[:2]) for key in keys if key[:2].isdecimal()]
        known = [LANDS[number - 1] for number in numbers if 0 < number <= len(LANDS)]
        return Calendar(known[0]) if known else Calendar()

    @property
    def times(self) -> dict[str, str]:
        """The times that the site has of its own, by timer."""
        return dict(self.site.timers) if self.site else {}


def concerned(task: Task, case: Task, store: Store, directory: Directory) -> Concerned:
    """The parties of a Task; `case` is T0, whose owner is the site.

    The lead is who steps in for a site that does not act: the site that gets what no other is responsible for.
    """
    site = _party(case, "owner", store, directory)
    lead = directory.fallback if directory.get(directory.fallback.id) in directory.parties else None
    return Concerned(_party(task, "owner", store, directory), _party(task, "requester", store, directory), lead, site)


def _party(task: Task, role: str, store: Store, directory: Directory) -> Party | None:
    """The party that a reference of a Task means: an organisation, or the one whose role or service it is."""
    links = (str(link) for link in every(task, (role, "reference")))
    names = (name for link in links for name in organizations(link, lambda r: _stored(r, store)))
    return next((party for name in names if (party := directory.get(name.partition("/")[2]))), None)


def _stored(name: str, store: Store) -> dict[str, Any]:
    """A resource by `Type/id`, empty where there is none."""
    kind, _, key = name.partition("/")
    found = store.read(kind, key) if key else None
    return found.resource if found else {}
