"""Who may come in by a link: the key once, in one browser, and the code at each sitting."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from gateway.domain.ledger import Audit, Note
from gateway.pipeline.link import secret
from gateway.pipeline.link.issue import written
from gateway.pipeline.link.record import Link, found, saved
from gateway.pipeline.rooms import Rooms
from gateway.store.port import ConflictError

SITTING = timedelta(minutes=30)
"""Without a click for so long, the code is asked for again."""
REPEATS = 5


@dataclass(frozen=True, slots=True)
class Shown:
    """What somebody shows who comes in: the key of the address, the code, the cookie of the browser."""

    key: str = ""
    code: str = ""
    cookie: str = ""


@dataclass(frozen=True, slots=True)
class Entered:
    """What came of it: the link and the new cookie, or why not: `wrong`, `used`, `locked`, `over`, `busy`."""

    refused: str = ""
    link: Link | None = None
    cookie: str = ""


def enter(shown: Shown, tries: int, rooms: Rooms) -> Entered:
    """Redeems a link. Each try is written down before the code is looked at, so that nobody gets more than `tries`."""
    for _ in range(REPEATS):
        link = meant(shown, rooms)
        why = closed(link, shown, tries, rooms.now())
        if link is None or why:
            return turned_away(link, why, shown.code, rooms)
        try:
            link = counted(link, rooms)
        except ConflictError:
            continue
        if not secret.fits(shown.code, link.code):
            return turned_away(link, "wrong", "", rooms)
        return let_in(link, rooms)
    return Entered("busy")


def meant(shown: Shown, rooms: Rooms) -> Link | None:
    """The link that the key belongs to, else the one this browser has redeemed."""
    key = secret.hashed(secret.cleaned(shown.key))
    return found("key", key, rooms) if key else found("device", secret.hashed(shown.cookie), rooms)


def closed(link: Link | None, shown: Shown, tries: int, now: datetime) -> str:
    """Why a link opens to nobody; empty where the code decides. Only who has the key learns more than `wrong`."""
    if link is None or not link.code:
        return "wrong"
    if link.is_over(now):
        return "over"
    if link.tries >= tries:
        return "locked"
    return "used" if link.device and secret.hashed(shown.cookie) != link.device else ""


def turned_away(link: Link | None, why: str, code: str, rooms: Rooms) -> Entered:
    """A refusal, in the audit; one for no link at all takes as long as one for a wrong code."""
    if code:
        secret.fits(code, "")
    who, about = (link.partner, link.task) if link else ("unknown", "link")
    rooms.store.commit([Note(Audit(rooms.now(), who, "link opened", about, f"refused {why}"))]).result()
    return Entered(why, link)


def counted(link: Link, rooms: Rooms) -> Link:
    """The link with one more try, written."""
    rooms.store.commit([saved(replace(link, tries=link.tries + 1), rooms.now())]).result()
    return replace(link, tries=link.tries + 1, version=link.version + 1)


def let_in(link: Link, rooms: Rooms) -> Entered:
    """A sitting begins; the browser gets a new cookie, and no other one can redeem the key."""
    now, cookie = rooms.now(), secret.fresh_cookie()
    until = (now + SITTING).isoformat()
    opened = link.opened or now.isoformat()
    link = replace(link, tries=0, device=secret.hashed(cookie), until=until, opened=opened)
    try:
        return Entered("", written(link, "link opened", link.partner, rooms), cookie)
    except ConflictError:
        return Entered("busy")


def sitting(cookie: str, rooms: Rooms) -> Link | None:
    """The link of a browser whose sitting goes on; None: it has to come in again."""
    link, now = found("device", secret.hashed(cookie), rooms), rooms.now()
    if link is None or link.is_over(now) or not link.until or datetime.fromisoformat(link.until) <= now:
        return None
    return link


def seen(link: Link, rooms: Rooms) -> Link:
    """A page was shown: in the audit, and the sitting goes on; somebody's other click at that moment does no harm."""
    later = replace(link, until=(rooms.now() + SITTING).isoformat())
    try:
        return written(later, "link seen", link.partner, rooms)
    except ConflictError:
        return link


def left(link: Link, rooms: Rooms) -> None:
    """The sitting ends; the browser stays the one that may come in again."""
    try:
        written(replace(link, until=""), "link left", link.partner, rooms)
    except ConflictError:
        left_again = found("device", link.device, rooms)
        if left_again and left_again.until:
            written(replace(left_again, until=""), "link left", link.partner, rooms)
