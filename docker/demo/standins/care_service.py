"""A care service's system: takes care plans (EVP) or plain FHIR over HTTP, and answers with a Task.

    python docker/demo/standins/care_service.py --port 8092 --folder var/lutterbach --gateway http://127.0.0.1:8080 \
        --partner pflegedienst-lutterbach --token-file TOKEN [--kind fhir]

`GET /control/orders` lists what came; `POST /control/orders/NUMBER/accept`, `/decline`, `/complete` answer.
"""

import argparse
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

if not __package__:  # started as a file
    sys.path[0] = str(Path(__file__).resolve().parents[1])

from standins import plan
from standins.case import Party, Resource, focus, named, parties, resources
from standins.door import ANYWHERE, Answer, Door, Place, Request, outcome
from standins.inbox import Inbox
from standins.intake import Intake, Reply
from standins.plan import Move
from standins.serving import Stop

KVNR = "http://fhir.de/sid/gkv/kvid-10"
ANSWERS = {
    "accept": Move("accepted", "scheduled"),
    "decline": Move("rejected", "no-capacity", "Zurzeit sind keine Plätze frei."),
    "start": Move("in-progress", "active-support"),
    "complete": Move("completed", "outcome-helped"),
}
"""What the words of an answer mean; the reason is the one given where none is named."""


@dataclass(frozen=True)
class Asked:
    """One measure that this service is asked for. `task` is the Task that came with it; an EVP brings none."""

    number: str
    text: str
    request: Resource
    document: Resource
    task: Resource

    def __str__(self) -> str:
        """One readable line."""
        return f"{self.number}: asked for: {self.text}"


