"""`gateway`: the verbs, each in a file of its own."""

import typer

from gateway.cli import check, config, convert, explain, formats, new, serve

app = typer.Typer(
    name="gateway",
    help="Translates between FHIR R4 and the formats of clinics, care services and offices.",
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


def main() -> None:
    """Entry point of the command `gateway`."""
    app()
