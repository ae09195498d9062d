"""Questions and answers of those who speak in lists: a service with its measures, a source with its news."""

from typing import Any

import pytest

from tests.pipeline.line.world import ELSEY, PARTIES, RAVENSBERG, Resource, World, answer, back, discharge, measure
from tests.pipeline.loop.asking import TEXT, TOLD, codes, number, question, questions, said, stand


def only(world: World) -> Resource:
    (task,) = questions(world)
    return task


@pytest.fixture
def planned(world: World) -> World:
    """A measure that a service has in its list."""
    world.planned(measure("A-1", RAVENSBERG), measure("A-2", ELSEY))
    return world


def returned(world: World, partner: str = "ravensberg", **cells: str) -> Any:
    """The last list of a partner comes back with other words in some cells."""
    return world.sends(partner, back(world.rows(partner), **cells))


# --- a service asks --------------------------------------------------------------------------------------------------


def test_a_service_asks_in_the_row_of_its_measure(planned: World) -> None:
    message = returned(planned, **{"Ihre Rückfrage": TEXT})
    assert (message.stopped, codes(message)) == ("", [])
    assert only(planned)["description"] == f"Rückfrage: {TEXT}"
    assert only(planned)["owner"]["reference"] == "Organization/stelle-senne"
    assert planned.stand("A-1") == "received awaiting-information"
    assert ("stelle-senne", "question") in planned.told(message)


def test_the_answer_comes_in_the_row_of_the_measure(planned: World) -> None:
    returned(planned, **{"Ihre Rückfrage": TEXT})
    message = planned.sends("stelle-senne", answer(only(planned), "completed", output=said(TOLD)))
    assert ("ravensberg", "question completed") in planned.told(message)
    (row,) = planned.rows("ravensberg")
    assert (row["Maßnahme-Nr."], row["Ihre Rückfrage"], row["Antwort auf Ihre Rückfrage"]) == ("A-1", TEXT, TOLD)
    assert planned.stand("A-1") == "received under-review"


def test_a_list_that_comes_back_with_its_answer_asks_nothing_again(planned: World) -> None:
    returned(planned, **{"Ihre Rückfrage": TEXT})
    planned.sends("stelle-senne", answer(only(planned), "completed", output=said(TOLD)))
    before = (planned.all("Task"), len(planned.outbox()))
    returned(planned)
    assert (planned.all("Task"), len(planned.outbox())) == before


def test_a_question_that_is_declined_says_why_in_the_row(planned: World) -> None:
    returned(planned, **{"Ihre Rückfrage": TEXT})
    planned.sends("stelle-senne", answer(only(planned), "rejected", reason="Das wissen wir nicht."))
    (row,) = planned.rows("ravensberg")
    assert row["Antwort auf Ihre Rückfrage"] == "nicht beantwortet, abgelehnt: Das wissen wir nicht."


def test_a_list_without_the_new_columns_lacks_nothing(planned: World) -> None:
    rows = planned.rows("ravensberg")
    talk = ("Frage an Sie", "Ihre Antwort", "Ihre Rückfrage", "Antwort auf Ihre Rückfrage")
    message = planned.sends("ravensberg", back([{k: v for k, v in row.items() if k not in talk} for row in rows]))
    assert message.problems == ()
    assert questions(planned) == []


def test_the_row_run_again_asks_once(planned: World) -> None:
    message = returned(planned, **{"Ihre Rückfrage": TEXT})
    before = (planned.all("Task"), len(planned.outbox()))
    planned.again(message)
    assert (planned.all("Task"), len(planned.outbox())) == before


# --- a service is asked ----------------------------------------------------------------------------------------------


def test_a_question_to_a_service_stands_in_the_row_of_its_measure(planned: World) -> None:
    message = planned.sends("stelle-senne", question(planned.task("A-1")))
    assert ("ravensberg", "question") in planned.told(message)
    (row,) = planned.rows("ravensberg")
    assert row["Frage an Sie"] == f"{number(only(planned))}: {TEXT}"
    assert (row["Ihre Antwort"], row["Maßnahme-Nr."]) == ("", "A-1")


