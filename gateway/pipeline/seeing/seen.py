"""The store as a partner sees it: what it does not reach is not there, in no read, search, count or chain."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from gateway.domain.ledger import Version
from gateway.domain.question import Condition, Known, Page, Question, Term
from gateway.domain.system import PARTNER
from gateway.mapping.runtime import every
from gateway.pipeline.case.family import kind_of
from gateway.pipeline.person.terms import KNOWN_AS
from gateway.pipeline.seeing.narrow import KEEPS, Sight
from gateway.pipeline.seeing.reach import UNSENT
from gateway.store.port import Store

Resource = dict[str, Any]


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
        if not plain and not self.reaches(kind, key):  # asked for what is not there too, so that time tells nothing
            return None
        if found is None:
            return None
        if version is not None and not self.knew(found):
            newest = self.store.read(kind, key)
            return self.shown(found) if newest and newest.version == found.version else None
        return self.shown(found)

    def history(self, kind: str, key: str) -> list[Version]:
        """Versions that it reaches, newest first."""
        if not self.reaches(kind, key):
            return []
        found = self.store.history(kind, key)
        return [self.shown(version) for at, version in enumerate(found) if at == 0 or self.knew(version)]

    def versions(self, kind: str = "", before: int = 0, limit: int = 100) -> list[Version]:
        """Nothing: whoever wants to know what changed asks for one resource, or searches by `_lastUpdated`."""
        del kind, before, limit
        return []

    def search(self, question: Question) -> Page:
        """One page of what it reaches."""
        if question.type not in self.sight.kinds:
            return Page((), total=0 if question.total else None)
        page = self.store.search(self.sight.narrowed(question))
        return replace(page, found=tuple(self.shown(version) for version in page.found))

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

    def shown(self, version: Version) -> Version:
        """A version with what the partner may see of it."""
        return replace(version, resource=self.part(version.resource))

    def part(self, resource: Mapping[str, Any]) -> Resource:
        """A site sees all; others what a recipient is sent, and all of a question and of what they sent themselves."""
        kind = str(resource.get("resourceType"))
        made = untagged(resource)
        mine = resource.get("meta", {}).get("source") == f"{PARTNER}{self.party}" and kind != "Task"
        asked = kind == "Task" and kind_of(made) == "question"
        if self.site or mine or asked or kind not in KEEPS:
            return made
        return {key: value for key, value in made.items() if key in KEEPS[kind]}


def untagged(resource: Mapping[str, Any]) -> Resource:
    """A resource without the numbers by which others know the person."""
    meta = resource.get("meta")
    if not isinstance(meta, dict) or "tag" not in meta:
        return dict(resource)
    tags = [tag for tag in meta["tag"] if not (isinstance(tag, dict) and tag.get("system") == KNOWN_AS)]
    rest = {key: value for key, value in meta.items() if key != "tag"}
    return {**resource, "meta": {**rest, **({"tag": tags} if tags else {})}}
