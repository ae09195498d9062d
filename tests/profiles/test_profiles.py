"""The Kümmerer profiles are complete, consistent and of one version."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import gateway
from gateway.domain.table import read

FOLDER = Path(__file__).resolve().parents[2] / "profiles"
BASE = "https://kuemmerer-gateway.de/fhir"
NAMING = {".py", ".yaml", ".csv", ".json"}
WORD = r"[a-z0-9]+(?:-[a-z0-9]+)*(?![a-z0-9-])"
OURS = re.compile(rf"(?:{re.escape(BASE)}|{{CANONICAL}})(/(?:StructureDefinition|CodeSystem|ValueSet)/{WORD})")
NUMBERS = re.compile(rf"(?:{re.escape(BASE)}/sid|{{SID}})/({WORD})")
TASK_STATES = {
    "draft", "requested", "received", "accepted", "rejected", "ready",
    "cancelled", "in-progress", "on-hold", "failed", "completed",
}  # fmt: skip
Json = dict[str, Any]
DEFINITIONS: dict[str, Json] = {
    path.name: json.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.json"))
}
NAMES = {name: DEFINITIONS.pop(name) for name in list(DEFINITIONS) if name.startswith("NamingSystem-")}
"""Systems of numbers; in R4 they have neither URL nor version."""
SYSTEMS = {name: found for name, found in DEFINITIONS.items() if found.get("content") == "complete"}
PROFILES = {name: found for name, found in DEFINITIONS.items() if found["resourceType"] == "StructureDefinition"}


def concepts(node: Json) -> Iterator[Json]:
    for concept in node.get("concept", ()):
        yield concept
        yield from concepts(concept)


def strings(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        for value in node.values():
            yield from strings(value)
    elif isinstance(node, list):
        for value in node:
            yield from strings(value)
    elif isinstance(node, str):
        yield node


@pytest.mark.parametrize("name", DEFINITIONS)
def test_a_definition_is_named_like_its_file_and_has_our_version(name: str) -> None:
    found = DEFINITIONS[name]
    assert name == f"{found['resourceType']}-{found['id']}.json"
    assert found["url"] == f"{BASE}/{found['resourceType']}/{found['id']}"
    assert found["version"] == gateway.__version__


@pytest.mark.parametrize("name", DEFINITIONS)
def test_what_a_definition_names_of_ours_exists(name: str) -> None:
    known = {found["url"] for found in DEFINITIONS.values()}
    named = {text.split("#")[0] for text in strings(DEFINITIONS[name]) if text.startswith(BASE)}
    assert named <= known


def named(pattern: re.Pattern[str]) -> set[str]:
    """What code and maps name."""
    files = [
        path for room in ("gateway", "mappings") for path in (FOLDER.parent / room).rglob("*") if path.suffix in NAMING
    ]
    return {found for path in files for found in pattern.findall(path.read_text(encoding="utf-8", errors="replace"))}


def test_what_code_and_maps_name_of_ours_is_defined() -> None:
    known = {found["url"].removeprefix(BASE) for found in DEFINITIONS.values()}
    assert sorted(named(OURS) - known) == []


def test_every_system_of_numbers_is_defined_and_used() -> None:
    assert named(NUMBERS) == {found["id"] for found in NAMES.values()}


@pytest.mark.parametrize("name", NAMES)
def test_a_system_of_numbers_is_named_like_its_file(name: str) -> None:
    found = NAMES[name]
    assert name == f"NamingSystem-{found['id']}.json"
    assert [each["value"] for each in found["uniqueId"]] == [f"{BASE}/sid/{found['id']}"]


def test_a_foreign_status_without_a_home_of_its_own_is_a_code_of_ours() -> None:
    homeless = [row["system"] for row in read("foreign_systems") if not row["uri"]]
    told = {system: {row["code"] for row in read("foreign") if row["system"] == system} for system in homeless}
    assert told == {
        found["id"].removeprefix("foreign-status-"): {c["code"] for c in concepts(found)}
        for found in SYSTEMS.values()
        if found["id"].startswith("foreign-status-")
    }


def test_what_a_decision_is_about_is_what_the_tables_open() -> None:
    purposes = {c["code"] for c in concepts(SYSTEMS["CodeSystem-decision-purpose.json"])}
    assert purposes == {row["purpose"] for row in read("consequences") if row["purpose"]}


@pytest.mark.parametrize("name", SYSTEMS)
def test_every_code_is_unique_and_has_a_german_and_an_english_text(name: str) -> None:
    found = list(concepts(SYSTEMS[name]))
    english = [c for c in found if [d["language"] for d in c["designation"]] == ["en"] and c["designation"][0]["value"]]
    assert max(Counter(c["code"] for c in found).values()) == 1
    assert len(found) == len(english) == SYSTEMS[name]["count"]
    assert all(c["display"] for c in found)


def test_each_business_status_is_pinned_to_exactly_one_task_status() -> None:
    pinned = {
        c["code"]: [p["valueCode"] for p in c["property"]] for c in concepts(SYSTEMS["CodeSystem-business-status.json"])
    }
    assert len(pinned) == 53
    assert all(len(states) == 1 and set(states) <= TASK_STATES for states in pinned.values())


def test_there_are_four_areas_of_concern() -> None:
    areas = [area["code"] for area in SYSTEMS["CodeSystem-areas-of-concern.json"]["concept"]]
    assert areas == ["health-and-care", "mobility", "housing", "social-life"]


@pytest.mark.parametrize("name", PROFILES)
def test_a_profile_is_an_r4_differential_that_closes_no_slice(name: str) -> None:
    found = PROFILES[name]
    slicings = [element["slicing"] for element in found["differential"]["element"] if "slicing" in element]
    assert found["fhirVersion"] == "4.0.1"
    assert found["derivation"] == "constraint"
    assert all(slicing["rules"] == "open" for slicing in slicings)


@pytest.mark.parametrize("name", sorted(set(PROFILES) - {n for n in PROFILES if PROFILES[n]["type"] == "Extension"}))
def test_a_profile_forbids_nothing_a_source_may_know(name: str) -> None:
    elements = PROFILES[name]["differential"]["element"]
    assert [element["id"] for element in elements if element.get("max") is not None and ":" not in element["id"]] == []
