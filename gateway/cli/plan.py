"""`gateway plan`: an agreement with a person as it stands, and what changed between two versions of it."""

import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gateway.cli import console
from gateway.cli.deployment import DEFAULT, AsJson, Config, Opened, opened, operator
from gateway.domain.ledger import Audit, Note

if TYPE_CHECKING:
    from gateway.pipeline.plans.agreement import Agreement
    from gateway.pipeline.plans.difference import Difference
    from gateway.pipeline.plans.states import Stage

Resource = dict[str, Any]
app = typer.Typer(no_args_is_help=True, help="An agreement with a person, and what changed in it.")
Id = Annotated[str, typer.Argument(metavar="PLAN", help="`CarePlan/<id>`, or the id.")]


@app.command(
    "show",
    help="""Show a plan: needs, goals with how far they are reached, measures with who carries them out, the agreement.

The plan is a patient's; looking at it stands in the audit.

Examples:

  gateway plan show CarePlan/6f0d2c1e-7a55-5f0c-8a3e-0d5b8a1c9e42

  gateway plan show 6f0d2c1e-7a55-5f0c-8a3e-0d5b8a1c9e42 --version 2
""",
)
def show(
    plan: Id,
    version: Annotated[int | None, typer.Option("--version", min=1, help="This version; left out: the newest.")] = None,
    json: AsJson = False,  # noqa: FBT002 - a flag of the command line
    config: Config = DEFAULT,
) -> None:
    """Run the verb."""
    from gateway.pipeline.plans.agreement import agreed  # noqa: PLC0415 - with the store
    from gateway.pipeline.plans.states import proofs  # noqa: PLC0415 - as above

    with opened(config) as deployment:
        at = stage(plan, version, deployment)
        resources = state(at, deployment)
        agreement = agreed(at.plan.resource, proofs(at.plan.resource, deployment.store))
        looked_at(at, deployment)
    rows, said = listed(resources), of_agreement(agreement)
    if json:
        console.machine(
            {"plan": f"CarePlan/{at.plan.id}", "version": at.plan.version, "parts": rows, "agreement": said}
        )
        return
    for row in rows:
        sys.stdout.write(console.printable("  ".join(filter(None, (row["kind"], row["name"])))) + "\n")
        for element, value in row["elements"].items():
            sys.stdout.write(console.printable(f"    {element}: {value}") + "\n")
    sys.stdout.write(console.printable(said["text"]) + "\n")


@app.command(
    "diff",
    help="""Say what changed between two versions of a plan with its needs, goals and measures, in German and English.

Left out: the last two versions; of a plan with one version that replaces another, what it changes of that one; else
what changed of its goals and measures since it was written. Looking at it stands in the audit.

Examples:

  gateway plan diff CarePlan/6f0d2c1e-7a55-5f0c-8a3e-0d5b8a1c9e42

  gateway plan diff 6f0d2c1e-7a55-5f0c-8a3e-0d5b8a1c9e42 --from 1 --to 3 --json
""",
)
def diff(
    plan: Id,
    from_: Annotated[int | None, typer.Option("--from", min=1, help="The version before.")] = None,
    to: Annotated[int | None, typer.Option("--to", min=1, help="The version after; left out: the newest.")] = None,
    json: AsJson = False,  # noqa: FBT002 - a flag of the command line
    config: Config = DEFAULT,
) -> None:
    """Run the verb."""
    from gateway.pipeline.plans.difference import diff as differences  # noqa: PLC0415 - with the store
    from gateway.pipeline.plans.states import before  # noqa: PLC0415 - as above

    with opened(config) as deployment:
        after = stage(plan, to, deployment)
        former = before(after, deployment.store) if from_ is None else stage(plan, from_, deployment)
        written = former.plan.number == after.plan.number
        found = differences(state(former, deployment, written=written), state(after, deployment))
        looked_at(after, deployment)
    if json:
        console.machine([of_difference(one) for one in found])
    elif found:
        console.table("", ["Deutsch", "English"], [[one.line("de"), one.line("en")] for one in found])
    else:
        sys.stdout.write("keine Änderung (no difference)\n")


def stage(plan: str, version: int | None, deployment: Opened) -> "Stage":
    """The version that is meant, or a wrong call."""
    from gateway.pipeline.plans import states  # noqa: PLC0415 - with the store

    key = plan.removeprefix("CarePlan/")
    found = states.stage(key, deployment.store, version)
    if found is None:
        console.wrong_call(f"there is no CarePlan/{key}" + (f" in version {version}" if version else ""))
    return found


def state(at: "Stage", deployment: Opened, *, written: bool = False) -> list[Resource]:
    """The plan with all that belongs to it, and the parties it names."""
    from gateway.pipeline.plans import states  # noqa: PLC0415 - with the store
    from gateway.pipeline.stored.view import organization  # noqa: PLC0415 - as above

    def party(link: str) -> Resource:
        kind, _, key = link.partition("/")
        return organization(kind, key, deployment.rooms)

    return states.state(at, deployment.store, party, written=written)


def looked_at(at: "Stage", deployment: Opened) -> None:
    """Into the audit: somebody looked at a person's plan."""
    note = Note(Audit(datetime.now(UTC), operator(), "show", f"CarePlan/{at.plan.id}", "shown"))
    deployment.store.commit([note]).result()


def listed(resources: list[Resource]) -> list[dict[str, Any]]:
    """The parts of a plan with their elements, in German; what is not stated is left out."""
    from gateway.pipeline.plans.elements import READERS  # noqa: PLC0415 - with the store
    from gateway.pipeline.plans.parts import names, parts  # noqa: PLC0415 - as above
    from gateway.pipeline.plans.words import ELEMENTS, KINDS  # noqa: PLC0415 - as above

    known = names(resources)
    return [
        {
            "kind": KINDS[part.kind].de,
            "key": part.key,
            "name": part.name,
            "elements": {
                ELEMENTS[word].de: said.de
                for word, read in READERS[part.kind].items()
                if (said := read(part.resource, known)).de
            },
        }
        for part in parts(resources)
    ]


def of_agreement(agreement: "Agreement | None") -> dict[str, str]:
    """Who agreed, when and how, with a sentence for people."""
    from gateway.pipeline.plans.elements import moment  # noqa: PLC0415 - with the store
    from gateway.pipeline.plans.words import AGREED, HOWS, UNAGREED  # noqa: PLC0415 - as above

    if agreement is None:
        return {"by": "", "when": "", "how": "", "text": f"{UNAGREED.de} ({UNAGREED.en})"}
    how, when = HOWS[agreement.how], moment(agreement.when)
    said = ", ".join(filter(None, (agreement.by, when, f"{how.de} ({how.en})")))
    return {"by": agreement.by, "when": agreement.when, "how": agreement.how, "text": f"{AGREED.de}: {said}"}


def of_difference(one: "Difference") -> dict[str, str]:
    """A difference for machines."""
    return {
        "kind": one.kind,
        "change": one.change,
        "part": one.key,
        "element": one.element,
        "before": one.before.de,
        "after": one.after.de,
        "de": one.line("de"),
        "en": one.line("en"),
    }
