"""The story: one person from the hospital's discharge message to the hospital's answer, over real sockets and files.

Everybody in it is invented; the places are real. Each hop is verified; with ONESHOT=1 it ends afterwards, with 0 only
if every step held, else everything keeps running until Ctrl-C.
"""

import json
import os
import signal
import sys
import threading
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

import desk
from afterwards import explained, next_one, stolen
from company import company, thanked
from deployment import ELSEY, HERE, LUTTERBACH, SITE, Deployment, data, fresh
from standins import v2
from standins.case import Case, parties, resources
from standins.folder_service import CareList
from telling import Story, until
from visitor import Visitor, visitor

MESSAGES = HERE / "standins" / "messages"
LATER = MESSAGES / "later"
REASON = "Keine Kapazität bis April"
QUESTION = "Wie oft wird die Wunde verbunden?"
CHANGED = "Wundversorgung, jetzt jeden Tag"
CONFIG = "--config docker/demo/gateway.yaml"
RESULT = "Frau Grünewälder kommt zu Hause zurecht."


def discharge(story: Story) -> str:
    """The hospital sends what it has; the person's number there."""
    demo = story.demo
    address = demo.mllp
    story.chapter("1  Senneklinik discharges Käthe G. into care, by MLLP, in 8859/1. What it sends:")
    message = (MESSAGES / "01-discharge.hl7").read_bytes()
    story.show(message.decode("iso8859-1"))
    answer = demo.hospital.send(message, address)
    story.verify(f"ADT^A03 acknowledged: {answer.code}, kept before it was said", answer.code == "CA")
    again = demo.hospital.send(message, address)
    story.verify("sent a second time: the same answer, and no second referral", again.data == answer.data)
    other = demo.hospital.send(message.replace(b"|109|", b"|079|"), address)
    story.verify(f"the same id with other content: {other.code}, {other.text}", other.code == "CR")
    letter = (MESSAGES / "02-letter.hl7").read_bytes()
    answer = demo.hospital.send(letter, address)
    story.verify(f"MDM^T02 with the discharge letter (PDF) acknowledged: {answer.code}", answer.code == "AA")
    return v2.read(message).field("PID", 3).split("^")[0]


def referral(story: Story, number: str) -> Case:
    """The right one of fourteen sites has it."""
    demo = story.demo
    story.chapter("2  The gateway finds the responsible site: Föhrenweg, 33659 Bielefeld.")
    case: Case = story.heard(demo.site.cases, lambda case: case.patient)
    known = [i.get("value") for i in case.patient.get("identifier", [])] if case else []
    story.verify(f"{SITE}, of 14 sites, has the referral as FHIR", number in known)
    others = list((demo.data / "out").rglob("*.json"))
    story.verify("no other site has anything", not others)
    name = case.patient["name"][0]
    story.verify("umlauts survived the road", f"{name['given'][0]} {name['family']}" == "Käthe Grünewälder")
    letter = story.heard(demo.site.received, lambda sent: pdf(sent).startswith("JVBERi0"))
    story.verify("the discharge letter reached it too, a PDF", letter)
    told = story.heard(demo.hospital.received, lambda said: "eingegangen" in said.text)
    story.verify("the hospital hears that the site has it, as MDM^T02", told)
    return case


def pdf(sent: Any) -> str:
    """The attachment of a Bundle's document in base64, empty where it has none."""
    found = [
        content["attachment"].get("data", "") for d in resources(sent, "DocumentReference") for content in d["content"]
    ]
    return next(iter(found), "")


def asked_back(story: Story, case: Case) -> None:
    """Something is missing: a question to the hospital, in the hospital's own format, and its answer."""
    demo = story.demo
    story.chapter("3  The referral does not say how the wound is dressed. The site asks, the hospital answers.")
    reply = demo.site.ask(case, QUESTION)
    story.verify(f"asked, by the state of the referral alone: HTTP {reply.status}", reply.status == 202)
    found = story.heard(demo.hospital.received, lambda said: QUESTION in said.text)
    number = v2.read(found.data.encode("iso8859-1", "replace")).field("TXA", 12).split("^")[0] if found else ""
    story.verify(f"the hospital has the question as MDM^T02, number {number}", number)
    message = (LATER / "03-answer.hl7").read_bytes().replace(b"|FRAGE|", f"|{number}|".encode())
    answer = demo.hospital.send(message, demo.mllp)
    story.verify(f"the hospital answers by a document that names it (TXA-13): {answer.code}", answer.code == "AA")
    news = story.heard(demo.site.news, lambda news: news.kind == "question" and news.status == "completed")
    story.verify("the site has the answer, and its clock runs again", news)


def planned(story: Story, case: Case) -> None:
    """The site accepts, and posts a plan with three needs."""
    demo = story.demo
    story.chapter("4  The Kümmerer accepts, visits, and agrees a plan with three needs.")
    reply = demo.site.accept(case)
    story.verify(f"accepted, told to the gateway: HTTP {reply.status}", reply.status == 202)
    told = story.heard(demo.hospital.received, lambda said: "angenommen" in said.text)
    story.verify("the hospital hears that the site takes it on, as MDM^T02", told)
    reply = demo.site.plan(case)
    story.verify(f"the plan, told to the gateway: HTTP {reply.status}", reply.status == 202)


