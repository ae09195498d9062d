"""The policy that a deployment has put in force: its file, what is wrong with it, and the shipped one where none is."""

from collections.abc import Iterator
from pathlib import Path

from gateway.consent.policy import Policy
from gateway.domain.problem import Problem
from gateway.mapping.typed import Document, is_file
from gateway.settings.model import Settings
from gateway.settings.secrets import shown


def in_force(settings: Settings) -> tuple[Policy | None, list[Problem]]:
    """The policy of the setting `policy` with its findings; None where it is broken. Without one that which ships."""
    from gateway.pipeline.policies.load import load, standard  # noqa: PLC0415 - pydantic, and YAML of some size

    if not settings.policy:
        return standard(), []
    file = Path(settings.policy)
    name = shown(file, Path.cwd())
    try:
        return load(file, name)
    except OSError:  # taken away while it is read
        return None, [Problem("settings.policy", name, "there is no such policy", "put it there, or mend the path")]


def policy(settings: Settings, document: Document) -> Iterator[Problem]:
    """The file is there, and is a policy without errors."""
    if not settings.policy:
        return
    if not is_file(settings.policy):
        yield document.finding(
            "settings.policy", ("policy",), "there is no such policy", "put it there, or mend the path"
        )
        return
    found, problems = in_force(settings)
    yield from problems
    if found is None:
        repair = "mend the policy; `gateway policy check FILE` says more"
        yield document.finding("settings.policy", ("policy",), "this policy cannot be put in force", repair)
