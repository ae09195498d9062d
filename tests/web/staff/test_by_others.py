"""The login by a provider of others (oidc-provider, certified), by plain HTTP and in a real browser."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest
import requests

from gateway.pipeline.staff.account import everyone
from gateway.settings.staff import Oidc
from gateway.web.staff.oidc import Provider
from tests.web.staff.office import Office
from tests.web.staff.peer import by_others, installed

pytestmark = pytest.mark.xdist_group("a provider of others")  # it is started once
SECRET = "only-for-this-test"  # noqa: S105 - of the peer beside
ROLES = {"kg-kuemmerer": "kuemmerer", "kg-pruefung": "auditor"}


@dataclass
class There:
    """The pages, and the provider that people of theirs come by."""

    office: Office
    issuer: str


@pytest.fixture(scope="module")
def home() -> Path:
    found = installed()
    if found is None:
        pytest.skip("oidc-provider needs node and npm, and that it can be installed")
    return found


@pytest.fixture(scope="module")
def issuer(home: Path, building: Office) -> Iterator[str]:
    """Their provider, for all tests."""
    with by_others(home, f"{building.url}oidc/back", SECRET) as issuer:
        yield issuer


@pytest.fixture
def there(filled: Office, issuer: str) -> There:
    said = Oidc(issuer=issuer, roles=ROLES, site="department", sites={"4711": "stelle-senne"})
    filled.door.base = filled.url
    filled.door.provider = Provider(said, lambda: SECRET, lambda: datetime.now(UTC))
    return There(filled, issuer)


def walks(there: There, login: str) -> requests.Response:
    """Somebody presses the button, logs in there and agrees; what the gateway answers in the end."""
    browser = there.office.session
    page = browser.get(there.office.url + "oidc", timeout=20)
    assert page.url.startswith(there.issuer), said(there)
    for form in ({"prompt": "login", "login": login, "password": "any"}, {"prompt": "consent"}):
        action = re.search(r'<form[^>]*action="([^"]+)"', page.text)
        assert action, page.text
        page = browser.post(urljoin(page.url, action[1]), data=form, timeout=20)
    return page


def said(there: There) -> list[tuple[str, str, str, str]]:
    """What the audit noted, to be read where a test fails."""
    return there.office.audit()


def test_who_logs_in_there_sits_here(there: There) -> None:
    answer = walks(there, "brandt")
    assert (answer.status_code, answer.url.startswith(f"{there.office.url}oidc/back")) == (200, True), said(there)
    (account,) = everyone(there.office.crew.rooms)
    assert (account.role, account.site) == ("kuemmerer", "stelle-senne")
    assert "Grünewälder" in there.office.get("desk").text


def test_who_has_no_role_here_does_not(there: There) -> None:
    assert walks(there, "fremd").status_code == 403
    assert there.office.audit()[-1][3] == "oidc, role"
    assert everyone(there.office.crew.rooms) == []


def test_a_code_that_was_redeemed_is_worth_nothing(there: There) -> None:
    answer = walks(there, "rahmann")
    assert answer.status_code == 200, said(there)
    again = there.office.session.get(answer.url, timeout=20)
    assert (again.status_code, there.office.audit()[-1][3]) == (403, "oidc, browser")


def test_another_secret_than_agreed_lets_nobody_in(there: There) -> None:
    provider: Any = there.office.door.provider
    provider.secret = lambda: "another"
    assert walks(there, "rahmann").status_code == 403
    assert there.office.audit()[-1][3] == "oidc, code"
