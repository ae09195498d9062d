"""What a caller may do with a Task next (`$actions`)."""

from gateway.pipeline.rest.actions import actions
from gateway.pipeline.rest.asked import Caller
from tests.pipeline.rest.client import Client, Resource


def statuses(client: Client, task: Resource) -> set[tuple[str, str]]:
    return {(a["actor"], a["status"]) for a in actions(client.stored(task), client.caller, client.world.rooms)}


def test_each_side_has_its_own_next_moves(desk: Client) -> None:
    _, (measure,) = desk.planned("elsey")
    owner = {("O", "received"), ("O", "accepted"), ("O", "rejected")}
    requester = {("R", "cancelled"), ("R", "entered-in-error"), ("R", "requested")}
    assert statuses(desk.partner("elsey"), measure) == owner
    assert statuses(desk.partner("stelle-senne"), measure) == requester
    assert statuses(desk, measure) == owner | requester
    assert statuses(desk.partner("ravensberg"), measure) == set()


def test_a_proxy_has_the_moves_of_a_proxy(desk: Client) -> None:
    _, (measure,) = desk.planned("elsey")
    said = {("P", "received"), ("P", "accepted"), ("P", "rejected")}  # a letter has come; yes; no
    assert statuses(desk.proxy("enterer", "informant"), measure) == said


def test_who_can_show_little_is_offered_what_little_shows(desk: Client) -> None:
    _, (measure,) = desk.planned("elsey")
    opens = Caller("elsey", evidence="E2")  # the page of a link was opened, nothing was answered
    found = actions(desk.stored(measure), opens, desk.world.rooms)
    assert [(action["status"], action["evidence"]) for action in found] == [("received", "E2")]


def test_an_action_says_what_it_needs_in_german(desk: Client) -> None:
    _, (measure,) = desk.planned("elsey")
    client = desk.partner("elsey")
    found = {a["status"]: a for a in actions(client.stored(measure), client.caller, client.world.rooms)}
    assert (found["rejected"]["display"], found["rejected"]["reason"]) == ("Ablehnen", True)
    assert {"code": "no-capacity", "display": "Keine Kapazität"} in found["rejected"]["businessStatus"]
    assert (found["accepted"]["evidence"], found["accepted"]["reason"]) == ("E4", False)


def test_what_keeps_a_referral_open_stands_with_the_move_that_would_close_it(desk: Client) -> None:
    case, _ = desk.planned("elsey")
    found = actions(desk.stored(case), desk.caller, desk.world.rooms)
    closing = [a["obstacles"] for a in found if a["status"] == "completed"]
    assert [o["code"] for o in closing[0]] == ["closure.measure"]
    assert all("obstacles" not in a for a in found if a["status"] not in {"completed", "failed"})
