"""One run of a compiled format: tree -> tree with identities, references, and the account of every source leaf."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha1
from typing import Any

from gateway.domain.codec import Key, Tree
from gateway.domain.problem import Problem
from gateway.fhir.references import survey
from gateway.mapping.account import UNLISTED, Leaf, Path
from gateway.mapping.compile import Compiled, KeyFunction
from gateway.mapping.plan import KeyPart
from gateway.mapping.runtime import UNKNOWN, Object, Run

SPACE = bytes.fromhex("5b7c6f0e3d2a4c58a1f47b1c9e0d6a35")
"""Namespace of identities made from business identifiers (uuid5, RFC 4122 4.3)."""


@dataclass(slots=True)
class Result:
    """What a run gives: the tree, its problems, the leaves left over, and the book for explain."""

    tree: Tree
    root: str = ""
    problems: list[Problem] = field(default_factory=list)
    unmapped: list[Leaf] = field(default_factory=list)
    ignored: list[Leaf] = field(default_factory=list)
    book: Run | None = None
    clashes: list[tuple[Any, Any, Path]] = field(default_factory=list)
    """Sources of two results of one identity, and where they contradict each other."""


def urn(*parts: str) -> str:
    """`urn:uuid:` made from parts (uuid5)."""
    digest = bytearray(
        sha1(SPACE + "\x1f".join(parts).encode("utf-8", "surrogatepass"), usedforsecurity=False).digest()[:16]
    )
    digest[6] = digest[6] & 0x0F | 0x50
    digest[8] = digest[8] & 0x3F | 0x80
    text = digest.hex()
    return f"urn:uuid:{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def resources(tree: Tree) -> Iterator[Object]:
    """All resources of a resource tree, without the Bundle's own elements."""
    for kind, items in tree.items():
        if kind != "Bundle":
            yield from items


def index(tree: Tree) -> dict[str, Object]:
    """Resources of a tree by identity."""
    return {item["fullUrl"]: item for item in resources(tree) if isinstance(item, dict) and "fullUrl" in item}


def run(compiled: Compiled, source: Tree, seed: str, *, fhir_source: bool, fhir_target: bool) -> Result | None:
    """Run the first root map that fits; None where none does. `seed` names results that have no business identity."""
    book = Run(source, {}, index(source) if fhir_source else {})
    for name, fits, function in compiled.roots:
        if fits(source, book):
            function(source, book.dst, book)
            for late in book.later:
                late()
            tidy(book, fhir=fhir_target)
            result = Result(book.dst, name, book=book)
            if fhir_target:
                identify(book, compiled, seed, result, fhir_source=fhir_source)
            return result
    return None


def identify(book: Run, compiled: Compiled, seed: str, result: Result, *, fhir_source: bool) -> None:
    """Give each resource its identity, merge those that are the same, and write the references."""
    keys = {id(made): compiled.keys[key] for made, key, _, _ in book.made if key}
    targets = {id(reference): target for reference, target in book.refs}
    names = Names(keys, targets, book, seed)
    places = {id(made): n for n, (made, *_) in enumerate(book.made)}
    alias: dict[str, str] = {}
    for made, _, source, _ in book.made:
        made["fullUrl"] = names.of(made, places)
        if isinstance(source, dict) and "fullUrl" in source and source["fullUrl"] != made["fullUrl"]:
            alias.setdefault(source["fullUrl"], made["fullUrl"])
        if "id" not in made:
            made["id"] = made["fullUrl"][9:]
    for reference, target in book.refs:
        reference["reference"] = target["fullUrl"]
    if fhir_source and alias:
        rename(book.dst, alias, targets)
    merge(book, result)