def fanned_out(story: Story, case: Case) -> tuple[Any, CareList, CareList]:
    """Each recipient has its part, in its own format, and nothing else."""
    demo = story.demo
    needs = [order.measure.measure for order in case.orders]
    story.chapter("5  Each recipient gets its part, in its own format.")
    asked = story.heard(demo.lutterbach.received, lambda asked: asked)
    document = json.dumps(asked.document, ensure_ascii=False) if asked else ""
    story.verify(f"{LUTTERBACH}: an EVP document over HTTP, {len(document)} characters", needs[0] in document)
    story.verify("  and nothing of the other two needs", needs[1] not in document and needs[2] not in document)
    lists = []
    for name, inbox, number in (("ravensberg", demo.ravensberg, 1), ("wohnberatung", demo.wohnberatung, 2)):
        found: CareList = story.heard(inbox.received, lambda found: found.rows)
        said = json.dumps([dict(row) for row in found.rows], ensure_ascii=False) if found else ""
        own, others = needs[number], [need for need in needs if need != needs[number]]
        story.verify(f"{name}: a list in its folder with one row", found and len(found.rows) == 1 and own in said)
        story.verify("  and nothing of the others", not any(other in said for other in others))
        lists.append(found)
    return asked, lists[0], lists[1]


def answered(story: Story, case: Case, asked: Any, lists: tuple[CareList, CareList]) -> Any:
    """Two accept, one declines and is replaced."""
    demo = story.demo
    numbers = [order.number for order in case.orders]
    story.chapter("6  Two accept by a line in a list; the care service has no capacity, and another takes over.")
    demo.ravensberg.accept(lists[0])
    demo.wohnberatung.accept(lists[1])
    for number in numbers[1:]:
        news = story.heard(
            demo.site.news, lambda news, number=number: news.number == number and news.status == "accepted"
        )
        story.verify(f"the site hears that {number} is accepted", news)
    reply = demo.lutterbach.decline(asked, REASON)
    story.verify(f"{LUTTERBACH} declines with a reason: HTTP {reply.status}", reply.status == 202)
    news = story.heard(demo.site.news, lambda news: news.number == numbers[0] and news.status == "rejected")
    story.verify(f"the site hears it: {news.business if news else ''}, {REASON}", news and news.reason == REASON)
    return instead(story, case, numbers[0])


def instead(story: Story, case: Case, declined: str) -> Any:
    """The Kümmerer decides who takes over, among those that the gateway ranks."""
    demo = story.demo
    news = story.heard(demo.site.news, lambda news: news.kind == "decision" and news.status == "requested")
    ranked = [entry["valueReference"]["display"] for entry in news.task.get("input", ())] if news else []
    story.show("\n".join(ranked))
    story.verify(
        "the site is asked who takes over, with those who could, ranked", any("Elsey" in one for one in ranked)
    )
    demo.site.replan(case, declined, parties()[ELSEY])
    found = story.heard(demo.elsey.received, lambda asked: asked)
    story.verify(f"{ELSEY} gets the measure as plain FHIR", found)
    story.verify("  and the other recipients hear nothing twice", len(demo.ravensberg.received) == 1)
    demo.elsey.accept(found)
    new = case.orders[-1].number
    news = story.heard(demo.site.news, lambda news: news.number == new and news.status == "accepted")
    story.verify("the site hears that it takes over", news)
    return found


def amended(story: Story, case: Case) -> None:
    """What was agreed with one recipient changes: only this one is asked."""
    demo = story.demo
    story.chapter("7  The wound heals slowly: what was agreed with the care service changes.")
    before = len(demo.ravensberg.received) + len(demo.wohnberatung.received)
    demo.site.amend(case, case.orders[-1].number, CHANGED)
    change = story.heard(demo.elsey.tasks, lambda task: kind(task) == "change")
    story.verify(f"{ELSEY} is offered the change as a Task of its own", change)
    demo.elsey.agree(change)
    news = story.heard(demo.site.news, lambda news: news.kind == "change" and news.status == "completed")
    story.verify("the site hears that it agrees", news)
    after = len(demo.ravensberg.received) + len(demo.wohnberatung.received)
    story.verify("  and nobody else heard of it", before == after)


def kind(task: Any) -> str:
    """What a Task is for."""
    return str(task.get("code", {}).get("coding", [{}])[0].get("code", ""))


