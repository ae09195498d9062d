"""`gateway trace`: one referral's whole way, from any of its messages."""

from datetime import datetime
from itertools import pairwise

import pytest

from tests.cli.command import Call
from tests.cli.deployed import HOSPITAL, SITE, Deployed, delivery_of, told_of_nobody


def events(gateway: Call, start: str) -> list[tuple[str, str]]:
    done = gateway("trace", start, "--json")
    assert done.code == 0, done.err
    return [(event["what"], event["who"]) for event in done.json["events"]]


def test_a_trace_tells_everything_in_the_order_of_time(gateway: Call, deployed: Deployed) -> None:
    done = gateway("trace", deployed.known["first"], "--json").json
    moments = [datetime.fromisoformat(event["at"]) for event in done["events"]]
    assert all(int(a.timestamp() * 1000) <= int(b.timestamp() * 1000) for a, b in pairwise(moments))
    assert done["events"][0]["after"] == 0
    assert set(done["events"][0]) == {"at", "after", "what", "who", "id", "detail"}
    told = [(event["what"], event["who"]) for event in done["events"]]
    way = [
        ("message received", HOSPITAL),
        ("task requested", SITE),
        ("line done", "gateway"),
        ("delivered", SITE),
        ("task received", SITE),
        ("delivered", HOSPITAL),
    ]
    places = [told.index(step) for step in way]
    assert places == sorted(places)
    assert told.count(("queued", HOSPITAL)) == 1


def test_a_trace_has_each_version_of_a_task_and_each_grade_of_evidence(gateway: Call, deployed: Deployed) -> None:
    done = gateway("trace", deployed.known["first"], "--json").json
    details = [(event["what"], event["detail"]) for event in done["events"]]
    assert ("task draft", "referral v1") in details
    assert ("task requested", "referral v2, dispatched") in details
    assert ("task received", "referral v3, delivered") in details
    assert ("delivered", "referral: HTTP 201, E4") in details
    assert ("delivered", "answer received: AA, E2") in details
    assert (done["status"], done["case"][:5]) == ("received", "Task/")


def test_a_trace_starts_from_any_message_of_it_even_a_refused_one_and_from_a_delivery(
    gateway: Call, deployed: Deployed
) -> None:
    whole = events(gateway, deployed.known["first"])
    assert ("refused", "gateway") in whole
    with deployed.store() as store:
        dead = delivery_of(store, "dead").id
    for start in (deployed.known["clash"], deployed.known["letter"][:8], dead[:8]):
        assert events(gateway, start) == whole


def test_a_trace_shows_what_was_given_up_and_what_persons_decided(gateway: Call, deployed: Deployed) -> None:
    with deployed.store() as store:
        dead = delivery_of(store, "dead")
    gateway("messages", "release", dead.id)
    gateway("messages", "replay", deployed.known["first"])
    with deployed.open() as rooms:
        deployed.run(rooms)
    told = [what for what, _ in events(gateway, deployed.known["first"])]
    for what in ("refused", "dead", "by hand: release", "by hand: replay"):
        assert what in told
    assert told.count("line done") == 3
    assert told.index("dead") < told.index("by hand: release") < len(told) - 1 - told[::-1].index("delivered")


def test_a_message_without_a_case_has_a_way_of_its_own(gateway: Call, deployed: Deployed) -> None:
    done = gateway("trace", deployed.known["doubt"], "--json").json
    assert [event["what"] for event in done["events"]] == ["message received", "line parked at match"]
    assert done["events"][-1]["detail"] == "match.doubt"
    assert done["case"] == ""
    assert f"message {deployed.known['doubt']} of {HOSPITAL}, parked" in gateway("trace", deployed.known["doubt"]).text


def test_a_trace_for_people_has_a_headline_and_short_ids(gateway: Call, deployed: Deployed) -> None:
    text = gateway("trace", deployed.known["first"][:8]).text
    lines = text.splitlines()
    assert lines[0].startswith("referral ")
    assert f" of {HOSPITAL} to {SITE}: received; " in lines[0]
    assert lines[2].split() == ["time", "+", "ms", "what", "who", "id", "detail"]
    assert deployed.known["first"][:8] in lines[3]
    assert deployed.known["first"] not in text


@pytest.mark.parametrize("how", [(), ("--json",)])
def test_a_trace_holds_no_word_about_the_person(gateway: Call, deployed: Deployed, how: tuple[str, ...]) -> None:
    for start in deployed.known.values():
        assert told_of_nobody(gateway("trace", start, *how).text)


def test_a_trace_of_nothing_is_a_wrong_call(gateway: Call, deployed: Deployed) -> None:
    assert deployed.known
    assert gateway("trace", "zzzz").code == 2


@pytest.mark.usefixtures("deployed")
def test_a_trace_begins_at_a_task_too_as_the_list_of_cases_names_it(gateway: Call) -> None:
    case = gateway("cases", "list", "--json").json[0]["case"]
    whole = events(gateway, case)
    assert whole == events(gateway, f"Task/{case}") == events(gateway, case[:8])
    assert whole
