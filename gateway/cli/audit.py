"""`gateway audit`: whether the audit is as it was written, what stands in it, and all of it for others."""

import sys
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from gateway.cli import console
from gateway.cli.deployment import DEFAULT, AsJson, Config, Opened, opened, operator
from gateway.domain.ledger import Audit, Note
from gateway.domain.problem import worst
from gateway.domain.question import Inquiry

if TYPE_CHECKING:
    from gateway.store.port import Store

PAGE = 1000
VERIFY = """Say whether the audit is as it was written: no line edited, taken out, moved, put in, or cut off at the end.

The hash of each line is computed anew; where there is an anchor file, the audit is held against it. Without one a cut
end is not found. It reads only. Exit 1 if anything is wrong.

Examples:

  gateway audit verify

  gateway audit verify --anchor /mnt/anchor/gateway.jsonl

  gateway audit verify --json
"""
SEARCH = """List who did what when, the newest first. Searching stands in the audit.

Examples:

  gateway audit search --object Task/5b2e41c7-0d55-5c7e-9d1f-0e4b7b3f0a11

  gateway audit search --actor senneklinik --since 2026-11-01 --until 2026-11-30

  gateway audit search --action disclose --json
"""
EXPORT = """Write the audit to standard output, the oldest line first: as AuditEvents, or line by line with all hashes.

`fhir` is one Bundle (collection) of AuditEvents. `jsonl` is one object a line with the hash of the line before, so that
others can compute the chain anew. Exporting stands in the audit.

Examples:

  gateway audit export --format jsonl > audit.jsonl

  gateway audit export --format fhir --since 2026-11-01 > november.json
"""
Since = Annotated[str, typer.Option("--since", metavar="WHEN", help="From this day or moment on.")]
Until = Annotated[str, typer.Option("--until", metavar="WHEN", help="Up to this moment, or to the end of this day.")]

app = typer.Typer(help="Prove who did what: verify the audit, search it, export it.", no_args_is_help=True)


@app.callback()
def group() -> None:
    """Prove who did what: verify the audit, search it, export it."""


@app.command("verify", help=VERIFY)
def verify(
    anchor: Annotated[
        str, typer.Option("--anchor", metavar="FILE", help="Another anchor file than that of the settings.")
    ] = "",
    json: AsJson = False,  # noqa: FBT002 - a flag of the command line
    config: Config = DEFAULT,
) -> None:
    """Run the verb."""
    from gateway.store.verify import verify as checked  # noqa: PLC0415 - with the store

    with opened(config) as deployment:
        file = anchor or deployment.settings.audit.anchor
        verdict = checked(deployment.store.trail, anchor_lines(file))
    if json:
        said = {key: value for key, value in asdict(verdict).items() if key != "problems"}
        console.machine({**said, "problems": [console.as_dict(problem) for problem in verdict.problems]})
    else:
        console.show_problems(verdict.problems, as_json=False)
        against = f"held against {verdict.anchors} lines of the anchor" if file else "no anchor: a cut end is not found"
        found = "not as it was written" if worst(verdict.problems) == "error" else "whole"
        sys.stdout.write(f"{found}: {verdict.lines} lines, {against}\n")
    if worst(verdict.problems) == "error":
        raise typer.Exit(console.FINDINGS)


def anchor_lines(file: str) -> list[bytes] | None:
    """The lines of the anchor, None where there is none to be; a file that should be there and is not has no lines."""
    from gateway.store.anchor import AnchorFile  # noqa: PLC0415 - with the store

    if not file:
        return None
    try:
        return AnchorFile(Path(file)).lines()
    except FileNotFoundError:
        return []
    except OSError as fault:
        console.wrong_call(f"{file} cannot be read: {fault.strerror}")


