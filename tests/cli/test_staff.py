"""`gateway staff`: accounts, shown once what is secret, and never again."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pyotp
import pytest
from argon2 import PasswordHasher

from gateway.pipeline.staff import proof
from gateway.pipeline.staff.enter import Entered, Rules, Typed, enter
from gateway.store.sql.store import open_store
from tests.cli.command import Call
from tests.pipeline.line.world import World

PASSWORD = b"Regen Leiter Nordwind Quitte\n"
SETTINGS = """
store: {url: "sqlite:///gateway.db"}
http: {listen: "127.0.0.1:1"}
fhir: {listen: ""}
staff: {listen: "127.0.0.1:8083"}
mappings: [mappings]
"""


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A deployment with one site, whose passwords are quick to scramble."""
    quick = PasswordHasher(1, 1024, 1)
    monkeypatch.setattr(proof, "hasher", lambda: quick)
    folder = tmp_path / "mappings" / "partners" / "stelle-senne"
    folder.mkdir(parents=True)
    (folder / "partner.yaml").write_text("partner: stelle-senne\nkind: site\n")
    (tmp_path / "gateway.yaml").write_text(SETTINGS)
    open_store(f"sqlite:///{tmp_path / 'gateway.db'}").close()
    return tmp_path / "gateway.yaml"


def added(gateway: Call, config: Path) -> str:
    """A Kümmerer's account; the address for the telephone."""
    words = ("staff", "add", "k.brandt", "--role", "kuemmerer", "--site", "stelle-senne", "--json", "--config", config)
    return str(gateway(*words, stdin=PASSWORD).json["code"])


def comes_in(config: Path, address: str) -> Entered:
    """The person at the door, with the telephone."""
    store = open_store(f"sqlite:///{config.parent / 'gateway.db'}")
    try:
        rooms = replace(World(store=store).rooms, now=lambda: datetime.now(UTC))
        code = pyotp.parse_uri(address)
        assert isinstance(code, pyotp.TOTP)
        typed = Typed("k.brandt", PASSWORD.decode().strip(), code.at(rooms.now()))
        return enter(typed, Rules(), rooms)
    finally:
        store.close()


def test_who_is_added_comes_in(gateway: Call, config: Path) -> None:
    assert comes_in(config, added(gateway, config)).refused == ""


def test_the_picture_and_the_secret_are_shown_once(gateway: Call, config: Path) -> None:
    words = ("staff", "add", "p.rahmann", "--role", "auditor", "--config", config)
    shown = gateway(*words, stdin=PASSWORD)
    secret = shown.text.partition("or type ")[2].partition(";")[0]
    assert (shown.code, len(secret), "▀" in shown.text) == (0, 32, True)
    listed = gateway("staff", "list", "--config", config).text
    assert "p.rahmann" in listed
    assert secret not in listed
    assert PASSWORD.decode().strip() not in listed + shown.text


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("k.brandt", "--role", "boss"), "staff.role"),
        (("k.brandt", "--role", "kuemmerer"), "staff.site"),
        (("k.brandt", "--role", "lead", "--site", "nowhere"), "staff.site.unknown"),
        (("K B", "--role", "auditor"), "staff.login"),
    ],
)
def test_what_is_wrong_is_told_before_a_password_is_asked_for(
    gateway: Call, config: Path, words: tuple[str, ...], code: str
) -> None:
    said = gateway("staff", "add", *words, "--config", config)
    assert (said.code, code in said.err) == (1, True)


def test_a_short_password_is_not_taken(gateway: Call, config: Path) -> None:
    said = gateway("staff", "add", "a.thiel", "--role", "auditor", "--config", config, stdin=b"kurz\n")
    assert (said.code, "staff.password.length" in said.err) == (1, True)


def test_a_shut_account_and_its_reset(gateway: Call, config: Path) -> None:
    added(gateway, config)
    assert gateway("staff", "disable", "k.brandt", "--config", config).code == 0
    assert gateway("staff", "list", "--json", "--config", config).json[0]["state"] == "disabled"
    fresh = gateway("staff", "reset", "k.brandt", "--json", "--config", config, stdin=PASSWORD).json
    assert comes_in(config, fresh["code"]).refused == ""


def test_sessions_are_listed_and_ended(gateway: Call, config: Path) -> None:
    address = added(gateway, config)
    assert "nobody sits there" in gateway("staff", "sessions", "--config", config).text
    entered = comes_in(config, address)
    assert entered.account
    ended = gateway("staff", "sessions", "--end", entered.account.id[:6], "--config", config)
    assert "1 sessions" in ended.text
    assert entered.cookie not in ended.text


def test_nobody_is_a_wrong_call(gateway: Call, config: Path) -> None:
    for words in (("disable", "nobody"), ("reset", "nobody"), ("sessions", "--end", "nobody")):
        assert gateway("staff", *words, "--config", config).code == 2
