"""The environment overrides the file; what overrides nothing is an error."""

import pytest

from tests.settings.conftest import Read

FILE = "name: file\nmllp:\n  - {listen: '127.0.0.1:2575', max_frame: 5000}\n"


def test_a_variable_overrides_a_setting(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEWAY__NAME", "env")
    monkeypatch.setenv("GATEWAY__DELIVERY__RETRY__ATTEMPTS", "7")
    settings, problems = read(FILE)
    assert problems == []
    assert settings is not None
    assert (settings.name, settings.delivery.retry.attempts) == ("env", 7)


def test_a_number_chooses_an_item_of_a_list_and_leaves_the_rest_of_it(
    read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GATEWAY__MLLP__0__LISTEN", "127.0.0.1:9575")
    monkeypatch.setenv("GATEWAY__MLLP__1__LISTEN", "127.0.0.1:9576")
    settings, problems = read(FILE)
    assert problems == []
    assert settings is not None
    assert [(door.listen, door.max_frame) for door in settings.mllp] == [
        ("127.0.0.1:9575", 5000),
        ("127.0.0.1:9576", 50_000_000),
    ]


def test_a_list_can_begin_in_the_environment(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEWAY__MLLP__0__LISTEN", "127.0.0.1:9575")
    settings, _ = read("name: x\n")
    assert settings is not None
    assert [door.listen for door in settings.mllp] == ["127.0.0.1:9575"]


def test_a_whole_list_is_json(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEWAY__DELIVERY__RETRY__WAITS", "[1, 2.5]")
    settings, problems = read(FILE)
    assert problems == []
    assert settings is not None
    assert settings.delivery.retry.waits == (1, 2.5)


def test_a_list_that_is_no_json_is_said(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEWAY__MAPPINGS", "[a")
    settings, problems = read(FILE)
    assert settings is None
    assert [(problem.code, problem.place) for problem in problems] == [
        ("settings.json", "environment GATEWAY__MAPPINGS")
    ]


@pytest.mark.parametrize(
    ("name", "repair"),
    [
        ("GATEWAY__HTP__LISTEN", "did you mean `http`?"),
        ("GATEWAY__HTTP__LISTN", "did you mean `listen`?"),
        ("GATEWAY__MLLP__0__LISTN", "did you mean `listen`?"),
        ("GATEWAY__NAME__FIRST", "set GATEWAY__NAME itself; a list there is written as JSON"),
        ("GATEWAY__MAPPINGS__0", "set GATEWAY__MAPPINGS itself; a list there is written as JSON"),
    ],
)
def test_a_variable_that_overrides_nothing_is_an_error(
    read: Read, monkeypatch: pytest.MonkeyPatch, name: str, repair: str
) -> None:
    monkeypatch.setenv(name, "127.0.0.1:1")
    settings, problems = read(FILE)
    assert settings is None
    found = [problem for problem in problems if problem.code == "settings.variable"]
    assert [(problem.place, problem.repair) for problem in found] == [(f"environment {name}", repair)]


def test_an_empty_variable_counts_as_none(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEWAY__NAME", "")
    settings, problems = read(FILE)
    assert problems == []
    assert settings is not None
    assert settings.name == "file"


def test_a_wrong_value_is_said_with_the_name_of_its_variable(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEWAY__HTTP__MAX_BODY", "much")
    monkeypatch.setenv("GATEWAY__MLLP__0__LISTEN", "9575")
    _, problems = read(FILE)
    assert [problem.place for problem in problems] == [
        "environment GATEWAY__HTTP__MAX_BODY",
        "environment GATEWAY__MLLP__0__LISTEN",
    ]
