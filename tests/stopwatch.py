"""How long something takes, by the clock."""

import time
from collections.abc import Callable


def seconds(work: Callable[[], object]) -> float:
    """What one call takes."""
    began = time.monotonic()
    work()
    return time.monotonic() - began
