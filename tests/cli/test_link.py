"""`gateway link`: what the Kümmerer is shown once, and how a link ends."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from gateway.domain.ledger import Save
from gateway.store.sql.store import open_store
from tests.cli.command import Call

TASK = "9c01d7aa-52f1-4a55-8a4e-4c4bf3c0a1b2"
SETTINGS = """
store: {url: "sqlite:///gateway.db"}
http: {listen: "127.0.0.1:1"}
fhir: {listen: ""}
link: {listen: "127.0.0.1:8082", base: "https://hilfe.example.org/"}
mappings: [mappings]
"""
PARTNER = """
partner: nachbarn
kind: other
receives: [{road: link, for: [measures]}]
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A deployment with one measure for a party without a system."""
    folder = tmp_path / "mappings" / "partners" / "nachbarn"
    folder.mkdir(parents=True)
    (folder / "partner.yaml").write_text(PARTNER)
    file = tmp_path / "gateway.yaml"
    file.write_text(SETTINGS)
    store = open_store(f"sqlite:///{tmp_path / 'gateway.db'}")
    task = {
        "resourceType": "Task", "id": TASK, "status": "requested", "intent": "order",
        "partOf": [{"reference": "Task/t0"}], "owner": {"reference": "Organization/nachbarn"},
    }  # fmt: skip
    store.commit([Save(task, 0, (), datetime.now(UTC))]).result()
    store.close()
    return file


def test_link_and_code_are_shown_once(gateway: Call, config: Path) -> None:
    first = gateway("link", "show", f"Task/{TASK}", "--config", config)
    assert "https://hilfe.example.org/#" in first.text
    again = gateway("link", "show", TASK[:8], "--config", config)
    assert (first.code, again.code, "--new" in again.err) == (0, 2, True)


def test_new_secrets_are_other_ones(gateway: Call, config: Path) -> None:
    first = gateway("link", "show", TASK, "--json", "--config", config).json
    second = gateway("link", "show", TASK, "--new", "--json", "--config", config).json
    assert first["link"] != second["link"]
    assert first["code"] != second["code"]


def test_the_list_names_no_secret(gateway: Call, config: Path) -> None:
    told = gateway("link", "show", TASK, "--json", "--config", config).json
    listed = gateway("link", "list", "--json", "--config", config)
    assert [(row["task"], row["partner"], row["state"]) for row in listed.json] == [(TASK, "nachbarn", "shown")]
    assert told["link"].partition("#")[2] not in listed.text
    assert "shown" in gateway("link", "list", "--config", config).text


def test_a_link_is_taken_back(gateway: Call, config: Path) -> None:
    gateway("link", "show", TASK, "--config", config)
    assert gateway("link", "revoke", TASK[:8], "--config", config).code == 0
    assert [row["state"] for row in gateway("link", "list", "--json", "--config", config).json] == ["taken back"]
    assert gateway("link", "show", TASK, "--new", "--config", config).code == 0


def test_what_has_no_link_is_a_wrong_call(gateway: Call, config: Path) -> None:
    for words in (("show", "no-such"), ("revoke", TASK)):
        assert gateway("link", *words, "--config", config).code == 2
    assert "no links" in gateway("link", "list", "--config", config).text


def test_the_code_is_written_as_a_letter_only_where_the_link_went_another_way(gateway: Call, config: Path) -> None:
    partner = config.parent / "mappings" / "partners" / "nachbarn" / "partner.yaml"
    partner.write_text(PARTNER + 'title: Nachbarn\naddress: ["Weg 1", "33689 Bielefeld"]\n')
    letters = config.parent / "letters"
    letters.mkdir()
    for road, code in (("", 2), ("letter", 2), ("folder", 0), ("folder", 2)):
        noted(config, road)
        told = gateway("link", "letter", TASK[:8], "--into", letters, "--config", config)
        assert told.code == code, told.err
    (letter,) = letters.glob("*.pdf")
    assert letter.name.startswith("code-9c01d7aa-")


def noted(config: Path, road: str) -> None:
    """A link whose key has gone out by some road."""
    store = open_store(f"sqlite:///{config.parent / 'gateway.db'}")
    known = store.read("SecureLink", TASK)
    said = known.resource if known else {"resourceType": "SecureLink", "id": TASK, "partner": "nachbarn"}
    made = {
        **said,
        "made": "2026-03-12T11:00:00+00:00",
        "expires": "2999-01-01T00:00:00+00:00",
        "key": "k",
        "road": road,
    }
    store.commit([Save(made, known.version if known else 0, (), datetime.now(UTC))]).result()
    store.close()
