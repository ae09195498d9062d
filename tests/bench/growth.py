"""Cost per source leaf from 100 to 100,000 leaves: flat, or there is a quadratic step."""

from functools import partial

from tests.bench.engine import checked, to_fhir
from tests.bench.inputs import rows
from tests.bench.measure import Row, medians

LEAVES = (100, 1_000, 10_000, 100_000)
FLAT = 2.0  # the largest may cost this much more per leaf than the smallest
ROUNDS = 3


def measured() -> list[Row]:
    """A list as CSV -> Bundle, with account, by number of cells."""
    call = to_fhir("rows", "account")
    checked(call, rows(LEAVES[0]))
    each = {n: medians(partial(call, rows(n)), rounds=ROUNDS)[0] / n for n in LEAVES}
    first = each[LEAVES[0]]
    return [
        Row(
            f"per leaf, {n:,} leaves (CSV -> Bundle, with account)",
            cost,
            first * FLAT,
            note=f"{cost / first:.2f} of the first",
        )
        for n, cost in each.items()
    ]
