"""Who comes in by name, password and code: all three at once, and nobody learns which of them was wrong."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from gateway.domain.ledger import Audit, Note, Spend
from gateway.pipeline.cookie import fresh_cookie
from gateway.pipeline.rooms import Rooms
from gateway.pipeline.staff import proof
from gateway.pipeline.staff.account import Account, found, saved
from gateway.pipeline.staff.session import begun
from gateway.store.port import ConflictError

REPEATS = 5


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody typed."""

    login: str = ""
    password: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class Rules:
    """After how many wrong tries an account is locked, and for how long."""

    tries: int = 5
    lock: timedelta = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Entered:
    """What came of it: the account and the new cookie's word, or why not: `wrong`, `busy`."""

    refused: str = ""
    account: Account | None = None
    cookie: str = ""


def enter(typed: Typed, rules: Rules, rooms: Rooms) -> Entered:
    """A sitting begins, or not. Each try is written down before it is looked at, so nobody gets more than `tries`."""
    for _ in range(REPEATS):
        account = found("login", typed.login.strip().lower()[:200], rooms)
        if account is None or shut(account, rooms):
            as_long(typed.password, rooms)
            why = "unknown" if account is None else "disabled" if account.disabled else "locked"
            return turned_away(account, why, rooms)
        try:
            account = counted(account, rules, rooms)
            right = proof.fits(typed.password, account.password)
            step = proof.step_of(typed.code, account.seed, account.step, rooms.now())
            if not right or not step:
                return turned_away(account, "wrong", rooms)
            return let_in(account, step, rooms)
        except ConflictError:
            continue
    return Entered("busy")


def as_long(password: str, rooms: Rooms) -> None:
    """What a try costs where there is an account to try: one write, and a look at a password that fits nothing."""
    now = rooms.now()
    rooms.store.commit([Spend(fresh_cookie(), now, now)]).result()
    proof.fits(password, "")


def shut(account: Account, rooms: Rooms) -> bool:
    """Whether an account opens to nobody."""
    return bool(account.disabled) or account.is_locked(rooms.now())


def counted(account: Account, rules: Rules, rooms: Rooms) -> Account:
    """The account with one more try, written; the last one that is allowed locks it until it turns out to be right."""
    tries, now = account.tries + 1, rooms.now()
    locked = (now + rules.lock).isoformat() if tries >= rules.tries else ""
    tried = replace(account, tries=0 if locked else tries, locked=locked)
    return committed(tried, [], rooms)


def let_in(account: Account, step: int, rooms: Rooms) -> Entered:
    """The sitting begins in the commit that uses the code up."""
    cookie, changes = begun(account, "local", rooms)
    account = committed(replace(account, tries=0, locked="", step=step), changes, rooms)
    return Entered("", account, cookie)


def committed(account: Account, changes: Sequence[Any], rooms: Rooms) -> Account:
    """An account written with what belongs to it."""
    rooms.store.commit([saved(account, rooms.now()), *changes]).result()
    return replace(account, version=account.version + 1)


def turned_away(account: Account | None, why: str, rooms: Rooms) -> Entered:
    """A refusal in the audit: whose account it was, if it is one, and never what was typed."""
    who = account.actor if account else "unknown"
    rooms.store.commit([Note(Audit(rooms.now(), who, "login", "staff", "refused", f"local, {why}"))]).result()
    return Entered("wrong", account)
