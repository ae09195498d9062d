"""Keys from files and from a secret; what is wrong with them is told without them."""

import base64
from pathlib import Path

import pytest

from gateway import settings as options
from gateway.settings.keys import read, ring
from gateway.store.port import StoreError

ONE, TWO, THREE = (base64.b64encode(bytes([number]) * 32).decode() for number in (1, 2, 3))


def written(folder: Path, text: str = "keys: {folder: keys}", **keys: str) -> Path:
    """A gateway.yaml with a folder of keys, `__` for `/` in their names."""
    for name, said in keys.items():
        file = folder / "keys" / f"{name.replace('__', '/')}.key"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(said + "\n")
        file.chmod(0o600)
    (folder / "gateway.yaml").write_text(text + "\n")
    return folder / "gateway.yaml"


def codes(config: Path) -> list[str]:
    return [problem.code for problem in options.load(config)[1]]


def test_keys_are_files_below_a_folder_and_the_last_by_name_writes(tmp_path: Path) -> None:
    config = written(tmp_path, index=ONE, gateway__1=TWO, gateway__2=THREE, stelle__a=ONE)
    settings, problems = options.load(config)
    assert problems == []
    assert settings is not None
    found = ring(settings)
    assert found is not None
    assert [(key.owner, key.name) for key in read(settings)] == [
        ("gateway", "1"), ("gateway", "2"), ("index", "index"), ("stelle", "a"),
    ]  # fmt: skip
    assert (found.current("gateway").name, found.current("nobody").name, found.current("stelle").name) == (
        "2",
        "2",
        "a",
    )


def test_keys_may_stand_in_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = written(tmp_path, "keys: {secret: ring}")
    assert codes(config) == ["settings.keys"]
    monkeypatch.setenv("GATEWAY_SECRET_RING", f"index={ONE} gateway/1={TWO}")
    settings, problems = options.load(config)
    assert problems == []
    assert settings is not None
    assert ring(settings) is not None


def test_without_the_setting_nothing_is_sealed(tmp_path: Path) -> None:
    settings, _ = options.load(written(tmp_path, "name: x"))
    assert settings is not None
    assert ring(settings) is None


@pytest.mark.parametrize(
    "keys",
    [
        {}, {"index": ONE}, {"gateway__1": ONE}, {"index": ONE, "gateway__1": "short"},
        {"index": ONE, "gateway__1": "#" * 44}, {"index": ONE, "gateway__1": "ä"},
        {"index": ONE, "gateway__1": ONE[:20]},
    ],
)  # fmt: skip
def test_keys_that_are_of_no_use_are_an_error_that_does_not_show_them(tmp_path: Path, keys: dict[str, str]) -> None:
    config = written(tmp_path, **keys)
    settings, problems = options.load(config)
    assert settings is None
    assert [problem.code for problem in problems] == ["settings.keys"]
    assert not any(said in str(problems) for said in keys.values())
    sound, _ = options.examine(config)
    assert sound is not None
    with pytest.raises(StoreError):
        ring(sound)


def test_a_key_that_others_may_read_is_a_warning(tmp_path: Path) -> None:
    config = written(tmp_path, index=ONE, gateway__1=TWO)
    (tmp_path / "keys" / "index.key").chmod(0o640)
    assert codes(config) == ["settings.key-open"]
