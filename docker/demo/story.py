"""The translation part of the story, told and verified step by step; every person in it is invented.

Ends with 0 only if every step was verified.
"""

import csv
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
GATEWAY = [sys.executable, "-c", "from gateway.cli.main import main; main()"]
MESSAGE = "mappings/hl7v2-de/examples/02-discharge-to-care-facility.in.hl7"
PLAN = "docker/demo/plan.fhir.json"
KVNR = "http://fhir.de/sid/gkv/kvid-10"
WIDTH = 150
ASKED = ("Patient[0].birthDate", "ServiceRequest[0].code.coding[0].code", "Encounter[0].period.end")


def gateway(*words: str, data: bytes | None = None) -> bytes:
    """Run one command of the gateway as a user would; a failure ends the story."""
    print(f"  $ gateway {' '.join(words)}")
    done = subprocess.run([*GATEWAY, *words], input=data, capture_output=True, cwd=ROOT, check=False)
    if done.returncode:
        sys.stderr.write(done.stderr.decode())
        sys.exit(f"gateway ended with {done.returncode}")
    return done.stdout


def chapter(title: str) -> None:
    """A headline."""
    print(f"\n\033[1m{title}\033[0m")


def show(text: str, most: int = 12) -> None:
    """The beginning of a text."""
    lines = text.strip().splitlines()
    for line in lines[:most]:
        print("    " + (f"{line[:WIDTH]} ..." if len(line) > WIDTH else line))
    if len(lines) > most:
        print(f"    ... {len(lines) - most} more lines")


def verify(what: str, holds: object) -> None:
    """One verified step; a broken one ends the story."""
    print(f"  {'✓' if holds else '✗'} {what}")
    if not holds:
        sys.exit("the story broke here")


def resources(bundle: Any, kind: str) -> list[Any]:
    """The resources of one type."""
    return [entry["resource"] for entry in bundle["entry"] if entry["resource"]["resourceType"] == kind]


def kvnr(bundle: Any) -> str:
    """The insured person's number."""
    return next(i["value"] for i in resources(bundle, "Patient")[0]["identifier"] if i.get("system") == KVNR)


def discharge() -> Any:
    """The hospital's message becomes canonical FHIR."""
    chapter("1  A hospital discharges somebody to a care facility. What it sends:")
    show((ROOT / MESSAGE).read_bytes().decode("iso-8859-1").replace("\r", "\n"))
    chapter("2  The same as canonical FHIR:")
    bundle = json.loads(gateway("convert", MESSAGE, "--from", "hl7v2-de", "--to", "fhir"))
    for entry in bundle["entry"]:
        resource = entry["resource"]
        print(f"    {resource['resourceType']:18} {resource.get('status', '')}")
    referral, task = resources(bundle, "ServiceRequest"), resources(bundle, "Task")
    verify("the discharge code made a draft referral", referral and referral[0]["status"] == "draft")
    verify("and a draft task for it", task and task[0]["status"] == "draft")
    kept = resources(bundle, "DocumentReference")
    verify("the raw message stays reachable", kept and kept[-1]["content"][0]["attachment"]["data"])
    return bundle


def plan(person: str) -> None:
    """The Kümmerer's plan leaves in two formats."""
    chapter("3  What the Kümmerer then agrees with the person, as an electronic care plan (EVP):")
    evp = gateway("convert", PLAN, "--from", "fhir", "--to", "evp")
    document = json.loads(evp)
    held = {entry["fullUrl"]: entry["resource"] for entry in document["entry"]}
    for section in resources(document, "Composition")[0]["section"]:
        for reference in section["entry"]:
            resource = held[reference["reference"]]
            said = (
                resource.get("description") or resource.get("name") or resource.get("code", {}).get("coding", [{}])[0]
            )
            print(f"    {section['title']:12} {resource['resourceType']:14} {said if isinstance(said, str) else ''}")
    verify("it is about the same person", kvnr(document) == person)
    again = json.loads(gateway("convert", "-", "--from", "evp", "--to", "fhir", data=evp))
    verify("and reads back as a plan for that person", kvnr(again) == person and resources(again, "CarePlan"))
    chapter("4  The same plan as a care service's list:")
    text = gateway("convert", PLAN, "--from", "fhir", "--to", "pflegedienst-liste").decode("utf-8-sig")
    show(text)
    rows = list(csv.DictReader(text.splitlines(), delimiter=";"))
    verify(
        "one line per measure, each with the person", rows and {row["Versichertennummer"] for row in rows} == {person}
    )


def explained() -> None:
    """Three values say where they came from."""
    chapter("5  Where do three of the values come from?")
    found = json.loads(gateway("explain", MESSAGE, "--from", "hl7v2-de", "--json"))
    values = {value["path"]: value for value in found["values"]}
    for path in ASKED:
        value = values.get(path)
        verify(f"{path} is explained", value and value["source"] and value["rule"])
        if value:
            print(f"      {value['value']}  from {value['source']} = {value['before']}, by {value['rule']}")
    verify(f"{len(values)} values explained, no leaf of the message left over", not found["unmapped"])


def main() -> None:
    """Tell it."""
    bundle = discharge()
    plan(kvnr(bundle))
    explained()
    print("\nEvery step was verified. Next: `gateway --help`, docs/how-to, and `make test`.")


if __name__ == "__main__":
    main()
