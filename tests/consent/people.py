"""A policy in a few lines, consents given by an invented person, and one decision."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from gateway.consent.decide import Asking, Decision, decide
from gateway.consent.paths import Path, path
from gateway.consent.policy import DataClass, Policy, Role, Words
from gateway.consent.vocabulary import DATA_CLASS, PURPOSE

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
PERSON = "Patient/kaethe"
NOTHING = Words("", "")
Resource = dict[str, Any]


def at(text: str) -> Path:
    """A path that is one."""
    found = path(text)
    assert found is not None, text
    return found


def policy(classes: Mapping[str, str], frame: str = "*.status *.subject *.for", **roles: Any) -> Policy:
    """Classes with their paths, and what differs from a role that is shown nothing."""
    made = {name: DataClass(name, NOTHING, tuple(map(at, paths.split()))) for name, paths in classes.items()}
    usual: dict[str, Any] = {
        "words": NOTHING, "kinds": (), "purposes": ("CAREMGT",), "legal": ("SGB X 67a",), "ground": "law",
        "secrecy": "released", "release": (),
    }  # fmt: skip
    known = {name: Role(**{**usual, "name": name, **said}) for name, said in roles.items()}
    return Policy("test", NOTHING, "sha256:0", tuple(map(at, frame.split())), made, known)


def asking(party: str = "sozialamt", **more: Any) -> Asking:
    return Asking(**{"party": party, "role": "office", "kind": "office", "person": PERSON, **more})


def office(classes: Mapping[str, str], *consents: Resource, asked: Asking | None = None, **role: Any) -> Decision:
    """What the role `office` is shown."""
    return decide(policy(classes, office=role), consents, asked or asking(), NOW)


def consent(key: str = "c1", status: str = "active", person: str = PERSON, **provision: Any) -> Resource:
    return {
        "resourceType": "Consent", "id": key, "status": status, "patient": {"reference": person},
        "provision": {"type": "permit", **provision},
    }  # fmt: skip


def to(*parties: str) -> dict[str, Any]:
    return {"actor": [{"reference": {"reference": f"Organization/{party}"}} for party in parties]}


def care(code: str = "CAREMGT") -> dict[str, Any]:
    return {"purpose": [{"system": PURPOSE, "code": code}]}


def of(*names: str) -> dict[str, Any]:
    return {"class": [{"system": DATA_CLASS, "code": name} for name in names]}


def named(*names: str, meaning: str = "instance") -> dict[str, Any]:
    return {"data": [{"meaning": meaning, "reference": {"reference": name}} for name in names]}


def given(*names: str, key: str = "c1", status: str = "active", **more: Any) -> Resource:
    """Consent that a class is shown to the social office so that care can be organised."""
    return consent(key, status, **{**to("sozialamt"), **care(), **(of(*names) if names else {}), **more})
