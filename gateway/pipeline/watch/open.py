"""The Tasks for which a timer can run, page by page, so that a start reads none of those that are over."""

from collections.abc import Iterator
from dataclasses import replace

from gateway.domain.question import Missing, OneOf, Question, Term
from gateway.domain.task import FINAL, Stand
from gateway.domain.timers import timers
from gateway.pipeline.watch.life import watched
from gateway.store.port import Store

PAGE = 500


def open_tasks(store: Store) -> Iterator[list[str]]:
    """Ids of the Tasks that are to be watched, a page at a time."""
    for asked in questions():
        following: Question | None = asked
        while following:
            page = store.search(following)
            yield [version.id for version in page.found if watched(version.resource)]
            following = replace(asked, after=page.next) if page.next else None


def questions() -> tuple[Question, Question]:
    """What finds them: all that have not ended, and of the referrals that have those whose report is on its way."""
    stands = {Stand(*written.split("/")) for timer in timers() for written in timer.modes}
    running = tuple(sorted({stand.status for stand in stands} - FINAL))
    ended = {stand for stand in stands if stand.status in FINAL}
    said = tuple(sorted({stand.business for stand in ended} - {""}))
    return (
        Question("Task", (Term("status", running),), limit=PAGE),
        Question(
            "Task",
            (
                Term("status", tuple(sorted({stand.status for stand in ended}))),
                Missing("partOf", is_so=True),
                OneOf((Term("business-status", said), Missing("business-status", is_so=True))),
            ),
            limit=PAGE,
        ),
    )
