"""Threads share two heaps of the C library: what one lets go another takes."""

import ctypes
import platform
import re
import subprocess
import sys
from types import SimpleNamespace

import pytest

from gateway.house import heaps

THREADS = """
import ctypes, sys, threading
from gateway.house import heaps
if sys.argv[1] == "shared":
    assert heaps.shared()
library, all_there = ctypes.CDLL(None), threading.Barrier(9)
library.malloc.restype = ctypes.c_void_p
def ask():
    library.malloc(100)
    all_there.wait()
    all_there.wait()
threads = [threading.Thread(target=ask) for _ in range(8)]
for thread in threads:
    thread.start()
all_there.wait()
library.malloc_stats()
all_there.wait()
"""
"""Eight threads that have asked for memory and live; what the library says of its heaps then."""


def found(how: str) -> int:
    done = subprocess.run([sys.executable, "-c", THREADS, how], capture_output=True, text=True, check=True, timeout=60)
    return len(re.findall(r"^Arena \d+:", done.stderr, re.MULTILINE))


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc has heaps that threads may share")
def test_many_threads_share_two_heaps() -> None:
    assert found("shared") == heaps.HEAPS
    assert found("each") > heaps.HEAPS


def test_a_library_without_such_heaps_is_left_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ctypes, "CDLL", lambda _: SimpleNamespace())
    assert heaps.shared() is False
