"""EVP instances accepted or refused as their folder says, and hostile files that must be answered."""

from pathlib import Path

from tests.conformance.calls import DATA, convert
from tests.conformance.figures import Figure, Skipped, Verdict
from tests.conformance.messages import answered

HOSTILE = (
    ("hostile/json/test_parsing", "*.json", "fhir"),
    ("hostile/json/test_transform", "*.json", "fhir"),
    ("hostile/xml", "*.xml", "fhir"),
    ("hostile/xml", "*.xsl", "fhir"),
    ("hostile/xhtml", "*", "fhir"),
    ("hostile/csv", "*.csv", "ueberleitungsantrag"),
    ("hostile/csv", "*.csv", "pflegedienst-liste"),
)


def evp(room: Path) -> list[Verdict]:
    """The national reference validator's own test instances."""
    folder = DATA / "de" / "evp" / "test-files"
    if not folder.is_dir():
        return [Skipped("EVP", f"{folder} is absent")]
    found: list[Verdict] = []
    for name, what in (("valid", "accepted"), ("invalid", "refused with a problem")):
        files = [(path.relative_to(folder), path.read_bytes()) for path in sorted((folder / name).glob("*.json"))]
        done = convert(files, "evp", "fhir", room / name)
        right = done.accepted if name == "valid" else done.refused
        wrong = ", ".join(path.name for path in done.inputs if path not in right)
        found.append(Figure(f"EVP {name}", what, len(right), len(files), 1.0, f"not: {wrong}" if wrong else ""))
    return found


def hostile(room: Path) -> list[Verdict]:
    """Attacks and corner cases: none may end in an exception, hang, or reach the network."""
    found: list[Verdict] = []
    for number, (name, pattern, source) in enumerate(HOSTILE):
        folder = DATA / name
        if not folder.is_dir():
            found.append(Skipped(name, f"{folder} is absent"))
            continue
        files = [
            (path.relative_to(folder), path.read_bytes()) for path in sorted(folder.rglob(pattern)) if path.is_file()
        ]
        found += answered(f"{name}/{pattern} as {source}", convert(files, source, "fhir", room / str(number)))
    return found
