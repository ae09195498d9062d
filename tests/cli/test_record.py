"""`gateway cases record`: a phone call or a letter is written down, and those who wait for it are told."""

from typing import Any

import pytest

from tests.cli.command import Call
from tests.cli.deployed import HOSPITAL, LISTS, SITE, Deployed

SAID = ("--medium", "phone", "--said-by", f"Organization/{SITE}", "--entered-by", "Sander, Kümmerin")


@pytest.fixture
def case(gateway: Call, deployed: Deployed) -> str:
    """`Task/<id>` of a referral that its site has received."""
    found: str = gateway("trace", deployed.known["first"], "--json").json["case"]
    return found


def stand(gateway: Call, case: str) -> str:
    tasks: list[dict[str, Any]] = gateway("cases", "show", case, "--json").json
    return str(tasks[0]["status"])


def test_a_phone_call_moves_the_task_and_the_hospital_hears(gateway: Call, case: str) -> None:
    done = gateway("cases", "record", case, "--status", "accepted", *SAID)
    assert (done.code, done.err) == (0, "")
    assert done.text.splitlines() == [
        f"{case}: received delivered -> accepted",
        f"  answer accepted to {HOSPITAL} (mllp)",
    ]
    moves = gateway("cases", "show", case, "--json").json[0]["moves"]
    assert (moves[-1]["who"], moves[-1]["evidence"]) == ("Sander, Kümmerin", "E3")


def test_the_beginning_of_an_id_and_a_moment_are_enough(gateway: Call, case: str) -> None:
    key = case.removeprefix("Task/")
    done = gateway("cases", "record", key[:13], "--status", "accepted", *SAID, "--at", "2026-01-05T09:30", "--json")
    assert done.json == {
        "task": case,
        "from": "received delivered",
        "to": "accepted",
        "told": [{"to": HOSPITAL, "about": "answer accepted", "road": "mllp"}],
    }


def test_what_is_not_possible_changes_nothing_and_says_what_is(gateway: Call, case: str) -> None:
    done = gateway("cases", "record", case, "--status", "completed", *SAID)
    assert (done.code, stand(gateway, case)) == (1, "received")
    assert "error" in done.err
    assert f"{case} is received; its owner can say:" in done.text
    assert "  --status accepted [--business selected|scheduled]" in [line.rstrip() for line in done.text.splitlines()]
    assert "  --status rejected --reason TEXT [--business" in done.text


def test_the_possible_moves_are_told_to_machines_too(gateway: Call, case: str) -> None:
    done = gateway("cases", "record", case, "--status", "completed", *SAID, "--json")
    assert (done.code, done.json["task"], done.json["status"]) == (1, case, 422)
    assert {action["actor"] for action in done.json["next"]} == {"P"}


def test_a_refusal_needs_its_reason(gateway: Call, case: str) -> None:
    said = ("cases", "record", case, "--status", "rejected", "--business", "no-capacity", *SAID)
    assert gateway(*said).code == 1
    assert gateway(*said, "--reason", "erst ab Mai").code == 0
    assert gateway("cases", "show", case, "--json").json[0]["business status"] == "no-capacity"


def test_another_partner_does_not_speak_for_the_owner(gateway: Call, case: str) -> None:
    words = [f"Organization/{LISTS}" if word.startswith("Organization") else word for word in SAID]
    done = gateway("cases", "record", case, "--status", "accepted", *words)
    assert (done.code, stand(gateway, case)) == (1, "received")
    assert "only its owner's word moves it" in done.err


def test_the_account_that_made_the_entry_stands_in_the_audit_without_a_word_of_it(
    gateway: Call, case: str, deployed: Deployed
) -> None:
    gateway("cases", "record", case, "--status", "rejected", "--reason", "Sturz der Tochter", *SAID)
    with deployed.store() as store:
        notes = store.audit(object=case)
    entered = next(note for note in notes if note.action == "record")
    assert (entered.actor.split()[0], entered.outcome) == ("operator", "rejected")
    assert "Tochter" not in str(notes)


@pytest.mark.parametrize(
    ("old", "new"),
    [("phone", "smoke"), ("Sander, Kümmerin", " "), (f"Organization/{SITE}", "")],
)
def test_a_call_that_says_not_who_and_how_is_a_wrong_call(gateway: Call, case: str, old: str, new: str) -> None:
    words = [new if word == old else word for word in SAID]
    done = gateway("cases", "record", case, "--status", "accepted", *words)
    assert (done.code, done.out, stand(gateway, case)) == (2, b"", "received")


@pytest.mark.parametrize("moment", ["gestern", "2999-01-01", "99"])
def test_a_moment_that_cannot_be_is_a_wrong_call(gateway: Call, case: str, moment: str) -> None:
    done = gateway("cases", "record", case, "--status", "accepted", *SAID, "--at", moment)
    assert (done.code, stand(gateway, case)) == (2, "received")


@pytest.mark.usefixtures("deployed")
@pytest.mark.parametrize("task", ["Task/none", "Task/", "Patient/x y"])
def test_a_task_that_does_not_exist_is_a_wrong_call(gateway: Call, task: str) -> None:
    assert gateway("cases", "record", task, "--status", "accepted", *SAID).code == 2
