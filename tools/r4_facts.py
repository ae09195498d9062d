"""Writes the facts of FHIR R4 4.0.1 that gateway/fhir/elements.py reads, from HL7's definition Bundles.

    python tools/r4_facts.py FOLDER     with profiles-types.json.gz, profiles-resources.json.gz, valuesets.json.gz
                                        and v3-codesystems.json.gz

Only names, types, cardinalities, targets and codes are taken, no text of the standard.
"""

import gzip
import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

Json = dict[str, Any]
OUT = Path(__file__).parent.parent / "gateway" / "fhir" / "facts"
FHIRPATH = "http://hl7.org/fhirpath/System."
TYPE_EXTENSION = "http://hl7.org/fhir/StructureDefinition/structuredefinition-fhir-type"

# The stored definitions are R4 4.0.1 with additions of their keeper and of R5; this brings R4 back.
FOREIGN_TYPES = (
    "SubscriptionStatus",
    "DeviceDefinition.classification",
    "EvidenceVariable.characteristic.",
    "ResearchStudy.",
)
KEPT_TYPES = ("ResearchStudy.arm", "ResearchStudy.objective")
FOREIGN_ROWS = {
    "Binary": "url",
    "DeviceDefinition": "bodySite classification",
    "EvidenceVariable": "actual category characteristicCombination handling",
    "Meta": "account accounts author compartment onBehalfOf project",
    "ObservationDefinition": "publisher",
    "ResearchStudy": "associatedParty classifier comparisonGroup descriptionSummary label name outcomeMeasure "
    "progressStatus recruitment region result studyDesign whyStopped",
    "ResearchStudy.objective": "description",
}
REPLACED_ROWS = {
    ("AuditEvent.source", "observer"): "observer Reference 1..1 "
    "to=PractitionerRole,Practitioner,Organization,Device,Patient,RelatedPerson",
    ("Bundle.entry.response", "outcome"): "outcome Resource 0..1",
    ("Group.member", "entity"): "entity Reference 1..1 "
    "to=Patient,Practitioner,PractitionerRole,Device,Medication,Substance,Group",
    ("ResearchStudy", "site"): "site Reference 0..* to=Location",
}
REPLACED_TYPES = {
    "EvidenceVariable.characteristic": """description string 0..1
definitionReference Reference 1..1 of=definition to=Group
definitionCanonical canonical 1..1 of=definition
definitionCodeableConcept CodeableConcept 1..1 of=definition
definitionExpression Expression 1..1 of=definition
definitionDataRequirement DataRequirement 1..1 of=definition
definitionTriggerDefinition TriggerDefinition 1..1 of=definition
usageContext UsageContext 0..*
exclude boolean 0..1
participantEffectiveDateTime dateTime 0..1 of=participantEffective
participantEffectivePeriod Period 0..1 of=participantEffective
participantEffectiveDuration Duration 0..1 of=participantEffective
participantEffectiveTiming Timing 0..1 of=participantEffective
timeFromStart Duration 0..1
groupMeasure code 0..1 codes=group-measure"""
}


def corrected(path: str, lines: list[str]) -> list[str]:
    """The rows of a type as R4 4.0.1 has them."""
    if path in REPLACED_TYPES:
        return REPLACED_TYPES[path].split("\n")
    foreign = FOREIGN_ROWS.get(path, "").split()
    kept = [line for line in lines if line.split(" ")[0] not in foreign]
    return [REPLACED_ROWS.get((path, line.split(" ")[0]), line) for line in kept]


def foreign(path: str) -> bool:
    """Whether R4 4.0.1 has no such type."""
    return path.startswith(FOREIGN_TYPES) and path not in KEPT_TYPES


def resources(folder: Path, name: str) -> Iterator[Json]:
    """The resources of one of HL7's definition Bundles."""
    with gzip.open(folder / name) as file:
        yield from (entry["resource"] for entry in json.load(file)["entry"])


def last(url: str) -> str:
    """The name at the end of a canonical URL, without its version."""
    return url.rsplit("/", 1)[-1].split("|", maxsplit=1)[0]


def type_name(entry: Json, element: Json) -> str:
    """The R4 type of an element, backbone elements by their path."""
    code: str = entry["code"]
    if code.startswith(FHIRPATH):
        found = [e for e in entry.get("extension", ()) if e["url"] == TYPE_EXTENSION]
        code = next((e.get("valueUrl") or e["valueUri"] for e in found), "string")
        return "id" if element["path"] == "Resource.id" else code
    return element["path"] if code in ("BackboneElement", "Element") else code


