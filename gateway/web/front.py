"""The front door of a house: the HTTP application over its rooms, and what it tells of itself."""

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from gateway.domain.ledger import Audit, Change, Delivery, Entry
from gateway.domain.road import Intake
from gateway.web.api import app
from gateway.web.auth import roads_of
from gateway.web.doors import Doors
from gateway.web.limit import Quiet
from gateway.web.metrics import Metrics
from gateway.web.refusal import said
from gateway.web.server import Serving, serve
from gateway.web.syntax import unread

if TYPE_CHECKING:
    from gateway.house.house import House
    from gateway.settings.section import Door
    from gateway.web.smart.access import Access

LOG = logging.getLogger("gateway.web")


def measured(house: "House") -> Metrics:
    """The figures of a house, which tells them of its attempts to deliver."""
    metrics = Metrics(house.rooms.store.counts, house.runner.lag)
    house.attempted = metrics.attempted
    house.refused = metrics.refused
    return metrics


async def open_http(house: "House", metrics: Metrics, intake: Intake) -> Serving:
    """The application at work on the address of the settings."""
    http = house.settings.http
    return await serve(app(doors_of(house, metrics, intake)), http.listen, http.tls, handshakes(house, metrics, "http"))


def handshakes(house: "House", metrics: Metrics, door: str) -> Callable[[str], None]:
    """Hears why handshakes of a door fail: each is counted, each reason is in the audit once in a minute."""
    quiet = Quiet()

    def failed(reason: str) -> None:
        metrics.refused(door, "tls")
        now = house.rooms.now()
        more = quiet.more(reason, now.timestamp())
        if more is not None:
            LOG.warning("tls.refused", extra={"door": door, "reason": reason, "more": more})
            detail = reason + (f", {more} more before" if more else "")
            house.audit(Audit(now, "unknown", "tls", door, "refused", detail))

    return failed


async def open_fhir(house: "House", metrics: Metrics, intake: Intake, access: "Access | None") -> Serving:
    """The FHIR interface at work on its own address; where it asks for certificates, nobody comes in without one."""
    from gateway.web.fhir.api import application  # noqa: PLC0415 - a gateway that has it off needs none of it
    from gateway.web.fhir.call import Desk  # noqa: PLC0415 - as above

    fhir = house.settings.fhir
    doors = doors_of(house, metrics, intake)
    http = house.settings.http
    status = f"{http.base or address(http)}intake/"
    desk = Desk(doors, house.rooms, base=fhir.base, status=status, wake=house.stir, took=metrics.asked, access=access)
    failed = handshakes(house, metrics, "fhir")
    return await serve(application(desk), fhir.listen, fhir.tls, failed, demanded=True)


async def open_link(house: "House", metrics: Metrics) -> Serving:
    """The page for parties without a system, at work on its own address."""
    from gateway.web.link.page import Page, application  # noqa: PLC0415 - a gateway that has it off needs none of it

    link = house.settings.link
    page = Page(house.rooms, link.reached(), link.tries, house.stir, lambda reason: metrics.refused("link", reason))
    return await serve(application(page), link.listen, link.tls, handshakes(house, metrics, "link"))


async def open_staff(house: "House", metrics: Metrics, access: "Access | None") -> Serving:
    """The pages of those who work here, at work on their own address."""
    from gateway.web.staff.door import application  # noqa: PLC0415 - a gateway that has them off needs none of it
    from gateway.web.staff.opened import door_of  # noqa: PLC0415 - as above

    staff = house.settings.staff
    door = door_of(house, access, lambda reason: metrics.refused("staff", reason))
    serving = await serve(application(door), staff.listen, staff.tls, handshakes(house, metrics, "staff"))
    door.base = staff.reached(serving.port)
    return serving


def access_of(house: "House") -> "Access | None":
    """Who may ask for access tokens, and whether this machine needs none; None where nobody needs one."""
    if house.settings.fhir.access == "open":
        return None
    from gateway.web.smart.access import Access  # noqa: PLC0415 - as above

    def commit(changes: Sequence[Change]) -> None:
        house.rooms.store.commit(changes).result()

    return Access(lambda: house.rooms.directory, commit, house.rooms.now, house.settings.fhir.desk)


def address(http: "Door") -> str:
    """Where the front door is, as this machine calls it."""
    return f"{'https' if http.tls else 'http'}://{http.listen}/"


def doors_of(house: "House", metrics: Metrics, intake: Intake) -> Doors:
    """A house as functions."""
    return Doors(
        intake=intake,
        roads=roads_of(lambda: house.rooms.directory),
        status=lambda tracking: status(house, tracking),
        ready=lambda: ready(house),
        metrics=metrics.page,
        refused=lambda reason: metrics.refused("http", reason),
        audit=house.audit,
        media=lambda name: media(house, name),
        unread=lambda name, data: unread(media(house, name), data),
        ran=house.receiving.ran,
        max_body=house.settings.http.max_body,
    )


def media(house: "House", name: str) -> str:
    """The media type of a format, to choose between the roads of one partner."""
    form = house.rooms.shelf.get(name)
    return form.codec.media_type if form else ""


def ready(house: "House") -> Mapping[str, str]:
    """What is needed to work, each with a sentence why it is not there."""
    thread = house.runner.thread
    return {
        "store": house.rooms.store.healthy(),
        "line": "" if thread and thread.is_alive() else "the line does not run",
        "intake": "it is stopping" if house.receiving.closing else "",
        **({"anchor": house.anchoring.fault} if house.anchoring.file else {}),
    }


def status(house: "House", tracking: str) -> Mapping[str, Any] | None:
    """What became of a message, without a patient's data."""
    store = house.rooms.store
    entry = store.entry(tracking)
    if entry is None:
        return None
    sent = store.deliveries({"message": tracking}) if tracking else []
    return {
        "partner": entry.partner,
        "tracking": entry.id,
        "state": entry.state,
        "step": entry.step,
        "received": entry.received.isoformat(),
        "settled": entry.settled.isoformat() if entry.settled else None,
        "problems": [said(problem) for problem in entry.problems],
        **referral(house, entry),
        "deliveries": [delivered(delivery) for delivery in reversed(sent)],
    }


def referral(house: "House", entry: Entry) -> dict[str, Any]:
    """How the referral stands that a message began."""
    task = house.rooms.store.read("Task", entry.case.partition("/")[2]) if entry.case else None
    if task is None:
        return {}
    business = [coding.get("code") for coding in task.resource.get("businessStatus", {}).get("coding", ())]
    return {"referral": {"status": task.resource.get("status"), "businessStatus": next(iter(business), None)}}


def delivered(delivery: Delivery) -> dict[str, Any]:
    """A delivery, without its bytes."""
    return {
        "about": delivery.about,
        "standing": delivery.standing,
        "grade": delivery.grade,
        "attempts": delivery.attempts,
    }
