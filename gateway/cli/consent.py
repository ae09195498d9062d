"""`gateway consent`: what a person permits, written down for it; withdrawn; shown; and access in an emergency."""

import sys
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gateway.cli import console
from gateway.cli.deployment import DEFAULT, AsJson, Config, Opened, opened, operator
from gateway.cli.record import At, EnteredBy, Heard, Medium, caused, noted, spoken_at, tell

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gateway.domain.ledger import Version
    from gateway.pipeline.granting.by_hand import Words
    from gateway.pipeline.rest.asked import Asked

app = typer.Typer(no_args_is_help=True, help="What a person permits: given, withdrawn, shown; emergencies.")
WAYS = {"phone": "telefonisch", "letter": "schriftlich", "fax": "schriftlich", "visit": "mündlich"}

Person = Annotated[str, typer.Option("--person", metavar="PATIENT", help="`Patient/<id>`, or the id.")]
To = Annotated[list[str] | None, typer.Option("--to", metavar="PARTNER", help="A recipient; may stand several times.")]
Data = Annotated[list[str] | None, typer.Option("--data", metavar="CLASS", help="A class of data; several times.")]
SaidBy = Annotated[str, typer.Option("--said-by", help="Who said it: the person, or who speaks for it.")]
Paper = Annotated[str, typer.Option("--paper", metavar="DOCUMENT", help="`DocumentReference/<id>` of what was signed.")]


@app.command(
    "give",
    help="""Write down that a person permits recipients to be shown something (a proxy entry).

For each recipient, class of data, purpose and time; without --data what the role of the recipient may see anyway.
Work that waited for it goes out by itself.

Examples:

  gateway consent give --person Patient/5b2e --to wohnberatung --data care-level --until 2027-03-31
  --said-by "Käthe Grünewälder" --entered-by "Sander, Kümmerin" --medium letter --paper DocumentReference/9c01
""",
)
def give(  # noqa: PLR0913, PLR0917 - options of the command line
    person: Person,
    to: To,
    said_by: SaidBy,
    entered_by: EnteredBy,
    data: Data = None,
    purpose: Annotated[str, typer.Option("--purpose", help="What for, a code of v3-ActReason.")] = "CAREMGT",
    until: Annotated[str, typer.Option("--until", metavar="DATE", help="The last day on which it holds.")] = "",
    medium: Medium = "visit",
    paper: Paper = "",
    at: At = "",
    json: AsJson = False,  # noqa: FBT002 - a flag of the command line
    config: Config = DEFAULT,
) -> None:
    """Run the verb."""
    from gateway.pipeline.granting.by_hand import Words, given  # noqa: PLC0415 - with the store

    if not to:
        console.wrong_call("--to names who may be shown something; a consent that names nobody opens nothing")
    heard = Heard(medium, said_by, entered_by, spoken_at(at)).checked()
    words = Words(patient(person), tuple(to), tuple(data or ()), purpose, day(until), paper, WAYS[medium])
    with opened(config) as deployment:
        sound(words, deployment)
        done(given(words, deployment.rooms), heard, deployment, as_json=json)


@app.command(
    "withdraw",
    help="""Write down that a person takes a consent back: for recipients, for classes of data, or all of it.

From that moment nothing of it is disclosed. What has not begun is cancelled, who has begun is asked to stop, what was
shown is called back (`gateway recall list`). Whoever --to names is refused too, where a contract shows it something;
what the law shows stays, unless --refuse says that the person refuses that as well. --refuse without --to refuses
everybody who is shown something, by consent, contract or law, but the site that has the case and who referred it.

Examples:

  gateway consent withdraw --person Patient/5b2e --to wohnberatung --said-by "Käthe Grünewälder"
  --entered-by "Sander, Kümmerin" --medium phone

  gateway consent withdraw --person Patient/5b2e --to wohnberatung --data care-level --said-by "Käthe Grünewälder"
  --entered-by "Sander, Kümmerin"

  gateway consent withdraw --person Patient/5b2e --refuse --said-by "Käthe Grünewälder" --entered-by "Sander, Kümmerin"
""",
)
def withdraw(  # noqa: PLR0913, PLR0917 - options of the command line
    person: Person,
    said_by: SaidBy,
    entered_by: EnteredBy,
    to: To = None,
    data: Data = None,
    refuse: Annotated[bool, typer.Option("--refuse", help="Also what is shown by law.")] = False,  # noqa: FBT002 - a flag
    medium: Medium = "visit",
    paper: Paper = "",
    at: At = "",
    json: AsJson = False,  # noqa: FBT002 - a flag of the command line
    config: Config = DEFAULT,
) -> None:
    """Run the verb."""
    from gateway.pipeline.granting.by_hand import Words, withdrawn  # noqa: PLC0415 - with the store

    heard = Heard(medium, said_by, entered_by, spoken_at(at)).checked()
    words = Words(patient(person), tuple(to or ()), tuple(data or ()), paper=paper, way=WAYS[medium])
    with opened(config) as deployment:
        sound(words, deployment)
        done(withdrawn(words, deployment.rooms, refuse=refuse), heard, deployment, as_json=json)


