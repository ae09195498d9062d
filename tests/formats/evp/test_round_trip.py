"""There and back: the input again, up to `canonical:` and what the profiles forbid."""

import copy
import json
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.fhir.corpus import DATA, needs_data
from tests.formats.evp.evp import CANONICAL, EXAMPLES, GUARDED, TOLERANT, encoded, example, formats, read, tree

SHARED = DATA / "de" / "evp" / "test-files"
MUTATIONS = 150
ODD: tuple[Any, ...] = ("", "x" * 700, 7, True, [], {}, None, ["a"], [{}], {"reference": "urn:uuid:nobody"})


def level(data: dict[str, Any]) -> Any:
    """A tree without the differences the format declares as none."""
    form = formats()[0]
    return form.model.canonical(data, form.spec)


def returned(name_or_path: str | Path) -> tuple[Any, Any]:
    """An EVP and what comes back of it, both levelled."""
    path = EXAMPLES / name_or_path
    form = formats()[0]
    result = form.from_fhir(form.to_fhir(tree(path.read_bytes()), "test").tree)
    data = form.codec.encode([result.tree], form.spec).data
    return level(tree(path.read_bytes())), level(tree(data))


def test_an_evp_comes_back_as_it_went() -> None:
    there, back = returned(GUARDED)
    assert there == back


def test_what_the_profiles_forbid_does_not_come_back() -> None:
    _, back = returned(TOLERANT)
    expected = (EXAMPLES / TOLERANT.replace(".in.", ".back.")).read_bytes()
    assert back == level(tree(expected))


def test_the_canonical_example_gives_the_expected_evp() -> None:
    document = formats()[0].from_fhir(example(CANONICAL)).tree
    expected = (EXAMPLES / CANONICAL.replace(".fhir.", ".back.")).read_bytes()
    assert encoded(formats()[0].from_fhir(example(CANONICAL)))[1] == []
    assert level({**document, "Bundle": []}) == level({**tree(expected), "Bundle": []})


@needs_data
def test_the_published_document_comes_back_as_it_went() -> None:
    path = SHARED / "valid" / "VersorgungsplanBundleBeispiel.json"
    there, back = returned(path)
    assert there == back


@needs_data
def test_the_published_document_leaves_nothing_unexplained() -> None:
    path = SHARED / "valid" / "VersorgungsplanBundleBeispiel.json"
    form = formats()[0]
    there = form.to_fhir(tree(path.read_bytes()), "test")
    back = form.from_fhir(there.tree)
    assert (there.problems, there.unmapped) == ([], [])
    assert (back.problems, back.unmapped) == ([], [])


@needs_data
def test_a_published_document_without_timestamp_is_refused() -> None:
    path = SHARED / "invalid" / "bundle-missing-timestamp.json"
    form = formats()[0]
    decoded = form.codec.decode(path.read_bytes(), form.spec)
    assert not decoded.trees
    assert any(problem.place == "Bundle.timestamp" for problem in decoded.problems)


def places(node: Any) -> list[tuple[Any, Any]]:
    """Every container and key of a tree."""
    items = node.items() if isinstance(node, dict) else enumerate(node)
    found: list[tuple[Any, Any]] = []
    for key, value in items:
        found.append((node, key))
        if isinstance(value, dict | list):
            found += places(value)
    return found


@pytest.mark.parametrize("name", [GUARDED, CANONICAL])
def test_odd_values_anywhere_never_raise(name: str) -> None:
    (evp, fhir), chance = formats(), Random(7)
    whole = json.loads((EXAMPLES / name).read_bytes())
    source = fhir if name == CANONICAL else evp
    for _ in range(MUTATIONS):
        odd = copy.deepcopy(whole)
        container, key = chance.choice(places(odd))
        container[key] = copy.deepcopy(chance.choice(ODD))
        for decoded in source.codec.decode(json.dumps(odd).encode(), source.spec).trees:
            result = evp.from_fhir(source.to_fhir(decoded, "test").tree)
            evp.codec.encode([result.tree], evp.spec)


def test_reading_uses_every_leaf_of_the_example() -> None:
    assert read(GUARDED).problems == []
