"""Good inputs to begin with: our own examples, and those of others where they are at hand (GATEWAY_SHARED)."""

import os
from collections.abc import Iterable
from pathlib import Path

from gateway.fhir import json
from gateway.fhir import xml as written

ROOT = Path(__file__).resolve().parents[2]
SHARED = Path(os.environ.get("GATEWAY_SHARED") or ROOT.parent / "shared") / "data"
LONGEST = 32 * 1024
MOST = 150


def files(own: Iterable[str], others: Iterable[str] = ()) -> list[bytes]:
    """The smaller files of some patterns."""
    found = [path for pattern in own for path in sorted(ROOT.glob(pattern))]
    more = [path for pattern in others for path in sorted(SHARED.glob(pattern))] if SHARED.is_dir() else []
    kept = [path for path in (*found, *more[:: max(1, len(more) // MOST)]) if path.is_file()]
    return [data for path in kept if len(data := path.read_bytes()) <= LONGEST]


def hl7() -> list[bytes]:
    """HL7 v2 messages."""
    return files(["mappings/hl7v2*/examples/*.hl7", "tests/adapters/hl7v2/examples/*.hl7"], ["hl7v2*/**/*.hl7"])


def lists() -> list[bytes]:
    """Lists of care services."""
    return files(["mappings/*/examples/*.csv", "tests/adapters/delimited/tables/*.csv", "mappings/*/examples/*.txt"])


def fhir() -> list[bytes]:
    """Resources and Bundles in JSON."""
    return files(["mappings/*/examples/*.fhir.json"], ["fhir-r4/**/*.json", "hostile/**/*.json", "de/**/*.json"])


def xml() -> list[bytes]:
    """Resources in XML; the Bundles of our examples, and of others."""
    read = [json.loads(data) for data in files(["mappings/*/examples/*.fhir.json"])]
    own = [written.dumps(value)[0] for value, problems in read if isinstance(value, dict) and not problems]
    return [data for data in own if len(data) <= LONGEST] + files([], ["fhir-r4/**/*.xml", "hostile/**/*.xml"])


def plans() -> list[bytes]:
    """Care plans as the electronic care plan has them."""
    return files(["mappings/evp/examples/*.in.json", "mappings/evp/examples/*.back.json"])


def partners() -> list[bytes]:
    """Files of partners."""
    return files(["docker/demo/**/partner.yaml", "mappings/partners/*/partner.yaml"])


def policies() -> list[bytes]:
    """Policies."""
    return files(["policies/*.yaml"])


def maps() -> list[bytes]:
    """Maps."""
    return files(["mappings/hl7v2/*.map.yaml", "mappings/pflegedienst-liste/*.map.yaml", "mappings/evp/*.map.yaml"])


def settings() -> list[bytes]:
    """gateway.yaml."""
    return files(["docker/**/gateway.yaml", "docs/**/gateway.yaml"])
