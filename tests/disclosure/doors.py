"""The doors of a gateway, open once for many cases: the FHIR interface with tokens, and the page of the secure link."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from typing import Any

import requests
from joserfc.jwk import ECKey

from gateway.domain.road import Parcel
from gateway.pipeline.link import issue
from gateway.pipeline.link.send import sender
from gateway.pipeline.rooms import Rooms
from gateway.transports.folder import drop
from gateway.web.auth import roads_of
from gateway.web.fhir.api import application as fhir
from gateway.web.fhir.call import Desk
from gateway.web.limit import Limit
from gateway.web.link.page import Page
from gateway.web.link.page import application as link
from gateway.web.metrics import Metrics
from gateway.web.smart.access import Access
from gateway.web.smart.scopes import scopes
from gateway.web.smart.tokens import Grant
from tests.pipeline.line.world import World
from tests.web.standing import House, standing

KEY = ECKey.generate_key("P-256", {"kid": "k"}).as_dict(private=False)
ALL = ("system/*.cruds",)
XML = {"Accept": "application/fhir+xml"}
ASKED = (
    "Patient", "Patient?_count=50&_summary=data", "Task?_include=*&_count=50", "ServiceRequest?_include=*",
    "CarePlan?_include=*&_include:iterate=*", "Goal", "Observation", "Condition", "RelatedPerson", "Coverage",
    "Consent",
    "Provenance", "Communication", "CareTeam", "Organization", "AuditEvent", "metadata",
    "Task?_revinclude=*&_total=accurate",
)  # fmt: skip
"""Searches that name nothing of a person."""
STORED = ("Patient", "CarePlan", "Task", "Consent")
"""What is read by its id too, whether it was found or not."""


@dataclass
class Doors:
    """Where the doors are, and the rooms behind them."""

    rooms: Rooms
    page: Page
    access: Access
    fhir: str
    link: str
    session: requests.Session

    def behind(self, world: World) -> None:
        """Another world stands behind the doors."""
        for field in fields(Rooms):
            setattr(self.rooms, field.name, getattr(world.rooms, field.name))

    def ask(self, path: str, token: str, **headers: str) -> requests.Response:
        """One question to the FHIR interface."""
        known = {"Authorization": f"Bearer {token}", **headers}
        return self.session.get(f"{self.fhir}{path}", headers=known, timeout=20)

    def token(self, party: str) -> str:
        """A token of a party, for everything."""
        return self.access.tokens.issue(Grant(party, f"app-{party}", tuple(scopes(ALL))))

    def read(self, party: str, world: World) -> bytes:
        """Whatever a party can find by its token: in JSON, in XML, its headers, and what it is refused."""
        token = self.token(party)
        told = [self.ask(path, token) for path in ASKED]
        names = set(re.findall(r'"fullUrl":"[^"]*/fhir/([A-Za-z]+/[^"]+)"', "".join(a.text for a in told)))
        names |= {f"{kind}/{each['id']}" for kind in STORED for each in world.all(kind)}
        told += [self.ask(name, token, **XML) for name in sorted(names)]
        tasks = [name for name in sorted(names) if name.startswith("Task/")]
        plans = [name for name in sorted(names) if name.startswith("CarePlan/")]
        more = [*(f"{name}/_history" for name in tasks), *(f"{name}/$actions" for name in tasks)]
        more += [f"{name}/$disclosed?recipient={party}" for name in plans]
        told += [self.ask(path, token) for path in more]
        assert all(answer.status_code < 500 for answer in told)
        return b"\n".join(answer.content + repr(dict(answer.headers)).encode() for answer in told)

    def found(self, party: str, path: str) -> int:
        """How many a party finds by a search; 0 where it is refused."""
        answer = self.ask(f"{path}&_total=accurate", self.token(party))
        return int(answer.json().get("total", 0)) if answer.status_code == 200 else 0

    def seen(self, world: World) -> bytes:
        """What the neighbours see on their page, coming in and looking: pages and headers, and the notice before."""
        kept = next(d for d in world.outbox("nachbarn") if d.about == "measures")
        task, address = kept.task.partition("/")[2], {"notify": "desk"}
        parcel = Parcel(kept.key, kept.partner, kept.data, kept.media_type, address, {}, kept.about)
        sender(self.rooms, "http://127.0.0.1/", 60, drop.send)(parcel)
        told = issue.shown(task, 60, "operator sander", self.rooms, anew=True)
        assert told is not None
        with requests.Session() as browser:
            door = browser.get(self.link, timeout=20)
            case = browser.post(f"{self.link}open", data={"key": told.key, "code": told.code}, timeout=20)
            assert case.url.endswith("case"), case.text
        return b"\n".join(a.content + repr((dict(a.headers), a.url)).encode() for a in (door, case))


@contextmanager
def opened() -> Iterator[Doors]:
    """The doors as long as the block lasts."""
    rooms, house = World().rooms, House()
    access = Access(
        lambda: rooms.directory, lambda changes: rooms.store.commit(changes).result(), lambda: datetime.now(UTC)
    )
    page = Page(rooms, "http://127.0.0.1/", limit=Limit(10**9))
    doors = replace(house.doors(), roads=roads_of(lambda: rooms.directory))
    with (
        standing(fhir(Desk(doors, rooms, access=access))) as interface,
        standing(link(page)) as behind,  # type: ignore[arg-type]  # Starlette is an ASGI application
        requests.Session() as session,
    ):
        yield Doors(rooms, page, access, interface.url("/fhir/"), behind.url("/"), session)


def clients(world: World, *parties: str) -> None:
    """The parties may ask for tokens."""
    for party in parties:
        client: dict[str, Any] = {"id": f"app-{party}", "jwks": {"keys": [KEY]}, "scopes": list(ALL)}
        world.change(party, clients=[client])


def metrics(world: World) -> bytes:
    """The page of figures."""
    return Metrics(world.store.counts).page()
