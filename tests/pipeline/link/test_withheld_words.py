"""What is asked of a party on its page passes the policy as the page's measure does."""

from dataclasses import replace
from typing import Any

from gateway.domain.ledger import Save
from gateway.domain.system import TASK_CODE, TASK_KIND
from gateway.pipeline.link.view import view
from gateway.pipeline.policies.load import standard
from gateway.pipeline.stored.terms import terms
from tests.pipeline.link.behind import Behind

WORDS = "Hat Frau Grünewälder wieder getrunken?"


def asked(kind: str, system: str = TASK_KIND) -> Behind:
    """The neighbours are asked something in words of a person."""
    behind = Behind()
    behind.inside()
    task: dict[str, Any] = {
        "resourceType": "Task", "id": "q", "status": "requested", "intent": "order", "description": WORDS,
        "code": {"coding": [{"system": system, "code": kind}]}, "for": behind.task["for"],
        "partOf": [{"reference": f"Task/{behind.task['id']}"}], "focus": {"reference": f"Task/{behind.task['id']}"},
        "owner": {"reference": "Organization/nachbarn"}, "requester": {"reference": "Organization/stelle-senne"},
    }  # fmt: skip
    behind.world.store.commit([Save(task, 0, terms(task, ""), behind.world.now())]).result()
    return behind


def said(behind: Behind) -> tuple[list[str], list[str]]:
    """What the page asks, and what it tells of the talk."""
    seen = view(behind.link, behind.rooms)
    assert seen is not None
    return [ask.text for ask in seen.asks], [talk.question for talk in seen.talks]


def test_a_question_is_on_the_page_of_whoever_is_shown_questions() -> None:
    assert said(asked("question")) == ([WORDS], [WORDS])


def test_a_role_that_a_policy_shows_no_talk_is_asked_without_words() -> None:
    behind, policy = asked("question"), standard()
    role = policy.roles["helper"]
    silent = replace(role, release=tuple(name for name in role.release if name != "talk"))
    behind.rooms.policy = replace(policy, roles={**policy.roles, "helper": silent})
    assert said(behind) == ([""], [""])


def test_whoever_is_shown_nothing_more_reads_the_wish_to_stop_in_our_words() -> None:
    behind = asked("abort", TASK_CODE)
    behind.world.change("nachbarn", role="seniorenbuero_quartier_ehrenamt")
    assert said(behind)[0] == ["Bitte beenden: Einwilligung widerrufen"]
