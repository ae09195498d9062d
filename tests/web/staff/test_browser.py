"""The pages of staff in a real browser: Debian's Chromium, as a telephone and as a desktop, by keyboard."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from gateway.settings.staff import Oidc
from gateway.store.verify import Verdict
from gateway.web.staff.oidc import Provider
from tests.pipeline.staff.crew import PASSWORD
from tests.web.link.browsing import SIZES
from tests.web.link.browsing import looked_at as looked
from tests.web.staff.office import Office
from tests.web.staff.peer import by_others, installed


@pytest.fixture
def office(filled: Office) -> Office:
    filled.door.token = lambda _: ("a-token-that-nobody-can-guess-0123456789", 300)
    filled.door.verify = lambda: Verdict(41)
    return filled


def looked_at(page: Any, name: str) -> list[str]:
    """What is wrong with a page."""
    return looked(page, f"staff-{name}")


@dataclass
class Seat:
    """Somebody before a screen."""

    page: Any
    office: Office

    def types(self, login: str, code: str = "") -> None:
        self.office.crew.wait(seconds=30)
        self.page.fill("#login", login)
        self.page.fill("#password", PASSWORD)
        self.page.fill("#code", code or self.office.crew.code(login))
        self.page.get_by_role("button", name="Anmelden").click()


def seat(browser: Any, office: Office, size: str = "desktop") -> Seat:
    """A screen with the door on it."""
    page = browser.new_context(viewport=SIZES[size], locale="de-DE").new_page()
    page.goto(office.url)
    return Seat(page, office)


@pytest.mark.parametrize("size", SIZES)
def test_a_kuemmerer_comes_in_and_opens_a_case(browser: Any, office: Office, size: str) -> None:
    office.crew.add("k.brandt")
    office.crew.wait(days=20)
    here = seat(browser, office, size)
    page, asked = here.page, []
    page.on("request", lambda request: asked.append(request.url))
    assert looked_at(page, f"{size}-1-door") == []
    here.types("k.brandt", "000000")
    page.wait_for_selector("[role=alert]")
    assert looked_at(page, f"{size}-2-wrong") == []
    here.types("k.brandt")
    page.wait_for_url("**/desk")
    assert looked_at(page, f"{size}-3-cases") == []
    page.get_by_role("link", name="Grünewälder").click()
    page.wait_for_url("**/case/*")
    assert looked_at(page, f"{size}-4-case") == []
    page.go_back()
    page.get_by_role("button", name="Zugang anzeigen").click()
    page.wait_for_selector(".token")
    assert looked_at(page, f"{size}-5-token") == []
    page.get_by_role("button", name="Abmelden").click()
    page.wait_for_selector("[role=status]")
    assert not [url for url in asked if office.url not in url or PASSWORD in url or "token-that" in url]
    page.context.close()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("role", ["integrator", "officer", "auditor"])
def test_every_desk_is_sound(browser: Any, office: Office, role: str, size: str) -> None:
    world = office.crew.world
    world.settle(world.keep("senneklinik", b"MSH|^~\\&|broken"), state="parked", step="decode")
    office.crew.add(role, role)
    here = seat(browser, office, size)
    here.types(role)
    here.page.wait_for_url("**/desk")
    assert looked_at(here.page, f"{size}-{role}") == []
    if role == "auditor":
        here.page.fill("#action", "disclose")
        here.page.get_by_role("button", name="Suchen").click()
        here.page.wait_for_selector("#s-found")
        assert looked_at(here.page, f"{size}-auditor-found") == []
        here.page.get_by_role("button", name="Prüfen").click()
        here.page.wait_for_selector("[role=status]")
        assert looked_at(here.page, f"{size}-auditor-verified") == []
    here.page.context.close()


def test_the_pages_are_used_by_keyboard_alone(browser: Any, office: Office) -> None:
    office.crew.add("k.brandt")
    office.crew.wait(seconds=30)
    page = seat(browser, office).page
    for _ in range(2):  # past the skip link
        page.keyboard.press("Tab")
    for word in ("k.brandt", PASSWORD, office.crew.code("k.brandt")):
        page.keyboard.type(word)
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk")
    for _ in range(3):  # skip link, log out, the first case
        page.keyboard.press("Tab")
    assert "Grünewälder" in page.evaluate("document.activeElement.textContent")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    page.wait_for_url("**/case/*")
    page.context.close()


def test_who_logs_out_finds_nothing_by_going_back(browser: Any, office: Office) -> None:
    office.crew.add("k.brandt")
    here = seat(browser, office)
    here.types("k.brandt")
    here.page.wait_for_url("**/desk")
    here.page.get_by_role("button", name="Abmelden").click()
    here.page.wait_for_selector("[role=status]")
    here.page.go_back()
    here.page.wait_for_selector("#login")
    assert "Grünewälder" not in here.page.content()
    assert here.page.evaluate("document.cookie + localStorage.length + sessionStorage.length") == "00"
    here.page.context.close()


def test_a_page_of_another_site_cannot_act_in_somebodys_name(browser: Any, office: Office) -> None:
    made = office.crew.add("k.brandt")
    here = seat(browser, office)
    here.types("k.brandt")
    here.page.wait_for_url("**/desk")
    evil = here.page.context.new_page()
    evil.route("http://evil.example/", lambda route: route.fulfill(
        content_type="text/html",
        body=f'<form method="post" action="{office.url}logout"><button id="go">x</button></form>'
        f'<iframe src="{office.url}desk"></iframe>',
    ))  # fmt: skip
    evil.goto("http://evil.example/")
    evil.click("#go")
    evil.wait_for_load_state()
    here.page.goto(office.url + "desk")
    assert "Grünewälder" in here.page.content()
    assert (made.actor, "logout", "done", f"of {made.actor}") not in office.audit()
    here.page.context.close()


def test_the_provider_of_the_house_is_one_button(browser: Any, office: Office) -> None:
    home = installed()
    if home is None:
        pytest.skip("oidc-provider needs node and npm, and that it can be installed")
    secret = "only-for-this-test"  # noqa: S105 - of the peer beside
    with by_others(home, f"{office.url}oidc/back", secret) as issuer:
        said = Oidc(
            issuer=issuer, roles={"kg-kuemmerer": "kuemmerer"}, site="department", sites={"4711": "stelle-senne"}
        )
        office.door.base = office.url
        office.door.provider = Provider(said, lambda: secret, lambda: datetime.now(UTC))
        page = seat(browser, office).page
        page.route("**/*", lambda route: route.continue_() if "127.0.0.1" in route.request.url else route.abort())
        assert looked_at(page, "desktop-6-provider") == []
        page.get_by_role("link", name="Konto Ihres Hauses").click()
        page.fill("[name=login]", "brandt")
        page.fill("[name=password]", "any")
        page.click("[type=submit]")
        page.wait_for_selector("text=Continue")
        page.click("[type=submit]")
        page.wait_for_url("**/desk")
        assert "Grünewälder" in page.content()
        page.context.close()
