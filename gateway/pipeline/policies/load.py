"""A policy's file -> the policy, with every finding at its line."""

from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from pathlib import Path as FilePath
from typing import Any

from gateway.consent.paths import Path, path
from gateway.consent.policy import DataClass, Policy, Role, Words
from gateway.domain.problem import Problem, worst
from gateway.mapping.typed import one_or_more, open_document, typed
from gateway.pipeline.policies.file import ClassFile, PolicyFile, RoleFile
from gateway.pipeline.policies.sound import LISTS, findings

_HERE = FilePath(__file__).resolve().parents[2]
ROOTS = (_HERE / "_data" / "policies", _HERE.parent / "policies")
"""Where policies lie: in the wheel, in the repository."""
STANDARD = "standard.yaml"


def shipped() -> FilePath:
    """The policy that ships with the gateway."""
    return next((folder for folder in ROOTS if folder.is_dir()), ROOTS[-1]) / STANDARD


@cache
def standard() -> Policy:
    """The policy that ships with the gateway; one that shows nobody anything where its file was broken."""
    found, _ = load(shipped(), STANDARD)
    return found or Policy("none", Words("", ""), "", (), {}, {})


def load(file: FilePath, name: str) -> tuple[Policy | None, list[Problem]]:
    """The policy of a file, None with an error; `name` is what places call the file."""
    document, values, problems = open_document(file, name, variables=())
    if document is None or problems:
        return None, problems
    read, problems = typed(PolicyFile, values, document)
    if read is None:
        told = {problem.place for problem in problems}
        more = findings(draft(values, file.stem), document, file.stem)
        return None, [*problems, *(one for one in more if one.severity == "error" and one.place not in told)]
    problems = list(findings(read, document, file.stem))
    return (None if worst(problems) == "error" else made(read, sha256(file.read_bytes()).hexdigest())), problems


def draft(values: Mapping[str, Any], stem: str) -> PolicyFile:
    """What can be read of a file with wrong keys, so that whoever mends it hears of all the rest too."""
    classes = {name: ClassFile.model_construct(paths=_texts(said, "paths")) for name, said in _below(values, "classes")}
    roles = {
        name: RoleFile.model_construct(None, **{key: _texts(said, key) for key in ("kinds", *LISTS)})
        for name, said in _below(values, "roles")
        if classes
    }
    name, frame = values.get("policy", stem), _texts(values, "frame")
    return PolicyFile.model_construct(policy=name, frame=frame, classes=classes, roles=roles)


def _below(values: Mapping[str, Any], key: str) -> list[tuple[str, Any]]:
    """The parts below a key; none where there is something else."""
    found = values.get(key)
    return list(found.items()) if isinstance(found, dict) else []


def _texts(said: Any, key: str) -> tuple[str, ...]:
    """The texts of a list, or the one text; none where there is something else."""
    found = one_or_more(said.get(key, ())) if isinstance(said, dict) else ()
    return tuple(found) if isinstance(found, list | tuple) and all(isinstance(one, str) for one in found) else ()


def made(read: PolicyFile, digest: str) -> Policy:
    """The policy of a file without errors."""
    classes = {
        name: DataClass(name, Words(said.de, said.en), _paths(said.paths)) for name, said in read.classes.items()
    }
    roles = {name: _role(name, said) for name, said in read.roles.items()}
    return Policy(read.policy, Words(read.de, read.en), f"sha256:{digest}", _paths(read.frame), classes, roles)


def _role(name: str, said: RoleFile) -> Role:
    words = Words(said.de, said.en)
    rest = said.model_dump(exclude={"de", "en"})
    return Role(name, words, **rest)


def _paths(texts: tuple[str, ...]) -> tuple[Path, ...]:
    return tuple(found for text in texts if (found := path(text)))
