"""`gateway person`: the rights of a person whose data are kept: restriction, deletion, a copy of them."""

import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gateway.cli import console
from gateway.cli.deployment import DEFAULT, Config, opened, operator
from gateway.domain.ledger import Audit, Note

if TYPE_CHECKING:
    from collections.abc import Callable

    from gateway.pipeline.rights.restriction import Answered, Asked, Verb
    from gateway.pipeline.rooms import Rooms

app = typer.Typer(no_args_is_help=True, help="The rights of a person: restriction, deletion, a copy of the data.")
Person = Annotated[str, typer.Argument(metavar="PERSON", help="`Patient/<id>`, or the id.")]
Reason = Annotated[str, typer.Option("--reason", help="Why, without the person's data.")]
Out = Annotated[Path, typer.Option("--out", metavar="FOLDER", help="Folder for the files; made where there is none.")]


@app.callback()
def group() -> None:
    """The rights of a person: restriction, deletion, a copy of the data."""


SWITCHES: Mapping["Verb", tuple[str, str]] = {
    "restrict": (
        "restricted: nothing is sent until `gateway person release`",
        """Restrict the processing of a person's data (GDPR, Article 18): they are kept, and neither sent nor changed.

Deliveries wait in their lanes, messages that come are kept and wait, reminders are silent. `release` lets all go on.

Examples:

  gateway person restrict Patient/9b1c6a2f --reason "Anschrift bestritten, Schreiben vom 20.11."
""",
    ),
    "release": (
        "released: what waited goes on",
        """Lift the restriction of processing; what waited goes on, in the order it came.

Examples:

  gateway person release Patient/9b1c6a2f --reason "Anschrift geklärt"
""",
    ),
    "suspend": (
        "suspended: nothing is deleted until `gateway person resume`",
        """Suspend the deletion of a person's data, whatever the periods say (GDPR, Article 17 (3)).

Examples:

  gateway person suspend Patient/9b1c6a2f --reason "Widerspruchsverfahren anhängig"
""",
    ),
    "resume": (
        "resumed: the periods of deletion count again",
        """Let the periods of deletion count again.

Examples:

  gateway person resume Patient/9b1c6a2f --reason "Verfahren beendet"
""",
    ),
}
"""Verb -> what it says when it is done, and its help."""


def switch(verb: "Verb", said: str) -> "Callable[..., None]":
    """One of the verbs that only put or lift something."""

    def run(person: Person, reason: Reason, config: Config = DEFAULT) -> None:
        """Run the verb."""
        from gateway.pipeline.rights import restriction  # noqa: PLC0415 - with the store

        asked = asking(person, reason)
        with opened(config) as deployment:
            answered = answer(restriction.VERBS[verb], asked, deployment.rooms)
            deployment.store.commit(answered.changes).result()
        sys.stdout.write(f"{asked.person} {said}\n")

    return run


for name, (done, text) in SWITCHES.items():
    app.command(name, help=text)(switch(name, done))


@app.command(
    "delete",
    help="""Delete all that is kept about a person (GDPR, Article 17), and say so in a certificate.

Refused while a case is open, the deletion is suspended or the processing restricted. What is deleted is overwritten in
the database, and its space goes back to the disk. Copies made before (`gateway db backup`) are not touched.

Examples:

  gateway person delete Patient/9b1c6a2f --reason "Antrag vom 20.11." --out bescheinigung

  gateway person delete Patient/9b1c6a2f --reason "Antrag vom 20.11." --dry-run
""",
)
def delete(
    person: Person,
    reason: Reason,
    out: Annotated[Path | None, typer.Option("--out", metavar="FOLDER", help="Where the certificate goes.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would go.")] = False,  # noqa: FBT002 - a flag
    config: Config = DEFAULT,
) -> None:
    """Run the verb."""
    from gateway.pipeline.rights import deletion  # noqa: PLC0415 - with the store
    from gateway.pipeline.rights.belongings import belongings  # noqa: PLC0415 - as above
    from gateway.store.sql.giving import give_back  # noqa: PLC0415 - as above

    with opened(config) as deployment:
        asked, rooms = asking(person, reason), deployment.rooms
        answered = answer(deletion.delete, asked, rooms)
        if dry_run:
            going = deletion.doomed(belongings(asked.person, rooms))
            console.table("", ["kind", "number"], [[kind, str(number)] for kind, number in going.counts.items()])
            return
        deployment.store.commit(answered.changes).result()
        made = deletion.certificates(asked.person, rooms)[-1]
        sys.stdout.write(f"deleted: {made['total']} things, certificate {made['id']}\n")
        if out is not None:
            put(made, out)
        given = give_back(deployment.settings.store.url)
    if given.fixed or not given.emptied:
        sys.stdout.write("space is not given back yet: `gateway retention compact` while the gateway stands still\n")


