"""`gateway check`: all static checks, examples both ways, round trip, coverage."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from gateway import wiring
from gateway.cli import console
from gateway.cli.effective import shown
from gateway.domain.problem import Problem
from gateway.mapping.parse import adapts
from gateway.mapping.proof import Proof, prove
from gateway.mapping.shelf import Shelf

HELP = """Check formats: every path, type, code table and link; examples both ways; generated trees; coverage.

Without PATH all formats that can be found. Exit 0 if clean, 1 with findings.

Examples:

  gateway check

  gateway check mappings/pflegedienst-liste

  gateway check mappings/mein-format --bless     (write the expected results beside new examples)

  gateway check --effective hl7v2-de             (print the maps as they act, inheritance resolved)
"""


def check(
    paths: Annotated[list[Path] | None, typer.Argument(metavar="[PATH]...", help="Folders of formats.")] = None,
    effective: Annotated[str, typer.Option("--effective", metavar="FORMAT", help="Print a format as it acts.")] = "",
    bless: Annotated[bool, typer.Option("--bless", help="Write the expected results of examples.")] = False,  # noqa: FBT002 - a flag of the command line
    mappings: console.Mappings = None,
) -> None:
    """Run the verb."""
    extra, names = chosen(paths or [])
    shelf = wiring.shelf([*(mappings or ()), *extra])
    if effective:
        sys.stdout.write(shown(console.open_format(shelf, effective)))
        return
    findings = 0
    for name in names or sorted(shelf.names()):
        problems, proof = examine(shelf, name, bless=bless)
        console.show_problems(problems, as_json=False)
        findings += sum(problem.severity != "information" for problem in problems)
        sys.stdout.write(f"{line(name, problems, proof)}\n")
        sys.stdout.flush()
    if findings:
        raise typer.Exit(console.FINDINGS)


def chosen(paths: list[Path]) -> tuple[list[Path], list[str]]:
    """Folders to look in and names to check: a format's folder, a file in it, or a folder of formats."""
    folders, names = [], []
    for given in paths:
        path = given if given.is_dir() else given.parent
        if not given.exists():
            console.wrong_call(f"{given} cannot be read: no such file or folder")
        if path.name in {"codes", "examples"}:
            path = path.parent
        partner = path / "partner.yaml"
        if partner.exists() and not adapts(partner) and not (path / "format.yaml").exists():
            console.wrong_call(f"{given} is a partner without maps of its own; `gateway config check` reads it")
        if (path / "format.yaml").exists() or partner.exists():
            folders.append(path.parent.parent if path.parent.name == "partners" else path.parent)
            names.append(path.name)
        else:
            partners = [entry for entry in path.glob("partners/*/partner.yaml") if adapts(entry)]
            found = [entry.parent.name for entry in [*path.glob("*/format.yaml"), *partners]]
            if not found:
                console.wrong_call(f"{given} holds no format.yaml")
            folders.append(path)
            names += sorted(found)
    return folders, names


def examine(shelf: Shelf, name: str, *, bless: bool) -> tuple[list[Problem], Proof | None]:
    """Static findings, and the proof if the format can run."""
    form, canonical = shelf.get(name), shelf.get("fhir")
    problems = list(shelf.problems.get(name, ()))
    if form is None or canonical is None:
        return problems, None
    proof = prove(form, canonical, shelf.shown(form.file.folder), bless=bless)
    return problems + proof.problems, proof


def line(name: str, problems: list[Problem], proof: Proof | None) -> str:
    """The summary line of a format."""
    found = sum(problem.severity != "information" for problem in problems)
    word = "clean" if not found else "1 finding" if found == 1 else f"{found} findings"
    if proof is None:
        return f"{name}: {word}, cannot run"
    return (
        f"{name}: {word}; {proof.rules} rules, {proof.coverage} of them in {proof.examples} examples, "
        f"{proof.back} there and back, {proof.generated} generated"
    )
