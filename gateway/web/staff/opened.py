"""The pages of a house, and the tokens that those who sit there have for the FHIR interface."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from gateway.pipeline.staff.enter import Rules
from gateway.pipeline.staff.roles import ROLES
from gateway.pipeline.staff.session import Person, Times, by_id
from gateway.web.fhir.roles import SCOPES
from gateway.web.smart.scopes import scopes
from gateway.web.smart.tokens import LIFE, Grant
from gateway.web.staff.call import Door
from gateway.web.staff.oidc import Provider

if TYPE_CHECKING:
    from gateway.house.house import House
    from gateway.pipeline.rooms import Rooms
    from gateway.store.verify import Verdict
    from gateway.web.smart.access import Access


def door_of(house: "House", access: "Access | None", refused: Callable[[str], None]) -> Door:
    """The pages over a house; `access` gives the tokens, None: the FHIR interface asks for none."""
    said = house.settings.staff
    times = said.times
    if access is not None:
        access.sits = lambda grant: sits(grant, times, house.rooms)
    return Door(
        house.rooms,
        said.reached(),
        times,
        Rules(said.tries, timedelta(seconds=said.lock)),
        said.local,
        provider=Provider(said.oidc, lambda: house.secrets.get(said.oidc.secret, ""), house.rooms.now)
        if said.oidc.issuer
        else None,
        token=(lambda who: given(who, access)) if access is not None else None,
        verify=lambda: verdict(house),
        refused=refused,
    )


def given(who: Person, access: "Access") -> tuple[str, int]:
    """A token for who sits there, and for how many seconds it counts."""
    held = scopes(SCOPES[who.role])
    grant = Grant(who.site, "staff", held, actor=who.actor, role=who.role, sitting=who.session.id)
    return access.tokens.issue(grant), LIFE


def sits(grant: Grant, times: Times, rooms: "Rooms") -> bool:
    """Whether the person of a token still sits there, in the same role at the same site."""
    who = by_id(grant.sitting, times, rooms)
    return who is not None and (who.role, who.site) == (grant.role, grant.party) and grant.role in ROLES


def verdict(house: "House") -> "Verdict":
    """Whether the audit is as it was written, held against its anchor where there is one."""
    from gateway.store.anchor import AnchorFile  # noqa: PLC0415 - with the store
    from gateway.store.verify import verify  # noqa: PLC0415 - as above

    file = house.settings.audit.anchor
    try:
        lines = AnchorFile(Path(file)).lines() if file else None
    except FileNotFoundError:
        lines = []
    return verify(house.rooms.store.trail, lines)
