"""Writes what a FHIR server tells of R4 4.0.1: elements of summaries, and the definitions of search parameters.

    python tools/r4_interface.py FOLDER     with profiles-resources.json.gz and search-parameters.json.gz

Only names and canonical URLs are taken, no text of the standard.
"""

import gzip
import json
import sys
from pathlib import Path
from typing import Any

from gateway.fhir.elements import properties
from gateway.web.fhir.tables import TYPES

OUT = Path(__file__).parent.parent / "gateway" / "fhir" / "facts"
COMMON = ("Resource", "DomainResource")


def resources(file: Path) -> list[dict[str, Any]]:
    """The resources of a gzipped Bundle."""
    bundle = json.loads(gzip.decompress(file.read_bytes()))
    return [entry["resource"] for entry in bundle["entry"]]


def summary(definition: dict[str, Any]) -> list[str]:
    """The JSON names of the elements that are part of a summary (ElementDefinition.isSummary)."""
    kind = definition["id"]
    marked = {
        element["path"].split(".")[1].removesuffix("[x]")
        for element in definition["snapshot"]["element"]
        if element.get("isSummary") and element["path"].count(".") == 1
    }
    return [p.name for p in (properties(kind) or {}).values() if (p.choice or p.name) in marked]


def definitions(parameters: list[dict[str, Any]]) -> dict[tuple[str, str], str]:
    """Canonical URL by type and code."""
    return {
        (kind, parameter["code"]): parameter["url"]
        for parameter in parameters
        for kind in parameter["base"]
        if kind in (*TYPES, *COMMON)
    }


def main() -> int:
    """Write both files."""
    folder = Path(sys.argv[1])
    found = {r["id"]: r for r in resources(folder / "profiles-resources.json.gz") if r.get("id") in TYPES}
    lines = [" ".join([kind, *summary(found[kind])]) for kind in TYPES]
    (OUT / "r4-summary.txt").write_text("\n".join([*lines, ""]), "utf-8")
    urls = definitions(resources(folder / "search-parameters.json.gz"))
    lines = [f"{kind} {code} {url}" for (kind, code), url in sorted(urls.items())]
    (OUT / "r4-definitions.txt").write_text("\n".join([*lines, ""]), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
