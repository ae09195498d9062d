"""One interaction as it is asked for and as it is answered, apart from HTTP's own machinery."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from gateway.directory.parties import Sends
from gateway.domain.ledger import Audit
from gateway.pipeline.rest.asked import Asked, Caller, Told
from gateway.pipeline.rooms import Rooms
from gateway.web.doors import Doors
from gateway.web.smart.access import Access
from gateway.web.smart.tokens import Grant

Resource = dict[str, Any]
Pairs = tuple[tuple[str, str], ...]
Perform = Callable[..., list[Told]]
"""`gateway.pipeline.rest.perform.perform`: (asked, caller, rooms, *, whole, raw) -> what became of each."""


def nobody() -> None:
    """Nobody waits for deliveries."""


def unmeasured(_: str, __: str, ___: float) -> None:
    """Nobody measures."""


def performed(asked: Sequence[Asked], caller: Caller, rooms: Rooms, *, whole: bool, raw: bytes = b"") -> list[Told]:
    """The changes made by the line's own rules."""
    from gateway.pipeline.rest.perform import perform  # noqa: PLC0415 - a gateway without this interface needs none

    return perform(asked, caller, rooms, whole=whole, raw=raw)


@dataclass(frozen=True, slots=True)
class Desk:
    """What the FHIR interface asks of the house.

    doors    who may call, the audit, the line's intake, the cap of a body
    base     the address under which callers reach it, ending in `/`; empty: as each of them names it
    status   the address under which the state of a message is asked for, ending in `/`
    wake     tells the workers that something may be waiting for them
    access   who may ask for tokens; None: the interface is open, and nobody needs one
    took     hears of every interaction: type (empty: none), its word in the tables, seconds
    """

    doors: Doors
    rooms: Rooms
    perform: Perform = performed
    base: str = ""
    status: str = "/intake/"
    wake: Callable[[], None] = nobody
    took: Callable[[str, str, float], None] = unmeasured
    access: Access | None = None


class Wire(NamedTuple):
    """How the caller reads: the syntax (`json`, `xml`), whether indented (`_pretty`), whether it asked for FHIR."""

    syntax: str = "json"
    pretty: bool = False
    named: bool = False


@dataclass(frozen=True, slots=True)
class Call:
    """One interaction.

    path     below the base, without it: `Task/1`
    where    what the path names: `type`, `id`, `version`
    query    parameters in their order, those of a form included
    headers  by their names in small letters
    base     the address all references of the answer start from, ending in `/`
    grant    what the caller's access token stands for, None where it showed none
    roads    the HTTP roads that the caller's credentials open
    seen     lines for the audit about what was looked at, the entries of a Bundle included
    """

    desk: Desk
    method: str
    path: str
    base: str
    where: Mapping[str, str] = field(default_factory=dict)
    query: Pairs = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    caller: Caller = field(default_factory=Caller)
    roads: tuple[Sends, ...] = ()
    data: bytes = b""
    wire: Wire = field(default_factory=Wire)
    address: str = ""
    grant: Grant | None = None
    seen: list[Audit] = field(default_factory=list)

    @property
    def type(self) -> str:
        """The type that the path names."""
        return self.where.get("type", "")

    @property
    def id(self) -> str:
        """The id that the path names."""
        return self.where.get("id", "")

    @property
    def strict(self) -> bool:
        """Whether an unknown search parameter is an error (chapter 3.1.1.3.1, `Prefer: handling=strict`)."""
        return self.prefers("handling") == "strict"

    def prefers(self, word: str) -> str:
        """The value of a preference (RFC 7240), empty where none is said."""
        for part in self.headers.get("prefer", "").replace(";", ",").split(","):
            name, _, value = part.strip().partition("=")
            if name.strip().lower() == word:
                return value.strip().strip('"')
        return ""

    def said(self, name: str) -> str:
        """The last value of a query parameter, empty where there is none."""
        return next((value for key, value in reversed(self.query) if key == name), "")

    def without(self, *names: str) -> Pairs:
        """The query without some parameters."""
        return tuple(pair for pair in self.query if pair[0] not in names)

    def inner(self, method: str, path: str, query: Pairs, headers: Mapping[str, str]) -> "Call":
        """An entry of a Bundle as a call of its own."""
        return replace(self, method=method, path=path, query=query, headers=headers, data=b"", where={})


@dataclass(frozen=True, slots=True)
class Answer:
    """What is answered: a resource, or bytes of another media type, or nothing but the status.

    later  what is still to be done on the loop itself, and gives the real answer
    """

    status: int = 200
    resource: Resource | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    media: str = ""
    later: Callable[[], Awaitable["Answer"]] | None = None
