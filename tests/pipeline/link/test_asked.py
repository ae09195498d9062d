"""What a party without a system is asked about a measure: a question, to stop, to delete; and how it answers."""

from typing import Any

import pytest

from gateway.domain.system import TASK_CODE, TASK_KIND
from gateway.pipeline.link import say
from gateway.pipeline.link.view import view
from gateway.pipeline.rest.asked import Asked, Caller
from gateway.pipeline.rest.perform import perform
from tests.pipeline.link.behind import Behind

CODES = {"question": (TASK_KIND, "question"), "abort": (TASK_CODE, "abort"), "change": (TASK_CODE, "change")}


def asks(behind: Behind, kind: str, text: str = "Wann können Sie beginnen?") -> str:
    """The site asks; gives the id of its Task."""
    task, (system, code) = behind.task, CODES[kind]
    made = {
        "resourceType": "Task", "status": "requested", "intent": "order", "description": text,
        "code": {"coding": [{"system": system, "code": code}]}, "partOf": [{"reference": f"Task/{task['id']}"}],
        **({"focus": {"reference": f"Task/{task['id']}"}} if kind == "abort" else {}),
        "owner": task["owner"], "requester": {"reference": "Organization/stelle-senne"},
    }  # fmt: skip
    (told,) = perform([Asked("create", "Task", resource=made)], Caller("stelle-senne"), behind.rooms, whole=True)
    assert told.version is not None, told.problems
    return str(told.version.id)


def replies(behind: Behind, ask: str, answer: str, text: str = "") -> int:
    version = behind.world.store.read("Task", ask).version
    return say.say(say.Said(answer, "", text, version, ask), behind.link, behind.rooms).status


def seen(behind: Behind) -> Any:
    found = view(behind.link, behind.rooms)
    assert found is not None
    return found


@pytest.fixture
def behind() -> Behind:
    made = Behind()
    made.sent()
    made.inside()
    return made


def stands(behind: Behind, task: str) -> Any:
    return behind.world.store.read("Task", task).resource


def test_a_question_of_the_site_is_answered_on_the_page(behind: Behind) -> None:
    ask = asks(behind, "question")
    assert [(one.kind, one.text) for one in seen(behind).asks] == [("question", "Wann können Sie beginnen?")]
    assert replies(behind, ask, "reply", "Am Montag.") == 200
    assert (stands(behind, ask)["status"], seen(behind).asks) == ("completed", ())
    assert any("Am Montag." in sent.data.decode() for sent in behind.world.outbox("stelle-senne"))


def test_an_answer_to_a_question_needs_words(behind: Behind) -> None:
    ask = asks(behind, "question")
    assert replies(behind, ask, "reply", " ") == 422
    assert stands(behind, ask)["status"] == "requested"


def test_who_is_asked_to_stop_says_that_it_has(behind: Behind) -> None:
    behind.says("accept")
    behind.says("progress", "active-support", "angefangen")
    ask = asks(behind, "abort", "Bitte beenden")
    assert seen(behind).stopping
    assert replies(behind, ask, "stopped") == 200
    assert behind.stand() == "failed aborted-on-request"


def test_who_goes_on_says_why(behind: Behind) -> None:
    behind.says("accept")
    behind.says("progress", "active-support", "angefangen")
    ask = asks(behind, "abort", "Bitte beenden")
    assert replies(behind, ask, "goes-on") == 422
    assert replies(behind, ask, "goes-on", "Sie braucht uns noch.") == 200
    assert stands(behind, ask)["status"] == "rejected"


def test_what_the_page_shows_was_received(behind: Behind) -> None:
    ask = asks(behind, "question")
    say.arrived(behind.link, behind.rooms)
    assert stands(behind, ask)["status"] == "received"


def test_a_question_that_became_another_meanwhile_is_not_answered_by_the_page_of_before(behind: Behind) -> None:
    ask = asks(behind, "question")
    version = behind.world.store.read("Task", ask).version
    say.arrived(behind.link, behind.rooms)
    late = say.say(say.Said("reply", "", "Am Montag.", version, ask), behind.link, behind.rooms)
    assert (late.status, stands(behind, ask)["status"]) == (412, "received")
    assert replies(behind, ask, "reply", "Am Montag.") == 200


def test_only_what_the_page_shows_can_be_answered(behind: Behind) -> None:
    case = behind.world.case()["id"]
    assert replies(behind, case, "reply", "x") == 412
    other = behind.world.task("M-2")["id"]
    assert replies(behind, other, "stopped") == 412


def test_a_kind_of_answer_that_does_not_belong_to_the_question_changes_nothing(behind: Behind) -> None:
    ask = asks(behind, "question")
    assert replies(behind, ask, "stopped") == 412


def test_a_question_is_news_that_gets_a_notice_and_one_that_was_answered_is_none(behind: Behind) -> None:
    ask = asks(behind, "question")
    assert (behind.delivery.about, behind.sent().code) == ("question", "link")
    replies(behind, ask, "reply", "Am Montag.")
    assert behind.sent().code == "ended"
