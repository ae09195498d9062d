"""Bytes to bytes: a small referral map, a German discharge, a care plan there and back."""

import json
from collections.abc import Callable

from v2fhir.config import load_config
from v2fhir.convert import convert
from v2fhir.hl7.parser import parse_bytes

from tests.bench.engine import ROOT, NotReadyError, checked, there_and_back, to_fhir
from tests.bench.inputs import discharge, referral, update_for_peer
from tests.bench.measure import Row, medians


def bridge() -> Callable[[], str]:
    """PyPI's hl7v2-fhir-bridge: Patient, Practitioner, Encounter and Provenance of the same message."""
    settings, message = load_config(None), update_for_peer()

    def call() -> str:
        parsed = parse_bytes(message, settings.default_charset, settings.fallback_charsets)
        return json.dumps(convert(parsed, settings).bundle)

    return call


def small() -> Row:
    """Six rules with account and lineage."""
    call, data = to_fhir("referral", "lineage"), referral()
    checked(call, data)
    what = f"six-rule referral map, {len(data):,} bytes JSON -> JSON, account and lineage"
    return Row(what, medians(lambda: call(data))[0], 50e-6)


def german() -> Row:
    """A German discharge to canonical FHIR, beside the bridge."""
    call, data = to_fhir("hl7v2-de", "account"), discharge()
    bundle = json.loads(checked(call, data))
    ours, theirs = medians(lambda: call(data), bridge())
    note = f"ours {len(bundle['entry'])} resources; theirs 4, of the same message as A08 (no A03 there)"
    what = f"ADT^A03 (Germany), {len(data):,} bytes -> Bundle, with account"
    return Row(what, ours, 500e-6, "hl7v2-fhir-bridge 0.1.0", theirs, note)


def plan() -> Row:
    """A care plan there and back; the example nearest to 10 kB."""
    files = sorted(
        (ROOT / "mappings" / "evp" / "examples").glob("*.in.json"), key=lambda path: abs(path.stat().st_size - 10_000)
    )
    if not files:
        reason = "mappings/evp has no examples"
        raise NotReadyError(reason)
    call, data = there_and_back("evp", "account"), files[0].read_bytes()
    checked(call, data)
    return Row(
        f"EVP, {len(data):,} bytes -> canonical Bundle -> bytes, with account", medians(lambda: call(data))[0], 1e-3
    )


def measured() -> list[Row]:
    """The rows that can be measured; the others say why not."""
    found = []
    for row in (small, german, plan):
        try:
            found.append(row())
        except NotReadyError as reason:
            found.append(Row(row.__doc__ or "", None, note=f"not measured: {reason}"))
    return found
