"""`gateway keys`: made for one user alone, never shown, and what is under which is told."""

import base64
import os
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from gateway import settings as options
from gateway.settings.keys import ring
from gateway.store.alone import alone
from gateway.store.sealing.ring import Ring
from gateway.store.sql.store import open_store
from tests.cli.command import Call
from tests.store.made import entry, indexed

SETTINGS = """
store: {url: "sqlite:///gateway.db"}
http: {listen: "127.0.0.1:1"}
fhir: {listen: ""}
keys: {folder: keys}
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A deployment whose store is plain still, with two messages in it."""
    (tmp_path / "gateway.yaml").write_text(SETTINGS)
    store = open_store(f"sqlite:///{tmp_path / 'gateway.db'}")
    store.keep(entry("1", b"PID|Canaria")).result()
    store.keep(entry("2", b"PID|Canaria")).result()
    store.close()
    return tmp_path / "gateway.yaml"


def files(config: Path) -> bytes:
    return b"".join(path.read_bytes() for path in config.parent.iterdir() if path.name.startswith("gateway.db"))


def test_new_keys_are_for_this_user_alone_and_are_never_shown(gateway: Call, config: Path) -> None:
    done = gateway("keys", "new", "--name", "1", "--config", config)
    assert (done.code, gateway("keys", "new", "--site", "stelle-senne", "--config", config).code) == (0, 0)
    made = sorted(path for path in (config.parent / "keys").glob("**/*.key"))
    assert [path.relative_to(config.parent / "keys").parts[0] for path in made] == [
        "gateway",
        "index.key",
        "stelle-senne",
    ]
    for path in made:
        assert path.stat().st_mode & 0o077 == 0
        assert len(base64.b64decode(path.read_text())) == 32
        assert path.read_text().strip() not in done.text + done.err
    assert len({path.read_text() for path in made}) == 3


def test_a_plain_store_is_sealed_and_its_file_tells_nothing(gateway: Call, config: Path) -> None:
    gateway("keys", "new", "--name", "1", "--config", config)
    assert "not sealed" in gateway("keys", "status", "--config", config).text
    assert b"Canaria" in files(config)
    done = gateway("keys", "seal", "--config", config)
    assert (done.code, re.findall(r"(\d+) records now", done.text)) == (0, ["2"])
    assert b"Canaria" not in files(config)
    found = gateway("keys", "status", "--json", "--config", config).json
    assert found["state"] == "clean"
    assert [(row["key"], row["stands"], row["under"]) for row in found["keys"]] == [
        ("gateway/1", "writes", {"journal": 2}),
    ]
    assert "PID|Canaria" in gateway("messages", "show", "t-1", "--config", config).text
    again = gateway("keys", "seal", "--config", config)
    assert "0 records now" in again.text


def test_a_rotation_leaves_nothing_under_the_key_before(gateway: Call, config: Path) -> None:
    gateway("keys", "new", "--name", "1", "--config", config)
    gateway("keys", "seal", "--config", config)
    done = gateway("keys", "rotate", "--name", "2", "--config", config)
    assert "nothing is under gateway/1 any more" in done.text
    assert "SIGHUP" in done.text
    text = gateway("keys", "status", "--config", config).text
    assert re.search(r"gateway/1 .*reads +nothing", text)
    assert re.search(r"gateway/2 .*writes +2 in journal", text)
    (config.parent / "keys" / "gateway" / "1.key").unlink()
    assert gateway("keys", "status", "--config", config).code == 0


def test_a_further_key_of_the_index_is_laid_over_its_words_and_both_stay(gateway: Call, config: Path) -> None:
    gateway("keys", "new", "--name", "1", "--config", config)
    gateway("keys", "seal", "--config", config)
    store = open_store(f"sqlite:///{config.parent / 'gateway.db'}", ring_of(config))
    store.commit([indexed({"resourceType": "Patient", "id": "1", "name": [{"family": "Canaria"}]})]).result()
    store.close()
    done = gateway("keys", "index", "--name", "2", "--config", config)
    assert (done.code, re.findall(r"(\d+) records now", done.text)) == (0, ["1"])
    found = gateway("keys", "status", "--json", "--config", config).json
    assert found["state"] == "clean"
    of_index = [(row["key"], row["stands"], list(row["under"])) for row in found["keys"][1:]]
    assert of_index == [("index/index", "stays", ["term"]), ("index/2", "stays", ["term"])]
    assert gateway("keys", "index", "--name", "1", "--config", config).code == 2
    (config.parent / "keys" / "index.key").unlink()
    assert "the key of the index" in gateway("keys", "status", "--config", config).err