@dataclass(slots=True)
class Names:
    """Identities in the order their keys need them."""

    keys: dict[int, tuple[tuple[KeyPart, ...], KeyFunction]]
    targets: dict[int, Object]
    book: Run
    seed: str
    open: set[int] = field(default_factory=set)

    def of(self, made: Object, places: dict[int, int]) -> str:
        """The identity of a resource: by its key, else its partner's or made from it, else by its place."""
        if "fullUrl" in made:
            return str(made["fullUrl"])
        self.open.add(id(made))
        parts = self.parts(made, places)
        self.open.discard(id(made))
        if any(parts):
            return urn(made["resourceType"], *parts)
        source = self.book.made[places[id(made)]][2]
        if isinstance(source, dict) and "fullUrl" in source:
            own = str(source["fullUrl"])
            return own if source.get("resourceType") == made["resourceType"] else urn(own, made["resourceType"])
        return urn(self.seed, made["resourceType"], str(places[id(made)]))

    def parts(self, made: Object, places: dict[int, int]) -> list[str]:
        """The lines of a key as texts, empty where the resource has no such value."""
        if id(made) not in self.keys:
            return []
        key, function = self.keys[id(made)]
        values: list[list[str]] = [[] for _ in key]
        for line, value in function(made):
            target = self.targets.get(id(value))
            values[line].append(self.of(target, places) if target is not None else repr(value))
        if not any(values) and any(part.steps for part in key):
            return []
        key, values = counted(key, values)
        for line, part in enumerate(key):
            linked_to = self.book.beside(made, part.link) if part.link else None
            if linked_to is not None and id(linked_to) not in self.open:
                values[line].append(self.of(linked_to, places))
        return ["\x1e".join(found) for found in values]


def counted(key: tuple[KeyPart, ...], values: list[list[str]]) -> tuple[tuple[KeyPart, ...], list[list[str]]]:
    """The lines of a key that count: those up to the first `else` with a value before it."""
    start = 0
    for line, part in enumerate(key):
        if part.otherwise:
            if any(values[start:line]):
                return key[start:line], values[start:line]
            start = line + 1
    return key[start:], values[start:]


def rename(tree: Tree, alias: dict[str, str], written: dict[int, Object]) -> None:
    """Turn references that were copied to the identities of their new resources."""
    for resource in resources(tree):
        for reference in survey(resource)[0]:
            if id(reference) not in written:
                reference["reference"] = alias.get(reference["reference"], reference["reference"])


def merge(book: Run, result: Result) -> None:
    """Resources of one identity become one; two values for one single place are a contradiction."""
    seen: dict[str, tuple[Object, Any]] = {}
    gone: dict[str, set[int]] = {}
    for made, _, source, _ in book.made:
        first = seen.setdefault(made["fullUrl"], (made, source))
        if first[0] is made:
            continue
        result.clashes += [(first[1], source, path) for path in unite(first[0], made, book.single)]
        gone.setdefault(made["resourceType"], set()).add(id(made))
    for kind, united in gone.items():
        book.dst[kind] = [item for item in book.dst[kind] if id(item) not in united]


def unite(first: Object, second: Object, single: Mapping[int, str], path: Path = ()) -> Iterator[Path]:
    """Fill `first` with what only `second` has; gives the paths where both differ."""
    for key, value in second.items():
        if key not in first:
            first[key] = value
        elif isinstance(value, dict) and isinstance(first[key], dict):
            yield from unite(first[key], value, single, (*path, key))
        elif isinstance(value, list) and isinstance(first[key], list):
            yield from unite_lists(first[key], value, single, (*path, key))
        elif first[key] != value and key not in UNLISTED:
            yield (*path, key)


def unite_lists(first: list[Any], second: list[Any], single: Mapping[int, str], path: Path) -> Iterator[Path]:
    """Add what only `second` has; items that stand for the same single place are united."""
    places = {single[id(item)]: item for item in first if id(item) in single}
    for item in second:
        same = places.get(single.get(id(item), ""))
        if same is not None:
            yield from unite(same, item, single, path)
        elif item not in first:
            first.append(item)


def tidy(book: Run, *, fhir: bool) -> None:
    """Lists with gaps: a primitive and its extensions get one length (R4 JSON, 2.6.2.3), objects stand-ins."""
    for owner, key in book.paired:
        items = owner[key]
        if key.startswith("_"):
            values = owner.setdefault(key[1:], [])
            items.extend([None] * (len(values) - len(items)))
            values.extend([None] * (len(items) - len(values)))
        else:
            items[:] = [({"extension": [dict(UNKNOWN)]} if fhir else {}) if item is None else item for item in items]


def leaves(tree: Any, path: Path = ()) -> Iterator[tuple[Any, Key, Path, Any]]:
    """Container, key, path and value of each leaf, in order."""
    items = tree.items() if isinstance(tree, dict) else enumerate(tree)
    for key, value in items:
        if isinstance(value, dict | list):
            yield from leaves(value, (*path, key))
        elif value is not None:
            yield tree, key, (*path, key), value
