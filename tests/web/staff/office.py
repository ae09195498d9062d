"""The pages of staff on a real socket, over a small world with one case at a site and another one elsewhere."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from typing import Any

import requests

from gateway.pipeline.staff.account import Account
from gateway.web.staff.call import Door
from gateway.web.staff.door import application
from tests.pipeline.line.world import ELSEY, RAVENSBERG, discharge, measure
from tests.pipeline.staff.crew import OTHER, PASSWORD, SITE, Crew, Still
from tests.web.standing import Standing, standing

ROLES = ("kuemmerer", "lead", "integrator", "officer", "auditor")


@dataclass
class Office:
    """The pages at work, and a browser without a window."""

    crew: Crew
    door: Door
    standing: Standing
    refused: list[str]
    session: requests.Session = field(default_factory=requests.Session)
    here: str = ""
    there: str = ""

    @property
    def url(self) -> str:
        return self.standing.url("/")

    def get(self, path: str = "", **headers: str) -> requests.Response:
        return self.session.get(self.url + path, headers=headers, timeout=20, allow_redirects=False)

    def post(self, path: str, headers: dict[str, str] | None = None, **form: str) -> requests.Response:
        url = self.url + path
        return self.session.post(url, data=form, headers=headers or {}, timeout=20, allow_redirects=False)

    def logs_in(self, who: str, **wrong: str) -> requests.Response:
        """Somebody types all three; a code that was used already is waited out."""
        self.crew.wait(seconds=30)
        typed = {"login": who, "password": PASSWORD, "code": self.crew.code(who), **wrong}
        return self.post("login", None, **typed)

    def sits(self, role: str = "kuemmerer", site: str = SITE) -> Account:
        """Somebody of a role is logged in."""
        login = f"{role}.{site}" if role in {"kuemmerer", "lead"} else role
        made = self.crew.add(login, role, site)
        assert self.logs_in(login).status_code == 303
        return made

    @property
    def word(self) -> str:
        """What the forms of the sitting carry."""
        return self.get("desk").text.partition('name="word" value="')[2].partition('"')[0]

    def anew(self, *, fill: bool) -> "Office":
        """The same pages for another test: nobody was here yet."""
        fresh = Door((crew := Crew(Still())).rooms, "http://127.0.0.1/", refused=self.refused.append)
        for field_of in fields(Door):
            setattr(self.door, field_of.name, getattr(fresh, field_of.name))
        self.crew = crew
        self.here, self.there = filled(crew) if fill else ("", "")
        self.refused.clear()
        self.session.cookies.clear()
        return self

    def audit(self) -> list[tuple[str, str, str, str]]:
        return self.crew.audit()


def filled(crew: Crew) -> tuple[str, str]:
    """A case of the site with a measure, and one of another site; their ids."""
    world = crew.world
    world.planned(measure("M-1", ELSEY), measure("M-2", RAVENSBERG))
    here = next(task["id"] for task in cases(world) if task["owner"]["reference"].endswith(SITE))
    elsewhere = {"name": "Ostermann^Ilse", "born": "19410517", "kvnr": "X440512349", "visit": "2604999"}
    world.sends("senneklinik", discharge("SK-2", "471199", "33602", **elsewhere))
    there = next(task["id"] for task in cases(world) if task["owner"]["reference"].endswith(OTHER))
    return here, there


def cases(world: Any) -> list[dict[str, Any]]:
    found = world.store.find("Task", [], 100)
    return [version.resource for version in found if "partOf" not in version.resource]


@contextmanager
def opened(*, fill: bool = True, **changes: Any) -> Iterator[Office]:
    """The pages as long as the block lasts."""
    refused: list[str] = []
    crew = Crew(Still())
    here, there = filled(crew) if fill else ("", "")
    door = Door(crew.rooms, "http://127.0.0.1/", refused=refused.append, **changes)
    with standing(application(door)) as stands:  # type: ignore[arg-type]  # Starlette is an ASGI application
        office = Office(crew, door, stands, refused, here=here, there=there)
        with office.session:
            yield office
