"""Accounts made, given a new second factor, and shut; each by somebody, with a line in the audit."""

import re
import secrets
from dataclasses import dataclass, replace

from gateway.domain.ledger import Audit
from gateway.domain.problem import Problem
from gateway.pipeline.rooms import Rooms
from gateway.pipeline.staff import proof
from gateway.pipeline.staff.account import Account, altered, found, written
from gateway.pipeline.staff.roles import ROLES, fits
from gateway.pipeline.staff.session import Times, ended, open_ones

LOGIN = re.compile(r"[a-z0-9][a-z0-9._@-]{1,62}[a-z0-9]")
EVER = Times()


@dataclass(frozen=True, slots=True)
class Fresh:
    """An account with what is told once: what the picture for the telephone says; or why there is none."""

    account: Account | None = None
    address: str = ""
    problems: tuple[Problem, ...] = ()


def added(wished: Account, password: str, who: str, rooms: Rooms) -> Fresh:
    """A new local account; `wished` says login, role and site."""
    login = wished.login.strip().lower()
    weak = proof.weak(password, login)
    wrong = (*unfit(replace(wished, login=login), rooms), *([weak] if weak else []))
    if wrong:
        return Fresh(problems=wrong)
    seed, now = proof.fresh_seed(), rooms.now()
    made = Account(
        new_id(), wished.role, now.isoformat(), wished.site, login, password=proof.scrambled(password), seed=seed
    )
    detail = f"{made.role} {made.site}".strip()
    made = written(made, Audit(now, who, "staff added", made.actor, "done", detail), rooms)
    return Fresh(made, proof.address(seed, login))


def unfit(wished: Account, rooms: Rooms) -> list[Problem]:
    """Everything that is wrong with a new account but its password."""
    problems = []
    if not LOGIN.fullmatch(wished.login):
        sentence = "a login has 3 to 64 small letters, digits, and `.`, `-`, `_`, `@` between them"
        problems.append(Problem("staff.login", "login", sentence, "write `k.brandt`"))
    elif found("login", wished.login, rooms):
        repair = "take another one, or `gateway staff reset` for the one there is"
        problems.append(Problem("staff.login.taken", "login", "there is an account of this login", repair))
    return problems + homeless(wished.role, wished.site, rooms)


def homeless(role: str, site: str, rooms: Rooms) -> list[Problem]:
    """What is wrong with a role and its site."""
    if role not in ROLES:
        return [Problem("staff.role", "role", "there is no such role", f"write one of {', '.join(ROLES)}")]
    if not fits(role, site):
        repair = "name the site for `kuemmerer` and `lead`, and none for the others"
        return [Problem("staff.site", "site", "this role does not go with this site", repair)]
    party = rooms.directory.get(site) if site else None
    if site and (party is None or party.kind != "site"):
        repair = "name a partner with `kind: site`; `gateway partner list` names them"
        return [Problem("staff.site.unknown", "site", "there is no such site", repair)]
    return []


def new_id() -> str:
    """An id that tells nothing of the person."""
    return secrets.token_hex(5)


def again(account: Account, password: str, who: str, rooms: Rooms) -> Fresh:
    """A new password and a new second factor for a local account; its sittings end, and it is no longer locked."""
    weak = proof.weak(password, account.login)
    if weak:
        return Fresh(problems=(weak,))
    seed, now = proof.fresh_seed(), rooms.now()
    fresh = {"password": proof.scrambled(password), "seed": seed, "step": 0, "tries": 0, "locked": "", "disabled": ""}
    made = altered(account, fresh, Audit(now, who, "staff reset", account.actor, "done"), rooms)
    out(account, who, rooms)
    return Fresh(made, proof.address(seed, account.login))


def disabled(account: Account, who: str, rooms: Rooms) -> None:
    """Shuts an account; its sittings and tokens end with it."""
    now = rooms.now()
    if not account.disabled:
        altered(account, {"disabled": now.isoformat()}, Audit(now, who, "staff disabled", account.actor, "done"), rooms)
    out(account, who, rooms)


def out(account: Account, who: str, rooms: Rooms) -> int:
    """Ends all sittings of an account; how many there were."""
    return sum(ended(one.id, who, rooms) for one in open_ones(rooms, EVER, account.id))


def reopened(account: Account, who: str, rooms: Rooms) -> Account:
    """Opens an account that was shut; for whoever comes by OpenID Connect, whose provider keeps the rest."""
    line = Audit(rooms.now(), who, "staff reset", account.actor, "done")
    return altered(account, {"disabled": "", "tries": 0, "locked": ""}, line, rooms)
