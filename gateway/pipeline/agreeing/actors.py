"""Whom a Consent means: recipients as parties of the directory, however their sender names them (chapter 6.2).

Hospitals and sites name a recipient by its number (IK), or by an Organization of their own that has it. Decisions are
made by `Organization/<id of the directory>`; the number that was sent stays beside it as the identifier.
"""

from collections.abc import Callable, Iterator
from typing import Any

from gateway.directory.parties import Directory, Party
from gateway.domain.problem import Problem

Resource = dict[str, Any]
At = Callable[[str], Resource]
"""`Type/id` -> the resource, empty where there is none."""


def named(consent: Resource, at: At, directory: Directory) -> Resource:
    """The Consent with each recipient by reference whom the directory knows by a number; all else as it was sent."""
    if "provision" not in consent:  # no other type has one
        return consent
    inside = {f"#{one.get('id')}": one for one in listed(consent.get("contained"))}
    provision = _provision(consent.get("provision"), lambda name: inside.get(name) or at(name), directory)
    if provision is consent.get("provision"):
        return consent
    made = {**consent, "provision": provision}
    left = {str(ref.get("reference")) for ref in references(made)}
    meant = {name for name, one in inside.items() if one.get("resourceType") == "Organization"} - left
    kept = [one for one in listed(consent.get("contained")) if f"#{one.get('id')}" not in meant]
    made.pop("contained", None)
    return {**made, **({"contained": kept} if kept else {})}


def strangers(consent: Resource, directory: Directory) -> list[Problem]:
    """A warning where a recipient is no party of the directory: what is said of it concerns nobody here."""
    names = (str(ref.get("reference", "Organization/")) for ref in references(consent))
    kinds = (name.partition("/") for name in names)
    if all(kind != "Organization" or directory.get(key) for kind, _, key in kinds):
        return []
    sentence = "It names a recipient that is no partner of the directory; for that one it changes nothing."
    repair = "Name a partner by `Organization/<id>` or by its number (IK), or add it to the directory."
    return [Problem("consent.actor", "Consent.provision.actor", sentence, repair, "warning")]


def references(consent: Resource) -> Iterator[Resource]:
    """Consent.provision.actor.reference, of inner provisions too."""
    waiting = [consent.get("provision")]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            yield from (a["reference"] for a in listed(node.get("actor")) if isinstance(a.get("reference"), dict))
            waiting += listed(node.get("provision"))


def listed(value: Any) -> list[Resource]:
    """The objects of a list; none where it is no list."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _provision(node: Any, at: At, directory: Directory) -> Any:
    """A provision with its recipients named; the same object where nothing changes."""
    if isinstance(node, list):
        made = [_provision(one, at, directory) for one in node]
        return node if all(new is old for new, old in zip(made, node, strict=True)) else made
    if not isinstance(node, dict):
        return node
    actors = node.get("actor")
    said = {"actor": [_actor(one, at, directory) for one in actors]} if isinstance(actors, list) else {}
    below = {"provision": _provision(node["provision"], at, directory)} if "provision" in node else {}
    changed = below.get("provision") is not node.get("provision") or said.get("actor", actors) != actors
    return {**node, **said, **below} if changed else node


def _actor(actor: Any, at: At, directory: Directory) -> Any:
    """One recipient; it stays as it is where a party is named already, or none is meant."""
    reference = actor.get("reference") if isinstance(actor, dict) else None
    if not isinstance(reference, dict):
        return actor
    name = str(reference.get("reference", ""))
    if directory.get(name.removeprefix("Organization/")):
        return actor
    for number in [reference.get("identifier"), *listed(at(name).get("identifier") if name else None)]:
        party = _party(number, directory)
        if party:
            return {**actor, "reference": {**reference, "reference": f"Organization/{party.id}", "identifier": number}}
    return actor


def _party(number: Any, directory: Directory) -> Party | None:
    """The party of an identifier."""
    if not isinstance(number, dict):
        return None
    return directory.by_identifier(str(number.get("system", "")), str(number.get("value", "")))
