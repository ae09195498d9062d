"""A site's case system: takes referrals as FHIR over HTTP, and tells the gateway what its people decide.

    python docker/demo/standins/site.py --port 8091 --folder var/site --gateway http://127.0.0.1:8080 \
        --partner kuemmererstelle-bielefeld-senne --token-file TOKEN

`GET /control/cases` lists the cases; `POST /control/cases/NUMBER/accept` decides, and so do `/plan`, `/company`,
`/replan` and `/complete`.
"""

import argparse
import json
import sys
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

if not __package__:  # started as a file
    sys.path[0] = str(Path(__file__).resolve().parents[1])

from standins import plan
from standins.case import (
    Case,
    Measure,
    Order,
    Party,
    Permission,
    Resource,
    parties,
    referral_task,
    resources,
    sample_plan,
)
from standins.door import ANYWHERE, Answer, Door, Place, Request, outcome
from standins.inbox import Inbox
from standins.intake import Intake, Reply
from standins.plan import Move
from standins.serving import Stop

NAME = "kuemmererstelle-bielefeld-senne"
COMPANY = (Permission("nachbarschaftshilfe-senne"), Permission("seniorenbuero-brackwede"))
BUNDLES = {"transaction", "batch", "collection", "message"}


@dataclass(frozen=True)
class News:
    """A Task that came later: how far a referral or a measure is."""

    number: str
    status: str
    business: str
    reason: str
    task: Resource

    @property
    def kind(self) -> str:
        """What the Task is for: `fulfill`, `question`, `decision`, `change` ..."""
        return str(self.task.get("code", {}).get("coding", [{}])[0].get("code", ""))


