"""How a party hands something to the gateway over HTTP: POST /intake/PARTNER with its token."""

import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

FHIR = "application/fhir+json"
NOTHING: Mapping[str, str] = {}
_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@dataclass(frozen=True)
class Reply:
    """What the gateway said: the status, its headers and the JSON in it."""

    status: int
    headers: dict[str, str]
    body: Any

    @property
    def tracking(self) -> str:
        """The number under which it can be followed; empty where there is none."""
        return str(self.body.get("tracking", "")) if isinstance(self.body, dict) else ""


@dataclass(frozen=True)
class Intake:
    """The gateway's door for one partner; `url` is the gateway's, without a path."""

    url: str
    partner: str
    token: str

    def post(self, body: bytes | dict[str, Any], content_type: str = FHIR, key: str = "") -> Reply:
        """Hand something in; every call without a key has a key of its own. OSError where nobody answers."""
        data = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
        headers = {"Content-Type": content_type, "Idempotency-Key": key or str(uuid4())}
        return self._call(f"{self.url}/intake/{self.partner}", data, headers)

    def status(self, tracking: str) -> Reply:
        """How far something has come."""
        return self._call(f"{self.url}/intake/{tracking}")

    def _call(self, url: str, data: bytes | None = None, headers: Mapping[str, str] = NOTHING) -> Reply:
        shown = {**headers, "Authorization": f"Bearer {self.token}"}
        request = urllib.request.Request(url, data, shown)  # noqa: S310 - the gateway's own address
        try:
            with _OPENER.open(request, timeout=30) as answer:
                return _reply(answer.status, answer.headers, answer.read())
        except urllib.error.HTTPError as refused:
            with refused:
                return _reply(refused.code, refused.headers, refused.read())


def _reply(status: int, headers: Any, data: bytes) -> Reply:
    try:
        body = json.loads(data) if data else None
    except ValueError:
        body = None
    return Reply(status, dict(headers), body)
