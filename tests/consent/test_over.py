"""Since when a Period is over (chapter 2.24.0.9)."""

from datetime import UTC, datetime
from typing import Any

import pytest

from gateway.consent.given import covers, over

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("end", "last"),
    [
        ("2026-05-03", datetime(2026, 5, 3, 23, 59, 59, tzinfo=UTC)),
        ("2026-04", datetime(2026, 4, 30, 23, 59, 59, tzinfo=UTC)),
        ("2025", datetime(2025, 12, 31, 23, 59, 59, tzinfo=UTC)),
        ("2026-05-04T11:59:00+00:00", datetime(2026, 5, 4, 11, 59, tzinfo=UTC)),
    ],
)
def test_its_last_moment_is_the_end_of_what_it_names(end: str, last: datetime) -> None:
    assert over({"end": end}, NOW) == last
    assert covers({"end": end}, last) is True
    assert covers({"end": end}, NOW) is False


@pytest.mark.parametrize(
    "period",
    [
        {"end": "2026-05-04"},
        {"end": "2026-05"},
        {"end": "2026"},
        {"end": "2026-05-04T12:00:01+00:00"},
        {"start": "2026-01-01"},
        {"start": "2026-06-01"},
        {},
    ],
)
def test_what_holds_on_is_not_over(period: Any) -> None:
    assert over(period, NOW) is None


@pytest.mark.parametrize("period", [None, "always", [], {"end": 2025}, {"end": "someday"}, {"end": "2026-05-03T10:00"}])
def test_what_cannot_be_read_is_not_over(period: Any) -> None:
    assert over(period, NOW) is None
