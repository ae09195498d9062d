"""How the C library lays out what threads ask of it (glibc, mallopt(3)); elsewhere nothing happens."""

import ctypes
from contextlib import suppress

ARENA_MAX = -8
"""M_ARENA_MAX: how many heaps there are at most; otherwise eight for each core, and what one let go no other takes."""
HEAPS = 2
"""Threads hold Python's lock for nearly all they ask for, so more heaps would make nothing quicker."""


def shared() -> bool:
    """Let all threads share a few heaps; whether the C library does. Told before the first thread begins."""
    with suppress(AttributeError, OSError, TypeError):  # no glibc
        return bool(ctypes.CDLL(None).mallopt(ARENA_MAX, HEAPS))
    return False
