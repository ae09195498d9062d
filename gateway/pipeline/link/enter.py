"""Who may come in by a link: the key once, in one browser, and the code at each sitting."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from gateway.domain.ledger import Audit, Note
from gateway.pipeline.cookie import fresh_cookie, hashed
from gateway.pipeline.link import secret
from gateway.pipeline.link.issue import written
from gateway.pipeline.link.record import Link, behind, found, saved
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
    """Redeems a link. Each try is written down before the code is looked at, so that nobody gets more than `tries`.

    A code without a key is tried at every link this browser has redeemed, and counts as a try at each.
    """
    for _ in range(REPEATS):
        links = candidates(shown, rooms)
        open_ones = [link for link in links if not closed(link, shown, tries, rooms.now())]
        if not open_ones:
            first = links[0] if links else None
            return turned_away(first, closed(first, shown, tries, rooms.now()), shown.code, rooms)
        try:
            tried = counted(open_ones, rooms)
        except ConflictError:
            continue
        right = next((link for link in tried if secret.fits(shown.code, link.code)), None)
        if right is None:
            return turned_away(tried[0], "wrong", "", rooms)
        return let_in(right, shown, [link for link in tried if link.id != right.id], rooms)
    return Entered("busy")


def meant(shown: Shown, rooms: Rooms) -> Link | None:
    """The link that the key belongs to, else one that this browser has redeemed."""
    return next(iter(candidates(shown, rooms)), None)


def candidates(shown: Shown, rooms: Rooms) -> list[Link]:
    """The link that the key belongs to, else all that this browser has redeemed."""
    key = hashed(secret.cleaned(shown.key))
    if key:
        link = found("key", key, rooms)
        return [link] if link else []
    return behind(hashed(shown.cookie), rooms)


def closed(link: Link | None, shown: Shown, tries: int, now: datetime) -> str:
    """Why a link opens to nobody; empty where the code decides. Only who has the key learns more than `wrong`."""
    if link is None or not link.code:
        return "wrong"
    if link.is_over(now):
        return "over"
    if link.tries >= tries:
        return "locked"
    return "used" if link.device and hashed(shown.cookie) != link.device else ""


def turned_away(link: Link | None, why: str, code: str, rooms: Rooms) -> Entered:
    """A refusal, in the audit; one for no link at all takes as long as one for a wrong code."""
    if code:
        secret.fits(code, "")
    who, about = (link.partner, link.task) if link else ("unknown", "link")
    rooms.store.commit([Note(Audit(rooms.now(), who, "link opened", about, f"refused {why}"))]).result()
    return Entered(why, link)


def counted(links: Sequence[Link], rooms: Rooms) -> list[Link]:
    """The links with one more try each, written."""
    rooms.store.commit([saved(replace(link, tries=link.tries + 1), rooms.now()) for link in links]).result()
    return [replace(link, tries=link.tries + 1, version=link.version + 1) for link in links]


def let_in(link: Link, shown: Shown, tried: Sequence[Link], rooms: Rooms) -> Entered:
    """A sitting begins; the browser gets a new cookie, and no other one can redeem the key.

    What else this party has redeemed in this browser stays with it; each keeps its own code and its own sitting. The
    try at those in `tried` is taken back.
    """
    now, cookie = rooms.now(), fresh_cookie()
    device, until, opened = hashed(cookie), (now + SITTING).isoformat(), link.opened or now.isoformat()
    others = [each for each in behind(hashed(shown.cookie), rooms) if stays(each, link)]
    back = {each.id for each in tried}
    kept = [replace(each, device=device, tries=each.tries - (each.id in back)) for each in others]
    link = replace(link, tries=0, device=device, until=until, opened=opened)
    told = Note(Audit(now, link.partner, "link opened", link.task, "done"))
    try:
        rooms.store.commit([saved(link, now), *(saved(each, now) for each in kept), told]).result()
    except ConflictError:
        return Entered("busy")
    return Entered("", replace(link, version=link.version + 1), cookie)


def stays(other: Link, link: Link) -> bool:
    """Whether another link stays with the browser: one of the same party."""
    return other.id != link.id and other.partner == link.partner


def sitting(cookie: str, rooms: Rooms, task: str = "") -> Link | None:
    """The link that a browser looks at: of this Task (id), else the last one; None: it has to come in again."""
    going = [link for link in behind(hashed(cookie), rooms) if sits(link, rooms.now())]
    return max((link for link in going if task in ("", link.id)), key=lambda link: link.until, default=None)


def sits(link: Link, now: datetime) -> bool:
    """Whether the sitting at a link goes on."""
    return not link.is_over(now) and bool(link.until) and datetime.fromisoformat(link.until) > now


def seen(link: Link, rooms: Rooms) -> Link:
    """A page was shown: in the audit, and the sitting goes on; somebody's other click at that moment does no harm."""
    later = replace(link, until=(rooms.now() + SITTING).isoformat())
    try:
        return written(later, "link seen", link.partner, rooms)
    except ConflictError:
        return link


def left(link: Link, rooms: Rooms) -> None:
    """All sittings of a browser end; it stays the one that may come in again."""
    for _ in range(REPEATS):
        going = [each for each in behind(link.device, rooms) if each.until]
        try:
            for each in going:
                written(replace(each, until=""), "link left", each.partner, rooms)
        except ConflictError:
            continue
        return