class CareService:
    """One service; what it was asked for is in `received`, one item for each measure."""

    def __init__(
        self,
        folder: Path,
        gateway: Intake,
        place: Place = ANYWHERE,
        say: Callable[[str], Any] = lambda _: None,
        kind: str = "evp",
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.received: Inbox[Asked] = Inbox(folder / "received.jsonl")
        self.documents: Inbox[Resource] = Inbox()
        self.tasks: Inbox[Resource] = Inbox()
        self._gateway = gateway
        self._party = parties().get(gateway.partner) or Party(gateway.partner, "")
        self._say = say
        self._kind = kind
        self._door = Door(self._answer, place)

    @property
    def url(self) -> str:
        """Where it takes documents."""
        return f"http://127.0.0.1:{self._door.port}{PATHS[self._kind]}"

    def start(self) -> "CareService":
        """Open its door."""
        self._door.start()
        return self

    def stop(self) -> None:
        """Close its door."""
        self._door.stop()

    def answer(self, asked: Asked, word: str, reason: str = "") -> Reply:
        """Accept, decline, start or complete a measure."""
        move = ANSWERS[word]
        move = replace(move, reason=reason) if reason else move
        now = datetime.now(UTC).astimezone().isoformat(timespec="seconds")
        task = asked.task or self._own_task(asked)
        reply = self._gateway.post(plan.told(task, move, now))
        self._say(f"{asked.number}: {move.status}, answered {reply.status}")
        return reply

    def agree(self, task: Resource) -> Reply:
        """Say yes to what a Task of its own asks: a change of what was agreed."""
        return self._gateway.post(plan.told(task, Move("completed"), datetime.now(UTC).astimezone().isoformat()))

    def begin(self, asked: Asked) -> Reply:
        """Begin."""
        return self.answer(asked, "start")

    def accept(self, asked: Asked) -> Reply:
        """Take it on."""
        return self.answer(asked, "accept")

    def decline(self, asked: Asked, reason: str = "") -> Reply:
        """Do not take it on."""
        return self.answer(asked, "decline", reason)

    def complete(self, asked: Asked) -> Reply:
        """It is done."""
        return self.answer(asked, "complete")

    def _own_task(self, asked: Asked) -> Resource:
        """The service's own Task about a measure of a document, which names no Task."""
        person = named(asked.document, asked.request.get("subject", {}).get("reference", "")) or {}
        insured = [i for i in person.get("identifier", []) if i.get("system") == KVNR]
        known = [{"system": i["system"], "value": i["value"]} for i in insured[:1]]
        return {
            "resourceType": "Task",
            "id": asked.number,
            "meta": plan.profile("kuemmerer-referral-task"),
            "identifier": [{"system": f"https://{self._gateway.partner}.example/sid/auftrag", "value": asked.number}],
            "basedOn": [{"type": "CarePlan", "identifier": asked.document["identifier"]}],
            "intent": "order",
            "code": plan.concept("http://hl7.org/fhir/CodeSystem/task-code", "fulfill"),
            "focus": {"reference": f"ServiceRequest/{asked.request['id']}", "type": "ServiceRequest"},
            "for": {"reference": f"Patient/{person.get('id')}", "type": "Patient"}
            | ({"identifier": known[0]} if known else {}),
            "owner": {
                "type": "Organization",
                "identifier": {"system": plan.IK, "value": self._party.ik},
                "display": self._party.name,
            },
        }

    def _answer(self, request: Request) -> Answer:
        if request.path.startswith("/control/orders"):
            return self._control(request)
        if request.method != "POST":
            return outcome(404, "not-found", "Here documents are taken by POST.")
        try:
            sent = request.json()
        except ValueError:
            return outcome(400, "structure", "The body is no JSON.")
        if not isinstance(sent, dict) or (wrong := WRONG[self._kind](sent)):
            return outcome(422, "invalid", wrong if isinstance(sent, dict) else "The body is no resource.")
        return self._take(sent)

    def _take(self, document: Resource) -> Answer:
        """Each measure of the document becomes an order of ours; of one that is known this is a new version."""
        known = {asked.request.get("id") for asked in self.received}
        for request, task in MEASURES[self._kind](document):
            if request.get("id") in known:
                continue
            number = f"A-{len(self.received) + 1:04}"
            code = request.get("code", {})
            text = code.get("text") or code.get("coding", [{}])[0].get("display", "")
            asked = Asked(number, text, request, document, task)
            self.received.add(asked, {"number": number, "text": text, "document": document})
            self._say(str(asked))
        for task in resources(document, "Task"):
            self.tasks.add(task)
        self.documents.add(document)
        return Answer(201, None, {"Location": f"{PATHS[self._kind]}/{len(self.documents)}"})

    def _control(self, request: Request) -> Answer:
        if request.method == "GET":
            listed = [{"number": asked.number, "text": asked.text} for asked in self.received]
            return Answer(200, listed, type="application/json")
        *_, number, word = request.path.split("/")
        found = [asked for asked in self.received if asked.number == number]
        if not found or word not in ANSWERS:
            return outcome(404, "not-found", "No such order, or no such answer.")
        given = json.loads(request.body or b"{}")
        reply = self.answer(found[0], word, given.get("reason", ""))
        return Answer(reply.status, {"status": reply.status, "said": reply.body}, type="application/json")


def _no_document(sent: Resource) -> str:
    """Why it is no care plan: an EVP is a document whose first entry is its Composition (R4, 3.3.1)."""
    if sent.get("resourceType") != "Bundle" or sent.get("type") != "document":
        return "A Bundle of type document is expected."
    first = resources(sent)[:1]
    if not first or first[0].get("resourceType") != "Composition":
        return "The first entry of a document is its Composition."
    return "" if sent.get("identifier") else "A document has an identifier."


def _no_request(sent: Resource) -> str:
    """Why nobody asks for anything."""
    asks = resources(sent, "ServiceRequest") or resources(sent, "Task")
    return "" if asks else "A ServiceRequest or a Task is expected."


def _of_document(sent: Resource) -> list[tuple[Resource, Resource]]:
    return [(request, {}) for request in resources(sent, "ServiceRequest")]


def _of_tasks(sent: Resource) -> list[tuple[Resource, Resource]]:
    """Each Task with what it is about; where no Task came, the requests alone."""
    asked = [(focus(sent, task), task) for task in resources(sent, "Task")]
    return [(request, task) for request, task in asked if request] or _of_document(sent)


PATHS = {"evp": "/documents", "fhir": "/fhir"}
WRONG: dict[str, Callable[[Resource], str]] = {"evp": _no_document, "fhir": _no_request}
MEASURES: dict[str, Callable[[Resource], list[tuple[Resource, Resource]]]] = {"evp": _of_document, "fhir": _of_tasks}


def main() -> None:
    """Run until it is stopped."""
    parser = argparse.ArgumentParser(description="A care service that takes care plans over HTTP.")
    parser.add_argument("--port", type=int, default=8092)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--folder", type=Path, required=True, help="keeps received.jsonl")
    parser.add_argument("--kind", choices=sorted(WRONG), default="evp", help="what it takes")
    parser.add_argument("--gateway", default="http://127.0.0.1:8080")
    parser.add_argument("--partner", default="pflegedienst-lutterbach", help="its id at the gateway")
    parser.add_argument("--token-file", type=Path, required=True, help="its token at the gateway")
    parser.add_argument("--secret-file", type=Path, help="the token that the gateway must show here")
    given, stop = parser.parse_args(), Stop()
    intake = Intake(given.gateway, given.partner, given.token_file.read_text(encoding="utf-8").strip())
    secret = given.secret_file.read_text(encoding="utf-8").strip() if given.secret_file else ""
    place = Place(given.port, given.host, secret)
    service = CareService(given.folder, intake, place, lambda line: print(line, flush=True), given.kind).start()
    stop.wait()
    service.stop()


if __name__ == "__main__":
    main()
