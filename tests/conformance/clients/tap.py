"""What a client says of a server, in the Test Anything Protocol (version 13): one line a check."""

import re
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.conformance.figures import Figure, Verdict

LINE = re.compile(r"^(?P<not>not )?ok - (?P<name>[^#]*?)(?: # (?P<note>.*))?$")
PATIENCE = 180
SHOWN = 30
NAMED = 4


@dataclass(frozen=True, slots=True)
class Check:
    """One check: its name, whether it held, and what was seen where it did not."""

    name: str
    held: bool
    note: str = ""


def checks(text: str) -> list[Check]:
    """The checks of an output; other lines are the client's own talk."""
    found = (LINE.match(line) for line in text.splitlines())
    return [Check(line["name"], not line["not"], line["note"] or "") for line in found if line]


def heard(name: str, command: Sequence[object], folder: Path, environment: Mapping[str, str]) -> Verdict:
    """Runs a client and counts what held; one that dies early has missed, whatever it said before."""
    words = [str(word) for word in command]
    done = subprocess.run(
        words, cwd=folder, env=dict(environment), capture_output=True, check=False, text=True, timeout=PATIENCE
    )
    said = checks(done.stdout)
    if done.returncode:
        said.append(Check("runs to its end", held=False, note=(done.stderr.strip().splitlines() or ["?"])[-1]))
    return verdict(name, said)


def verdict(name: str, said: Sequence[Check]) -> Verdict:
    """One figure; what did not hold is printed and named in the note."""
    missed = [check for check in said if not check.held]
    for check in missed[:SHOWN]:
        print(f"{name}: {check.name}: {check.note}")
    held = len(said) - len(missed)
    note = ", ".join(check.name for check in missed[:NAMED]) + (", ..." if len(missed) > NAMED else "")
    return Figure(name, "interactions as the client expects", held, len(said), 1.0, note)
