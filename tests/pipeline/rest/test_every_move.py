"""Every move of the tables through the API: what is legal is done, what is not is refused and changes nothing."""

import itertools
from collections.abc import Iterator

import pytest

from gateway.domain.ledger import Save
from gateway.domain.task import FINAL, Move, Row, Stand, legal, move, statuses
from gateway.pipeline.stored.terms import terms
from gateway.pipeline.tasks.moves import moved
from gateway.pipeline.tasks.walk import stand
from tests.pipeline.rest.client import Client, Resource

ACTORS = {"O": "elsey", "R": "stelle-senne"}
"""Who is the owner and the requester of the measure."""


def rows() -> Iterator[tuple[str, Row]]:
    """(Actor, row) of every move that a person makes."""
    for actor in ACTORS:
        yield from ((actor, row) for status in statuses() for row in legal(status, actor))


def pairs() -> Iterator[tuple[str, str, str]]:
    """(Actor, status before, status after) that no row of the tables has."""
    for actor, before, to in itertools.product(ACTORS, statuses(), statuses()):
        if before != to and all(row.to != to for row in legal(before, actor)):
            yield actor, before, to


def at(desk: Client, status: str) -> Resource:
    """A measure that stands there, however it came there."""
    _, (measure,) = desk.planned("elsey")
    now = moved(measure, status, "", reason="", at=desk.world.now())
    desk.world.store.commit([Save(now, None, terms(now, ""), desk.world.now())]).result()
    return now


@pytest.mark.parametrize(("actor", "row"), [*rows()], ids=lambda p: p if isinstance(p, str) else f"{p.before}-{p.to}")
def test_every_legal_move_is_made(actor: str, row: Row, desk: Client) -> None:
    task = at(desk, row.before)
    caller = desk.partner(ACTORS[actor])
    for business in row.business if row.named else ("", *row.business):
        if stand(task) == Stand(row.to, business):
            continue
        told = caller.move(task, row.to, business, "weil")
        assert told.status == 200, (business, told.problems)
        history = [v.resource for v in desk.world.store.history("Task", task["id"])]
        assert any(stand(version) == Stand(row.to, business) for version in history)
        desk.world.store.commit([Save(task, None, terms(task, ""), desk.world.now())]).result()


@pytest.mark.parametrize(("actor", "before", "to"), [*pairs()])
def test_every_illegal_move_is_refused_and_changes_nothing(actor: str, before: str, to: str, desk: Client) -> None:
    task = at(desk, before)
    versions = len(desk.world.store.history("Task", task["id"]))
    told = desk.partner(ACTORS[actor]).move(task, to, "", "weil")
    assert told.status == 422
    assert len(desk.world.store.history("Task", task["id"])) == versions
    assert move(stand(task), Move(to, "", actor, "E4", "weil"))
    assert {action["status"] for action in told.actions} == {row.to for row in legal(before, actor)}


@pytest.mark.parametrize("status", sorted(FINAL))
def test_what_has_ended_stays_as_it_is(status: str, desk: Client) -> None:
    task = at(desk, status)
    told = desk.update({**task, "description": "doch noch"})
    assert (told.status, desk.stored(task)) == (422, task)
