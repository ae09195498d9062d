"""`gateway`: the verbs, each in a file of its own."""

import typer

from gateway.cli import (
    audit,
    cases,
    check,
    config,
    consent,
    convert,
    db,
    doctor,
    explain,
    formats,
    keys,
    link,
    messages,
    new,
    partner,
    person,
    plan,
    policy,
    recall,
    retention,
    serve,
    staff,
    trace,
)

app = typer.Typer(
    name="gateway",
    help="Translates between FHIR R4 and the formats of clinics, care services and offices, and carries what follows.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode=None,
)
app.command("convert", help=convert.HELP)(convert.convert)
app.command("explain", help=explain.HELP)(explain.explain)
app.command("check", help=check.HELP)(check.check)
app.command("formats", help=formats.HELP)(formats.formats)
app.add_typer(new.app, name="new")
app.command("serve", help=serve.HELP)(serve.serve)
app.add_typer(config.app, name="config")
app.add_typer(messages.app, name="messages")
app.add_typer(cases.app, name="cases")
app.add_typer(plan.app, name="plan")
app.add_typer(policy.app, name="policy")
app.add_typer(consent.app, name="consent")
app.add_typer(recall.app, name="recall")
app.add_typer(person.app, name="person")
app.add_typer(retention.app, name="retention")
app.command("trace", help=trace.HELP)(trace.trace)
app.command("doctor", help=doctor.HELP)(doctor.doctor)
app.add_typer(partner.app, name="partner")
app.add_typer(db.app, name="db")
app.add_typer(audit.app, name="audit")
app.add_typer(link.app, name="link")
app.add_typer(keys.app, name="keys")
app.add_typer(staff.app, name="staff")


def main() -> None:
    """Entry point of the command `gateway`."""
    app()
