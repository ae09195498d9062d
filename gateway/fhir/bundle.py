"""Between a FHIR Bundle (chapter 2.36) and a resource tree: one list of resources per type, references in one form.

In a **resource tree** every resource is its own JSON plus the key `fullUrl`: `urn:uuid:...`, its identity there. Every
reference to a resource of the same Bundle is that identity, whatever form it had (2.36.4.1). The elements of the Bundle
itself stand in its first `Bundle`, without its entries; only what an entry says besides fullUrl and resource stays
there, in `entry`.
"""

import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gateway.domain.codec import Tree
from gateway.domain.problem import Problem
from gateway.fhir.elements import resource_types
from gateway.fhir.prune import prune
from gateway.fhir.references import Index, Resource, identity, renamed, survey

ORDER = (
    "Patient",
    "RelatedPerson",
    "Organization",
    "Practitioner",
    "PractitionerRole",
    "Coverage",
    "Encounter",
    "ServiceRequest",
    "Task",
    "CarePlan",
    "CareTeam",
    "Goal",
)
"""Types in the order of canonical Bundles; all others follow by name."""

ENTRY_ONLY = frozenset({"link", "search", "request", "response", "id", "extension", "modifierExtension"})
_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")


@dataclass(frozen=True, slots=True)
class Form:
    """How a tree leaves as a Bundle.

    kind   `collection`, `document` (Composition first, the others in the order it refers to them; 3.3.1) or `single`
           (a lone resource without Bundle)
    base   empty: fullUrl and references are `urn:uuid:`; a URL ending in `/`: fullUrl is base + `Type/id`, references
           are `Type/id`
    order  the order of the types
    """

    kind: str = "collection"
    base: str = ""
    order: tuple[str, ...] = ORDER


COLLECTION = Form()


def _problem(code: str, place: str, sentence: str, repair: str) -> Problem:
    return Problem(code, place, sentence, repair)


def _resource_problem(value: Any, place: str) -> Problem | None:
    """Why a JSON value is no resource (2.1), None where it is one."""
    if not isinstance(value, dict):
        return _problem("fhir.resource", place, "A resource must be a JSON object.", "Send one resource or a Bundle.")
    kind = value.get("resourceType")
    if isinstance(kind, str) and kind in resource_types():
        return None
    sentence = "The element resourceType is missing." if kind is None else "R4 has no resource of this resourceType."
    return _problem(
        "fhir.resource.type", f"{place}.resourceType", sentence, "Name a resource of FHIR R4, e.g. Patient."
    )


# --- reading ---------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Entry:
    """One resource on its way into the tree, with its place and the fullUrl it came with; `own` is `Type/id`."""

    place: str
    full_url: str
    resource: Resource
    references: Sequence[Resource] = ()
    own: str = ""

    @property
    def base(self) -> str:
        """What relative references of this entry are relative to."""
        return self.full_url[: -len(self.own)] if self.own and self.full_url.endswith(self.own) else ""


def _identify(entries: Sequence[_Entry], problems: list[Problem]) -> Index:
    """Gives every resource its identity; a second one with the same fullUrl gets one of its own."""
    index = Index()
    for n, entry in enumerate(entries):
        key = entry.resource.get("id")
        entry.own = f"{entry.resource['resourceType']}/{key}" if isinstance(key, str) and key else ""
        url = entry.full_url or entry.own or f"{entry.resource['resourceType']}#{n}"
        found = index.add(url, entry.own)
        if found is None:
            sentence, repair = "Two entries have the same identity.", "Give every entry its own fullUrl."
            problems.append(Problem("fhir.bundle.twice", entry.place, sentence, repair, "warning"))
        entry.resource["fullUrl"] = found or identity(f"{url}#{n}")
    return index


