"""Every example written through the FHIR interface of a serving gateway: accepted, or refused with a reason.

A resource is put under its own id; a Bundle is posted, and one that is a message or a document goes with the token of
a partner. The order is that of references: whom a Task is about is there before it.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import requests

from tests.conformance.clients.served import Served, gateway
from tests.conformance.referral.corpus import ACCEPTED, FOLDERS, Verdict, files, judged, name, needs_corpus

FHIR = "{http://hl7.org/fhir}"
MEDIA = {".json": "application/fhir+json", ".xml": "application/fhir+xml"}
FIRST = ("Organization", "Patient", "Practitioner", "PractitionerRole", "Location", "HealthcareService")
LAST = ("ServiceRequest", "CarePlan", "Task", "Bundle")
HANDED = frozenset({"message", "document", "collection"})
"""Bundles that the line takes, which asks who sends them (chapter 2.36)."""


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    with gateway() as made:
        yield made


def facts(path: Path) -> tuple[str, str, str]:
    """(Type, id, Bundle.type) of one file, read without any of our code."""
    if path.suffix == ".json":
        said: dict[str, Any] = json.loads(path.read_bytes())
        return said["resourceType"], str(said.get("id", "")), str(said.get("type", ""))
    root = ET.parse(path).getroot()  # noqa: S314 - examples of published guides
    found = {word: root.find(f"{FHIR}{word}") for word in ("id", "type")}
    said = {word: node.get("value", "") for word, node in found.items() if node is not None}
    return root.tag.removeprefix(FHIR), said.get("id", ""), said.get("type", "")


def rank(path: Path) -> tuple[int, str]:
    """Where a file stands in the order of references."""
    kind = facts(path)[0]
    place = FIRST.index(kind) if kind in FIRST else len(FIRST) + (LAST.index(kind) + 1 if kind in LAST else 0)
    return place, path.name


def written(path: Path, served: Served) -> requests.Response:
    """The answer to one file."""
    kind, key, bundle = facts(path)
    told = {"Content-Type": MEDIA[path.suffix], "Accept": "application/fhir+json"}
    if kind == "Bundle" and bundle in HANDED:
        told["Authorization"] = f"Bearer {served.token}"
    method, address = ("POST", served.base) if kind == "Bundle" else ("PUT", f"{served.base}/{kind}/{key}")
    return requests.request(method, address, data=path.read_bytes(), headers=told, timeout=20)


def said(path: Path, served: Served) -> Verdict:
    """What the interface says of one file; whatever it refuses has a reason in every issue."""
    answer = written(path, served)
    assert answer.status_code < requests.codes.server_error, path.name
    if answer.ok:
        return Verdict(ACCEPTED)
    issues = answer.json()["issue"]
    assert issues, path.name
    assert all(issue["details"]["text"] and issue["diagnostics"] for issue in issues), path.name
    assert all(issue.get("expression") or issue.get("location") for issue in issues), path.name
    codes = {coding["code"] for issue in issues for coding in issue["details"]["coding"]}
    return Verdict(f"refused {answer.status_code}", " ".join(sorted(codes)))


@needs_corpus
@pytest.mark.parametrize("folder", FOLDERS)
def test_every_example_is_written_or_refused_with_a_reason(folder: str, served: Served) -> None:
    judged("http", folder, {name(path): said(path, served) for path in sorted(files(folder), key=rank)})


@needs_corpus
def test_the_log_of_all_that_tells_of_no_defect(served: Served) -> None:
    assert "defect" not in served.log
    assert "fault" not in served.log
