"""What a party is asked, and its other requests, in a real browser: by pictures, by names, at 200 % and by a bot."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.pipeline.link.test_asked import asks
from tests.pipeline.link.test_several import Two
from tests.web.link.browsing import SIZES, looked_at
from tests.web.link.site import Site, opened

BOTS = (
    "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)", "WhatsApp/2.23.20.0",
    "TelegramBot (like TwitterBot)", "Mozilla/5.0 (compatible; bingbot/2.0)", "Microsoft Office/16.0 SafeLinks",
)  # fmt: skip


@pytest.fixture
def pair() -> Iterator[Site]:
    """Two measures for the same neighbours."""
    with opened(Two()) as made:
        yield made


def comes_in(page: Any, site: Site, key: str, code: str) -> None:
    page.goto(f"{site.url}#{key}")
    page.fill("#code", code)
    page.get_by_role("button", name="Weiter").click()
    page.wait_for_url("**/case")


def secrets(site: Site, number: str) -> tuple[str, str]:
    told = site.behind.secrets(number)  # type: ignore[attr-defined]  # a site of this test
    return told.key, told.code


@pytest.mark.parametrize("size", SIZES)
def test_a_party_with_two_requests_goes_from_one_to_the_other(browser: Any, pair: Site, size: str) -> None:
    first, second = secrets(pair, "M-1"), secrets(pair, "M-3")
    page = browser.new_context(viewport=SIZES[size]).new_page()
    comes_in(page, pair, *first)
    assert "Vorlesen" not in page.content()  # its key and code were not shown here
    comes_in(page, pair, *second)
    assert looked_at(page, f"{size}-8-others") == []
    page.get_by_role("button", name="Einkaufen").click()
    page.wait_for_selector("text=Einkaufen")
    assert page.url == f"{pair.url}case"  # no address says which
    page.get_by_text("Ja, wir übernehmen das").click()
    page.get_by_role("button", name="Absenden").locator("visible=true").click()
    page.wait_for_selector("[role=status]")
    assert pair.behind.world.stand("M-1") == "accepted selected"
    assert pair.behind.world.stand("M-3") == "received delivered"
    page.context.close()


@pytest.mark.parametrize("size", SIZES)
def test_a_question_and_a_wish_to_stop_are_answered_in_a_browser(browser: Any, site: Site, size: str) -> None:
    told = site.told
    page = browser.new_context(viewport=SIZES[size]).new_page()
    comes_in(page, site, told.key, told.code)
    site.behind.says("accept")
    site.behind.says("progress", "active-support", "angefangen")
    question = asks(site.behind, "question", "Wann waren Sie zuletzt da?")
    asks(site.behind, "abort", "Bitte beenden: umgezogen")
    page.reload()
    assert looked_at(page, f"{size}-9-asked") == []
    page.get_by_text("Antworten", exact=True).click()
    page.locator("textarea:visible").fill("Am Montag.")
    page.get_by_role("button", name="Absenden").locator("visible=true").click()
    page.wait_for_selector("[role=status]")
    assert site.behind.world.store.read("Task", question).resource["status"] == "completed"
    page.get_by_text("Ja, wir haben beendet").click()
    page.get_by_role("button", name="Absenden").locator("visible=true").click()
    page.wait_for_selector("[role=status]")
    assert site.behind.stand() == "failed aborted-on-request"
    page.context.close()


def test_a_screen_reader_hears_a_name_for_everything_that_can_be_used(browser: Any, pair: Site) -> None:
    first, second = secrets(pair, "M-1"), secrets(pair, "M-3")
    page = browser.new_context(viewport=SIZES["desktop"]).new_page()
    comes_in(page, pair, *first)
    comes_in(page, pair, *second)
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    session = page.context.new_cdp_session(page)
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    usable = [n for n in nodes if n.get("role", {}).get("value") in {"button", "textbox", "radio", "link", "region"}]
    assert len(usable) > 20
    assert [n["role"]["value"] for n in usable if not n.get("name", {}).get("value")] == []
    texts = page.locator("[lang=en]").all_text_contents()
    assert any("Yes, we will do it" in text for text in texts)  # English is told to be English
    page.context.close()


def test_at_twice_the_size_nothing_is_cut_and_nothing_scrolls_sideways(browser: Any, site: Site) -> None:
    told = site.told
    page = browser.new_context(viewport={"width": 640, "height": 450}, device_scale_factor=2).new_page()
    comes_in(page, site, told.key, told.code)
    assert looked_at(page, "zoom-10-case") == []
    page.set_viewport_size({"width": 320, "height": 256})  # WCAG 1.4.10: 1280 wide at 400 %
    assert looked_at(page, "zoom-11-reflow") == []
    page.context.close()


def test_a_preview_bot_in_a_browser_of_its_own_reveals_and_spends_nothing(browser: Any, site: Site) -> None:
    """It loads the page with its script, waits and takes a picture, but types and sends nothing."""
    told = site.told
    page = browser.new_context(user_agent=BOTS[0]).new_page()
    page.goto(f"{site.url}#{told.key}", wait_until="networkidle")
    assert "Einkaufen" not in page.content()
    assert site.behind.stand() == "requested dispatched"
    page.context.close()
    assert site.post("open", key=told.key, code=told.code).status_code == 200


@pytest.mark.parametrize("bot", BOTS)
def test_a_bot_that_follows_every_address_by_every_harmless_method_learns_nothing(site: Site, bot: str) -> None:
    told = site.told
    answers = [
        site.session.request(method, f"{site.url}{path}", headers={"User-Agent": bot}, timeout=20)
        for method in ("HEAD", "GET", "OPTIONS")
        for path in ("", "case", "open", "say", "switch", "leave", f"?key={told.key}", f"open?key={told.key}&code=1")
    ]
    assert not [answer for answer in answers if "Einkaufen" in answer.text or "Grünewälder" in answer.text]
    assert all(answer.headers["cache-control"] == "no-store" for answer in answers)
    assert (site.behind.stand(), site.behind.link.tries, site.behind.link.opened) == ("requested dispatched", 0, "")
