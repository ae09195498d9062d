"""Resources and Bundles against profiles (chapter 5.1): cardinalities, values, bindings, slices, reference targets."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from gateway.domain.problem import Problem
from gateway.fhir import invariants
from gateway.fhir.conform import check_resource, printable
from gateway.fhir.items import DATA_ABSENT, Item, contains, follow, items, profile_urls, sort
from gateway.fhir.json import Number
from gateway.fhir.keeps import keeps
from gateway.fhir.shape import Codes, Profile, Profiles, Shape

Resource = dict[str, Any]


@dataclass(slots=True)
class Run:
    """One validation: the profiles, the resources that references reach, the findings."""

    profiles: Profiles
    reach: Mapping[str, Resource]
    profile: str = ""
    problems: list[Problem] = field(default_factory=list)

    def note(self, code: str, place: str, sentence: str, repair: str) -> None:
        """Takes up a finding of the profile under validation."""
        name = self.profile.rsplit("/", 1)[-1]
        self.problems.append(Problem(code, place, sentence, f"{repair} Profile {name}."))


# --- values ----------------------------------------------------------------------------------------------------------


def _codings(value: Any) -> list[tuple[str, str]]:
    """System and code of a code, Coding or CodeableConcept."""
    if isinstance(value, str):
        return [("", value)]
    if not isinstance(value, dict):
        return []
    listed = value.get("coding", [value])
    if not isinstance(listed, list):
        return []
    return [(str(c.get("system", "")), str(c.get("code"))) for c in listed if isinstance(c, dict) and "code" in c]


def _bound(value: Any, codes: Codes) -> bool:
    """Whether one coding is of the codes; the empty system allows any, no listed code allows all of a system."""
    for system, code in _codings(value):
        allowed = codes.get(system, codes.get("")) if not isinstance(value, str) else frozenset().union(*codes.values())
        if allowed is not None and (not allowed or code in allowed):
            return True
    return False


def _absent(item: Item) -> bool:
    extensions = item.node.get("extension")
    if item.value is not None or not isinstance(extensions, list):
        return False
    return any(isinstance(e, dict) and e.get("url") == DATA_ABSENT for e in extensions)


def _text(value: Any) -> str | None:
    return value.text if isinstance(value, Number) else value if isinstance(value, str) else None


def _check_value(item: Item, shape: Shape, run: Run) -> None:
    """Fixed value, pattern, length, form, codes of one item."""
    text = _text(item.value)
    if shape.fixed is not None and item.value is not None and item.value != shape.fixed:
        run.note("profile.fixed", item.place, "The profile fixes another value here.", _fixed(shape.fixed))
    if shape.pattern is not None and item.value is not None and not contains(item.value, shape.pattern):
        run.note("profile.fixed", item.place, "The value lacks what the profile demands here.", _fixed(shape.pattern))
    if shape.length and text is not None and len(text) > shape.length:
        run.note("profile.length", item.place, f"The text is longer than {shape.length} characters.", "Shorten it.")
    if shape.form is not None and text is not None and not shape.form.fullmatch(text):
        run.note(
            "profile.form", item.place, "The value does not have the demanded form.", f"Form: {shape.form.pattern}."
        )
    if shape.codes is not None and item.value is not None and not _bound(item.value, shape.codes):
        run.note("profile.code", item.place, "The profile's value set does not have this code.", _systems(shape.codes))
    if shape.masked and not _absent(item):
        run.note("profile.masked", item.place, "No value may stand here.", "Write a data-absent-reason instead.")


def _fixed(value: Any) -> str:
    return f"Write `{value}`." if isinstance(value, str | int | bool) else "Write the profile's value."


def _systems(codes: Codes) -> str:
    some = [f"{system}: {', '.join(sorted(listed)[:12])}" for system, listed in codes.items()]
    return f"Allowed: {'; '.join(some)}."


def _check_target(item: Item, shape: Shape, run: Run) -> None:
    """What a Reference points to, where the Bundle has it (2.3.0)."""
    target = run.reach.get(str(item.node.get("reference", "")))
    if target is None:
        return
    named = {str(target.get("resourceType")), *profile_urls(target)}
    known = [t for t in shape.targets if "/" not in t or t in run.profiles]
    if known and len(known) == len(shape.targets) and not named & set(known):
        run.note(
            "profile.target", item.place, "The reference points to another kind of resource.", f"Allowed: {known}."
        )


# --- elements --------------------------------------------------------------------------------------------------------


def _check_count(number: int, shape: Shape, place: str, run: Run) -> None:
    """Cardinality (5.1.0.4)."""
    if number < shape.least:
        much = "" if shape.least == 1 else f" {shape.least} times"
        run.note("profile.missing", place, f"This element is missing{much or ''}.", "Add it.")
    elif shape.most == 0 and number:
        run.note("profile.forbidden", place, "The profile forbids this element.", "Leave it out.")
    elif shape.most is not None and number > shape.most:
        run.note(
            "profile.many", place, f"{number} stand here, the profile allows {shape.most}.", "Leave the others out."
        )


def _check_slices(found: list[Item], shape: Shape, place: str, run: Run) -> None:
    """Slices: how many items each has, what it asks of them, and strangers where it is closed (5.1.0.7)."""
    sorted_items = sort(found, shape)
    taken: set[int] = set()
    for name, piece in shape.slices.items():
        chosen = sorted_items.get(name, [])
        taken.update(chosen)
        if piece.marks and not piece.shape.allows(len(chosen)):
            _check_count(len(chosen), piece.shape, f"{place}:{name}", run)
        if not piece.shape.bare:
            for n in chosen:
                _check_item(found[n], piece.shape, run)
    if shape.closed and len(taken) < len(found) and all(piece.marks for piece in shape.slices.values()):
        for n, item in enumerate(found):
            if n not in taken:
                known = f"Known: {_list(shape.slices)}."
                run.note("profile.slice", item.place, "The profile knows no such item here.", known)


def _list(names: Mapping[str, Any]) -> str:
    return ", ".join(names)


def _check_one(found: list[Item], demand: tuple[tuple[str, ...], Any], place: str, run: Run) -> None:
    path, value = demand
    number = sum(any(below.value == value for below in follow(item, path)) for item in found)
    if number != 1:
        sentence = f"Exactly one item must have {'.'.join(path)} = {str(value).lower()}, here are {number}."
        run.note("profile.one", place, sentence, "Set it on one item only.")


def _check_item(item: Item, shape: Shape, run: Run) -> None:
    if shape.judges:
        _check_value(item, shape, run)
    if shape.targets:
        _check_target(item, shape, run)
    if shape.rules:
        invariants.check(item.value, shape.rules, item.place, run.note)
    if shape.only is not None:
        _check_only(item, shape.only, run)
    node = item.node
    for name, child in shape.children.items():
        if name in node or f"_{name}" in node or name.endswith("[x]"):
            if not (child.counted and child.allows(_number(node.get(name)))):
                _check_element(item, name, child, run)
        elif child.least:
            _check_count(0, child, f"{item.place}.{name}", run)


def _number(value: Any) -> int:
    """How many items a JSON value is; -1 where it takes a closer look."""
    return len(value) if value.__class__ is list else -1 if value is None else 1


def _check_only(item: Item, only: frozenset[str], run: Run) -> None:
    for key in item.node:
        if key.removeprefix("_") not in only:
            place = f"{item.place}.{printable(key)}"
            run.note("profile.forbidden", place, "The profile forbids this element.", "Leave it out.")


def _check_element(above: Item, name: str, shape: Shape, run: Run) -> None:
    """One element below an item: how often, of which type, each item, the slices."""
    found = items(above, name)
    if not shape.allows(len(found)):
        _check_count(len(found), shape, f"{above.place}.{name}", run)
    if shape.types:
        _check_types(found, shape, run)
    if not shape.bare:
        for one in found:
            _check_item(one, shape, run)
    if shape.slices or shape.closed:
        _check_slices(found, shape, f"{above.place}.{name}", run)
    if shape.one and found:
        _check_one(found, shape.one, f"{above.place}.{name}", run)


def _check_types(found: list[Item], shape: Shape, run: Run) -> None:
    """The variant of a choice (2.1.14)."""
    for item in found:
        if not any(item.named(kind) for kind in shape.types):
            run.note(
                "profile.type",
                item.place,
                "The profile allows another type here.",
                f"Allowed: {', '.join(shape.types)}.",
            )


# --- resources -------------------------------------------------------------------------------------------------------


def _chain(url: str, profiles: Profiles) -> Iterator[Profile]:
    """A profile and those it builds on."""
    seen: set[str] = set()
    while url in profiles and url not in seen:
        seen.add(url)
        yield profiles[url]
        url = profiles[url].base


def _check_profiles(resource: Resource, place: str, run: Run) -> None:
    kind = resource.get("resourceType")
    for url in profile_urls(resource):
        for profile in _chain(url, run.profiles):
            run.profile = profile.url
            if profile.type != kind:
                run.note("profile.resource", place, f"The profile is for {profile.type}.", "Claim another profile.")
            elif not keeps(resource, profile.shape, run.reach):
                _check_item(Item(None, place, resource), profile.shape, run)


def entries(bundle: Resource) -> list[tuple[str, Resource]]:
    """Place and resource of every entry of a Bundle; nothing for other resources."""
    listed = bundle.get("entry", []) if bundle.get("resourceType") == "Bundle" else []
    found = enumerate(listed if isinstance(listed, list) else [])
    return [
        (f"Bundle.entry[{n}].resource", entry["resource"])
        for n, entry in found
        if isinstance(entry, dict) and isinstance(entry.get("resource"), dict)
    ]


def _reach(bundle: Resource) -> dict[str, Resource]:
    """Resources by fullUrl and by `Type/id`."""
    found: dict[str, Resource] = {}
    for _, resource in entries(bundle):
        found.setdefault(f"{resource.get('resourceType')}/{resource.get('id')}", resource)
    for entry in bundle.get("entry", []) if found else ():
        if isinstance(entry, dict) and isinstance(entry.get("resource"), dict):
            found[str(entry.get("fullUrl"))] = entry["resource"]
    return found


def check_profiles(resource: Resource, profiles: Profiles) -> list[Problem]:
    """What a resource or Bundle as JSON breaks of the profiles it and its entries claim.

    Problems: `profile.missing`, `.forbidden`, `.many`, `.fixed`, `.length`, `.form`, `.code`, `.masked`, `.one`,
    `.slice`, `.type`, `.target`, `.resource`, `.rule`. Profiles not given are not judged.
    """
    run = Run(profiles, _reach(resource))
    _check_profiles(resource, str(resource.get("resourceType")), run)
    for place, inner in entries(resource):
        _check_profiles(inner, place, run)
    return run.problems


def validate(resource: Resource, profiles: Profiles) -> list[Problem]:
    """What a resource or Bundle as JSON breaks of R4 and of the profiles it claims."""
    return check_resource(resource) + check_profiles(resource, profiles)
