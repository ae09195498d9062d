"""A plan as it stood at one of its versions, with everything that belongs to it, read from the store."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from gateway.domain.ledger import Version
from gateway.mapping.runtime import every
from gateway.store.port import Store

Resource = dict[str, Any]
Party = Callable[[str], Resource]
"""`Organization/id` of a party of the directory -> the resource, empty where there is none."""
PARTS = ("CarePlan", "Goal", "ServiceRequest")
MANY = 500
"""Most needs of one plan that are read."""


@dataclass(frozen=True, slots=True)
class Stage:
    """A version of a plan; `until` is the one after it, None for the newest, which is shown as all of it stands now."""

    plan: Version
    until: Version | None = None

    def holds(self, version: Version, *, written: bool) -> bool:
        """Whether a version of a part was there: when this version was written, or as long as it was the newest."""
        if written:
            return version.updated <= self.plan.updated or (
                version.message != "" and version.message == self.plan.message
            )
        return self.until is None or version.updated < self.until.updated


def stage(plan: str, store: Store, version: int | None = None) -> Stage | None:
    """A version of a plan (None: the newest) with the one after it; None where there is no such plan or version."""
    history = store.history("CarePlan", plan)
    found = next((v for v in history if version in {None, v.version}), None)
    return Stage(found, next((v for v in history if v.version == found.version + 1), None)) if found else None


def before(at: Stage, store: Store) -> Stage:
    """What a version is compared with: the one before, of the first the plan it replaces, else itself as written."""
    former = stage(at.plan.id, store, at.plan.version - 1)
    if former is None:
        links = every(at.plan.resource, ("replaces", "reference"))
        former = next((found for link in links if (found := stage(_split(str(link))[1], store))), None)
    return former or at


def state(at: Stage, store: Store, party: Party, *, written: bool = False) -> list[Resource]:
    """The plan and what belongs to it as it stood at the end of a version; `written`: at its beginning."""
    plan = at.plan.resource
    needs = [
        n
        for v in store.find("CarePlan", [("partOf", f"CarePlan/{at.plan.id}")], MANY)
        if (n := _then(v.type, v.id, at, store, written))
    ]
    plans = [plan, *needs]
    linked = {name: None for resource in plans for name in _parts_of(resource)}
    based = {
        f"ServiceRequest/{v.id}": None
        for v in store.find("ServiceRequest", [("basedOn", f"CarePlan/{at.plan.id}")], MANY)
    }
    found = [_then(*_split(name), at, store, written) for name in {**linked, **based}]
    parts = [resource for resource in found if resource]
    return [*plans, *parts, *_people([*plans, *parts], store, party)]


def proofs(plan: Resource, store: Store) -> list[Resource]:
    """What may show that the person agreed: Provenances, Consents that it names, those who speak for the person."""
    name, person = f"CarePlan/{plan['id']}", str(next(iter(every(plan, ("subject", "reference"))), ""))
    named = [str(r) for r in every(plan, ("supportingInfo", "reference")) if str(r).startswith("Consent/")]
    consents = [version.resource for link in named if (version := store.read(*_split(link)))]
    provenances = [version.resource for version in store.find("Provenance", [("target", name)])]
    relatives = [version.resource for version in store.find("RelatedPerson", [("subject", person)])]
    return [*provenances, *consents, *relatives]


def _then(kind: str, key: str, at: Stage, store: Store, written: bool) -> Resource | None:  # noqa: FBT001 - handed on
    """A resource as it stood then, None where it was not there yet."""
    return next((v.resource for v in store.history(kind, key) if at.holds(v, written=written)), None)


def _parts_of(resource: Resource) -> Iterator[str]:
    """The goals and measures a plan or need names."""
    for path in (("goal", "reference"), ("activity", "reference", "reference")):
        yield from (str(link) for link in every(resource, path) if str(link).partition("/")[0] in PARTS)


def _people(resources: Sequence[Resource], store: Store, party: Party) -> Iterator[Resource]:
    """Who is named as author, contributor or performer."""
    paths = (("performer", "reference"), ("author", "reference"), ("contributor", "reference"))
    for link in dict.fromkeys(str(r) for item in resources for path in paths for r in every(item, path)):
        kind, key = _split(link)
        stored = store.read(kind, key) if key else None
        found = stored.resource if stored else party(link)
        yield from (found, *_behind(found, store, party)) if found else ()


def _behind(resource: Resource, store: Store, party: Party) -> Iterator[Resource]:
    """The organisation of a role gives the role its name."""
    for link in every(resource, ("organization", "reference")):
        stored = store.read(*_split(str(link)))
        found = stored.resource if stored else party(str(link))
        if found:
            yield {"resourceType": resource["resourceType"], "id": resource["id"], "name": found.get("name", "")}


def _split(link: str) -> tuple[str, str]:
    kind, _, key = link.partition("/")
    return kind, key
