"""The road `link`: what is due to a party without a system waits behind its link, and a notice says that it does."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from gateway.domain.road import Parcel, Sent
from gateway.pipeline.link.issue import invited, is_open, made, measure_of
from gateway.pipeline.link.record import Link
from gateway.pipeline.rooms import Rooms
from gateway.store.port import StoreError

Drop = Callable[[Parcel], Sent]
"""How a file gets into a folder."""

NOTICE = """\
Guten Tag,

Ihre Kümmererstelle hat eine Nachricht für Sie. Bitte öffnen Sie diese Seite:

{url}

Sie brauchen dazu einen Code. Ihn bekommen Sie getrennt, am Telefon oder mit der Post.
Bitte geben Sie diese Nachricht nicht weiter.

--

Hello,

Your Kümmerer office has a message for you. Please open the page above.
You need a code for it, which reaches you separately, by telephone or by post.
Please do not pass this message on.
"""
AGAIN = """\
Guten Tag,

auf Ihrer Seite bei der Kümmererstelle gibt es etwas Neues. Bitte öffnen Sie sie wie beim letzten Mal:

{url}

--

Hello,

There is something new on your page at the Kümmerer office. Please open it as you did last time.
"""

OFF = Sent("retry", "E0", "link-off", "No page is served: `link.listen` is empty in gateway.yaml.")
NO_MEASURE = Sent("refused", "E0", "link-measure", "Only what is about a measure can wait behind a link.")
ENDED = Sent("delivered", "E1", "ended", "The measure has ended, and there is nothing left to answer.")
BUSY = Sent("retry", "E0", "link-busy", "The link cannot be written now, or is just being used.")
WAITS = Sent("delivered", "E1", "link", "The link waits; `gateway link show` tells it.")
LIES = Sent("delivered", "E1", "there already")


def sender(rooms: Rooms, base: str, days: float, drop: Drop) -> Callable[[Parcel], Sent]:
    """The road out. `base`: where the page is, ending in `/`; empty: no page is served, and nothing can be sent."""

    def send(parcel: Parcel) -> Sent:
        if not base:
            return OFF
        delivery = rooms.store.delivery(parcel.key)
        task = measure_of(delivery.task.partition("/")[2], rooms) if delivery and delivery.task else {}
        if not task:
            return NO_MEASURE
        if delivery is None or not is_open(delivery.task.partition("/")[2], rooms):
            return ENDED
        if parcel.address.get("notify") == "folder" and lies(parcel):
            return LIES
        return waiting(parcel, made(str(task["id"]), parcel.partner, days, rooms), base, rooms)

    def waiting(parcel: Parcel, link: Link, base: str, rooms: Rooms) -> Sent:
        by_notice = parcel.address.get("notify") == "folder"
        try:
            secret = invited(link, "folder" if by_notice else "", rooms)
        except StoreError:
            return BUSY
        if not by_notice:
            return WAITS
        text = NOTICE.format(url=f"{base}#{secret}") if secret else AGAIN.format(url=base)
        return drop(replace(parcel, data=text.encode(), media_type="text/plain; charset=utf-8"))

    return send


def lies(parcel: Parcel) -> bool:
    """Whether the notice was written before a crash: its key is the one that counts, and no other is made."""
    template, day = str(parcel.address.get("name") or "{key}"), f"{parcel.created:%Y-%m-%d}" if parcel.created else ""
    name = template.format(key=parcel.key, about=parcel.about.replace(" ", "-"), date=day)
    return Path(str(parcel.address.get("path")), name).is_file()