@app.command(
    "certificate",
    help="""Write the certificate of a deletion once more, as JSON and PDF/A; its SHA-256 stands in the audit.

Examples:

  gateway person certificate Patient/9b1c6a2f --out bescheinigung
""",
)
def certificate(person: Person, out: Out = Path(), config: Config = DEFAULT) -> None:
    """Run the verb."""
    from gateway.pipeline.rights.deletion import certificates  # noqa: PLC0415 - with the store

    with opened(config) as deployment:
        found = certificates(named(person), deployment.rooms)
    if not found:
        console.failed("nothing of a person of this id was deleted here")
    for made in found:
        put(made, out)


@app.command(
    "export",
    help="""Write a person's own account (GDPR, Articles 15 and 20): what is kept, what was shown to whom and why.

Three files: `meine-daten.json` (FHIR Bundle), `auskunft.json` for programs, and `auskunft.pdf` in plain German (PDF/A).
The names of those who worked with the data are left out, their organisations are named. Exporting stands in the audit.

Examples:

  gateway person export Patient/9b1c6a2f --out auskunft
""",
)
def export(person: Person, out: Out = Path(), config: Config = DEFAULT) -> None:
    """Run the verb."""
    from gateway.pipeline.rights.account import account  # noqa: PLC0415 - with the store
    from gateway.pipeline.rights.documents import account_pdf  # noqa: PLC0415 - as above

    with opened(config) as deployment:
        name, rooms = named(person), deployment.rooms
        if deployment.store.read("Patient", name.partition("/")[2]) is None:
            console.failed("there is no person of this id; name it as Patient/<id>")
        said = account(name, deployment.settings.retention.days, rooms)
        files = {
            "meine-daten.json": console.dumped(said["data"]),
            "auskunft.json": console.dumped({key: value for key, value in said.items() if key != "data"}),
            "auskunft.pdf": account_pdf(said),
        }
        digest = sha256(files["meine-daten.json"]).hexdigest()
        line = Audit(datetime.now(UTC), operator(), "export", name, "done", f"sha256 {digest}")
        deployment.store.commit([Note(line)]).result()
    for file, content in files.items():
        console.write_output(out / file, content)


def put(made: dict[str, Any], out: Path) -> None:
    """The files of a certificate."""
    from gateway.pipeline.rights.deletion import digest, written  # noqa: PLC0415 - with the store
    from gateway.pipeline.rights.documents import certificate_pdf  # noqa: PLC0415 - as above

    for ending, data in (("json", written(made)), ("pdf", certificate_pdf(made))):
        console.write_output(out / f"deletion-{made['id']}.{ending}", data)
    sys.stdout.write(f"sha256 of the JSON: {digest(made)}\n")


def named(person: str) -> str:
    """`Patient/<id>`."""
    return person if "/" in person else f"Patient/{person}"


def asking(person: str, reason: str) -> "Asked":
    """Who asks for what."""
    from gateway.pipeline.rights.restriction import Asked  # noqa: PLC0415 - with the store

    return Asked(named(person), operator(), reason)


def answer(verb: "Callable[[Asked, Rooms], Answered]", asked: "Asked", rooms: "Rooms") -> "Answered":
    """What a verb says; the problems end the call."""
    answered = verb(asked, rooms)
    console.refused(answered.problems)
    return answered
