"""HAPI's instance validator over our definitions and over every Bundle our examples produce."""

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tests.conformance.calls import DATA, PATIENCE, ROOT, Conversion, convert
from tests.conformance.figures import Figure, Skipped, Verdict
from tests.conformance.messages import declared

HOME = ROOT / "tests" / "oracle"
PROFILES = ROOT / "profiles"
BASE = "https://kuemmerer-gateway.de/fhir"
Json = dict[str, Any]
SHOWN = 15  # findings printed per corpus


def category(code: str) -> Callable[[Json], bool]:
    """Whether a CarePlan has one of our categories."""

    def has(resource: Json) -> bool:
        codings = [coding for concept in resource.get("category", ()) for coding in concept.get("coding", ())]
        return any(coding.get("code") == code for coding in codings)

    return has


def always(_: Json) -> bool:
    """Take every resource of the type."""
    return True


# resource type, condition, the profile it is then judged by (the first that fits)
ASKED = (
    ("Patient", always, "kuemmerer-patient"),
    ("ServiceRequest", lambda resource: "basedOn" in resource or resource.get("intent") == "plan", "kuemmerer-measure"),
    ("ServiceRequest", lambda resource: resource.get("intent") in ("order", "proposal"), "kuemmerer-referral"),
    ("Task", lambda resource: "focus" in resource, "kuemmerer-referral-task"),
    ("CarePlan", category("kuemmerer-plan"), "kuemmerer-plan"),
    ("CarePlan", category("kuemmerer-need"), "kuemmerer-need"),
    ("Goal", always, "kuemmerer-goal"),
    ("Consent", always, "kuemmerer-consent"),
)


def stamp(bundle: Json) -> Json:
    """A canonical Bundle whose resources name the Kümmerer profile they must meet."""
    for resource in (entry.get("resource", {}) for entry in bundle.get("entry", ())):
        fitting = (name for kind, fits, name in ASKED if resource.get("resourceType") == kind and fits(resource))
        profile = next(fitting, None)
        named = resource.setdefault("meta", {}).setdefault("profile", [])
        if profile and f"{BASE}/StructureDefinition/{profile}" not in named:
            named.append(f"{BASE}/StructureDefinition/{profile}")
        if not named:
            del resource["meta"]["profile"]
        if not resource["meta"]:
            del resource["meta"]
    return bundle


def canonical(name: str, files: list[tuple[Path, bytes]], room: Path) -> Conversion:
    """Convert files to canonical FHIR and leave only the stamped Bundles in the folder of results."""
    done = convert(files, name, "fhir", room)
    for path in done.accepted:
        result = done.result(path)
        result.write_text(json.dumps(stamp(json.loads(result.read_text(encoding="utf-8")))), encoding="utf-8")
    for path in done.out.rglob("*.problems.json"):
        path.unlink()
    return done


def formats() -> Iterator[tuple[str, list[tuple[Path, bytes]]]]:
    """Each format with its example inputs."""
    for folder in sorted((ROOT / "mappings").glob("*/examples")):
        yield folder.parent.name, [(Path(path.name), path.read_bytes()) for path in sorted(folder.glob("*.in.*"))]


def built() -> str:
    """Build the oracle where needed; the reason why not, empty when it is there."""
    for tool in ("java", "mvn"):
        if shutil.which(tool) is None:
            return f"{tool} is not installed"
    jar = HOME / "target" / "oracle.jar"
    newest = max(path.stat().st_mtime for path in [HOME / "pom.xml", *HOME.glob("src/**/*.java")])
    if jar.exists() and jar.stat().st_mtime >= newest:
        return ""
    done = subprocess.run(
        ["mvn", "-q", "-B", "-ntp", "package"], cwd=HOME, capture_output=True, check=False, text=True, timeout=PATIENCE
    )
    return "" if done.returncode == 0 else "mvn package failed: " + (done.stdout.strip().splitlines() or ["?"])[0]


def judge(name: str, folder: Path, goal: float | None = 1.0) -> Verdict:
    """One figure: how many files of a folder the validator accepts."""
    classes = f"{HOME / 'target' / 'oracle.jar'}:{HOME / 'target' / 'lib'}/*"
    command = ["java", "-cp", classes, "de.kuemmerer.oracle.Oracle", "--profiles", str(PROFILES), str(folder)]
    done = subprocess.run(command, capture_output=True, check=False, text=True, timeout=PATIENCE, encoding="utf-8")
    lines = done.stdout.strip().splitlines()
    if not lines or not lines[-1].startswith("{"):
        return Figure(name, "valid for HAPI", 0, 1, goal, (done.stderr.strip().splitlines() or ["no answer"])[-1])
    told = json.loads(lines[-1])
    for line in lines[:-1][:SHOWN]:
        print(line.replace(f"{folder}/", ""))
    note = "{errors} errors, {warnings} warnings ({unknowable} of them errors about what cannot be known offline)"
    return Figure(name, "valid for HAPI", told["valid"], told["files"], goal, note.format_map(told))


def without_foreign_profiles(document: Json) -> Json:
    """The document claiming plain R4 only: HAPI refuses to begin where a Bundle claims a profile it cannot load."""
    for resource in (document, *(entry.get("resource", {}) for entry in document.get("entry", ()))):
        resource.get("meta", {}).pop("profile", None)
        if resource.get("meta") == {}:
            del resource["meta"]
    return document


def documents(room: Path) -> Path:
    """The EVP documents we write from our EVP examples, there and back; their own rules are the format's business."""
    out = room / "evp-out"
    out.mkdir(parents=True)
    files = dict(formats()).get("evp", [])
    done = convert(files, "evp", "evp", room / "evp-again")
    for path in done.accepted:
        written = without_foreign_profiles(json.loads(done.result(path).read_text(encoding="utf-8")))
        (out / path.name).write_text(json.dumps(written), encoding="utf-8")
    return out


def second_opinion(room: Path) -> list[Verdict]:
    """Definitions, Bundles of our examples, EVP documents, and Bundles made of others' messages."""
    reason = built()
    if reason:
        return [Skipped("HAPI", reason)]
    found = [judge("HAPI: our definitions", PROFILES)]
    ours, total, refused = room / "examples", 0, []
    for name, files in formats():
        made = canonical(name, files, room / "convert" / name)
        shutil.copytree(made.out, ours / name)
        total += len(made.inputs)
        refused += [f"{name}/{path.name}" for path in made.inputs if path not in made.accepted]
    if total:
        found.append(Figure("our examples", "converted", total - len(refused), total, 1.0, ", ".join(refused)))
        found.append(judge("HAPI: Bundles of our examples", ours))
        found.append(judge("HAPI: EVP documents we write", documents(room)))
    german = DATA / "de" / "hl7v2"
    if german.is_dir():
        files = [(path.relative_to(german), declared(path.read_bytes())) for path in sorted(german.rglob("*.hl7"))]
        found.append(judge("HAPI: Bundles of German messages", canonical("hl7v2-de", files, room / "german").out, None))
    return found
