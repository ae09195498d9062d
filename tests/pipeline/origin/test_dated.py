"""Each value of a resource belongs to the version that said it last anew."""

from datetime import UTC, datetime
from typing import Any

from gateway.domain.ledger import Version
from gateway.pipeline.origin.dated import dated

NOW = datetime(2026, 3, 12, 11, 5, tzinfo=UTC)


def marks(*bodies: dict[str, Any]) -> dict[str, int]:
    """Value -> version, of the last of some versions."""
    said = [{"resourceType": "Patient", **body} for body in bodies]
    versions = [Version("Patient", "a", number, NOW, body) for number, body in enumerate(said, 1)]
    return {str(value): version.version for _, value, version in dated(versions)}


def test_a_value_that_stays_keeps_its_version() -> None:
    assert marks({"gender": "female"}, {"gender": "female", "birthDate": "1938"}) == {"female": 1, "1938": 2}


def test_a_value_that_was_taken_back_and_said_again_is_as_old_as_its_return() -> None:
    assert marks({"gender": "female"}, {}, {"gender": "female"}) == {"female": 3}


def test_an_item_of_a_list_keeps_its_version_wherever_it_stands() -> None:
    old, new = {"value": "1", "system": "x"}, {"value": "2", "system": "y"}
    assert marks({"identifier": [old]}, {"identifier": [new, old]}) == {"1": 1, "x": 1, "2": 2, "y": 2}


def test_of_an_item_that_changed_only_the_changed_value_is_new() -> None:
    name = {"family": "Otte", "given": ["Ida"]}
    assert marks({"name": [name]}, {"name": [{**name, "given": ["Ida", "Lore"]}]}) == {"Otte": 1, "Ida": 1, "Lore": 2}


def test_what_is_another_type_of_value_is_new() -> None:
    assert marks({"active": True, "x": [1]}, {"active": 1, "x": {"0": 1}}) == {"1": 2}


def test_a_list_that_became_something_else_is_new() -> None:
    assert marks({"x": {"y": "a"}}, {"x": ["b"]}, {"x": [{"y": "c"}]}) == {"c": 3}


def test_a_resource_that_was_never_written_has_no_values() -> None:
    assert list(dated([])) == []
