"""`python -m tests.bench [MEASUREMENT ...] [--readme]`: medians beside peers, as a Markdown table."""

import importlib
import platform
import re
import sys
import traceback
from pathlib import Path

from tests.bench.measure import Row, table

MEASUREMENTS = (
    "decoding", "translation", "compiling", "growth", "intake_mllp", "keeping", "delivering", "matching", "serving",
    "fhir_searching", "fhir_writing", "protecting", "sealing",
)  # fmt: skip
README = Path(__file__).resolve().parents[2] / "README.md"
MARKS = re.compile(r"(<!-- bench:start -->\n).*?(<!-- bench:end -->)", re.DOTALL)


def rows(name: str) -> list[Row]:
    """One measurement's rows; where it cannot run yet, a row that says why."""
    print(f"{name} ...", file=sys.stderr, flush=True)
    try:
        found: list[Row] = importlib.import_module(f"tests.bench.{name}").measured()
    except Exception as reason:  # noqa: BLE001 - one measurement must not silence the others
        traceback.print_exc()
        return [Row(name, None, note=f"not measured: {type(reason).__name__}: {reason}")]
    return found


def main(arguments: list[str]) -> int:
    """Measure what is named, or all; with --readme also write the table between the README's marks."""
    names = [argument for argument in arguments if not argument.startswith("--")] or list(MEASUREMENTS)
    unknown = [name for name in names if name not in MEASUREMENTS]
    if unknown:
        print(f"no such measurement: {', '.join(unknown)}; there are {', '.join(MEASUREMENTS)}", file=sys.stderr)
        return 2
    found = [row for name in names for row in rows(name)]
    text = f"{table(found)}\nPython {platform.python_version()} on {platform.system()} {platform.machine()}.\n"
    print(text)
    if "--readme" in arguments:
        README.write_text(
            MARKS.sub(lambda mark: mark[1] + text + mark[2], README.read_text(encoding="utf-8")), encoding="utf-8"
        )
    return int(any(row.goal is not None and (row.ours is None or row.ours > row.goal) for row in found))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
