"""How long a format takes from its files to functions that run, and a reload to notice a change."""

import tempfile
from pathlib import Path

from tests.bench.engine import NotReadyError, known, shelf, told
from tests.bench.measure import Row, medians

RULES = 300
ROUNDS = 7
HEAD = "format: wide\ntitle: Viele Regeln\ncodec: delimited\nstanding: draft\nunmapped: error\nroots: [wide]\n"
MAP = "map: wide\nsource: table\ntarget: resources\nrules:\n  - row <-> ServiceRequest as measure:\n"


def wide(folder: Path) -> Path:
    """Write a format of 300 rules."""
    home = folder / "wide"
    home.mkdir()
    columns = ", ".join(f"{{name: c{n}}}" for n in range(RULES))
    (home / "format.yaml").write_text(f"{HEAD}options: {{columns: [{columns}]}}\n", encoding="utf-8")
    rules = "".join(f"      - c{n} <-> extension[url=https://example.org/c{n}].valueString\n" for n in range(RULES))
    (home / "wide.map.yaml").write_text(MAP + rules, encoding="utf-8")
    return home


def load(folders: tuple[Path, ...], name: str) -> None:
    """From files to compiled functions, both directions, with account."""
    fresh = shelf(*folders)
    ready = fresh.get(name)
    if ready is None:
        raise NotReadyError(told(fresh.problems[name]))
    ready.ready("to_fhir", "account")
    ready.ready("from_fhir", "account")


def measured() -> list[Row]:
    """A format of 300 rules; our largest; noticing a change."""
    with tempfile.TemporaryDirectory() as room:
        folder = Path(room)
        home = wide(folder)
        compiling = medians(lambda: load((folder,), "wide"), rounds=ROUNDS)[0]
        running = shelf(folder)
        running.get("wide")
        noticing = medians(running.refresh, rounds=ROUNDS)[0]
        text = (home / "format.yaml").read_text(encoding="utf-8")
        (home / "format.yaml").write_text(text + "\n", encoding="utf-8")
        noticed = running.refresh() == ["wide"]
    rows = [
        Row(f"compile a format of {RULES} rules, both directions", compiling, 0.3),
        Row(
            "look whether that format changed",
            noticing,
            1.0,
            note="change noticed" if noticed else "change NOT noticed",
        ),
    ]
    if "hl7v2-de" in known().names():
        rows.append(
            Row(
                "compile hl7v2-de, both directions",
                medians(lambda: load(known().folders, "hl7v2-de"), rounds=ROUNDS)[0],
            )
        )
    return rows
