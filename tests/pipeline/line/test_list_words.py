"""What an office writes into its list, and what is done with a word that nobody knows."""

import pytest

from tests.pipeline.line.world import WOHNBERATUNG, World, measure

HEAD = "Maßnahme-Nr.;Personen-Nr.;Name;Maßnahme;Stand\n"


def row(world: World, word: str) -> bytes:
    """The row of the one measure there is, with a word in the column Stand."""
    person = world.task("A-1")["for"]["reference"].partition("/")[2]
    return f"{HEAD}A-1;{person};Grünewälder;Beratung zum Bad;{word}\n".encode()


@pytest.fixture
def planned(world: World) -> World:
    world.planned(measure("A-1", WOHNBERATUNG))
    return world


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("angenommen", "accepted"), ("zugesagt", "accepted"), ("abgelehnt", "rejected"),
        ("pausiert", "on-hold"), ("abgeschlossen", "completed"),
    ],
)  # fmt: skip
def test_the_words_of_an_office_are_understood(planned: World, word: str, status: str) -> None:
    planned.sends("wohnberatung", row(planned, word))
    assert planned.task("A-1")["status"] == status


def test_a_word_that_nobody_knows_waits_for_a_person_instead_of_getting_lost(planned: World) -> None:
    before = planned.task("A-1")["status"]
    message = planned.sends("wohnberatung", row(planned, "läuft so halb"))
    assert planned.task("A-1")["status"] == before
    assert planned.entry(message).state == "parked"
    assert "record.reply.unclear" in [problem.code for problem in message.problems]


def test_an_unknown_word_about_what_has_ended_harms_nobody(planned: World) -> None:
    planned.sends("wohnberatung", row(planned, "erledigt"))
    message = planned.sends("wohnberatung", row(planned, "ganz fertig"))
    assert planned.entry(message).state == "done"
