"""The FHIR interface with access tokens on a real socket: a case of two sites, a hospital and two care services."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import requests
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from gateway.directory.parties import Directory, Party
from gateway.domain.ledger import Save
from gateway.store.sql.store import open_store
from gateway.web.auth import roads_of
from gateway.web.fhir.api import application
from gateway.web.fhir.call import Desk
from gateway.web.smart.access import Access
from tests.pipeline.line.world import World
from tests.web.standing import TOKEN, House, Standing, hashed, standing

ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ALL = ("system/*.cruds",)
KEYS: dict[str, ECKey | RSAKey] = {
    "senneklinik": ECKey.generate_key("P-384", {"kid": "k1"}),
    "stelle-senne": RSAKey.generate_key(2048, {"kid": "k1"}),
    "stelle-mitte": ECKey.generate_key("P-384", {"kid": "k1"}),
    "elsey": ECKey.generate_key("P-256", {"kid": "k1"}),
    "lutterbach": ECKey.generate_key("P-384", {"kid": "k1"}),
}
ALGORITHM = {"stelle-senne": "RS384", "elsey": "ES256"}
KINDS = {"senneklinik": "hospital", "stelle-senne": "site", "stelle-mitte": "site"}
SOURCE = "urn:kuemmerer:partner:"
Resource = dict[str, Any]


def party(name: str, **client: Any) -> Party:
    """A partner with one client; its key is pinned."""
    said = {"id": f"app-{name}", "jwks": {"keys": [KEYS[name].as_dict(private=False)]}, "scopes": list(ALL), **client}
    road = {"road": "http", "format": "fhir", "token": [hashed(TOKEN)]}
    return Party.model_validate(
        {"partner": name, "kind": KINDS.get(name, "care-service"), "sends": [road], "clients": [said]}
    )


def task(key: str, status: str, owner: str, asks: str, **more: Any) -> Resource:
    return {
        "resourceType": "Task", "id": key, "status": status, "intent": "order",
        "meta": {"source": f"{SOURCE}{asks}"},
        "owner": {"reference": f"Organization/{owner}"}, "requester": {"reference": f"Organization/{asks}"},
        "for": {"reference": "Patient/p"}, "groupIdentifier": {"system": "urn:x", "value": "t0"}, **more,
    }  # fmt: skip


def of(kind: str, key: str, asks: str, **more: Any) -> Resource:
    return {"resourceType": kind, "id": key, "meta": {"source": f"{SOURCE}{asks}"}, **more}


def request(key: str, asks: str, performer: str = "") -> Resource:
    more = {"performer": [{"reference": f"Organization/{performer}"}]} if performer else {}
    held = {"status": "active", "intent": "order", "subject": {"reference": "Patient/p"}, **more}
    return of("ServiceRequest", key, asks, **held, reasonCode=[{"text": "Sturz"}])


T0 = {"partOf": [{"reference": "Task/t0"}]}
CASE: tuple[Resource, ...] = (
    {"resourceType": "Patient", "id": "p", "name": [{"family": "Grünewälder"}], "birthDate": "1938-09-03",
     "meta": {"tag": [{"system": "https://kuemmerer-gateway.de/fhir/sid/known-as", "code": "x|1"}]}},
    request("sr0", "senneklinik"),
    request("sr1", "stelle-senne", "elsey"),
    request("sr2", "stelle-senne", "lutterbach"),
    task("t0", "in-progress", "stelle-senne", "senneklinik", focus={"reference": "ServiceRequest/sr0"}),
    task("t1", "accepted", "elsey", "stelle-senne", focus={"reference": "ServiceRequest/sr1"},
         basedOn=[{"reference": "CarePlan/cp"}], **T0),
    task("t2", "draft", "lutterbach", "stelle-senne", focus={"reference": "ServiceRequest/sr2"}, **T0),
    of("CarePlan", "cp", "stelle-senne", status="active", intent="plan", subject={"reference": "Patient/p"}),
    of("Encounter", "e", "senneklinik", status="finished", **{"class": {"code": "IMP"}},
       subject={"reference": "Patient/p"}),
    {"resourceType": "CareTeam", "id": "ct", "participant": [{"member": {"reference": f"Organization/{name}"}}
                                                            for name in ("stelle-senne", "elsey")]},
)  # fmt: skip
VISIBLE = {
    "senneklinik": {"Task/t0", "ServiceRequest/sr0", "Encounter/e"},
    "stelle-senne": {f"{each['resourceType']}/{each['id']}" for each in CASE} - {"Encounter/e"},
    "stelle-mitte": set(),
    "elsey": {"Task/t1", "ServiceRequest/sr1", "CarePlan/cp", "Patient/p"},
    "lutterbach": set(),
}
"""What each partner reaches of the case, and no more."""


@dataclass
class Place:
    """The interface at work, and clients of it."""

    world: World
    door: Standing
    access: Access
    house: House
    session: requests.Session = field(default_factory=requests.Session)
    shift: float = 0.0

    @property
    def base(self) -> str:
        return self.door.url("/fhir")

    def assertion(self, name: str, head: Mapping[str, Any] | None = None, **claims: Any) -> str:
        """What a client signs; a claim of None is left out."""
        app, now = f"app-{name}", int(time.time())
        said = {"iss": app, "sub": app, "aud": f"{self.base}/auth/token", "exp": now + 120, "jti": str(uuid4())}
        alg = ALGORITHM.get(name, "ES384")
        kept = {key: value for key, value in {**said, **claims}.items() if value is not None}
        return jwt.encode({"alg": alg, "kid": "k1", **(head or {})}, kept, KEYS[name], algorithms=[alg])

    def asks(self, assertion: str, scope: str = "system/*.cruds", **form: str) -> requests.Response:
        """A request for a token."""
        said = {"grant_type": "client_credentials", "scope": scope, "client_assertion_type": ASSERTION}
        data = {**said, "client_assertion": assertion, **form}
        return self.session.post(f"{self.base}/auth/token", data=data, timeout=20)

    def token(self, name: str, scope: str = "system/*.cruds") -> str:
        answer = self.asks(self.assertion(name), scope)
        assert answer.status_code == 200, answer.text
        found: str = answer.json()["access_token"]
        return found

    def call(self, method: str, path: str, token: str = "", body: Any = None, **headers: str) -> requests.Response:
        said = {**({"Authorization": f"Bearer {token}"} if token else {}), **headers}
        if body is not None:
            said.setdefault("Content-Type", "application/fhir+json")
        return self.session.request(method, f"{self.base}/{path}", json=body, headers=said, timeout=20)

    def save(self, *resources: Resource) -> None:
        """Resources into the store, past every rule."""
        self.world.store.commit([Save(each, None, (), self.world.now()) for each in resources]).result()


@contextmanager
def opened(folder: Path, desk: bool = False, **client: Any) -> Iterator[Place]:  # noqa: FBT001, FBT002 - a setting
    """The interface as long as the block lasts."""
    from datetime import UTC, datetime  # noqa: PLC0415 - assertions are compared with the real clock

    store, house = open_store(f"sqlite:///{folder}/gateway.db"), House()
    world = World(store=store)
    world.rooms.directory = Directory.of([party(name, **client) for name in KEYS])
    access = Access(
        lambda: world.rooms.directory, lambda changes: store.commit(changes).result(), lambda: datetime.now(UTC), desk
    )
    doors = replace(house.doors(), roads=roads_of(lambda: world.rooms.directory))
    try:
        with standing(application(Desk(doors, world.rooms, access=access))) as door:
            made = Place(world, door, access, house)
            made.save(*CASE)
            with made.session:
                yield made
    finally:
        store.close()
