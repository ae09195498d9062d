"""What is foreign costs the store as much as what is not there: the same questions, so time tells nothing either."""

from collections.abc import Callable
from typing import Any

import pytest

from gateway.domain.question import Known, Question
from gateway.pipeline.seeing.seen import Seen
from tests.pipeline.seeing.test_nothing_shines_through import seen
from tests.web.smart.place import CASE, VISIBLE

WAYS: dict[str, Callable[[Seen, str, str], Any]] = {
    "read": lambda eyes, kind, key: eyes.read(kind, key),
    "vread": lambda eyes, kind, key: eyes.read(kind, key, 1),
    "history": lambda eyes, kind, key: eyes.history(kind, key),
    "search by id": lambda eyes, kind, key: list(eyes.search(Question(kind, (Known((key,)),))).found),
}
FOREIGN = [
    (who, f"{each['resourceType']}/{each['id']}")
    for who, names in sorted(VISIBLE.items())
    for each in CASE
    if f"{each['resourceType']}/{each['id']}" not in names
]


class Counting:
    """A store that notes which of its methods are asked, and for which type."""

    def __init__(self, store: Any) -> None:
        self.store = store
        self.asked: list[tuple[str, str]] = []

    def __getattr__(self, name: str) -> Any:
        method = getattr(self.store, name)

        def noted(*args: Any, **more: Any) -> Any:
            self.asked.append((name, str(getattr(args[0], "type", args[0]))))
            return method(*args, **more)

        return noted


@pytest.mark.parametrize("way", WAYS)
def test_what_is_foreign_is_looked_for_as_what_is_not_there(way: str) -> None:
    differing = []
    for who, name in FOREIGN:
        kind, _, key = name.partition("/")
        asked = []
        for each in (key, "nobody-knows-this"):
            eyes = seen(who, *CASE)
            eyes.store = counting = Counting(eyes.store)
            assert not WAYS[way](eyes, kind, each)
            asked.append(counting.asked)
        differing += [] if asked[0] == asked[1] else [(who, name, asked)]
    assert differing == []


def test_much_is_foreign() -> None:
    assert len(FOREIGN) > 20
