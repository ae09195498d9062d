"""How the story is told: chapters, what was seen, steps that hold or end it."""

import sys
import time
from collections.abc import Callable
from typing import Any

from deployment import Deployment
from standins.inbox import Inbox

WIDTH = 148
PATIENCE = 20.0


class Story:
    """Who is in it, how long it has run, and how many steps held."""

    def __init__(self, demo: Deployment) -> None:
        self.demo = demo
        self.began = time.perf_counter()
        self.steps = 0

    def chapter(self, title: str) -> None:
        """A headline."""
        print(f"\n\033[1m{title}\033[0m" if sys.stdout.isatty() else f"\n{title}", flush=True)

    def show(self, text: str, most: int = 8) -> None:
        """The beginning of a text."""
        lines = text.replace("\r", "\n").strip().splitlines()
        for line in lines[:most]:
            print("    " + (f"{line[:WIDTH]} ..." if len(line) > WIDTH else line))
        if len(lines) > most:
            print(f"    ... {len(lines) - most} more lines", flush=True)

    def verify(self, what: str, holds: object) -> None:
        """One verified step with its time; a broken one ends the story."""
        milliseconds = (time.perf_counter() - self.began) * 1000
        print(f"  {'✓' if holds else '✗'} {milliseconds:7.0f} ms  {what}", flush=True)
        if not holds:
            sys.exit(f"the story broke here; the gateway's log: {self.demo.data / 'gateway.log'}")
        self.steps += 1

    def heard(self, inbox: Inbox[Any], wanted: Callable[[Any], object]) -> Any:
        """What comes in and fits, None if it does not come."""
        try:
            return inbox.wait_until(wanted, PATIENCE)
        except TimeoutError:
            return None


def until(ask: Callable[[], Any], holds: Callable[[Any], object]) -> Any:
    """What is asked, once it holds; the last that was said where it does not come."""
    ends = time.monotonic() + PATIENCE
    said = ask()
    while not holds(said) and time.monotonic() < ends:
        time.sleep(0.05)
        said = ask()
    return said
