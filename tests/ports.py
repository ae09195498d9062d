"""Ports for servers that are told theirs before they start."""

import fcntl
import os
import random
import socket
import tempfile
from pathlib import Path

RANGE = range(16_000, 32_000)
"""Below what the kernel gives to whoever asks for any port, and to those who call."""
GIVEN: set[int] = set()
LEDGER = (Path(tempfile.gettempdir()) / f"gateway-ports-{os.getuid()}").open("a")


def free_port() -> int:
    """A port that nobody has, and that no other test is given as long as this process lives, in whatever run."""
    for port in random.sample(RANGE, len(RANGE)):
        if port not in GIVEN and is_ours(port):
            GIVEN.add(port)
            if is_free(port):
                return port
    raise RuntimeError("no port is free")


def is_ours(port: int) -> bool:
    """Whether this process has the port's byte of the ledger now, which the system takes back when it ends."""
    try:
        fcntl.lockf(LEDGER, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, port)
    except OSError:
        return False
    return True


def is_free(port: int) -> bool:
    """Whether nobody listens there."""
    with socket.socket() as tried:
        try:
            tried.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