def rows(element: Json) -> Iterator[str]:
    """One line per concrete JSON name of an element: name, type, cardinality and what else is known."""
    name = element["path"].rsplit(".", 1)[-1]
    card = f"{element['min']}..{element['max']}"
    if "contentReference" in element:
        yield f"{name} {element['contentReference'][1:]} {card}"
    for entry in element.get("type", ()):
        kind = type_name(entry, element)
        parts = [name, kind, card]
        if name.endswith("[x]"):
            parts = [name[:-3] + kind[0].upper() + kind[1:], kind, card, f"of={name[:-3]}"]
        if kind == "Reference":
            parts.append("to=" + (",".join(map(last, entry.get("targetProfile", ()))).replace("Resource", "*") or "*"))
        if entry["code"].startswith(FHIRPATH) or kind == "xhtml":
            parts.append("bare=yes")
        binding = element.get("binding", {})
        required = binding.get("strength") == "required" and "valueSet" in binding
        if required and kind in ("code", "Coding", "CodeableConcept"):
            parts.append("codes=" + last(binding["valueSet"]))
        yield " ".join(parts)


def blocks(definition: Json) -> Iterator[tuple[str, str, list[str]]]:
    """The types that one StructureDefinition defines: itself and its backbone elements, without what they inherit."""
    found: dict[str, list[str]] = {}
    parents: dict[str, str] = {}
    for element in definition["snapshot"]["element"]:
        path = element["path"]
        types = [t["code"] for t in element.get("type", ())]
        if "." not in path or types in (["BackboneElement"], ["Element"]):
            found[path] = []
            parents[path] = types[0] if types else last(definition.get("baseDefinition", ""))
        if "." in path:
            owner = path.rsplit(".", 1)[0]
            inherited = element["base"]["path"].rsplit(".", 1)[0] != owner
            if not inherited:
                found[owner].extend(rows(element))
    for path, lines in found.items():
        yield path, parents[path], lines


def elements(definitions: Iterable[Json]) -> str:
    """The element table, one paragraph per type."""
    paragraphs = []
    for definition in definitions:
        if definition["resourceType"] != "StructureDefinition" or definition.get("derivation") == "constraint":
            continue
        kind = definition["kind"]
        if kind in ("logical", "primitive-type"):
            continue
        for path, parent, lines in blocks(definition):
            word = f"{kind} " if "." not in path else ""
            head = f"{path} < {parent or '-'} {word}".rstrip()
            if not foreign(path):
                paragraphs.append("\n".join([head, *corrected(path, lines)]))
    return "\n\n".join(sorted(paragraphs)) + "\n"


def concepts(listed: Iterable[Json]) -> Iterator[str]:
    """All codes of a list of concepts, children included."""
    for concept in listed:
        yield concept["code"]
        yield from concepts(concept.get("concept", ()))


class Terminology:
    """HL7's code systems and value sets by their URL."""

    def __init__(self, folder: Path) -> None:
        found = [*resources(folder, "valuesets.json.gz"), *resources(folder, "v3-codesystems.json.gz")]
        self.systems = {r["url"]: r for r in found if r["resourceType"] == "CodeSystem"}
        self.sets = {last(r["url"]): r for r in found if r["resourceType"] == "ValueSet"}

    def expand(self, name: str) -> dict[str, list[str]] | None:
        """Code lists by system, None where a value set is open or not given as a list."""
        codes: dict[str, list[str]] = {}
        for include in self.sets.get(name, {}).get("compose", {}).get("include", ()):
            system = include.get("system", "")
            listed = include.get("concept") or self.systems.get(system, {}).get("concept")
            if not listed or "filter" in include or "valueSet" in include:
                return None
            codes.setdefault(system, []).extend(concepts(listed))
        return codes or None


def codes(table: str, terminology: Terminology) -> str:
    """The required value sets that the element table names, a line per value set and system."""
    names = sorted({word[6:] for word in table.split() if word.startswith("codes=")})
    lines = []
    for name in names:
        for system, listed in (terminology.expand(name) or {}).items():
            lines.append(f"{name} {system} {' '.join(listed)}")
    return "\n".join(lines) + "\n"


def main(folder: Path) -> None:
    """Writes both fact files."""
    definitions = [*resources(folder, "profiles-types.json.gz"), *resources(folder, "profiles-resources.json.gz")]
    table = elements(definitions)
    OUT.mkdir(exist_ok=True)
    (OUT / "r4-elements.txt").write_text(table, encoding="utf-8")
    (OUT / "r4-codes.txt").write_text(codes(table, Terminology(folder)), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