@app.command(
    "show",
    help="""Show what a person permits and refuses: recipients, classes, purpose, period; emergencies too.

Looking at it stands in the audit.

Examples:

  gateway consent show --person Patient/5b2e
""",
)
def show(person: Person, json: AsJson = False, config: Config = DEFAULT) -> None:  # noqa: FBT002 - as above
    """Run the verb."""
    from gateway.pipeline.granting.by_hand import Words  # noqa: PLC0415 - with the store
    from gateway.pipeline.policies.asked import stored  # noqa: PLC0415 - as above

    with opened(config) as deployment:
        name = patient(person)
        sound(Words(name, ()), deployment)
        rows = [row(consent) for consent in stored(name, deployment.rooms)]
        noted("consent", name, "shown", deployment)
    if json:
        console.machine({"person": name, "consents": rows})
        return
    heads = ["consent", "status", "kind", "to", "data", "purpose", "until"]
    console.table(name, heads, [[str(cell) for cell in each.values()] for each in rows])


@app.command(
    "emergency",
    help="""Open a person's data to a partner for 24 hours in an emergency (break the glass), with the reason.

Only the classes that the policy opens for its role. The site of the case and the data protection officer hear of it at
once; it ends by itself; a second time needs a new reason.

Examples:

  gateway consent emergency --person Patient/5b2e --to sozialstation-elsey --reason "gestürzt, Allergien unbekannt"
  --entered-by "Sander, Kümmerin"
""",
)
def emergency(  # noqa: PLR0913, PLR0917 - options of the command line
    person: Person,
    to: Annotated[str, typer.Option("--to", metavar="PARTNER", help="Who is to see it.")],
    reason: Annotated[str, typer.Option("--reason", help="What the emergency is.")],
    entered_by: EnteredBy,
    code: Annotated[str, typer.Option("--code", help="BTG or ETREAT (v3-ActReason).")] = "BTG",
    json: AsJson = False,  # noqa: FBT002 - a flag of the command line
    config: Config = DEFAULT,
) -> None:
    """Run the verb."""
    from gateway.pipeline.granting.emergency import Wish, granted  # noqa: PLC0415 - with the store

    if not entered_by.strip():
        console.wrong_call("--entered-by names who opens it")
    with opened(config) as deployment:
        wish = Wish(patient(person), to, reason, code, entered_by.strip(), operator())
        found = granted(wish, deployment.rooms)
        if found.consent is None:
            console.show_problems(found.problems, as_json=json)
            raise typer.Exit(console.FINDINGS)
        name = f"Consent/{found.consent['id']}"
        noted("emergency", name, "entered", deployment)
    shown = row(found.consent)
    if json:
        console.machine(shown)
    else:
        sys.stdout.write(f"{name}: {shown['data']} open to {to} until {shown['until']}\n")


# --- what they share -------------------------------------------------------------------------------------------------


def patient(said: str) -> str:
    """`Patient/<id>`."""
    return f"Patient/{said.strip().removeprefix('Patient/')}"


def day(text: str) -> date | None:
    """A day, or a wrong call."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        console.wrong_call("--until takes a day such as 2027-03-31")


def sound(words: "Words", deployment: Opened) -> None:
    """Ends the call where something in it is not known."""
    from gateway.pipeline.granting.by_hand import problems  # noqa: PLC0415 - with the store

    found = problems(words, deployment.rooms)
    console.refused(found)


def done(asked: "Sequence[Asked]", heard: Heard, deployment: Opened, *, as_json: bool) -> None:
    """The changes made as a proxy entry, in one commit, and who is told of them."""
    from gateway.pipeline.rest.perform import perform  # noqa: PLC0415 - with the store

    if not asked:
        console.wrong_call(
            "no consent in force permits it; --refuse means also what a law or a contract shows, "
            "and --to names who is to be refused, the site of the case and who referred it by name only"
        )
    told = perform(asked, heard.caller(deployment.rooms), deployment.rooms, whole=True)
    for one in told:
        console.show_problems(one.problems, as_json=False)
    if any(one.status not in (200, 201) for one in told):
        raise typer.Exit(console.FINDINGS)
    show_done([one.version for one in told if one.version], deployment, as_json=as_json)


def show_done(versions: "Sequence[Version]", deployment: Opened, *, as_json: bool) -> None:
    """What was written, and what goes out because of it; the account of this machine in the audit."""
    for version in versions:
        noted("consent", f"Consent/{version.id}", str(version.resource["status"]), deployment)
    rows = caused(versions[-1].message, deployment) if versions else []
    consents = [row(version.resource) for version in versions]
    if as_json:
        console.machine({"consents": consents, "told": rows})
        return
    for one in consents:
        sys.stdout.write(f"{one['consent']}: {one['status']}, {one['kind']}\n")
    tell(rows)


def row(consent: dict[str, Any]) -> dict[str, str]:
    """A Consent in one line: ids and codes."""
    from gateway.consent.ending import is_urgent  # noqa: PLC0415 - with the store
    from gateway.mapping.runtime import every  # noqa: PLC0415 - as above

    def codes(*path: str) -> str:
        return ", ".join(str(found) for found in every(consent, path)) or "-"

    kind = "emergency" if is_urgent(consent) else codes("provision", "type").replace("-", "permit")
    return {
        "consent": f"Consent/{consent['id']}",
        "status": str(consent.get("status", "")),
        "kind": kind,
        "to": codes("provision", "actor", "reference", "reference").replace("Organization/", ""),
        "data": codes("provision", "class", "code"),
        "purpose": codes("provision", "purpose", "code"),
        "until": codes("provision", "period", "end"),
    }
