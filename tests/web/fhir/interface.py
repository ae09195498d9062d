"""The FHIR interface on a real socket, over the line's own rooms and a real SQLite store."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests

from gateway.fhir import json as fhir_json
from gateway.fhir.conform import check_resource
from gateway.store.sealing.ring import Ring
from gateway.store.sql.store import open_store
from gateway.web.fhir.api import application
from gateway.web.fhir.call import Desk
from tests.pipeline.line.world import World
from tests.web.standing import TOKEN, House, Standing, standing

FHIR, XML, PATCH = "application/fhir+json", "application/fhir+xml", "application/json-patch+json"
PARTNER = {"Authorization": f"Bearer {TOKEN}"}
Resource = dict[str, Any]


@dataclass
class Interface:
    """The interface at work, and how a client speaks with it."""

    world: World
    house: House
    door: Standing
    session: requests.Session = field(default_factory=requests.Session)

    @property
    def base(self) -> str:
        return self.door.url("/fhir")

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> requests.Response:
        """One request; header names with `_` for `-`."""
        said = {name.replace("_", "-"): value for name, value in headers.items()}
        if body is not None and "Content-Type" not in said:
            said["Content-Type"] = FHIR
        sent = {"data": body} if isinstance(body, bytes | str) else {"json": body} if body is not None else {}
        url = f"{self.base}/{path}".rstrip("/")
        return sound(self.session.request(method, url, headers=said, timeout=20, **sent))

    def get(self, path: str, **headers: str) -> requests.Response:
        return self.ask("GET", path, **headers)

    def created(self, resource: Mapping[str, Any], **headers: str) -> Resource:
        """A resource as it was created."""
        answer = self.ask("POST", resource["resourceType"], dict(resource), **headers)
        assert answer.status_code == 201, answer.text
        found: Resource = answer.json()
        return found

    def issues(self, answer: requests.Response) -> list[Resource]:
        """The issues of an OperationOutcome."""
        outcome = answer.json()
        assert outcome["resourceType"] == "OperationOutcome", outcome
        found: list[Resource] = outcome["issue"]
        return found

    def codes(self, answer: requests.Response) -> list[str]:
        """Our codes in an OperationOutcome."""
        listed = [issue["details"].get("coding", [{}])[0].get("code") for issue in self.issues(answer)]
        return [code for code in listed if code]


def sound(answer: requests.Response) -> requests.Response:
    """An answer that is R4, whatever it says."""
    if answer.content and answer.headers.get("content-type", "").startswith(FHIR):
        value, problems = fhir_json.loads(answer.content)
        assert [*problems, *check_resource(value)] == [], answer.text
    return answer


@contextmanager
def opened(folder: Path, keys: Ring | None = None, **desk: Any) -> Iterator[Interface]:
    """The interface as long as the block lasts; with keys its store is sealed."""
    store, house = open_store(f"sqlite:///{folder}/gateway.db", keys, begin=True), House()
    world = World(store=store)
    try:
        with standing(application(Desk(house.doors(), world.rooms, **desk))) as door:
            made = Interface(world, house, door)
            with made.session:
                yield made
    finally:
        store.close()


PATIENT: Resource = {
    "resourceType": "Patient",
    "name": [{"family": "Grünewälder", "given": ["Käthe"]}],
    "birthDate": "1938-09-03",
    "gender": "female",
    "address": [{"line": ["Föhrenweg 7"], "city": "Bielefeld", "postalCode": "33659"}],
}
OBSERVATION = (
    b'{"resourceType":"Observation","status":"final","code":{"text":"Gewicht"},"valueQuantity":{"value":72.50}}'
)
