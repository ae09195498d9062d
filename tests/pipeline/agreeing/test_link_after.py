"""Whoever works by a link sees after a withdrawal that it has ended, and nothing of the person."""

from gateway.pipeline.link.record import Link
from gateway.pipeline.link.view import disclosed
from tests.pipeline.agreeing.agreed import BORN, NAME, STREET, refuse, under_way


def test_the_next_click_shows_the_end_and_nobody() -> None:
    world = under_way()
    link = Link(world.task("A-3")["id"], "elsey", "2026-03-12", "2026-04-12")
    assert NAME in str(disclosed(link, world.task("A-3"), world.rooms))
    refuse(world, "elsey")
    shown = disclosed(link, world.task("A-3"), world.rooms)
    assert [task["status"] for task in shown["Task"]] == ["cancelled"]
    assert not [word for word in (NAME, BORN, STREET) if word in str(shown)]