class Site:
    """One site. `received` holds what came, `cases` the referrals in it, `news` the Tasks that came later."""

    def __init__(
        self,
        folder: Path,
        gateway: Intake,
        place: Place = ANYWHERE,
        say: Callable[[str], Any] = lambda _: None,
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.received: Inbox[Resource] = Inbox(folder / "received.jsonl")
        self.cases: Inbox[Case] = Inbox()
        self.news: Inbox[News] = Inbox()
        self._file = folder / "cases.json"
        self._gateway = gateway
        self._say = say
        self._deciding = threading.RLock()
        self._door = Door(self._answer, place)
        if self._file.exists():
            for line in json.loads(self._file.read_text(encoding="utf-8")):
                self.cases.add(Case.of(line))

    @property
    def url(self) -> str:
        """Where it takes Bundles."""
        return f"http://127.0.0.1:{self._door.port}/fhir"

    def start(self) -> "Site":
        """Open its door."""
        self._door.start()
        return self

    def stop(self) -> None:
        """Close its door."""
        self._door.stop()

    def case(self, number: str) -> Case:
        """The case of a number; KeyError where there is none."""
        found = {case.number: case for case in self.cases}
        return found[number]

    def accept(self, case: Case) -> Reply:
        """The site takes the referral on."""
        return self._tell(case, Move("accepted"))

    def decline(self, case: Case, reason: str, business: str = "no-capacity") -> Reply:
        """The site does not take it on."""
        return self._tell(case, Move("rejected", business, reason))

    def plan(self, case: Case, measures: Iterable[tuple[Measure, Party]] = ()) -> Reply:
        """What was agreed with the person, one order for each measure; the sample plan where none is given."""
        with self._deciding:
            agreed = list(measures) or sample_plan()
            case.orders = [Order(f"{case.number}-{n}", *each) for n, each in enumerate(agreed, 1)]
            return self._plan(case)

    def replan(self, case: Case, declined: str, instead: Party) -> Reply:
        """The order of this number goes to another recipient."""
        with self._deciding:
            old = next(order for order in case.orders if order.number == declined)
            new = replace(old, number=f"{case.number}-{len(case.orders) + 1}", recipient=instead, replaces=old.number)
            case.orders = [replace(o, status="revoked") if o is old else o for o in case.orders] + [new]
            return self._plan(case)

    def add(self, case: Case, measures: Iterable[tuple[Measure, Party]], consents: Iterable[Permission]) -> Reply:
        """More was agreed with the person, and who may be told of it."""
        with self._deciding:
            numbered = enumerate(measures, len(case.orders) + 1)
            case.orders = [*case.orders, *(Order(f"{case.number}-{n}", *each) for n, each in numbered)]
            return self.consent(case, consents)

    def consent(self, case: Case, consents: Iterable[Permission]) -> Reply:
        """Whom the person lets be told by now; a permission that is withdrawn stays on paper."""
        with self._deciding:
            case.consents = list(consents)
            return self._plan(case)

    def revoke(self, case: Case, *numbers: str) -> Reply:
        """Nobody is asked for these measures any more."""
        with self._deciding:
            case.orders = [replace(o, status="revoked") if o.number in numbers else o for o in case.orders]
            return self._plan(case)

    def ask(self, case: Case, question: str) -> Reply:
        """Something is missing: the referral waits for an answer of whoever sent it."""
        return self._tell(case, Move("received", "awaiting-information", question))

    def amend(self, case: Case, number: str, measure: str) -> Reply:
        """What was agreed with one recipient becomes something else."""
        with self._deciding:
            changed = [
                replace(o, measure=replace(o.measure, measure=measure)) for o in case.orders if o.number == number
            ]
            case.orders = [changed[0] if order.number == number else order for order in case.orders]
            return self._plan(case)

    def assess(self, case: Case, achieved: str = "achieved") -> Reply:
        """How far the person came with each goal."""
        with self._deciding:
            case.orders = [replace(order, achieved=achieved) for order in case.orders]
            return self._plan(case)

    def decide(self, case: Case, task: Resource) -> Reply:
        """A decision that the gateway asked for is made."""
        return self._post(case, "decided", plan.told(task, Move("completed"), _now()))

    def complete(self, case: Case, result: str, business: str = "outcome-helped") -> Reply:
        """The referral is done, with this outcome."""
        return self._tell(case, Move("completed", business, result=result))

    def _plan(self, case: Case) -> Reply:
        self._save()
        return self._post(case, "plan", plan.agreed(case, parties()[NAME], _now()))

    def _tell(self, case: Case, move: Move) -> Reply:
        return self._post(case, move.status, plan.told(case.task, move, _now()))

    def _post(self, case: Case, what: str, bundle: Resource) -> Reply:
        reply = self._gateway.post(bundle | {"identifier": {"system": f"{plan.OURS}/nachricht", "value": str(uuid4())}})
        self._say(f"{case.number}: {what} told to the gateway, answered {reply.status}")
        return reply

    def _answer(self, request: Request) -> Answer:
        if request.path.startswith("/control/cases"):
            return self._control(request)
        if request.method != "POST" or request.path.split("/")[1] != "fhir":
            return outcome(404, "not-found", "Here is a POST of Bundles to /fhir.")
        try:
            sent = request.json()
        except ValueError:
            return outcome(400, "structure", "The body is no JSON.")
        kind = sent.get("resourceType") if isinstance(sent, dict) else None
        if kind != "Task" and (kind != "Bundle" or sent.get("type") not in BUNDLES):
            return outcome(422, "invalid", "A Bundle of type transaction or collection, or a Task, is expected.")
        return self._take(sent)

    def _take(self, sent: Resource) -> Answer:
        """A new referral opens a case, what comes with its Task again is added to it; any other Task is news."""
        known = {case.task.get("id"): case for case in self.cases}
        task = referral_task(sent)
        if task and task.get("id") in known:
            case = known[task.get("id")]
            case.add(sent)
            self._say(f"{case.number}: more about the referral, {len(case.resources('DocumentReference'))} documents")
        elif task:
            case = Case(f"BI-SENNE-{datetime.now(UTC):%Y}-{len(self.cases) + 1:04}", sent)
            self.cases.add(case)
            self._say(f"{case.number}: a new referral")
        else:
            for each in resources(sent, "Task"):
                self._hear(each)
        self._save()
        self.received.add(sent, sent)
        return _taken(sent, len(self.received))

    def _hear(self, task: Resource) -> None:
        business = (task.get("businessStatus") or {}).get("coding", [{}])[0].get("code", "")
        reason = task.get("statusReason") or {}
        why = reason.get("text") or reason.get("coding", [{}])[0].get("display", "")
        news = News(self._about(task), str(task.get("status", "")), business, why, task)
        self.news.add(news)
        self._say(f"{news.number or 'somebody'}: {news.status} {news.business} {news.reason}".rstrip())

    def _about(self, task: Resource) -> str:
        """The number of the order or case that a Task speaks of, as far as its identifiers and references say."""
        said = json.dumps(task, ensure_ascii=False)
        orders = [order.number for case in self.cases for order in case.orders if json.dumps(order.number) in said]
        own = [case.number for case in self.cases if str(case.task.get("id")) in said]
        return next(iter(orders + own), "")

    def _control(self, request: Request) -> Answer:
        if request.method == "GET":
            listed = [{"number": c.number, "orders": [order.number for order in c.orders]} for c in self.cases]
            return Answer(200, listed, type="application/json")
        try:
            *_, number, word = request.path.split("/")
            reply = self._decide(self.case(number), word, json.loads(request.body or b"{}"))
        except (KeyError, ValueError, StopIteration):
            return outcome(404, "not-found", "No such case, order, party or decision.")
        return Answer(reply.status, {"status": reply.status, "said": reply.body}, type="application/json")

    def _decide(self, case: Case, word: str, given: dict[str, Any]) -> Reply:
        decisions: dict[str, Callable[[], Reply]] = {
            "accept": lambda: self.accept(case),
            "decline": lambda: self.decline(case, given["reason"]),
            "plan": lambda: self.plan(case),
            "company": lambda: self.add(case, sample_plan("company"), COMPANY),
            "replan": lambda: self.replan(case, given["declined"], parties()[given["instead"]]),
            "complete": lambda: self.complete(case, given.get("result", "Die Person ist zu Hause gut versorgt.")),
        }
        return decisions[word]()

    def _save(self) -> None:
        with self._deciding:  # its door and its people save at the same time
            part = self._file.with_suffix(".part")
            part.write_text(json.dumps([case.line() for case in self.cases], ensure_ascii=False), encoding="utf-8")
            part.replace(self._file)


def _now() -> str:
    return datetime.now(UTC).astimezone().isoformat(timespec="seconds")


def _taken(sent: Resource, number: int) -> Answer:
    """200 with a transaction-response (R4, 3.1.0.11.2), or 201 with the place where it is kept."""
    if sent.get("type") not in {"transaction", "batch"}:
        return Answer(201, None, {"Location": f"/fhir/{sent['resourceType']}/{number}"})
    places = [f"{resource['resourceType']}/{number}-{n}" for n, resource in enumerate(resources(sent), 1)]
    entries = [{"response": {"status": "201 Created", "location": f"{place}/_history/1"}} for place in places]
    return Answer(200, {"resourceType": "Bundle", "type": f"{sent['type']}-response", "entry": entries})


def main() -> None:
    """Run until it is stopped."""
    parser = argparse.ArgumentParser(description="A site's case system that speaks FHIR over HTTP.")
    parser.add_argument("--port", type=int, default=8091)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--folder", type=Path, required=True, help="keeps received.jsonl and cases.json")
    parser.add_argument("--gateway", default="http://127.0.0.1:8080")
    parser.add_argument("--partner", default=NAME, help="its id at the gateway")
    parser.add_argument("--token-file", type=Path, required=True, help="its token at the gateway")
    parser.add_argument("--secret-file", type=Path, help="the token that the gateway must show here")
    given, stop = parser.parse_args(), Stop()
    intake = Intake(given.gateway, given.partner, given.token_file.read_text(encoding="utf-8").strip())
    secret = given.secret_file.read_text(encoding="utf-8").strip() if given.secret_file else ""
    place = Place(given.port, given.host, secret)
    site = Site(given.folder, intake, place, lambda line: print(line, flush=True)).start()
    stop.wait()
    site.stop()


if __name__ == "__main__":
    main()
