"""FHIR clients written by others, as they come, against a gateway that serves: does each get what it expects."""

import os
from collections.abc import Callable
from pathlib import Path

from tests.conformance.clients import homes
from tests.conformance.clients.served import Served, gateway
from tests.conformance.clients.tap import heard
from tests.conformance.figures import Figure, Skipped, Verdict

DEFECTS = ("Traceback (most recent call last)", "http.defect", "line.fault", "fault=")
Client = Callable[[str], tuple[list[object], Path]]


def fhirpy(base: str) -> tuple[list[object], Path]:
    """PyPI fhirpy, its synchronous client."""
    return [homes.python(), homes.HERE / "python" / "talk.py", base], homes.HERE


def medplum(base: str) -> tuple[list[object], Path]:
    """npm @medplum/core, MedplumClient."""
    node, home = homes.node()
    return [*node, "talk.mjs", base], home


def hapi(base: str) -> tuple[list[object], Path]:
    """HAPI's generic client, which asks for the CapabilityStatement first."""
    return [*homes.java(), base], homes.HERE


CLIENTS: dict[str, Client] = {"fhirpy": fhirpy, "@medplum/core": medplum, "HAPI client": hapi}


def talk(name: str, base: str) -> Verdict:
    """What one client makes of a server; skipped with the reason where it cannot be had."""
    try:
        command, folder = CLIENTS[name](base)
    except homes.AbsentError as reason:
        return Skipped(name, str(reason))
    return heard(name, command, folder, os.environ)


def clients(_: Path) -> list[Verdict]:
    """All clients in turn against one gateway, which must have told of no fault of its own."""
    with gateway() as served:
        found = [talk(name, served.base) for name in CLIENTS]
        return [*found, unharmed(served)]


def unharmed(served: Served) -> Verdict:
    """Whether the gateway's own log tells of no defect."""
    told = [line for line in served.log.splitlines() if any(word in line for word in DEFECTS)]
    print("\n".join(told[:10]))
    return Figure("the gateway meanwhile", "without a defect in its log", int(not told), 1, 1.0, f"{len(told)} told of")
