"""Several cases of few persons on a real database, and all that anybody may do in them, at any moment."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import count
from random import Random
from typing import Any

from gateway.domain.ledger import Conclude, Save, Settle
from gateway.domain.road import Parcel, Sent
from gateway.domain.system import TASK_CODE
from gateway.domain.task import FINAL
from gateway.pipeline.line import process
from gateway.pipeline.rest.asked import Asked, Caller
from gateway.pipeline.rest.perform import perform
from gateway.pipeline.tasks.family import kind_of, root
from gateway.store.port import ConflictError
from tests.pipeline.line.world import (
    ELSEY,
    HTTP,
    LUTTERBACH,
    PARTIES,
    RAVENSBERG,
    World,
    answer,
    back,
    bundle,
    care_plan,
    discharge,
    measure,
)
from tests.pipeline.loop.asking import document, number, question, said
from tests.pipeline.subscribing.world import subscription

Resource = dict[str, Any]

PERSONS = (
    ("471188", "Grünewälder^Käthe", "19380903", "G405718932"),
    ("520002", "Lübbecke^Paula", "19350226", ""),
    ("520003", "Sieker^Heinz", "19410711", ""),
)
SITES = ("stelle-senne", "stelle-mitte")
PERFORMERS = {ELSEY: 3, LUTTERBACH: 2, RAVENSBERG: 2, "": 1}
"""IK of who carries measures out -> how often it is chosen; empty: nobody is named."""
STAY = b"|202603020915|202603121030"
STATUSES = (
    "received",
    "accepted",
    "accepted",
    "in-progress",
    "in-progress",
    "on-hold",
    "completed",
    "rejected",
    "failed",
)
LISTENERS = {"all": "", "under-way": "status=in-progress"}
"""Subscriptions: id -> the filter of each."""


def partner(task: Resource, name: str = "owner") -> str:
    """The party that owns a Task, or asks for it."""
    return str(task.get(name, {}).get("reference", "")).partition("/")[2]


@dataclass
class Crowd(World):
    """`sure`: everything that is sent arrives; else some of it does not, or nobody knows."""

    parties: tuple[dict[str, Any], ...] = tuple(
        {**p, "answers": {"as": "Task"}}
        if p["partner"] in SITES
        else {**p, "receives": [HTTP]}
        if p["partner"] == "lutterbach"
        else p
        for p in PARTIES
    )
    keys: Iterator[int] = field(default_factory=lambda: count(1))
    sure: bool = False
    arrived: list[tuple[str, bytes]] = field(default_factory=list)

    def listened(self) -> None:
        """Some want to hear of Tasks."""
        for key, where in LISTENERS.items():
            more: Resource = {"filters": [f"Task?{where}"]} if where else {}
            said = subscription("http://127.0.0.1:1/hook", key, status="active", **more)
            self.store.commit([Save(said, 0, (), self.now())]).result()

    def key(self, word: str) -> str:
        """A number that nobody has used."""
        return f"{word}-{next(self.keys)}"

    def tasks(self, *kinds: str, ended: bool = False) -> list[Resource]:
        """The open Tasks of some kinds (none named: of any)."""
        found = [t for t in self.all("Task") if not kinds or kind_of(t) in kinds]
        return [t for t in found if ended or t["status"] not in FINAL]

    def t0(self, case: str) -> Resource:
        found: Resource = self.store.read("Task", case).resource
        return found

    # --- what is sent to others --------------------------------------------------------------------------------------

    def sends_it(self, parcel: Parcel) -> Sent:
        """A road whose other end does not always answer; the same parcel meets the same luck but for a repeat."""
        chance = Random(f"{parcel.key}{sum(key == parcel.key for key, _ in self.arrived)}").random()
        if self.sure or chance < 0.8:
            self.arrived.append((parcel.key, parcel.data))
            return Sent("delivered", "E2", "HTTP 201")
        if chance < 0.9:
            return Sent("refused", "E0", "HTTP 422")
        if chance < 0.95:
            self.arrived.append((parcel.key, parcel.data))
            return Sent("uncertain", "E1", "timeout")
        self.arrived.append((parcel.key, b""))
        return Sent("retry", "E0", "HTTP 503")

    # --- the house and the sites -------------------------------------------------------------------------------------

    def refers(self, chance: Random) -> None:
        person, name, born, kvnr = chance.choice(PERSONS)
        key = self.key("SK")
        self.sends("senneklinik", discharge(key, person, visit=key, name=name, born=born, kvnr=kvnr), key=key)

    def admits(self, chance: Random) -> None:
        """In, out, or it was a mistake."""
        person, name, born, kvnr = chance.choice(PERSONS)
        event = chance.choice(("A01", "A01", "A03", "A11"))
        data = discharge(
            self.key("SK"), person, visit=f"stay-{person}", name=name, born=born, kvnr=kvnr, event=event, disposition=""
        )
        self.sends("senneklinik", data if event == "A03" else data.replace(STAY, b"|202603200915|"))

    def takes_back(self, chance: Random) -> None:
        """The hospital cancels a discharge."""
        visits = [e for e in self.all("Encounter") if "identifier" in e and "stay" not in e["identifier"][0]["value"]]
        if visits:
            visit = chance.choice(visits)
            key = visit["subject"]["reference"].partition("/")[2]
            (person,) = [p for p in self.all("Patient") if p["id"] == key]
            held = {i["value"] for i in person["identifier"]}
            who, name, born, kvnr = next(p for p in PERSONS if p[0] in held)
            said = {"name": name, "born": born, "kvnr": kvnr, "event": "A13"}
            self.sends("senneklinik", discharge(self.key("SK"), who, visit=visit["identifier"][0]["value"], **said))

    def answers(self, chance: Random) -> None:
        """An owner says how far it is, whatever came before."""
        tasks = self.tasks("referral", "measure", ended=chance.random() < 0.1)
        if tasks:
            task = chance.choice(tasks)
            self.sends(self.speaker(task), answer(task, chance.choice(STATUSES), reason="weil"))

    def speaker(self, task: Resource) -> str:
        """Its owner, as far as it can speak in FHIR; a list is sent back by `rows_back`."""
        owner = partner(task)
        return owner if owner in (*SITES, "elsey", "lutterbach") else partner(self.t0(root(task))) or SITES[0]

    def rows_back(self, chance: Random) -> None:
        if self.outbox("ravensberg", "measures"):
            told = chance.choice(self.outbox("ravensberg", "measures")).data.decode("utf-8-sig").splitlines()
            rows = [dict(zip(told[0].split(";"), line.split(";"), strict=True)) for line in told[1:]]
            self.sends(
                "ravensberg", back(rows, Stand=chance.choice(("offen", "läuft", "ruht", "erledigt", "abgelehnt")))
            )

    def plans(self, chance: Random) -> None:
        cases = [t for t in self.tasks("referral") if t["status"] in {"accepted", "in-progress", "on-hold"}]
        if cases:
            case = chance.choice(cases)
            names = chance.choices([*PERFORMERS], [*PERFORMERS.values()], k=chance.choice((1, 1, 2)))
            self.sends(partner(case), self.plan_of(case, *(self.measure(case, ik) for ik in names)))

    def measure(self, case: Resource, ik: str) -> Resource:
        based = [{"reference": case["focus"]["reference"]}]
        return measure(self.key("A"), ik, subject=case["for"], basedOn=based)

    def plan_of(self, case: Resource, *measures: Resource) -> Resource:
        return bundle(care_plan(case, id=f"plan-{case['id']}"), *measures)

    def gives_up(self, chance: Random) -> None:
        """A site takes back one of its measures."""
        tasks = self.tasks("measure")
        if tasks:
            task = chance.choice(tasks)
            stored = self.store.read(*task["focus"]["reference"].split("/"))
            if stored:
                case = self.t0(root(task))
                revoked = {**stored.resource, "status": chance.choice(("revoked", "entered-in-error"))}
                self.sends(partner(case), self.plan_of(case, revoked))

    # --- questions, stops, decisions, hand-overs ---------------------------------------------------------------------

    def asks(self, chance: Random) -> None:
        tasks = self.tasks("referral", "measure")
        if tasks:
            task = chance.choice(tasks)
            words = f"Frage {self.key('F')}?"
            self.sends(self.speaker(task), question(task, words, requester=task.get("owner", {})))

    def waits(self, chance: Random) -> None:
        """An owner says by its Task alone that something is missing."""
        tasks = [t for t in self.tasks("referral", "measure") if t["status"] in {"requested", "received"}]
        if tasks:
            task = chance.choice(tasks)
            told = answer(task, "received", "awaiting-information", f"Frage {self.key('F')}?")
            self.sends(self.speaker(task), told)

    def settles(self, chance: Random) -> None:
        """Whoever was asked something answers, or whoever asked does without."""
        tasks = self.tasks("question", "abort", "approve", "decision", "change", ended=chance.random() < 0.1)
        if not tasks:
            return
        task = chance.choice(tasks)
        to = chance.choice(("completed", "completed", "rejected", "cancelled"))
        who = partner(task, "requester") if to == "cancelled" else partner(task)
        if who == "senneklinik" and kind_of(task) == "question" and to != "cancelled":
            self.sends(who, document(self.key("D"), number(task)))
        elif who in (*SITES, "elsey", "lutterbach"):
            self.sends(who, answer(task, to, reason="weil", output=said("so ist es")))

    def hands_over(self, chance: Random) -> None:
        cases = [t for t in self.tasks("referral") if t["status"] == "in-progress"]
        if cases:
            case = chance.choice(cases)
            name = {"reference": f"Task/{case['id']}"}
            other = next(site for site in SITES if site != partner(case))
            code = {"coding": [{"system": TASK_CODE, "code": "approve"}]}
            self.sends(partner(case), bundle({
                "resourceType": "Task", "id": self.key("handover"), "status": "requested", "intent": "order",
                "code": code, "focus": name, "partOf": [name], "for": case["for"],
                "owner": {"reference": f"Organization/{other}"}, "description": "Umzug",
            }))  # fmt: skip

    # --- the FHIR interface, and persons -----------------------------------------------------------------------------

    def writes(self, chance: Random) -> None:
        """A client moves a Task that it has read."""
        tasks = self.tasks()
        if tasks:
            task = chance.choice(tasks)
            seen = self.store.read("Task", task["id"])
            kept = {k: v for k, v in seen.resource.items() if k not in ("businessStatus", "statusReason")}
            changed = {**kept, "status": chance.choice(STATUSES), "statusReason": {"text": "weil"}}
            asked = Asked("update", "Task", task["id"], changed, match=str(seen.version))
            perform([asked], Caller(chance.choice(("", partner(task)))), self.rooms, whole=True)

    def creates(self, chance: Random) -> None:
        """A client opens a question, a stop or an amendment, or notes something of a Task."""
        tasks = self.tasks("measure", "referral")
        if tasks:
            task = chance.choice(tasks)
            name = {"reference": f"Task/{task['id']}"}
            kind = chance.choice(("question", "abort"))
            made = bundle({"id": "x"})["entry"][0]["fullUrl"]
            code = question(task)["entry"][0]["resource"]["code"] if kind == "question" else abort()
            asked = Asked("create", "Task", full_url=made, resource={
                "resourceType": "Task", "status": "requested", "intent": "order", "code": code, "focus": name,
                "partOf": [name], "for": task["for"], "description": self.key("Bitte"),
            })  # fmt: skip
            perform([asked], Caller(), self.rooms, whole=True)

    def cancels_waiting(self, chance: Random) -> None:
        """A person puts a delivery aside that was given up."""
        stuck = [d for d in self.outbox() if d.standing in {"dead", "uncertain"}]
        if stuck:
            one = chance.choice(stuck)
            try:
                self.store.commit([Conclude(one.id, {"standing": "dropped"}, expected=one.standing)]).result()
            except ConflictError:
                return

    def replays(self, chance: Random) -> None:
        """A person runs an old message again."""
        done = [
            e for e in self.store.entries({"state": "done"}, limit=200) if e.partner and e.road not in ("fhir", "watch")
        ]
        if done:
            self.rerun(chance.choice(done).id)

    def rerun(self, tracking: str) -> None:
        entry = self.store.entry(tracking)
        fresh: dict[str, Any] = {"state": "received", "step": "", "problems": (), "outcome": {}, "settled": None}
        try:
            self.store.commit([Settle(entry.id, fresh, expected=entry.state)]).result()
        except ConflictError:
            return
        process(replace(entry, **fresh), self.rooms)


def abort() -> Resource:
    return {"coding": [{"system": TASK_CODE, "code": "abort"}]}


ACTS = {
    Crowd.answers: 12, Crowd.writes: 8, Crowd.settles: 10, Crowd.plans: 5, Crowd.rows_back: 5, Crowd.asks: 3,
    Crowd.waits: 3, Crowd.creates: 3, Crowd.admits: 4, Crowd.gives_up: 3, Crowd.hands_over: 3, Crowd.refers: 2,
    Crowd.takes_back: 1, Crowd.replays: 2,
}  # fmt: skip
"""What somebody may do, and how often."""
