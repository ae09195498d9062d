"""Deletion by its period in every store, the sealed one too."""

from pathlib import Path

import pytest

from tests.pipeline.rights.test_account import said
from tests.pipeline.rights.test_deletion import left
from tests.pipeline.rights.test_retention import Aging, case
from tests.store.made import opened


@pytest.mark.parametrize("kind", ["sqlite", "sealed"])
def test_the_account_is_told_and_then_all_goes(kind: str, tmp_path: Path) -> None:
    store = opened(kind, tmp_path)
    try:
        world = Aging(store=store)
        case(world)
        found = said(world)
        assert (len(found["disclosures"]), len(found["received"])) == (3, 3)
        world.later(2000)
        assert world.runs() == {"cases": 1}
        assert left(world) == set()
        assert {version.type for version in store.versions("", 0, 100)} == {
            "Deletion", "RetentionRun", "Location", "Organization",
        }  # fmt: skip
    finally:
        store.close()
