"""How long something takes on a machine that does other things too."""

import time
from collections.abc import Callable

TRIES = 5


def quickest(work: Callable[[], object], bound: float) -> float:
    """Seconds of the quickest of a few tries; the first below the bound is the last.

    What else the machine does makes each of them slower, and none quicker.
    """
    took = float("inf")
    for _ in range(TRIES):
        began = time.monotonic()
        work()
        took = min(took, time.monotonic() - began)
        if took < bound:
            break
    return took
