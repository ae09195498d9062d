"""The store as a partner sees it: what it does not reach is not there, in no read, search, count or chain."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from gateway.domain.ledger import Version
from gateway.domain.question import Condition, Known, Page, Question, Term
from gateway.domain.system import PARTNER
from gateway.mapping.runtime import every
from gateway.pipeline.disclose import cut
from gateway.pipeline.person.terms import KNOWN_AS
from gateway.pipeline.person.terms import shown as person
from gateway.pipeline.seeing.lens import PROJECTED
from gateway.pipeline.seeing.narrow import KEEPS, Sight
from gateway.pipeline.seeing.reach import UNSENT
from gateway.pipeline.tasks.family import CODES, kind_of
from gateway.store.port import Store

Resource = dict[str, Any]
CHANGED_BY_OTHERS = frozenset({"Task", "Patient"})
"""What is no longer as it was sent."""


class Seen:
    """The reading half of a store, for one partner; what else a store can do is not here."""

    def __init__(self, store: Store, sight: Sight) -> None:
        self.store, self.sight = store, sight
        self.party, self.site = sight.party, sight.site

    def reaches(self, kind: str, key: str) -> bool:
        """Whether it is there for the partner."""
        if kind not in self.sight.kinds:
            return False
        asked = Question(kind, (Known((key,)), self.sight.reach(kind)), limit=1)
        return bool(self.store.search(asked).found)

    def read(self, kind: str, key: str, version: int | None = None) -> Version | None:
        """A version of what it reaches; who is no site sees older ones of its own only."""
        found = self.store.read(kind, key, version) if kind in self.sight.kinds else None
        plain = found is not None and version is None and self.plainly(found)
        shown = self.shown(found) if found is not None and plain else None
        if shown is None and not self.reaches(kind, key):  # asked for what is not there too: time tells nothing
            return None
        if found is None or plain:
            return shown
        if version is not None and not self.knew(found):
            newest = self.store.read(kind, key)
            return self.shown(found) if newest and newest.version == found.version else None
        return self.shown(found)

    def history(self, kind: str, key: str) -> list[Version]:
        """Versions that it reaches, newest first."""
        if not self.reaches(kind, key):
            return []
        found = self.store.history(kind, key)
        return [one for at, v in enumerate(found) if at == 0 or self.knew(v) if (one := self.shown(v)) is not None]

    def versions(self, kind: str = "", before: int = 0, limit: int = 100) -> list[Version]:
        """Nothing: whoever wants to know what changed asks for one resource, or searches by `_lastUpdated`."""
        del kind, before, limit
        return []

    def search(self, question: Question) -> Page:
        """One page of what it reaches."""
        if question.type not in self.sight.kinds:
            return Page((), total=0 if question.total else None)
        page = self.store.search(self.sight.narrowed(question))
        shown = (self.shown(version) for version in page.found)
        return replace(page, found=tuple(version for version in shown if version is not None))

    def find(self, kind: str, terms: Sequence[tuple[str, str]], limit: int = 100) -> list[Version]:
        """Those that have all the terms, of what it reaches."""
        where: tuple[Condition, ...] = tuple(Term(name, (value,)) for name, value in terms)
        return list(self.search(Question(kind, where, limit=limit)).found)

    def last_event(self, subscription: str) -> int:
        """No partner subscribes here yet."""
        del subscription
        return 0

    # --- what of it ---------------------------------------------------------------------------------------------------

    def plainly(self, version: Version) -> bool:
        """Whether the current version itself says that it is the partner's, so that nobody else need be asked."""
        resource = version.resource
        return resource.get("meta", {}).get("source") == f"{PARTNER}{self.party}" or self.sides(version)

    def sides(self, version: Version) -> bool:
        """Whether a Task was sent to the partner, or asked for by it."""
        resource, own = version.resource, f"Organization/{self.party}"
        asked = own in every(resource, ("requester", "reference"))
        owned = own in every(resource, ("owner", "reference")) and resource.get("status") not in UNSENT
        return version.type == "Task" and (asked or owned)

    def knew(self, version: Version) -> bool:
        """Whether an older version was the partner's business when it was written."""
        return self.site or self.plainly(version)

    def shown(self, version: Version) -> Version | None:
        """A version with what the partner may see of it, None where that is nothing."""
        found = self.part(version.resource)
        return replace(version, resource=found) if found is not None else None

    def part(self, resource: Mapping[str, Any]) -> Resource | None:
        """What it sent itself as it was sent; else what a recipient is sent, all for a site, as the policy lets it."""
        kind = str(resource.get("resourceType"))
        known = person(dict(resource), self.party) if kind == "Patient" and not self.site else dict(resource)
        made = untagged(known)
        mine = resource.get("meta", {}).get("source") == f"{PARTNER}{self.party}" and kind not in CHANGED_BY_OTHERS
        if mine or kind not in PROJECTED:
            return made
        asked = kind == "Task" and kind_of(made) in CODES
        if not (self.site or asked) and kind in KEEPS:
            made = self.plan(made) if kind == "CarePlan" else only(made)
        return self.sight.lens.shown(made) if self.sight.lens else made

    def plan(self, resource: Resource) -> Resource:
        """A plan with the measures that are its own; goals of a need, not of the whole agreement."""
        paths = (("activity", "reference", "reference"), ("partOf", "reference"))
        names = {str(name) for path in paths for name in every(resource, path)}
        own = {name for name in names if self.reaches(name.partition("/")[0], name.partition("/")[2])}
        return cut(resource, "", own)


def only(resource: Resource) -> Resource:
    """The elements that a recipient is sent."""
    return {key: value for key, value in resource.items() if key in KEEPS[resource["resourceType"]]}


def untagged(resource: Mapping[str, Any]) -> Resource:
    """A resource without the numbers by which others know the person."""
    meta = resource.get("meta")
    if not isinstance(meta, dict) or "tag" not in meta:
        return dict(resource)
    tags = [tag for tag in meta["tag"] if not (isinstance(tag, dict) and tag.get("system") == KNOWN_AS)]
    rest = {key: value for key, value in meta.items() if key != "tag"}
    return {**resource, "meta": {**rest, **({"tag": tags} if tags else {})}}
