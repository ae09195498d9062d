"""Clients of the FHIR interface that write down what they were told before they ask again."""

import json
import threading
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from http.client import HTTPException
from random import Random
from typing import Any

Resource = dict[str, Any]
FHIR = "application/fhir+json"
STATUSES = ("received", "accepted", "in-progress", "on-hold", "in-progress", "rejected")
WAIT = 20.0


@dataclass
class Interface:
    """The FHIR interface of a gateway that may be dead at the moment."""

    port: int

    def ask(self, method: str, path: str, body: Resource | None = None, **headers: str) -> tuple[int, Resource]:
        """Status and body; OSError where no answer came."""
        data = json.dumps(body).encode() if body else None
        said = {"Content-Type": FHIR, "Accept": FHIR, **{k.replace("_", "-"): v for k, v in headers.items()}}
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}/fhir/{path}", data, said, method=method)
        try:
            with urllib.request.urlopen(request, timeout=WAIT) as answer:  # noqa: S310 - our own
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as refused:
            with refused:
                return refused.code, {}

    def tasks(self) -> list[Resource]:
        """Some Tasks that can still move, newest first."""
        where = "Task?status=requested,received,accepted,in-progress,on-hold&_count=50&_sort=-_lastUpdated"
        return [entry["resource"] for entry in self.ask("GET", where)[1].get("entry", ())]


@dataclass
class Writer:
    """Moves Tasks and writes down persons, until it is told that it is enough."""

    interface: Interface
    seed: int
    told: list[Resource] = field(default_factory=list)
    broken: int = 0
    enough: threading.Event = field(default_factory=threading.Event)

    def start(self) -> "Writer":
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()
        return self

    def stop(self) -> None:
        self.enough.set()
        self.thread.join(WAIT * 2)
        assert not self.thread.is_alive()

    def run(self) -> None:
        chance = Random(self.seed)
        while not self.enough.is_set():
            try:
                status, body = self.once(chance)
            except (OSError, ValueError, HTTPException):  # it died, perhaps in the middle of its answer
                self.broken += 1
                time.sleep(0.05)
            else:
                self.told += [body] if status in {200, 201} and body.get("id") else []

    def once(self, chance: Random) -> tuple[int, Resource]:
        """One change; a Task moves from the version that was read."""
        tasks = self.interface.tasks() if chance.random() < 0.8 else []
        if not tasks:
            name = [{"family": f"Person{chance.randrange(10**9)}"}]
            return self.interface.ask("POST", "Patient", {"resourceType": "Patient", "name": name})
        task = chance.choice(tasks)
        changed = {key: value for key, value in task.items() if key not in ("businessStatus", "statusReason", "meta")}
        changed |= {"status": chance.choice(STATUSES), "statusReason": {"text": "weil"}}
        return self.interface.ask("PUT", f"Task/{task['id']}", changed, If_Match=f'W/"{task["meta"]["versionId"]}"')
