"""`gateway explain Type/<id>`: where each value of a stored resource came from."""

import re
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from gateway.cli import console
from gateway.cli.deployment import opened, operator
from gateway.domain.ledger import Audit, Note

if TYPE_CHECKING:
    from gateway.pipeline.origin.stored import Told

NAME = re.compile(r"([A-Z][A-Za-z]+)/([A-Za-z0-9\-.]{1,64})")
HOW = {"entered": "entered by", "moved": "moved by", "gateway": "made here"}


def explain_stored(name: str, path: str, config: Path, *, as_json: bool) -> None:
    """The values of a stored resource whose path holds a text; looking at it stands in the audit."""
    from gateway.pipeline.origin.stored import explained  # noqa: PLC0415 - with the store

    kind, _, key = name.partition("/")
    with opened(config) as deployment:
        if deployment.store.read(kind, key) is None:
            console.wrong_call(f"there is no {name}")
        found = explained(kind, key, deployment.rooms, path)
        note = Note(Audit(datetime.now(UTC), operator(), "explain", name, "shown"))
        deployment.store.commit([note]).result()
    if as_json:
        console.machine([{k: v for k, v in asdict(one).items() if v not in ("", None)} for one in found])
        return
    rows = [row(one) for one in found]
    console.table(f"{len(rows)} values", ["path", "value", "from", "before", "rule", "version", "message"], rows)
    sys.stdout.flush()


def row(one: "Told") -> list[str]:
    """One line for a person."""
    who = one.behalf or one.who or one.sender
    origin = one.source or "(constant)" if one.how == "message" else f"({HOW[one.how]} {who})"
    if one.how == "gateway":
        origin = f"({HOW[one.how]})"
    message = " ".join(filter(None, (one.message, one.sender, one.format)))
    before = console.shown_value(one.before) if one.before is not None else ""
    return [one.path, console.shown_value(one.value), origin, before, one.rule, str(one.version), message]
