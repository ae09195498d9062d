"""HL7 v2: others' pairs of message and Bundle, German messages, raw messages of every kind."""

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.conformance.calls import DATA, SHARED, Conversion, convert, explain, gathered
from tests.conformance.figures import Figure, Skipped, Verdict

TYPES = "Patient,Encounter,RelatedPerson,Coverage,Condition,AllergyIntolerance,DocumentReference,ServiceRequest"
KINDS = ("ADT", "MDM", "REF")
MISSING = 25  # most frequent missing leaves to print
PAIRS = ("microsoft", "prime-inventory")
CHARSETS = {"8859/1": "iso-8859-1", "8859/15": "iso-8859-15"}
TYPE_OF_MESSAGE = re.compile(rb"MSH(.)(?:[^\r\n]*?\1){7}([A-Z0-9]{3})")


def kind(content: bytes) -> str:
    """MSH-9.1, empty where there is none."""
    found = TYPE_OF_MESSAGE.search(content)
    return found.group(2).decode() if found else ""


def pairs(folder: Path, chosen: Callable[[bytes], bool]) -> Iterator[tuple[Path, bytes]]:
    """Messages with an expected Bundle, and that Bundle, each under its path below `folder`."""
    for message in sorted(folder.rglob("*.hl7")):
        content = message.read_bytes()
        if chosen(content):
            yield message.relative_to(folder), content
            for expected in (message.with_suffix(".expected.json"), message.with_suffix(".fhir")):
                if expected.exists():
                    yield expected.relative_to(folder), expected.read_bytes()


def fidelity(
    name: str, chosen: Callable[[bytes], bool], goals: tuple[float | None, float | None], room: Path
) -> list[Verdict]:
    """The shares of others' leaves that we also make, by the shared tool."""
    found = [pair for folder in PAIRS for pair in pairs(DATA / "v2-to-fhir" / folder, chosen)]
    gathered(found, room / "pairs")
    done = convert([pair for pair in found if pair[0].suffix == ".hl7"], "hl7v2", "fhir", room)
    tool = [sys.executable, str(SHARED / "tools" / "fidelity.py"), "--types", TYPES]
    command = [*tool, "--pairs", str(room / "pairs"), "--results", str(done.out)]
    told = json.loads(subprocess.run([*command, "--json"], capture_output=True, check=True, text=True).stdout)["total"]
    if goals[0]:
        subprocess.run([*command, "--missing", str(MISSING)], check=True, stdout=sys.stderr)
    note = f"{told['pairs']} pairs, {told['without_result']} without result"
    return [
        Figure(name, "values of the message found again", told["values"], 1, goals[0], note),
        Figure(name, "paths as expected", told["paths"], 1, goals[1], note),
    ]


def guide(room: Path) -> list[Verdict]:
    """Fidelity over ADT, MDM and REF, and over everything."""
    if not (DATA / "v2-to-fhir").is_dir():
        return [Skipped("v2-to-fhir", f"{DATA} is absent")]
    ours = fidelity("v2-to-fhir ADT MDM REF", lambda content: kind(content) in KINDS, (0.95, 0.85), room / "ours")
    return [*ours, *fidelity("v2-to-fhir all types", lambda _: True, (None, None), room / "all")]


def declared(content: bytes) -> bytes:
    """The message in the charset its MSH-18 declares (the corpus stores all as UTF-8)."""
    header = content.replace(b"\n", b"\r").split(b"\r", 1)[0].decode("utf-8", "replace").split("|")
    charset = CHARSETS.get(header[17].split("~")[0] if len(header) > 17 else "", "utf-8")
    return content.decode("utf-8").encode(charset, "xmlcharrefreplace")


def german(room: Path) -> list[Verdict]:
    """German messages: every leaf mapped or ignored with a reason."""
    folder = DATA / "de" / "hl7v2"
    if not folder.is_dir():
        return [Skipped("German HL7 v2", f"{folder} is absent")]
    files = gathered([(p.relative_to(folder), declared(p.read_bytes())) for p in sorted(folder.rglob("*.hl7"))], room)
    clean, left = 0, {}
    for path in files:
        run, told = explain(path, "hl7v2-de")
        if run.code == 0 and not run.escaped and not told.get("unmapped", [None]):
            clean += 1
        else:
            left[path.name] = [leaf["source"] for leaf in told.get("unmapped", [])][:5] or "refused"
    notes = "; ".join(f"{name}: {places}" for name, places in left.items())
    return [Figure("German HL7 v2", "no leaf unexplained", clean, len(files), 1.0, notes)]


def answered(name: str, done: Conversion) -> list[Verdict]:
    """Every input has a result or a problem, and no exception escaped."""
    good = 0 if done.run.escaped else len(done.accepted) + len(done.refused)
    note = f"{len(done.accepted)} converted, {len(done.refused)} refused with problems"
    if done.run.escaped:
        note = f"exit {done.run.code}: {done.run.errors.strip().splitlines()[-1] if done.run.errors.strip() else ''}"
    return [Figure(name, "answered by result or problem", good, len(done.inputs), 1.0, note)]


def raw(room: Path) -> list[Verdict]:
    """Raw messages of others, dirty on purpose."""
    found: list[Verdict] = []
    for name in ("hl7v2", "hl7v2-raw", "v2-to-fhir/prime-e2e"):
        folder = DATA / name
        if not folder.is_dir():
            found.append(Skipped(f"raw {name}", f"{folder} is absent"))
            continue
        files = [(path.relative_to(folder), path.read_bytes()) for path in sorted(folder.rglob("*.hl7"))]
        found += answered(f"raw {name}", convert(files, "hl7v2", "fhir", room / name.replace("/", "-")))
    return found