def _link(entry: _Entry, index: Index) -> list[Problem]:
    """Turns the references of one entry into identities."""
    lost, base = 0, entry.base
    for node in entry.references:
        found = index.find(node["reference"], base)
        if found:
            node["reference"] = found
        elif found == "" and node["reference"] != entry.resource["fullUrl"]:
            lost += 1
    if not lost:
        return []
    sentence = f"{lost} reference(s) point to a resource that is not in the Bundle, or not to one alone."
    repair = "Put the resource into the Bundle or refer by identifier."
    return [Problem("fhir.reference", entry.place, sentence, repair, "warning")]


def _entry(value: Any, place: str) -> _Entry | Problem | None:
    """One Bundle.entry; None where it has no resource."""
    if not isinstance(value, dict):
        return _problem("fhir.bundle.entry", place, "An entry must be a JSON object.", "Write fullUrl and resource.")
    if "resource" not in value:
        return None
    resource = value["resource"]
    wrong = _resource_problem(resource, f"{place}.resource")
    url = value.get("fullUrl")
    return wrong or _Entry(f"{place}.resource", url if isinstance(url, str) else "", resource)


def _pruned(resource: Resource, place: str, problems: list[Problem]) -> tuple[Resource, list[Resource]]:
    """The resource without the empty values that FHIR forbids (2.6.2), and its references."""
    found, empty = survey(resource)
    if not empty:
        return resource, found
    kept: Resource
    kept, places = prune(resource, place)
    sentence, repair = "An empty value stands here; it was left out.", "Leave out what has no value."
    problems += [Problem("fhir.empty", p, sentence, repair, "warning") for p in places]
    return kept, survey(kept)[0]


def _envelope(bundle: Resource, problems: list[Problem]) -> tuple[Resource, list[_Entry]]:
    """A Bundle as its own elements and its entries."""
    entries, rest = [], []
    listed = bundle.get("entry", [])
    if not isinstance(listed, list):
        problems.append(
            _problem("fhir.bundle.entry", "Bundle.entry", "A JSON array is expected here.", "Write [ ... ].")
        )
        listed = []
    for n, value in enumerate(listed):
        entry = _entry(value, f"Bundle.entry[{n}]")
        if isinstance(entry, Problem):
            problems.append(entry)
            continue
        if entry:
            entries.append(entry)
        if entry is None or not ENTRY_ONLY.isdisjoint(value):
            rest.append({key: item for key, item in value.items() if key != "resource"})
    own = {key: item for key, item in bundle.items() if key != "entry"}
    return ({**own, "entry": rest} if rest else own), entries


def read(value: Any) -> tuple[Tree, list[Problem]]:
    """A resource or Bundle as parsed JSON -> resource tree; the value is used up, not copied.

    Errors: `fhir.resource`, `fhir.resource.type`, `fhir.bundle.entry`. Warnings: `fhir.bundle.twice`, `fhir.reference`,
    `fhir.empty`.
    """
    wrong = _resource_problem(value, "file")
    if wrong:
        return {}, [wrong]
    problems: list[Problem] = []
    tree: Tree = {}
    if value["resourceType"] == "Bundle":
        envelope, entries = _envelope(value, problems)
        tree["Bundle"] = [_pruned(envelope, "Bundle", problems)[0]]
    else:
        entries = [_Entry(value["resourceType"], "", value)]
    for entry in entries:
        entry.resource, entry.references = _pruned(entry.resource, entry.place, problems)
    index = _identify(entries, problems)
    for entry in entries:
        if entry.references and "Bundle" in tree:
            problems += _link(entry, index)
        tree.setdefault(entry.resource["resourceType"], []).append(entry.resource)
    return tree, problems


# --- writing ---------------------------------------------------------------------------------------------------------


def types_in_order(tree: Mapping[str, Any], order: Sequence[str] = ORDER) -> list[str]:
    """The resource types of a tree: those of `order` first, then the others by name, without the Bundle itself."""
    places = {name: n for n, name in enumerate(order)}
    return sorted((name for name in tree if name != "Bundle"), key=lambda name: (places.get(name, len(places)), name))