def test_the_answer_stands_beside_it(planned: World) -> None:
    planned.sends("stelle-senne", question(planned.task("A-1")))
    message = returned(planned, **{"Ihre Antwort": TOLD})
    assert (message.stopped, codes(message)) == ("", [])
    assert (only(planned)["status"], only(planned)["output"]) == ("completed", said(TOLD))
    assert planned.stand("A-1") == "requested dispatched"
    assert ("stelle-senne", "question completed") in planned.told(message)


def test_of_two_questions_the_number_says_which_is_answered(planned: World) -> None:
    planned.sends("stelle-senne", question(planned.task("A-1")))
    planned.sends("stelle-senne", question(planned.task("A-1"), "Und seit wann?"))
    returned(planned, **{"Ihre Antwort": "Seit Montag."})
    assert [task["status"] for task in questions(planned)] == ["requested", "completed"]


def test_without_a_number_the_answer_belongs_to_no_one_of_two(planned: World) -> None:
    planned.sends("stelle-senne", question(planned.task("A-1")))
    planned.sends("stelle-senne", question(planned.task("A-1"), "Und seit wann?"))
    returned(planned, **{"Ihre Antwort": "Seit Montag.", "Frage an Sie": ""})
    assert [task["status"] for task in questions(planned)] == ["requested", "requested"]


def test_the_same_answer_again_changes_nothing(planned: World) -> None:
    planned.sends("stelle-senne", question(planned.task("A-1")))
    returned(planned, **{"Ihre Antwort": TOLD})
    before = (planned.all("Task"), len(planned.outbox()))
    returned(planned, **{"Ihre Antwort": TOLD, "Bemerkung": "noch einmal"})
    assert (planned.all("Task"), len(planned.outbox())) == before


def test_a_question_that_is_taken_back_is_named_in_the_row(planned: World) -> None:
    planned.sends("stelle-senne", question(planned.task("A-1")))
    key = number(only(planned))
    planned.sends("stelle-senne", answer(only(planned), "cancelled"))
    (row,) = planned.rows("ravensberg")
    assert row["Frage an Sie"] == f"{key}: zurückgezogen, eine Antwort ist nicht mehr nötig"


# --- a source with a list of news ------------------------------------------------------------------------------------


@pytest.fixture
def news() -> World:
    """A hospital that hears in a list, whose site waits for information."""
    road = {"road": "folder", "format": "rueckmeldung-liste", "path": "out"}
    first = {**PARTIES[0], "answers": {"as": "list", "tell": ["accepted"]}, "receives": [road]}
    world = World(parties=(first, *PARTIES[1:]))
    world.sends("senneklinik", discharge())
    world.sends("stelle-senne", answer(world.case(), "received", "awaiting-information", TEXT))
    return world


def test_the_question_is_a_row_of_the_news(news: World) -> None:
    (row,) = news.rows("senneklinik")
    assert (row["Vorgang"], row["Frage an Sie"], row["Ihre Antwort"]) == (number(only(news)), TEXT, "")
    assert row["Wer"] == "Kümmererstelle Senne"


def test_the_row_comes_back_with_the_answer(news: World) -> None:
    data = back(news.rows("senneklinik"), **{"Ihre Antwort": TOLD})
    message = news.sends("senneklinik", data, format="rueckmeldung-liste")
    assert (message.stopped, codes(message)) == ("", [])
    assert (only(news)["status"], news.stand()) == ("completed", "received under-review")
    assert only(news)["output"] == said(TOLD)


def test_a_row_that_comes_back_untouched_answers_nothing(news: World) -> None:
    news.arrives(news.outbox("senneklinik", "question")[-1])
    message = news.sends("senneklinik", back(news.rows("senneklinik")), format="rueckmeldung-liste")
    assert (codes(message), stand(only(news))) == ([], "received delivered")


def test_a_row_of_somebody_elses_question_is_refused(news: World) -> None:
    data = back(news.rows("senneklinik"), **{"Ihre Antwort": TOLD, "Stand": "abgeschlossen"})
    message = news.sends("lutterbach", data, format="rueckmeldung-liste")
    assert (message.stopped, codes(message)) == ("record", ["record.owner"])
    assert stand(only(news)) == "requested dispatched"
