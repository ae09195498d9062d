"""Changes as a partner may ask for them: of what it reaches, referring to what it reaches, told as it may see it."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

from gateway.domain.problem import Problem
from gateway.domain.system import PARTNER
from gateway.fhir.elements import resource_types
from gateway.pipeline.rest.asked import Asked, Caller, Told
from gateway.pipeline.rest.wanted import status_of
from gateway.pipeline.rooms import Rooms
from gateway.pipeline.seeing.asking import SOURCE, after, met, unpatchable
from gateway.pipeline.seeing.reach import REACH
from gateway.pipeline.seeing.seen import Seen
from gateway.pipeline.stored.view import links

Perform = Callable[..., list[Told]]
PLAIN = re.compile(r"[a-z_][A-Za-z-]*")
"""A parameter of a condition that looks at nothing but the resource itself."""
PARTIES = frozenset({"Organization", "HealthcareService", "PractitionerRole", "Practitioner", "Location"})
"""Who is meant, not what is told of somebody."""


@dataclass(frozen=True, slots=True)
class Writing:
    """`perform` for one partner; `rooms` are those of the gateway, in which what follows is worked out."""

    seen: Seen
    rooms: Rooms
    whole_perform: Perform

    def perform(self, asked: Sequence[Asked], caller: Caller, _: Rooms, *, whole: bool, raw: bytes = b"") -> list[Told]:
        """What became of each change; what is foreign is not there (404), and leads nowhere (422)."""
        asked = [self.met(one) for one in asked]
        refusals = [self.refusal(one, caller) for one in asked]
        if any(refusals) and whole:
            status = next(told.status for told in refusals if told)
            return [told or Told(status) for told in refusals]
        kept = [self.as_stored(one) for one, refused in zip(asked, refusals, strict=True) if not refused]
        done = iter(self.whole_perform(kept, caller, self.rooms, whole=whole, raw=raw) if kept else ())
        return [refused or self.told(next(done)) for refused in refusals]

    def refusal(self, one: Asked, caller: Caller) -> Told | None:
        """Why a partner cannot ask for a change."""
        if one.type not in REACH:
            return Told(403, None, (unserved(),))
        if not is_plain(one):
            return Told(422, None, (chained(),))
        key = (str(one.resource.get("id", "")) if one.how == "update" else "") if one.where else one.id
        if one.how != "create" and (key or not one.where) and not self.seen.reaches(one.type, key):
            return Told(404, None, (unknown(),))
        stored = self.seen.store.read(one.type, one.id) if one.how == "patch" and one.id else None
        wrong = unpatchable(one, stored, self.seen) if stored else []
        if wrong:
            return Told(status_of(wrong), None, tuple(wrong))
        foreign = list(self.unseen(one, caller))
        return Told(422, None, tuple(nowhere(place) for place in foreign[:1])) if foreign else None

    def as_stored(self, one: Asked) -> Asked:
        """A Task sent back as it was shown is as it was stored: what was cut or said otherwise is no change."""
        before = self.seen.store.read("Task", one.id) if one.type == "Task" and one.how == "update" and one.id else None
        shown = self.seen.shown(before) if before else None
        if before is None or shown is None:
            return one
        same = {key for key, value in one.resource.items() if key != "meta" and value == shown.resource.get(key)}
        stored = {key: before.resource[key] for key in same if key in before.resource}
        return replace(one, resource={**one.resource, **stored})

    def met(self, one: Asked) -> Asked:
        """A condition that only what the partner sent itself can fit, by what it is shown of it."""
        if not one.where or one.type not in REACH or not is_plain(one):
            return one
        pairs = [*parse_qsl(one.where, keep_blank_values=True), (SOURCE, f"{PARTNER}{self.seen.party}")]
        return met(replace(one, where=urlencode(pairs)), self.seen, self.rooms)

    def told(self, told: Told) -> Told:
        """What became of a change, as the partner may see it."""
        version = told.version
        if version is None or not self.seen.reaches(version.type, version.id):
            return replace(told, version=None)
        shown = self.seen.shown(version)
        return replace(told, version=shown)

    # --- references --------------------------------------------------------------------------------------------------

    def unseen(self, one: Asked, caller: Caller) -> Iterator[str]:
        """Where a change refers to what the partner does not reach, beside what the resource refers to already."""
        before = self.seen.store.read(one.type, one.id) if one.id else None
        shown = self.seen.shown(before) if before else None
        kept = set(links(shown.resource)) if shown else set()
        made = references(after(one, self.seen, before), one.type)
        named = {local(text, caller, self.rooms): place for text, place in (*made, *texts(one))}
        own = {f"{one.type}/{one.id}"} if before else set()
        reached = {name for name in named if name and self.there(name)}
        # whom a question is about; a site could make a case of its own of that, and so reach the person
        near = [] if self.seen.site else reached
        around = {link for name in near for link in self.about(name) if link.startswith("Patient/")}
        fine = kept | own | reached | around
        yield from (place for name, place in named.items() if name is None or (name and name not in fine))

    def there(self, name: str) -> bool:
        """Whether a partner may refer to it."""
        kind, _, key = name.partition("/")
        return kind in PARTIES or self.seen.reaches(kind, key.partition("/")[0])

    def about(self, name: str) -> list[str]:
        """What a resource that is reached refers to: whom a question about a Task is about."""
        kind, _, key = name.partition("/")
        found = None if kind in PARTIES else self.seen.read(kind, key)
        return links(found.resource) if found else []


def is_plain(one: Asked) -> bool:
    """Whether the condition of a change looks at nothing but the resource itself."""
    return all(PLAIN.fullmatch(name) for name, _ in parse_qsl(one.where, keep_blank_values=True))


def texts(one: Asked) -> Iterator[tuple[str, str]]:
    """All references of a change with their places: of the resource, or of the values of a patch."""
    yield from references(one.resource, one.type)
    for number, step in enumerate(one.patch):
        path, value = str(step.get("path", "")), step.get("value")
        if isinstance(value, str) and path.endswith("/reference"):
            yield value, f"[{number}].value"
        yield from references(value, f"[{number}].value")


def references(value: Any, place: str) -> Iterator[tuple[str, str]]:
    """Texts of `reference` below a value."""
    waiting = [(value, place)]
    while waiting:
        item, at = waiting.pop()
        if isinstance(item, dict):
            if isinstance(item.get("reference"), str):
                yield item["reference"], f"{at}.reference"
            waiting += [(inner, at) for inner in item.values()]
        elif isinstance(item, list):
            waiting += [(inner, at) for inner in item]


def local(text: str, caller: Caller, rooms: Rooms) -> str | None:
    """`Type/id` of ours; empty for what is elsewhere, in the request or inside the resource; None for a search."""
    base = next((b for b in (rooms.base, caller.base) if b and text.startswith(b)), "")
    name = text.removeprefix(base)
    kind = name.partition("/")[0].partition("?")[0]
    if kind not in resource_types():
        return ""
    return None if "?" in name else "/".join(name.split("/")[:2])


# --- what is wrong ---------------------------------------------------------------------------------------------------


def unserved() -> Problem:
    """Of this type a partner sees nothing."""
    return Problem("rest.partner.type", "resourceType", "Partners do not write this type.", "GET metadata names those.")


def unknown() -> Problem:
    """It is not there, or not for this partner."""
    return Problem(
        "rest.partner.unknown", "id", "There is no such resource here.", "Create it; the server gives an id."
    )


def chained() -> Problem:
    """A condition that looks further."""
    sentence = "A condition of a partner looks at nothing but the resource itself."
    return Problem("rest.partner.where", "condition", sentence, "Use plain parameters, as `identifier=SYSTEM|VALUE`.")


def nowhere(place: str) -> Problem:
    """A reference to what is not there, or not for this partner."""
    sentence = "This reference leads to nothing that the caller can see."
    return Problem("rest.partner.reference", place, sentence, "Refer by `Type/id` to what a search finds.")
