"""One request to the pages of staff, and what the pages are made over."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

from starlette.responses import Response

from gateway.domain.ledger import Audit, Note
from gateway.pipeline.rooms import Rooms
from gateway.pipeline.staff.enter import Rules
from gateway.pipeline.staff.session import Person, Times, word
from gateway.web.limit import Limit

if TYPE_CHECKING:
    from gateway.store.verify import Verdict

NAME = "kuemmerer_staff"
"""Of the cookie; where only https counts it is bound to this host (`__Host-`, RFC 6265bis, 4.1.3.2)."""


class Vouching(Protocol):
    """A provider that knows people (OpenID Connect)."""

    def away(self, back: str) -> tuple[str, str]:
        """Where the browser is sent, and the word that binds what is on its way to this browser."""

    def back(self, said: Mapping[str, str], cookie: str, back: str) -> "Claimed":
        """Who came back, or why nobody did."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """What a provider says of somebody: SHA-256 of issuer and `sub`, role and site; or why it counts for nothing."""

    subject: str = ""
    role: str = ""
    site: str = ""
    refused: str = ""


def unheard(_: str) -> None:
    """Nobody listens."""


def no_verdict() -> "Verdict":
    """Nothing was looked at."""
    from gateway.store.verify import Verdict  # noqa: PLC0415 - with the store

    return Verdict()


@dataclass
class Door:
    """What the pages are made over.

    base      where people reach them: its scheme decides whether cookies are for https only
    local     whether accounts of the gateway come in
    provider  who else vouches for people
    token     gives a token for the FHIR interface; None: it asks for none
    verify    whether the audit is as it was written
    refused   hears why somebody was turned away
    """

    rooms: Rooms
    base: str
    times: Times = field(default_factory=Times)
    rules: Rules = field(default_factory=Rules)
    local: bool = True
    provider: Vouching | None = None
    token: Callable[[Person], tuple[str, int]] | None = None
    verify: Callable[[], "Verdict"] = no_verdict
    refused: Callable[[str], None] = unheard
    limit: Limit = field(default_factory=Limit)

    @property
    def secure(self) -> bool:
        """Whether people come by https."""
        return urlsplit(self.base).scheme == "https"

    @property
    def cookie(self) -> str:
        """The name of the cookie of a sitting."""
        return f"__Host-{NAME}" if self.secure else NAME


@dataclass(frozen=True, slots=True)
class Call:
    """One request: who sits there (None: nobody), what the path names, the form or query, the cookies."""

    door: Door
    person: Person | None
    where: Mapping[str, str]
    form: Mapping[str, str]
    cookies: Mapping[str, str]
    address: str = ""
    json: bool = False

    @property
    def rooms(self) -> Rooms:
        """The rooms of the gateway."""
        return self.door.rooms

    @property
    def who(self) -> Person:
        """Who sits there; of a page that asks for somebody."""
        assert self.person is not None  # noqa: S101 - for the types: the route saw to it
        return self.person

    @property
    def word(self) -> str:
        """What the forms of this sitting carry."""
        return word(self.cookies.get(self.door.cookie, "")) if self.person else ""

    def note(self, action: str, about: str, outcome: str = "shown", detail: str = "") -> None:
        """Into the audit, before anything is shown; `StoreError` where it cannot be written."""
        who = self.person.actor if self.person else "unknown"
        line = Audit(self.rooms.now(), who, action, about, outcome, detail)
        self.rooms.store.commit([Note(line)]).result()


Work = Callable[[Call], Response]