@app.command("search", help=SEARCH)
def search(  # noqa: PLR0913, PLR0917 - options of the command line
    actor: Annotated[str, typer.Option("--actor", help="A partner, `desk`, `gateway`, `operator NAME`.")] = "",
    action: Annotated[str, typer.Option("--action", help="`fhir read`, `disclose`, `move`, `login` ...")] = "",
    about: Annotated[str, typer.Option("--object", help="`Type/id`, or the id of a message or delivery.")] = "",
    since: Since = "",
    until: Until = "",
    limit: Annotated[int, typer.Option("--limit", min=1, help="At most so many.")] = 50,
    json: AsJson = False,  # noqa: FBT002 - a flag of the command line
    config: Config = DEFAULT,
) -> None:
    """Run the verb."""
    inquiry = Inquiry(actor, action, about, "", moment(since, "--since"), moment(until, "--until", end=True))
    with opened(config) as deployment:
        looked_at(deployment, "audit search", inquiry)
        found = list(islice(newest(deployment.store, inquiry), limit))
    if json:
        console.machine([said(line) for line in found])
        return
    zone = datetime.now().astimezone().tzname()
    rows = [[shown(line.at), line.actor, line.action, line.object, line.outcome, line.detail] for line in found]
    console.table("", [f"at ({zone})", "actor", "action", "object", "outcome", "detail"], rows)


@app.command("export", help=EXPORT)
def export(
    form: Annotated[Literal["fhir", "jsonl"], typer.Option("--format", help="fhir or jsonl.")] = "jsonl",
    since: Since = "",
    until: Until = "",
    config: Config = DEFAULT,
) -> None:
    """Run the verb."""
    inquiry = Inquiry(since=moment(since, "--since"), until=moment(until, "--until", end=True))
    with opened(config) as deployment:
        looked_at(deployment, "audit export", inquiry)
        lines = chained(deployment.store, inquiry)
        pieces = bundle(lines, deployment.settings.name) if form == "fhir" else objects(lines)
        for piece in pieces:
            sys.stdout.buffer.write(piece)
        sys.stdout.flush()


def moment(text: str, option: str, *, end: bool = False) -> datetime | None:
    """A day or moment of the command line, of this machine's zone where it names none; `end`: the end of that day."""
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text).astimezone()
    except (ValueError, OverflowError):
        console.wrong_call(f"{option} {text} is no moment; write 2026-11-22 or 2026-11-22T07:30+01:00")
    return found + timedelta(days=1) if end and len(text) == len("2026-11-22") else found


def looked_at(deployment: Opened, action: str, inquiry: Inquiry) -> None:
    """Into the audit: somebody looked into it, and what by."""
    by = ", ".join(key for key, value in asdict(inquiry).items() if value)
    deployment.store.commit([Note(Audit(datetime.now(UTC), operator(), action, "audit", "shown", by))]).result()


def newest(store: "Store", inquiry: Inquiry) -> Iterator[Audit]:
    """The lines that are asked for, the newest first, page by page."""
    before = 0
    while page := store.inquired(inquiry, before, PAGE):
        yield from page
        before = page[-1].number


def chained(store: "Store", inquiry: Inquiry) -> Iterator[tuple[Audit, str]]:
    """The lines that are asked for, the oldest first, each with the hash of the line before it."""
    from gateway.store.chain import fits  # noqa: PLC0415 - with the store
    from gateway.store.rows import audit_of  # noqa: PLC0415 - as above

    after, before = 0, ""
    while rows := store.trail(after, PAGE):
        for row in rows:
            line = audit_of([*row[1:-1], row[0], row[-1]])
            if fits(line, inquiry):
                yield line, before
            before = str(row[-1])
        after = rows[-1][0]


def said(line: Audit) -> dict[str, Any]:
    """A line for machines."""
    from gateway.store.rows import moment as stored  # noqa: PLC0415 - with the store

    return {"number": line.number, **asdict(line), "at": stored(line.at)}


def objects(lines: Iterator[tuple[Audit, str]]) -> Iterator[bytes]:
    """One object a line; `at` as it was hashed."""
    import orjson  # noqa: PLC0415 - only here

    for line, before in lines:
        yield orjson.dumps({**said(line), "before": before}) + b"\n"


def bundle(lines: Iterator[tuple[Audit, str]], name: str) -> Iterator[bytes]:
    """A Bundle of type collection, written as it is read, so that a large audit fits."""
    import orjson  # noqa: PLC0415 - only here

    from gateway.fhir.audit_event import audit_event  # noqa: PLC0415 - only here

    yield b'{"resourceType":"Bundle","type":"collection"'
    first = True
    for line, _ in lines:
        yield b',"entry":[\n' if first else b",\n"
        yield orjson.dumps({"fullUrl": f"urn:kuemmerer:audit:{line.number}", "resource": audit_event(line, name)})
        first = False
    yield b"}\n" if first else b"]}\n"


def shown(at: datetime) -> str:
    """A moment for a person of this place."""
    return at.astimezone().strftime("%Y-%m-%d %H:%M:%S")
