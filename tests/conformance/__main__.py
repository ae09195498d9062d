"""`python -m tests.conformance [JUDGE ...] [--json]`: figures per corpus; exit 1 where a goal is missed."""

import sys
import tempfile
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

from tests.conformance.clients.papers import papers
from tests.conformance.clients.schema import schema
from tests.conformance.clients.talks import clients
from tests.conformance.documents import evp, hostile
from tests.conformance.figures import Figure, Skipped, Verdict, as_json, table
from tests.conformance.lossless import lossless
from tests.conformance.messages import german, guide, raw
from tests.conformance.oracle import second_opinion

Judge = Callable[[Path], list[Verdict]]
JUDGES: dict[str, Judge] = {
    "guide": guide,
    "german": german,
    "evp": evp,
    "raw": raw,
    "hostile": hostile,
    "lossless": lossless,
    "oracle": second_opinion,
    "clients": clients,
    "schema": schema,
    "papers": papers,
}


def heard(name: str, room: Path) -> list[Verdict]:
    """Hear one judge; whatever keeps it from judging is told as its verdict."""
    print(f"{name} ...", file=sys.stderr, flush=True)
    (room / name).mkdir()
    try:
        return JUDGES[name](room / name)
    except Exception as reason:  # noqa: BLE001 - one judge must not silence the others
        return [Figure(name, "judged at all", 0, 1, 1.0, f"{type(reason).__name__}: {reason}")]


def main(arguments: list[str]) -> int:
    """Hear the judges named, or all."""
    names = [argument for argument in arguments if not argument.startswith("--")] or list(JUDGES)
    unknown = [name for name in names if name not in JUDGES]
    if unknown:
        print(f"no such judge: {', '.join(unknown)}; there are {', '.join(JUDGES)}", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="conformance-") as room:
        verdicts = [verdict for name in names for verdict in heard(name, Path(room))]
    if find_spec("gateway.cli") is None:
        verdicts.append(Skipped("command line", "gateway.cli is absent"))
    print(as_json(verdicts) if "--json" in arguments else table(verdicts))
    return int(any(isinstance(verdict, Figure) and verdict.missed for verdict in verdicts))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
