"""What T0 has to become because of its children (workflow.md, "Derived status of T0")."""

from collections.abc import Iterable

from gateway.domain.task import FINAL, Move, Stand, display, legal

FOLLOWS = frozenset({"in-progress", "on-hold"})
"""Up to accepted its owner says what T0 is; how it ends, the Kümmerer says through the closure guard."""

RUNNING = Stand("in-progress", "active-support")


def derived(stand: Stand, children: Iterable[Stand]) -> Stand | None:
    """What T0 has to become, its children (every Ti) being where they are; None if it stays.

    On hold only while all open Ti are, in progress while any is not. Where nothing is open any more and T0 is still on
    hold, it goes on: it is the Kümmerer's turn, and clocks that stand would let it be forgotten. Without any child T0
    is where its owner put it. It is never derived that T0 is completed or failed.
    """
    all_of_them = tuple(children)
    still = [child for child in all_of_them if child.status not in FINAL]
    if stand.status not in FOLLOWS or not all_of_them:
        return None
    held = bool(still) and all(child.status == "on-hold" for child in still)
    if held == (stand.status == "on-hold") or (not still and stand.status == "in-progress"):
        return None
    return Stand("on-hold", _cause(still)) if held else RUNNING


def follows(stand: Stand, children: Iterable[Stand]) -> Move | None:
    """The move of T0 that `derived` asks for: made by the gateway on what its children showed (E3)."""
    to = derived(stand, children)
    return Move(to.status, to.business, "G", "E3", display(to.business)) if to else None


def _cause(held: list[Stand]) -> str:
    """Why T0 is on hold: what its children say, the gravest first as the table lists them; else it waits for them."""
    said = {child.business for child in held}
    row = next(row for row in legal("in-progress", "G") if row.to == "on-hold")
    return next((cause for cause in row.business if cause in said), "waiting-third-party")
