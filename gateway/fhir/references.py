"""References of FHIR and what they mean inside a Bundle (chapters 2.3 and 2.36.4.1)."""

import re
from collections.abc import Mapping
from hashlib import sha1
from typing import Any
from uuid import NAMESPACE_URL

Resource = dict[str, Any]

REFERENCE = frozenset({"id", "extension", "reference", "_reference", "type", "identifier", "display"})
"""The elements of a Reference (2.3.0): what has others beside `reference` is something else."""

_UUID = re.compile(r"urn:uuid:[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_RELATIVE = re.compile(r"([A-Z][A-Za-z]+)/([A-Za-z0-9\-.]{1,64})(/_history/[A-Za-z0-9\-.]{1,64})?")
_NAMESPACE = NAMESPACE_URL.bytes


def identity(full_url: str) -> str:
    """The `urn:uuid:` of a fullUrl: itself where it is one, else derived from it (RFC 9562, 5.5, URL namespace)."""
    if full_url.startswith("urn:") and _UUID.fullmatch(full_url):
        return full_url.lower()
    text = sha1(_NAMESPACE + full_url.encode("utf-8", "replace"), usedforsecurity=False).hexdigest()
    variant = "89ab"[int(text[16], 16) % 4]
    return f"urn:uuid:{text[:8]}-{text[8:12]}-5{text[13:16]}-{variant}{text[17:20]}-{text[20:32]}"


class Index:
    """Finds the identity that a reference of a Bundle means (2.36.4.1)."""

    def __init__(self) -> None:
        self.urls: dict[str, str] = {}
        self.owns: dict[str, str] = {}

    def add(self, url: str, own: str) -> str | None:
        """Takes up a resource by fullUrl and `Type/id`; its identity, None where the fullUrl is already taken."""
        if url in self.urls:
            return None
        found = self.urls[url] = identity(url)
        if own:
            self.owns[own] = "" if own in self.owns else found
        return found

    def find(self, reference: str, base: str) -> str | None:
        """The identity meant, None for what lies outside the Bundle, empty for what should be in it and is not."""
        if reference in self.urls:
            return self.urls[reference]
        relative = _RELATIVE.fullmatch(reference)
        if relative:
            own = f"{relative[1]}/{relative[2]}"
            return self.urls.get(base + own) or self.owns.get(own, "")
        if "/_history/" in reference:
            return self.urls.get(reference.split("/_history/", maxsplit=1)[0])
        return "" if reference.startswith("urn:") else None


def survey(resource: Resource) -> tuple[list[Resource], bool]:
    """The References below a resource that have a `reference`, in document order, and whether it has empty values."""
    found: list[Resource] = []
    empty: list[str] = []
    _survey(resource, found, empty)
    return found, bool(empty)


def _survey(node: Resource, found: list[Resource], empty: list[str]) -> None:
    for key, value in node.items():
        kind = value.__class__
        if kind is str:
            if key == "reference" and node.keys() <= REFERENCE:
                found.append(node)
            if not value:
                empty.append(key)
        elif value:
            if kind is dict:
                _survey(value, found, empty)
            elif kind is list:
                _survey_list(value, found, empty)
        elif value is None or kind is dict or kind is list:
            empty.append("")


def _survey_list(items: list[Any], found: list[Resource], empty: list[str]) -> None:
    for item in items:
        kind = item.__class__
        if kind is dict and item:
            _survey(item, found, empty)
        elif kind is dict or kind is list or item == "":
            empty.append("")


def renamed(value: Any, names: Mapping[str, str]) -> Any:
    """A copy with every reference to an identity written by its new name."""
    if value.__class__ is not dict:
        return [renamed(item, names) for item in value] if value.__class__ is list else value
    copy = value.copy()
    for key, item in value.items():
        if item.__class__ is dict or item.__class__ is list:
            copy[key] = renamed(item, names)
    reference = value.get("reference")
    if reference.__class__ is str and reference in names and value.keys() <= REFERENCE:
        copy["reference"] = names[reference]
    return copy
