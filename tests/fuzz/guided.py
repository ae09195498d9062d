"""One entrance by an engine that sees what code an input reaches: `python -m tests.fuzz.guided NAME SECONDS SEED`.

Atheris (libFuzzer) is asked for where it is installed; its last lines are the figures.
"""

import re
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

from tests.fuzz.one import Figures, told

MEGABYTES, LATEST = 3_000, 20
DONE = re.compile(r"Done (\d+) runs")
COVERED = re.compile(r"cov: (\d+)")
FOUND = "FOUND: "


def is_there() -> bool:
    """Whether the engine is installed."""
    return find_spec("atheris") is not None


def guided(name: str, seconds: float, seed: int) -> Figures:
    """The figures of one entrance; inputs that the engine kept are thrown away."""
    from tests.fuzz.entrances import ENTRANCES  # noqa: PLC0415 - not in the child, whose imports are instrumented

    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        seeds, kept = Path(folder, "seeds"), Path(folder, "kept")
        for made in (seeds, kept):
            made.mkdir()
        for number, data in enumerate(ENTRANCES[name].seeds()):
            (seeds / str(number)).write_bytes(data)
        options = [
            f"-max_total_time={max(1, round(seconds))}",
            f"-seed={seed + 1}",
            f"-timeout={LATEST}",
            "-max_len=16384",
        ]
        options += [f"-rss_limit_mb={MEGABYTES}", "-print_final_stats=1", f"-artifact_prefix={kept}/"]
        command = [sys.executable, "-m", "tests.fuzz.guided", name, *options, str(kept), str(seeds)]
        done = subprocess.run(
            command, capture_output=True, text=True, errors="replace", check=False, timeout=seconds + 120
        )
        crashes = [file for pattern in ("crash-*", "timeout-*", "oom-*") for file in kept.glob(pattern)]
        figures = Figures(name, int((DONE.findall(done.stderr) or [0])[-1]))
        figures.megabytes = int((re.findall(r"peak_rss_mb:\s+(\d+)", done.stderr) or ["0"])[-1])
        said = [line for line in (done.stdout + done.stderr).splitlines() if line.startswith(FOUND)]
        if crashes or done.returncode:
            figures.found = said[-1] if said else f"ended with {done.returncode}: {done.stderr[-500:]}"
            figures.data = crashes[0].read_bytes().hex() if crashes else ""
        return figures


def child(arguments: list[str]) -> None:
    """The engine at work; it ends the process itself."""
    import atheris  # type: ignore[import-untyped, unused-ignore] # noqa: PLC0415 - only where it is installed

    with atheris.instrument_imports(include=["gateway"]):
        from tests.fuzz.entrances import ENTRANCES  # noqa: PLC0415 - what is imported here is instrumented

    with ENTRANCES[arguments[0]].opened() as target:

        def one(data: bytes) -> None:
            try:
                target(data)
            except Exception as fault:
                print(f"{FOUND}{told(fault)}", flush=True)
                raise

        atheris.Setup([arguments[0], *arguments[1:]], one)
        atheris.Fuzz()


if __name__ == "__main__":
    child(sys.argv[1:])