def ring_of(config: Path) -> Ring | None:
    settings, _ = options.load(config)
    assert settings is not None
    return ring(settings)


def test_a_key_that_is_missing_is_named(gateway: Call, config: Path) -> None:
    gateway("keys", "new", "--name", "1", "--config", config)
    gateway("keys", "seal", "--config", config)
    file = config.parent / "keys" / "gateway" / "1.key"
    file.rename(config.parent / "away")
    gateway("keys", "new", "--name", "2", "--config", config)
    for verb in (("keys", "status"), ("keys", "seal"), ("messages", "list")):
        done = gateway(*verb, "--config", config)
        assert done.code != 0
        assert "gateway/1" in done.err


def test_a_key_that_would_never_write_is_not_made(gateway: Call, config: Path) -> None:
    gateway("keys", "new", "--name", "2", "--config", config)
    for name in ("1", "2"):
        assert gateway("keys", "new", "--name", name, "--config", config).code == 2
    assert gateway("keys", "new", "--site", "../x", "--config", config).code == 2
    for _ in range(2):
        assert gateway("keys", "new", "--config", config).code == 0


def test_a_new_index_is_not_made_where_the_old_one_is_lost(gateway: Call, config: Path) -> None:
    gateway("keys", "new", "--name", "1", "--config", config)
    (config.parent / "keys" / "index.key").unlink()
    gateway("keys", "new", "--name", "2", "--config", config)
    assert not (config.parent / "keys" / "index.key").exists()
    assert "the index needs one key" in gateway("keys", "seal", "--config", config).err


def test_nothing_is_sealed_beside_a_gateway_that_runs_without_keys(gateway: Call, config: Path) -> None:
    gateway("keys", "new", "--config", config)
    with alone(f"sqlite:///{config.parent / 'gateway.db'}"):
        done = gateway("keys", "seal", "--config", config)
    assert (done.code, "another gateway serves this store" in done.err) == (1, True)
    assert b"Canaria" in files(config)


def test_without_a_folder_of_keys_the_setting_is_named(gateway: Call, config: Path) -> None:
    config.write_text(SETTINGS.replace("keys: {folder: keys}", ""))
    for verb in ("new", "rotate", "seal"):
        done = gateway("keys", verb, "--config", config)
        assert (done.code, "keys: {folder: keys}" in done.err) == (2, True)
    assert gateway("keys", "new", "--config", config.parent / "no.yaml").code == 2


def test_where_there_is_no_store_nothing_is_sealed(gateway: Call, config: Path) -> None:
    gateway("keys", "new", "--config", config)
    (config.parent / "gateway.db").unlink()
    assert "there is no store yet" in gateway("keys", "seal", "--config", config).err


def test_the_doctor_says_whether_the_store_is_sealed(gateway: Call, config: Path) -> None:
    def said() -> list[str]:
        found = gateway("doctor", "--json", "--config", config).json["findings"]
        return [line["said"] for line in found if line["what"] == "data at rest"]

    gateway("keys", "new", "--config", config)
    assert "can read it" in said()[0]
    gateway("keys", "seal", "--config", config)
    assert said() == ["sealed"]
    with closing(sqlite3.connect(config.parent / "gateway.db")) as database, database:
        database.execute("UPDATE seal SET state = 'sealed' WHERE owner = 'index'")
    assert "still being sealed" in said()[0]


def test_a_key_that_cannot_be_written_is_told(gateway: Call, config: Path) -> None:
    (config.parent / "keys").write_text("a file")
    assert "cannot be written" in gateway("keys", "new", "--config", config).err
    assert os.access(config, os.R_OK)
