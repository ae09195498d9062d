"""`gateway policy`: who may see what, and why; fields and reasons, never a value."""

import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gateway.cli import console
from gateway.cli.cases import meant
from gateway.cli.deployment import DEFAULT, AsJson, Config, Opened, opened, operator
from gateway.domain.ledger import Audit, Note

if TYPE_CHECKING:
    from gateway.consent.policy import Policy

app = typer.Typer(no_args_is_help=True, help="Who may see what, and why.")
File = Annotated[Path | None, typer.Option("--policy", metavar="FILE", help="Of this policy; left out: that in force.")]


@app.command(
    "check",
    help="""Check a policy: its keys, the elements it names, its classes and roles; with the line of each finding.

Without PATH the policy that ships with the gateway. Exit 0 if there is no error, 1 if there is.

Examples:

  gateway policy check

  gateway policy check policies/unser-kreis.yaml
""",
)
def check(
    path: Annotated[Path | None, typer.Argument(metavar="[PATH]", help="A policy.")] = None,
) -> None:
    """Run the verb."""
    from gateway.domain.problem import worst  # noqa: PLC0415 - with the policy
    from gateway.pipeline.policies.load import load, shipped  # noqa: PLC0415 - pydantic takes a while

    file = path or shipped()
    found, problems = load(file, str(path or file.name))
    console.show_problems(problems, as_json=False)
    count = sum(problem.severity != "information" for problem in problems)
    word = "clean" if not count else "1 finding" if count == 1 else f"{count} findings"
    size = f"; {len(found.roles)} roles, {len(found.classes)} classes, {found.hash[:19]}" if found else ""
    sys.stdout.write(f"{path or file.name}: {word}{size}\n")
    if worst(problems) == "error":
        raise typer.Exit(console.FINDINGS)


@app.command(
    "show",
    help="""Show what the policy lets a party see of a case: each field, released or withheld, and why.

The fields are those in which the case has something. What a party is sent is less: only what is about its own task.
Looking at it stands in the audit.

Examples:

  gateway policy show --recipient wohnberatung-bielefeld --case Task/5b2e41c7-1b0f-5e0c-9d0a-3f6a2b9d7c11

  gateway policy show --recipient wohnberatung-bielefeld --case 5b2e41c7 --policy policies/unser-kreis.yaml --json
""",
)
def show(
    recipient: Annotated[str, typer.Option("--recipient", metavar="PARTNER", help="Who is to see it.")],
    case: Annotated[str, typer.Option("--case", metavar="TASK", help="`Task/<id>`, the id, or its beginning.")],
    policy: File = None,
    json: AsJson = False,  # noqa: FBT002 - a flag of the command line
    config: Config = DEFAULT,
) -> None:
    """Run the verb."""
    given = policy_of(policy) if policy else None
    with opened(config) as deployment:
        rules = given or deployment.rooms.policy or policy_of(None)
        found = asked(recipient, meant(case.removeprefix("Task/"), deployment.store), rules, deployment)
    if json:
        console.machine(found)
    else:
        written(found)


def policy_of(file: Path | None) -> "Policy":
    """The policy that is meant; a broken one ends the call."""
    from gateway.pipeline.policies.load import load, standard  # noqa: PLC0415 - pydantic takes a while

    found, problems = load(file, str(file)) if file else (standard(), [])
    if found is None:
        console.show_problems(problems, as_json=False)
        raise typer.Exit(console.FINDINGS)
    return found


def asked(recipient: str, case: str, policy: "Policy", deployment: Opened) -> dict[str, Any]:
    """The decision and its table."""
    from gateway.consent.reasons import REASONS  # noqa: PLC0415 - with the policy
    from gateway.pipeline.policies.asked import decided  # noqa: PLC0415 - as above
    from gateway.pipeline.policies.table import table  # noqa: PLC0415 - as above
    from gateway.pipeline.tasks.family import root  # noqa: PLC0415 - with the store

    party, task = deployment.rooms.directory.get(recipient), deployment.store.read("Task", case)
    if party is None:
        console.wrong_call(f"there is no partner {recipient}")
    if task is None:
        console.wrong_call(f"there is no Task/{case}; `gateway cases list` names the cases")
    person = str(task.resource.get("for", {}).get("reference", ""))
    decision = decided(policy, party, person, deployment.rooms)
    rows = table(root(task.resource), decision, deployment.rooms)
    note = Audit(datetime.now(UTC), operator(), "policy", f"Task/{case}", "shown", f"for {recipient}")
    deployment.store.commit([Note(note)]).result()
    role = policy.role(party.role, party.kind)
    return {
        "recipient": recipient,
        "role": role.name if role else "",
        "policy": policy.name,
        "hash": policy.hash,
        "purpose": decision.asking.purpose,
        "legal": list(decision.legal),
        "consents": [f"Consent/{key}" for key in decision.consents],
        "fields": [{**asdict(row), "de": REASONS[row.reason].de, "en": REASONS[row.reason].en} for row in rows],
    }


def written(found: dict[str, Any]) -> None:
    """The same for people."""
    legal = ", ".join(found["legal"]) or "-"
    sys.stdout.write(f"{found['recipient']}  role {found['role'] or '-'}  purpose {found['purpose']}  legal {legal}\n")
    sys.stdout.write(f"policy {found['policy']} {found['hash'][:19]}\n\n")
    lines = [
        [
            row["field"],
            "released" if row["released"] else "withheld",
            row["data"] or "-",
            row["de"].partition(": ")[2],
            row["en"].partition(": ")[2],
            f"Consent/{row['consent']}" if row["consent"] else "",
        ]
        for row in found["fields"]
    ]
    console.table("", ["field", "", "class", "warum", "why", "by"], lines)
