"""What is written down of a person who works here: role, site, and what proves who it is."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from gateway.domain.ledger import Audit, Counted, Note, Save, Version
from gateway.pipeline.cookie import hashed
from gateway.pipeline.rooms import Rooms
from gateway.pipeline.stored.own import content, record
from gateway.store.port import ConflictError

REPEATS = 20
MOST = 1000
"""Accounts of one gateway."""
KIND = "StaffAccount"
"""The store's type for it. It is no type of FHIR, so no FHIR interface shows it."""


@dataclass(frozen=True, slots=True)
class Account:
    """One account. Moments are ISO 8601 in UTC, empty where there was none.

    id        by which the audit and Provenance call the person; it tells nothing of them
    login     the name typed at the door; empty for whoever comes by OpenID Connect
    password  argon2id, as the PHC string format has it
    seed      the secret of the second factor (RFC 6238), in base32; the store seals it with all resources
    step      the last time step whose code was used (RFC 6238, 5.2: each counts once)
    tries     wrong tries since the last right one
    locked    until when nobody comes in by name and password
    subject   SHA-256 of issuer and `sub`, for whoever comes by OpenID Connect
    disabled  since when it opens nothing
    """

    id: str
    role: str
    made: str
    site: str = ""
    login: str = ""
    password: str = ""
    seed: str = ""
    step: int = 0
    tries: int = 0
    locked: str = ""
    subject: str = ""
    disabled: str = ""
    version: int = 0

    @property
    def actor(self) -> str:
        """What the audit calls the person."""
        return f"staff:{self.id}"

    def is_locked(self, now: datetime) -> bool:
        """Whether too many tries were wrong."""
        return bool(self.locked) and datetime.fromisoformat(self.locked) > now


def of(version: Version) -> Account:
    """An account as it is stored."""
    return Account(**record(Account, version))


def saved(account: Account, at: datetime) -> Save:
    """The change that writes an account, against the version it was read at."""
    terms = tuple((name, hashed(value)) for name in ("login", "subject") if (value := getattr(account, name)))
    return Save(content(KIND, account), account.version, terms, at)


def read(key: str, rooms: Rooms) -> Account | None:
    """The account of an id."""
    stored = rooms.store.read(KIND, key)
    return of(stored) if stored else None


def found(name: str, value: str, rooms: Rooms) -> Account | None:
    """The account with this `login` or `subject`; by its hash, so that it is no clear text in the index."""
    listed = rooms.store.find(KIND, [(name, hashed(value))], 1) if value else []
    return of(listed[0]) if listed else None


def everyone(rooms: Rooms) -> list[Account]:
    """All accounts, in the order they were made."""
    return [of(version) for version in rooms.store.find(KIND, [], MOST)]


def alone(name: str, account: Account) -> list[Counted]:
    """What has to hold for a new account: no other one has its `login` or `subject`, even if two come at once."""
    return [] if account.version else [Counted(KIND, (name, hashed(getattr(account, name))), 0)]


def written(account: Account, line: Audit, rooms: Rooms) -> Account:
    """An account with its line in the audit; `ConflictError` where somebody else changed it meanwhile."""
    fresh = alone("login", account) if account.login else []
    rooms.store.commit([*fresh, saved(account, rooms.now()), Note(line)]).result()
    return replace(account, version=account.version + 1)


def altered(account: Account, changes: Mapping[str, Any], line: Audit, rooms: Rooms) -> Account:
    """The account as it is by now, changed, with a line in the audit; somebody's try meanwhile only delays it."""
    for _ in range(REPEATS):
        newest = read(account.id, rooms) or account
        try:
            return written(replace(newest, **changes), line, rooms)
        except ConflictError:
            continue
    raise ConflictError("others keep changing the account")
