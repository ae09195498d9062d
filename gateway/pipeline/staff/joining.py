"""Who comes by a provider (OpenID Connect Core, 5.7): an account by itself at the first time, as the provider says."""

from dataclasses import dataclass, replace

from gateway.pipeline.rooms import Rooms
from gateway.pipeline.staff.account import Account, alone, found, saved
from gateway.pipeline.staff.keeping import homeless, new_id
from gateway.pipeline.staff.session import begun
from gateway.store.port import ConflictError

REPEATS = 5


@dataclass(frozen=True, slots=True)
class Joined:
    """The account with the cookie's word of its sitting; or why there is none: `role`, `site`, `disabled`, `busy`."""

    refused: str = ""
    account: Account | None = None
    cookie: str = ""
    actor: str = ""


def joined(claimed: Account, rooms: Rooms) -> Joined:
    """A sitting of whoever has this `subject`, with the role and site that are claimed now."""
    wrong = homeless(claimed.role, claimed.site, rooms)
    for _ in range(REPEATS):
        before = found("subject", claimed.subject, rooms)
        actor = before.actor if before else ""
        if wrong:
            return Joined(wrong[0].code.rpartition("staff.")[2], actor=actor)
        if before and before.disabled:
            return Joined("disabled", actor=actor)
        account = before or Account(new_id(), claimed.role, rooms.now().isoformat(), subject=claimed.subject)
        account = replace(account, role=claimed.role, site=claimed.site)
        cookie, changes = begun(account, "oidc", rooms)
        try:
            rooms.store.commit([*alone("subject", account), saved(account, rooms.now()), *changes]).result()
        except ConflictError:
            continue
        return Joined("", replace(account, version=account.version + 1), cookie, account.actor)
    return Joined("busy")
