"""`gateway serve` with the pages of staff: by TLS, from an account to a token that opens the FHIR interface."""

from datetime import UTC, datetime
from pathlib import Path

import pyotp
import pytest
import requests
from argon2 import PasswordHasher

from gateway.pipeline.staff import keeping, proof
from gateway.pipeline.staff.account import Account
from gateway.store.sql.store import open_store
from tests.authority import Authority
from tests.cli.command import Call
from tests.cli.test_serve import served
from tests.pipeline.line.world import World
from tests.ports import free_port

pytestmark = pytest.mark.usefixtures("_logging_as_it_was")
PASSWORD = "Regen Leiter Nordwind Quitte"  # noqa: S105 - of invented people


def account() -> str:
    """An auditor's account in the store of the folder; what her telephone is told."""
    store = open_store("sqlite:///gateway.db")
    try:
        rooms = World(store=store).rooms
        rooms.now = lambda: datetime.now(UTC)
        return keeping.added(Account("", "auditor", "", "", "p.rahmann"), PASSWORD, "test", rooms).address
    finally:
        store.close()


def test_staff_come_in_by_tls_and_use_fhir_in_their_own_name(
    gateway: Call, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    quick = PasswordHasher(1, 1024, 1)
    monkeypatch.setattr(proof, "hasher", lambda: quick)
    port, fhir, pages = free_port(), free_port(), free_port()
    authority = Authority(tmp_path / "ca")
    pair = authority.signs("127.0.0.1")
    Path("mappings").mkdir()
    Path("gateway.yaml").write_text(
        f"http: {{listen: '127.0.0.1:{port}'}}\nmappings: mappings\n"
        f"fhir: {{listen: '127.0.0.1:{fhir}', access: smart}}\n"
        f"staff: {{listen: '127.0.0.1:{pages}', tls: {{certificate: {pair.certificate}, key: {pair.key}}}}}\n"
        "shutdown: {grace: 2}\n",
        "utf-8",
    )
    code = pyotp.parse_uri(account())
    door, seen = f"https://127.0.0.1:{pages}/", list[str]()

    def comes_in() -> bool:
        assert isinstance(code, pyotp.TOTP)
        with requests.Session() as browser:
            browser.trust_env, browser.verify = False, authority.ca
            typed = {"login": "p.rahmann", "password": PASSWORD, "code": code.now()}
            page = browser.post(door + "login", data=typed, timeout=20)
            seen.extend(cookie.name for cookie in browser.cookies if cookie.secure)
            word = page.text.partition('name="word" value="')[2].partition('"')[0]
            head = {"accept": "application/json"}
            token = browser.post(door + "token", data={"word": word}, headers=head, timeout=20).json()["access_token"]
        found = requests.get(
            f"http://127.0.0.1:{fhir}/fhir/AuditEvent", headers={"authorization": f"Bearer {token}"}, timeout=20
        )
        seen.append(str(found.status_code))
        return "staff:" in found.text

    done = served(gateway, port, comes_in)
    assert f"staff {door}" in done.text
    assert seen == ["__Host-kuemmerer_staff", "200"]
    assert PASSWORD not in done.err
