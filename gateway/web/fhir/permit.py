"""What a token opens: the interaction by its scopes, and of what is stored only what its partner reaches."""

from collections.abc import Mapping
from dataclasses import replace

from gateway.domain.problem import Problem
from gateway.pipeline.seeing.lens import Lens
from gateway.pipeline.seeing.narrow import Sight
from gateway.pipeline.seeing.reach import REACH
from gateway.pipeline.seeing.seen import Seen
from gateway.pipeline.seeing.writing import Writing
from gateway.web.fhir.call import Call
from gateway.web.fhir.read import unknown
from gateway.web.fhir.roles import decided
from gateway.web.refusal import RefusedError
from gateway.web.smart.scopes import opens

LETTERS: Mapping[str, str] = {
    "read": "r",
    "vread": "r",
    "history-instance": "r",
    "search-type": "s",
    "create": "c",
    "update": "u",
    "patch": "u",
    "$actions": "r",
    "$disclosed": "r",
    "$emergency-access": "r",
}
"""Interactions with one type -> the letter of the scope that opens them."""
FREE = frozenset(
    {"capabilities", "topics", "topic", "openapi", "transaction", "$validate", "$transform", "search-system"}
)
"""What shows nothing stored, and what consists of others, each of which is looked at by itself."""
STATELESS = frozenset({"$explain"})
"""Operations that are free unless they name what is stored."""
UNREACHED = frozenset({"$emergency-access"})
"""What is about somebody the caller does not reach; the policy says whether it may, and the audit that it did."""
AS_IS = frozenset({"$actions", "$disclosed"})
"""Operations on one resource that answer only what concerns the caller, and have to look further for it."""


def permitted(call: Call, name: str) -> Call:
    """The call as its partner may make it; RefusedError 403 where its scopes do not open it, 404 for what is foreign.

    `name` is the interaction's word in the tables. Whoever is no partner with a token is let through.
    """
    if call.grant is None or decided(call, name):
        return call
    if name == "$process-message":
        if not opens(call.grant.scopes, "Bundle", "c"):
            raise unopened()
        return call
    kind = call.type or call.path.partition("/")[0]
    if name in LETTERS and not (kind in REACH and opens(call.grant.scopes, kind, LETTERS[name])):
        raise unopened()
    if name == "search-system" and not all(opens(call.grant.scopes, kind, "s") for kind in kinds(call)):
        raise unopened()
    if name not in LETTERS and name not in FREE and not (name in STATELESS and not call.id):
        raise unserved()
    if name == "$validate" and call.id and not opens(call.grant.scopes, call.type, "r"):
        raise unopened()
    narrow = narrowed(call)
    if name in AS_IS and not seen(narrow).reaches(kind, call.id):
        raise RefusedError(404, unknown(call))
    return call if name in AS_IS | UNREACHED else narrow


def kinds(call: Call) -> list[str]:
    """The types that `_type` names."""
    return [kind for kind in call.said("_type").split(",") if kind]


def narrowed(call: Call) -> Call:
    """The call in rooms where only what the partner reaches is stored."""
    rooms = call.desk.rooms
    if isinstance(rooms.store, Seen):
        return call
    party = rooms.directory.get(call.caller.party)
    site, held = bool(party and party.kind == "site"), call.grant.scopes if call.grant else ()
    kinds = frozenset(kind for kind in REACH if opens(held, kind, "r") or opens(held, kind, "s"))
    lens = Lens(call.caller.party, rooms)
    eyes = Seen(rooms.store, Sight(call.caller.party, kinds, site=site, lens=lens))
    writing = Writing(Seen(rooms.store, Sight(call.caller.party, site=site, lens=lens)), rooms, call.desk.perform)
    desk = replace(call.desk, rooms=replace(rooms, store=eyes), perform=writing.perform)  # type: ignore[arg-type]  # it reads as a store
    return replace(call, desk=desk)


def seen(call: Call) -> Seen:
    """The store of a call that is narrowed."""
    found = call.desk.rooms.store
    assert isinstance(found, Seen)  # noqa: S101 - for the types; `narrowed` made it
    return found


def unopened() -> RefusedError:
    """The scopes do not open this; whether anything is there is not said."""
    repair = "ask for a token with the scope of this type and interaction; GET metadata names them"
    return RefusedError(403, Problem("fhir.access.scope", "Authorization", "the token does not open this", repair))


def unserved() -> RefusedError:
    """Not for partners."""
    repair = "read or search the resources themselves"
    return RefusedError(403, Problem("fhir.access.interaction", "path", "this is not done for partners", repair))
