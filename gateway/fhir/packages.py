"""The profiles in `profiles/`: StructureDefinitions, CodeSystems, ValueSets and rules files, ready to validate."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from gateway.fhir import json, rules, structure
from gateway.fhir.shape import Profile, Profiles

_HERE = Path(__file__).resolve().parent.parent
ROOTS = (_HERE / "_data" / "profiles", _HERE.parent / "profiles")
"""Where profiles lie: in the wheel, in the repository."""


def root() -> Path:
    """The folder of all profiles."""
    return next((folder for folder in ROOTS if folder.is_dir()), ROOTS[-1])


def _definitions(folder: Path, pattern: str) -> Iterator[dict[str, Any]]:
    for file in sorted(folder.glob(pattern)):
        value, problems = json.loads(file.read_bytes())
        if not problems and isinstance(value, dict) and "resourceType" in value:
            yield value


def profiles(folder: Path, pattern: str = "**/*.json") -> dict[str, Profile]:
    """The profiles by URL that a folder's definitions and rules files hold."""
    listed = list(_definitions(folder, pattern))
    sets = structure.value_sets(listed)
    found = [structure.profile(d, sets) for d in listed if d["resourceType"] == "StructureDefinition"]
    for file in sorted(folder.glob("**/rules.yaml" if "**" in pattern else "rules.yaml")):
        found += rules.read(yaml.safe_load(file.read_text(encoding="utf-8")))
    return {profile.url: profile for profile in found}


@cache
def load(name: str = "") -> Profiles:
    """The profiles of one folder below `profiles/` by its name, of all without a name; nothing for an unknown name."""
    if name and not re.fullmatch(r"[a-z0-9][a-z0-9.-]*", name):
        return {}
    return profiles(root() / name) if (root() / name).is_dir() else {}