def _listed(tree: Tree, form: Form) -> list[tuple[str, Resource]]:
    """All resources of a tree with their type, in the order of the form."""
    found = [(name, resource) for name in types_in_order(tree, form.order) for resource in tree[name]]
    found += [("Bundle", nested) for nested in tree.get("Bundle", ()) if "fullUrl" in nested]
    return _by_reference(found) if form.kind == "document" else found


def _by_reference(found: list[tuple[str, Resource]]) -> list[tuple[str, Resource]]:
    """The Composition, then what it refers to, what those refer to, and the rest as it was."""
    by_url = {resource.get("fullUrl"): (name, resource) for name, resource in found}
    start = [pair for pair in found if pair[0] == "Composition"][:1]
    waiting, seen = deque(start), {id(resource) for _, resource in start}
    ordered: list[tuple[str, Resource]] = []
    while waiting:
        pair = waiting.popleft()
        ordered.append(pair)
        for node in survey(pair[1])[0]:
            target = by_url.get(node["reference"])
            if target and id(target[1]) not in seen:
                seen.add(id(target[1]))
                waiting.append(target)
    return ordered + [pair for pair in found if id(pair[1]) not in seen]


def _plain(name: str, resource: Resource) -> Resource:
    """A resource as JSON: resourceType, id, meta, then as it was built, without its identity."""
    first: Resource = {"resourceType": name}
    for key in ("id", "meta"):
        if key in resource:
            first[key] = resource[key]
    return first | {key: value for key, value in resource.items() if key != "fullUrl" and key not in first}


def _named(listed: Iterable[tuple[str, Resource]]) -> Iterator[tuple[str, str, Resource]]:
    """(type, identity, resource); a resource without identity gets one from its type and id, or its position."""
    for n, (name, resource) in enumerate(listed):
        yield name, resource.get("fullUrl") or identity(f"{name}/{resource.get('id', f'#{n}')}"), resource


def _relative(named: Iterable[tuple[str, str, Resource]]) -> dict[str, str]:
    """Identity -> `Type/id`, the id taken from the identity where a resource has none or shares it."""
    found: dict[str, str] = {}
    for name, url, resource in named:
        key = resource.get("id")
        own = f"{name}/{key}"
        taken = not isinstance(key, str) or not _ID.fullmatch(key) or own in found.values()
        found[url] = f"{name}/{url.rsplit(':', 1)[-1]}" if taken else own
    return found


def _entries(tree: Tree, form: Form) -> list[Resource]:
    """The entries of the Bundle."""
    named = list(_named(_listed(tree, form)))
    if not form.base:
        return [{"fullUrl": url, "resource": _plain(name, resource)} for name, url, resource in named]
    names = _relative(named)
    entries = []
    for name, url, resource in named:
        key = names[url].split("/", 1)[1]
        plain = _plain(name, {**resource, "id": key})
        entries.append({"fullUrl": form.base + names[url], "resource": renamed(plain, names)})
    return entries


def write(tree: Tree, form: Form = COLLECTION) -> Resource:
    """A resource tree -> Bundle as JSON (or, for `single`, its first resource); the tree stays as it is."""
    entries = _entries(tree, form)
    if form.kind == "single" and entries:
        first: Resource = entries[0]["resource"]
        return first
    own: Resource = next((b for b in tree.get("Bundle", ()) if "fullUrl" not in b), {})
    bundle = _plain("Bundle", {key: value for key, value in own.items() if key not in ("entry", "total", "type")})
    before = {key: bundle.pop(key) for key in tuple(bundle) if key in BEFORE_TYPE}
    return {**before, "type": form.kind, **bundle, **({"entry": entries} if entries else {})}


BEFORE_TYPE = ("resourceType", "id", "meta", "implicitRules", "_implicitRules", "language", "_language", "identifier")
"""The Bundle's elements that stand before `type` in the standard's order (2.36.3)."""
