"""`gateway staff`: who works with the gateway; what is secret is shown once, on the terminal."""

import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from gateway.cli import console
from gateway.cli.deployment import DEFAULT, AsJson, Config, Opened, one, opened, operator

if TYPE_CHECKING:
    from gateway.pipeline.staff.account import Account
    from gateway.pipeline.staff.keeping import Fresh

app = typer.Typer(no_args_is_help=True, help="Who works with the gateway: add, list, disable, sessions, reset.")
Who = Annotated[str, typer.Argument(metavar="WHO", help="The login, the id of the account, or the beginning of it.")]


@app.command(
    "add",
    help="""Make an account: asks for a password, and shows once what the telephone needs for the codes, as a picture.

Roles: kuemmerer and lead (of a site), integrator, officer (data protection), auditor. The person scans the picture with
any app for codes (TOTP) and comes in with login, password and code. The password is asked for twice, or read from the
first line of standard input. May be called while the gateway runs.

Examples:

  gateway staff add k.brandt --role kuemmerer --site kuemmererstelle-senne

  gateway staff add p.rahmann --role auditor --json < password.txt
""",
)
def add(
    login: Annotated[str, typer.Argument(metavar="LOGIN", help="What the person types at the door.")],
    role: Annotated[str, typer.Option("--role", metavar="ROLE", help="What the person does.")],
    site: Annotated[str, typer.Option("--site", metavar="PARTNER", help="The site, for kuemmerer and lead.")] = "",
    json: AsJson = False,  # noqa: FBT002 - a flag of the command line
    config: Config = DEFAULT,
) -> None:
    """Run the verb."""
    from gateway.pipeline.staff.account import Account  # noqa: PLC0415 - with the store
    from gateway.pipeline.staff.keeping import added, unfit  # noqa: PLC0415 - as above

    with opened(config) as deployment:
        wished = Account("", role, "", site, login.strip().lower())
        console.refused(unfit(wished, deployment.rooms))
        told(added(wished, password(), operator(), deployment.rooms), json=json)


def password() -> str:
    """Asked for twice at a terminal, else the first line of standard input; never an argument that others see."""
    if sys.stdin.isatty():
        return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True))
    return sys.stdin.readline().rstrip("\r\n")


def told(fresh: "Fresh", *, json: bool) -> None:
    """What is told once about an account."""
    console.refused(fresh.problems)
    assert fresh.account is not None  # noqa: S101 - for the types: there is one where nothing is wrong
    said = {"id": fresh.account.id, "login": fresh.account.login, "code": fresh.address}
    if json:
        console.machine(said)
        return
    import segno  # noqa: PLC0415 - only here

    sys.stdout.write(f"account  {said['id']}\nlogin    {said['login']}\n\n")
    segno.make(fresh.address, error="m").terminal(sys.stdout, compact=True)
    secret = fresh.address.partition("secret=")[2].partition("&")[0]
    sys.stdout.write(f"\nScan this with an app for codes, or type {secret}; it is shown once.\n")


@app.command(
    "list",
    help="""List the accounts: role, site, how they come in, whether they are open.

Examples:

  gateway staff list

  gateway staff list --json
""",
)
def list_(
    json: AsJson = False,  # noqa: FBT002 - a flag of the command line
    config: Config = DEFAULT,
) -> None:
    """Run the verb."""
    from gateway.pipeline.staff.account import everyone  # noqa: PLC0415 - with the store

    with opened(config) as deployment:
        rows = [row(each, deployment) for each in everyone(deployment.rooms)]
    console.listed(rows, "no accounts", json=json)


def row(account: "Account", deployment: Opened) -> dict[str, str]:
    """One line of the list."""
    words = (
        ("disabled", bool(account.disabled)),
        ("locked", account.is_locked(deployment.rooms.now())),
    )
    return {
        "id": account.id,
        "login": account.login,
        "role": account.role,
        "site": account.site,
        "comes in": "oidc" if account.subject else "local",
        "state": next((word for word, is_it in words if is_it), "open"),
    }


@app.command(
    "disable",
    help="""Shut an account: it opens nothing from now on, its sessions and access tokens end. `reset` opens it again.

Examples:

  gateway staff disable k.brandt
""",
)
def disable(who: Who, config: Config = DEFAULT) -> None:
    """Run the verb."""
    from gateway.pipeline.staff.keeping import disabled  # noqa: PLC0415 - with the store

    with opened(config) as deployment:
        account = meant(who, deployment)
        disabled(account, operator(), deployment.rooms)
    sys.stdout.write(f"account {account.id} opens nothing any more\n")


@app.command(
    "reset",
    help="""Give an account a new password and a new picture for the telephone; it is open again, its sessions end.

Examples:

  gateway staff reset k.brandt
""",
)
def reset(
    who: Who,
    json: AsJson = False,  # noqa: FBT002 - a flag of the command line
    config: Config = DEFAULT,
) -> None:
    """Run the verb."""
    from gateway.pipeline.staff.keeping import again, reopened  # noqa: PLC0415 - with the store

    with opened(config) as deployment:
        account = meant(who, deployment)
        if account.subject:
            reopened(account, operator(), deployment.rooms)
            sys.stdout.write(f"account {account.id} is open; its provider keeps password and second factor\n")
            return
        told(again(account, password(), operator(), deployment.rooms), json=json)


@app.command(
    "sessions",
    help="""List who sits there at the moment, or end what one person has open.

Examples:

  gateway staff sessions

  gateway staff sessions --end k.brandt
""",
)
def sessions(
    end: Annotated[str, typer.Option("--end", metavar="WHO", help="End all sessions of this account.")] = "",
    json: AsJson = False,  # noqa: FBT002 - a flag of the command line
    config: Config = DEFAULT,
) -> None:
    """Run the verb."""
    from gateway.pipeline.staff.keeping import out  # noqa: PLC0415 - with the store
    from gateway.pipeline.staff.session import open_ones  # noqa: PLC0415 - as above

    with opened(config) as deployment:
        if end:
            account = meant(end, deployment)
            sys.stdout.write(f"{out(account, operator(), deployment.rooms)} sessions of {account.id} ended\n")
            return
        found = open_ones(deployment.rooms, deployment.settings.staff.times)
        rows = [
            {key: value for key, value in asdict(each).items() if key in {"account", "how", "made", "seen"}}
            for each in found
        ]
    console.listed(rows, "nobody sits there", json=json)


def meant(who: str, deployment: Opened) -> "Account":
    """The account of a login, an id, or the beginning of one; or a wrong call."""
    from gateway.pipeline.staff.account import everyone, found, read  # noqa: PLC0415 - with the store

    account = found("login", who.lower(), deployment.rooms) or read(who, deployment.rooms)
    if account is None:
        known = {each.id for each in everyone(deployment.rooms) if each.id.startswith(who)}
        account = one(known, who, lambda key: read(key, deployment.rooms))
    if account is None:
        console.wrong_call(f"there is no account {console.printable(who)}; `gateway staff list` names them")
    return account
