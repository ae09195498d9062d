"""`gateway config check` and `gateway config show`: what an operator wrote, read as `gateway serve` reads it."""

import os
import re
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gateway import wiring
from gateway.cli import console
from gateway.domain.problem import Problem, worst
from gateway.mapping.shelf import Shelf

if TYPE_CHECKING:
    from gateway.directory.parties import Directory
    from gateway.settings import Secrets, Settings

CHECK = """Check a deployment: settings, partners, the formats and secrets they name, who is responsible where.

Every finding has its file, line and repair. Exit 0 if there is no error, 1 if there is.

Examples:

  gateway config check

  gateway config check --config docker/demo/gateway.yaml
"""
SHOW = """Print the settings as they act: defaults filled in, the environment laid over them, secrets only by name.

Examples:

  gateway config show --config gateway.yaml

  GATEWAY__HTTP__LISTEN=0.0.0.0:8080 gateway config show --json
"""
PASSWORD = re.compile(r"(?<=://)([^/@:]*):[^/@]*@")
MASK = "***"

Config = Annotated[Path, typer.Option("--config", metavar="FILE", help="The settings.")]
app = typer.Typer(help="Check and show the settings of a deployment.", no_args_is_help=True)


@dataclass(frozen=True, slots=True)
class Deployment:
    """What can be read of a deployment without opening anything."""

    settings: "Settings | None"
    directory: "Directory"
    secrets: "Secrets"
    problems: list[Problem]
    runs: bool = False
    """Whether the settings allow a start; a broken partner does not hinder it, it is left out."""


@app.callback()
def group() -> None:
    """Check and show the settings of a deployment."""


@app.command("check", help=CHECK)
def check(
    config: Config = Path("gateway.yaml"),
    json: Annotated[bool, typer.Option("--json", help="For machines.")] = False,  # noqa: FBT002 - a flag of the command line
) -> None:
    """Run the verb."""
    found = read(config)
    console.show_problems(found.problems, as_json=json)
    if not json:
        sys.stdout.write(f"{summary(config, found)}\n")
    if worst(found.problems) == "error":
        raise typer.Exit(console.FINDINGS)


def read(config: Path) -> Deployment:
    """Settings, partners and secrets with all that is wrong with them; a file that is not there ends the call."""
    from gateway.consent.vocabulary import OFFICER  # noqa: PLC0415 - pydantic takes a while; other verbs need none
    from gateway.directory.known import Known  # noqa: PLC0415 - as above
    from gateway.directory.load import load as load_partners  # noqa: PLC0415 - as above
    from gateway.directory.parties import Directory  # noqa: PLC0415 - as above
    from gateway.settings import Secrets, examine, read_secrets  # noqa: PLC0415 - as above
    from gateway.settings.policy import in_force  # noqa: PLC0415 - as above

    if not config.is_file():
        console.wrong_call(f"{config} cannot be read: there is no such file")
    settings, problems = examine(config)
    if settings is None:
        return Deployment(None, Directory(), Secrets(), problems)
    secrets, open_ones = read_secrets(settings.secrets, Path.cwd())
    formats = Shelf(wiring.folders(settings.mappings), wiring.Codecs(), Path.cwd())
    fallback = settings.routing.fallback
    runs = worst(problems) != "error"
    names = frozenset(secrets) if runs else None
    policy, _ = in_force(settings)
    roles = frozenset({*policy.roles, OFFICER}) if policy else None
    known = Known(settings.root, fallback, frozenset(formats.names()), names, settings.asks_certificates, roles)
    directory, found = load_partners(formats.folders, Path.cwd(), known)
    return Deployment(settings, directory, secrets, [*problems, *placed(found, config), *open_ones], runs)


def placed(problems: list[Problem], config: Path) -> list[Problem]:
    """Findings about a setting that only the partners show to be wrong, with the line of the setting."""
    from gateway.mapping.typed import open_document  # noqa: PLC0415 - pydantic, as above

    document, _, _ = open_document(config, str(config))
    where = str(document.place(("routing", "fallback"))) if document else str(config)
    return [replace(problem, place=where) if problem.place == "routing.fallback" else problem for problem in problems]


def summary(config: Path, found: Deployment) -> str:
    """The last line of a check."""
    count = sum(problem.severity != "information" for problem in found.problems)
    word = "clean" if not count else "1 finding" if count == 1 else f"{count} findings"
    if found.settings is None or not found.runs:
        return f"{config}: {word}; cannot run"
    counts = {
        "partners": len(found.directory.parties),
        "sites": len(found.directory.sites),
        "MLLP ports": len(found.settings.mllp),
        "watched folders": len(found.directory.folders()),
        "secrets": len(found.secrets),
    }
    policy = f"policy {Path(found.settings.policy).name}" if found.settings.policy else "the shipped policy"
    return f"{config}: {word}; {', '.join(f'{count} {name}' for name, count in counts.items())}, {policy}"


@app.command("show", help=SHOW)
def show(
    config: Config = Path("gateway.yaml"),
    json: Annotated[bool, typer.Option("--json", help="For machines.")] = False,  # noqa: FBT002 - a flag of the command line
) -> None:
    """Run the verb."""
    found = read(config)
    if found.settings is None or not found.runs:
        console.show_problems(found.problems, as_json=json)
        raise typer.Exit(console.FINDINGS)
    values = masked(found.settings.model_dump(mode="json"))
    values["secrets"] = {"folder": values["secrets"], "known": dict.fromkeys(found.secrets, MASK)}
    if json:
        sys.stdout.buffer.write(console.dumped(values) + b"\n")
        sys.stdout.flush()
    else:
        sys.stdout.write(as_yaml(values))


def masked(values: Any) -> Any:
    """The same without passwords of URLs."""
    if isinstance(values, dict):
        return {key: masked(value) for key, value in values.items()}
    if isinstance(values, list):
        return [masked(value) for value in values]
    return PASSWORD.sub(rf"\1:{MASK}@", values) if isinstance(values, str) else values


def as_yaml(values: dict[str, Any]) -> str:
    """The settings as gateway.yaml writes them, with what came from the environment named first."""
    import yaml  # noqa: PLC0415 - only here

    over = sorted(name for name in os.environ if name.upper().startswith("GATEWAY__"))
    head = "".join(f"# from the environment: {name}\n" for name in over)
    return head + yaml.safe_dump(values, allow_unicode=True, sort_keys=False, default_flow_style=False)
