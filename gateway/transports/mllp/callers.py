"""Who may call: asked when a connection is made, before a byte of a message is read.

An address and a client certificate are the proof. `Who` names everybody who may call from there; nobody: the connection
is closed. Where that is more than one, or one that names its facility, MSH-4 of each message tells which one it is; it
proves nothing, it only tells partners behind one address apart. A message of nobody among them is refused.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Caller:
    """A partner on a road that is open to the peer: the format agreed, its habit, and MSH-4 if it names one."""

    partner: str
    format: str
    accept: Literal["kept", "done"] = "done"
    facility: str = ""


Who = Callable[[str, str], Sequence[Caller]]
"""Address of the peer and SHA-256 of its client certificate (64 hex digits; empty without one) -> who that may be."""


def plain(callers: Sequence[Caller]) -> Caller | None:
    """The one caller whom no message needs to name; None where MSH-4 must be looked at."""
    return callers[0] if len(callers) == 1 and not callers[0].facility else None


def choose(callers: Sequence[Caller], facility: str) -> Caller | None:
    """The caller a message is from by its MSH-4; one that names no facility takes what no other one claims."""
    if not facility and len(callers) == 1:
        return callers[0]
    named = [caller for caller in callers if facility and caller.facility == facility]
    fitting = named or [caller for caller in callers if not caller.facility]
    return fitting[0] if len(fitting) == 1 else None
