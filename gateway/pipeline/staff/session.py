"""A sitting of staff: a random word in a cookie, kept as its hash, over after a while without a click."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from gateway.domain.ledger import Audit, Note, Save, Version
from gateway.pipeline.cookie import fresh_cookie, hashed
from gateway.pipeline.rooms import Rooms
from gateway.pipeline.staff.account import Account, read
from gateway.pipeline.staff.roles import fits
from gateway.pipeline.stored.own import content, record
from gateway.store.port import ConflictError

KIND = "StaffSession"
"""The store's type for it; like accounts it is none of FHIR."""
CLICKS = timedelta(minutes=1)
"""Clicks within so long are written down once."""


@dataclass(frozen=True, slots=True)
class Times:
    """How long a sitting lasts: without a click, and at all."""

    idle: timedelta = timedelta(minutes=15)
    longest: timedelta = timedelta(hours=10)


@dataclass(frozen=True, slots=True)
class Session:
    """One sitting; `id` is the SHA-256 of the cookie's word. `how`: `local` or `oidc`. Moments are ISO 8601 in UTC."""

    id: str
    account: str
    how: str
    made: str
    seen: str
    ended: str = ""
    version: int = 0

    def is_over(self, now: datetime, times: Times) -> bool:
        """Whether it counts no more."""
        made, seen = datetime.fromisoformat(self.made), datetime.fromisoformat(self.seen)
        return bool(self.ended) or seen + times.idle <= now or made + times.longest <= now


@dataclass(frozen=True, slots=True)
class Person:
    """Who sits there."""

    account: Account
    session: Session

    @property
    def actor(self) -> str:
        """What the audit calls the person."""
        return self.account.actor

    @property
    def role(self) -> str:
        """The role."""
        return self.account.role

    @property
    def site(self) -> str:
        """The site, empty for roles that have none."""
        return self.account.site


def of(version: Version) -> Session:
    """A sitting as it is stored."""
    return Session(**record(Session, version))


def saved(session: Session, at: datetime) -> Save:
    """The change that writes it, against the version it was read at."""
    terms = (("account", session.account), *(() if session.ended else (("open", "yes"),)))
    return Save(content(KIND, session), session.version, terms, at)


def begun(account: Account, how: str, rooms: Rooms) -> tuple[str, list[Any]]:
    """A new cookie's word, and the changes that begin its sitting, with the line of the audit."""
    now, cookie = rooms.now(), fresh_cookie()
    at = now.isoformat()
    line = Audit(now, account.actor, "login", "staff", "done", f"{how}, {account.role}")
    return cookie, [saved(Session(hashed(cookie), account.id, how, at, at), now), Note(line)]


def person(cookie: str, times: Times, rooms: Rooms) -> Person | None:
    """Who sits behind a cookie; None where nobody does any more. The account is asked at every click."""
    return by_id(hashed(cookie), times, rooms) if cookie else None


def by_id(key: str, times: Times, rooms: Rooms) -> Person | None:
    """Who sits in a sitting, by its id."""
    stored = rooms.store.read(KIND, key)
    session = of(stored) if stored else None
    if session is None or session.is_over(rooms.now(), times):
        return None
    account = read(session.account, rooms)
    if account is None or account.disabled or not fits(account.role, account.site):
        return None
    return Person(account, session)


def clicked(one: Person, rooms: Rooms) -> None:
    """The sitting goes on; somebody's other click at that moment does no harm."""
    now = rooms.now()
    if now - datetime.fromisoformat(one.session.seen) < CLICKS:
        return
    try:
        rooms.store.commit([saved(replace(one.session, seen=now.isoformat()), now)]).result()
    except ConflictError:
        return


def ended(key: str, who: str, rooms: Rooms) -> bool:
    """Ends a sitting, with its line in the audit; whether it was still open."""
    for _ in range(5):
        stored = rooms.store.read(KIND, key)
        session = of(stored) if stored else None
        if session is None or session.ended:
            return False
        now = rooms.now()
        line = Audit(now, who, "logout", "staff", "done", f"of staff:{session.account}")
        try:
            rooms.store.commit([saved(replace(session, ended=now.isoformat()), now), Note(line)]).result()
        except ConflictError:
            continue
        return True
    raise ConflictError("the sitting keeps being used")


def open_ones(rooms: Rooms, times: Times, account: str = "") -> list[Session]:
    """Sittings that are not over; of one account, if it is named."""
    terms = [("open", "yes"), *([("account", account)] if account else [])]
    listed = (of(version) for version in rooms.store.find(KIND, terms, 10_000))
    return [one for one in listed if not one.is_over(rooms.now(), times)]


def word(cookie: str) -> str:
    """What a form of this sitting carries, so that no other page can send it (CSRF); tells nothing of the cookie."""
    return hashed(f"form {cookie}")