def paused(story: Story, found: Any) -> None:
    """Back into hospital: what has begun is on hold, and goes on once the Kümmerer has looked."""
    demo, address = story.demo, story.demo.mllp
    story.chapter("12  She falls, and is in hospital for five days. What has begun pauses, and goes on afterwards.")
    demo.elsey.begin(found)
    answer = demo.hospital.send((LATER / "04-admission.hl7").read_bytes(), address)
    story.verify(f"ADT^A01 of another ward acknowledged: {answer.code}", answer.code == "AA")
    held = story.heard(demo.elsey.tasks, lambda task: task["status"] == "on-hold")
    why = held["statusReason"]["text"] if held else ""
    story.verify(f"{ELSEY} hears that it pauses: {why}", "Senneklinik" in why)
    answer = demo.hospital.send((LATER / "05-home.hl7").read_bytes(), address)
    story.verify(f"ADT^A03 acknowledged: {answer.code}", answer.code == "AA")
    news = story.heard(demo.site.news, lambda news: news.kind == "decision" and "Entlassung" in str(news.task))
    story.verify("nothing goes on by itself: the site is asked", news)
    demo.site.decide(demo.site.cases[0], news.task)
    resumed = story.heard(demo.elsey.tasks, lambda task: task["status"] == "in-progress")
    story.verify(f"the Kümmerer has looked, and {ELSEY} goes on", resumed)


def closed(story: Story, case: Case, found: Any, lists: tuple[CareList, CareList]) -> None:
    """All is done; the site closes the case; the hospital files the outcome and says so."""
    demo = story.demo
    story.chapter("13  All is done. The site closes the case. What the hospital gets into its records:")
    early = demo.site.complete(case, RESULT)
    state = settled(story, early.tracking)
    codes = sorted({problem["code"] for problem in state.get("problems", ()) if problem["severity"] == "error"})
    story.verify(f"too early it is not closed: {', '.join(codes)}", {"closure.measure", "closure.goal"} <= set(codes))
    demo.elsey.complete(found)
    demo.ravensberg.complete(lists[0])
    demo.wohnberatung.complete(lists[1])
    for number in (order.number for order in case.orders if order.status == "active"):
        news = story.heard(demo.site.news, lambda news, n=number: news.number == n and news.status == "completed")
        story.verify(f"the site hears that {number} is done", news)
    demo.site.assess(case)
    demo.site.complete(case, RESULT)
    told = story.heard(demo.hospital.received, lambda said: "abgeschlossen" in said.text)
    story.show(told.data if told else "", 14)
    story.verify("MDM^T02 with the outcome, acknowledged by the hospital with AA", told and RESULT in told.text)
    task = until(lambda: demo.read(f"Task/{case.task['id']}"), lambda task: business(task) == "outcome-acknowledged")
    heard = business(task) == "outcome-acknowledged"
    story.verify(f"the loop is closed, as the FHIR interface says: {task['status']}, {business(task)}", heard)


def settled(story: Story, tracking: str) -> Any:
    """What became of a message that the site sent."""
    return until(lambda: story.demo.intake(SITE).status(tracking).body, lambda body: body["state"] != "received")


def business(task: Any) -> str:
    """The business status of a Task."""
    return str(task.get("businessStatus", {}).get("coding", [{}])[0].get("code", ""))


def told(demo: Deployment, browser: Visitor) -> Story:
    """From the first message to the last answer; whoever has no system comes in by the browser."""
    story = Story(demo)
    number = discharge(story)
    case = referral(story, number)
    asked_back(story, case)
    planned(story, case)
    asked, *lists = fanned_out(story, case)
    found = answered(story, case, asked, (lists[0], lists[1]))
    amended(story, case)
    numbers = company(story, case, browser)
    sitting = desk.worked(story, case)
    paused(story, found)
    thanked(story, browser, numbers)
    closed(story, case, found, (lists[0], lists[1]))
    explained(story)
    stolen(story)
    next_one(story, sitting)
    return story


def main() -> None:
    """Tell it, then keep serving; whatever happens, everybody ends with it."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("it was told to end"))
    demo = Deployment(fresh(data()))
    try:
        print(f"The gateway is {demo.start()}", flush=True)
        with visitor() as browser:
            story = told(demo, browser)
        print(f"\nEvery step was verified: {story.steps} of {story.steps}.", flush=True)
        if os.environ.get("ONESHOT") in (None, "", "0"):
            serve_on(demo)
    finally:
        code = demo.stop()
    sys.exit(code or 0)


def serve_on(demo: Deployment) -> None:
    """Until Ctrl-C or SIGTERM."""
    over = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: over.set())
    print(f"It keeps serving: {demo.url}/health/ready, {demo.url}/metrics; data in {demo.data}.")
    print(f"Come in with a browser of this machine, as one of those who work here: {demo.door('staff')}/")
    for person in desk.people(demo.data):
        print(f"  {person.login:<12} {person.password:<20} {person.name}")
    print("The code of the telephone: make login, in another window. All of it was invented for this telling.")
    print(f"What programs see: {demo.door('fhir')}/fhir/Task. Any verb: .venv/bin/gateway cases list {CONFIG}")
    print("Ctrl-C ends it.", flush=True)
    over.wait()


if __name__ == "__main__":
    main()
