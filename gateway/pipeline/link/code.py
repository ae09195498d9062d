"""The second factor by letter: the code of a link whose key goes out by another road."""

from dataclasses import replace
from pathlib import Path

from gateway.directory.parties import Party
from gateway.domain.road import Parcel, Sent
from gateway.pipeline.link.issue import measure_of, shown, written
from gateway.pipeline.link.post import NO_ADDRESS, Desk, code_letter
from gateway.pipeline.link.record import Link, read
from gateway.pipeline.rooms import Rooms
from gateway.pipeline.tasks.family import owner_of

SAME_WAY = Sent(
    "refused",
    "E0",
    "letter-same-way",
    "The link goes by letter too; the code is told by telephone.",
)
NO_LINK = Sent(
    "refused",
    "E0",
    "letter-no-link",
    "No link has gone out by another way yet; `gateway link show`.",
)
TOLD = Sent("refused", "E0", "letter-told", "The code was told before; `gateway link show --new`.")
NO_FOLDER = Sent("refused", "E0", "letter-folder", "There is no folder to write into; give one with --into.")


def by_letter(task: str, into: str, desk: Desk, rooms: Rooms, who: str) -> Sent:
    """Writes the letter with the code of a Task's link, this one time; refused where the key travels by letter too.

    What can be known before is looked at before the code is made, as it is shown once.
    """
    link, party = read(task, rooms), rooms.directory.get(owner_of(measure_of(task, rooms)))
    folder = into or path_of(party)
    why = refused(link, party, folder)
    if why or party is None:
        return why or NO_ADDRESS
    told = shown(task, desk.days, who, rooms)
    if told is None:
        return TOLD
    link = written(replace(told.link, told="letter"), "link code by letter", who, rooms)
    key, address = f"code-{task[:8]}-{link.version}", {"path": folder}
    parcel = Parcel(key, party.id, b"", "", address, {}, "code", rooms.now())
    return code_letter(parcel, told.code, task, rooms, desk)


def refused(link: Link | None, party: Party | None, folder: str) -> Sent | None:
    """Why no letter can be written; None where it can."""
    said = (
        (NO_LINK, link is None or not link.road),
        (SAME_WAY, link is not None and link.road == "letter"),
        (NO_ADDRESS, party is None or not party.address),
        (NO_FOLDER, not folder or not Path(folder).is_dir()),
    )
    return next((sent for sent, is_so in said if is_so), None)


def path_of(party: Party | None) -> str:
    """The folder of a partner's road `letter`."""
    return next((road.path for road in (party.receives if party else ()) if road.road == "letter"), "")
