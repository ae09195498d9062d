"""The page in a real browser: Debian's Chromium, as a telephone and as a desktop, with and without JavaScript."""

from collections.abc import Iterator
from typing import Any

import pytest

from gateway.pipeline.link.secret import cleaned
from tests.pipeline.link.behind import Behind
from tests.web.link.browsing import SIZES, looked_at
from tests.web.link.site import Site, opened


@pytest.fixture
def site() -> Iterator[Site]:
    said = {
        "code": {"text": "Einkaufen und Botengänge"}, "priority": "urgent",
        "note": [{"text": "Bitte zweimal klingeln, sie hört schlecht."}],
        "occurrencePeriod": {"start": "2026-03-16", "end": "2026-05-31"},
    }  # fmt: skip
    with opened(Behind(said=said)) as made:
        yield made


@pytest.mark.parametrize("size", SIZES)
def test_a_link_is_answered_in_a_browser(browser: Any, site: Site, size: str) -> None:
    told, visited = site.told, []
    page = browser.new_context(viewport=SIZES[size], locale="de-DE").new_page()
    page.on("request", lambda request: visited.append((request.url, request.headers.get("referer", ""))))
    page.goto(f"{site.url}#{told.key}")
    assert page.url == site.url  # the key is out of the address, and of the history
    assert looked_at(page, f"{size}-1-door") == []
    page.fill("#code", "9999 9999")
    page.keyboard.press("Enter")
    page.wait_for_selector("[role=alert]")
    assert looked_at(page, f"{size}-2-wrong") == []
    page.fill("#code", told.code)  # the key need not be found again
    page.get_by_role("button", name="Weiter").click()
    page.wait_for_url("**/case")
    assert looked_at(page, f"{size}-3-case") == []
    assert site.behind.stand() == "received delivered"
    page.get_by_text("Ja, wir übernehmen das").click()
    assert looked_at(page, f"{size}-4-answer") == []
    page.get_by_role("button", name="Absenden").locator("visible=true").click()
    page.wait_for_selector("[role=status]")
    assert site.behind.stand() == "accepted selected"
    page.get_by_text("Wir haben eine Frage").click()
    page.locator("#question-text").fill("Wo liegt der Schlüssel?")
    page.get_by_role("button", name="Absenden").locator("visible=true").click()
    page.wait_for_selector(".talk")
    assert looked_at(page, f"{size}-5-question") == []
    page.get_by_text("Es ist fertig").click()
    page.locator("#done-outcome-helped").check()
    assert looked_at(page, f"{size}-6-done") == []
    page.get_by_role("button", name="Absenden").locator("visible=true").click()
    page.wait_for_selector("[role=status]")
    assert site.behind.stand() == "completed outcome-helped"
    assert looked_at(page, f"{size}-7-ended") == []
    assert {referer for _, referer in visited} == {""}
    assert not [url for url, _ in visited if told.key in url or cleaned(told.code) in url or site.url not in url]
    page.context.close()


def test_the_page_works_without_javascript(browser: Any, site: Site) -> None:
    told = site.told
    page = browser.new_context(java_script_enabled=False, viewport=SIZES["phone"]).new_page()
    page.goto(f"{site.url}#{told.key}")
    page.fill("#code", told.code)
    page.fill("#key", told.key)
    page.get_by_role("button", name="Weiter").click()
    page.get_by_text("Nein, das geht nicht").click()
    page.locator("#decline-no-capacity").check()
    page.locator("#decline-text").fill("Unser Wagen ist kaputt.")
    page.get_by_role("button", name="Absenden").locator("visible=true").click()
    page.wait_for_selector("[role=status]")
    assert site.behind.stand() == "rejected no-capacity"
    page.context.close()


def test_the_page_is_answered_by_keyboard_alone(browser: Any, site: Site) -> None:
    told = site.told
    page = browser.new_context(viewport=SIZES["desktop"]).new_page()
    page.goto(f"{site.url}#{told.key}")
    for _ in range(2):  # past the skip link
        page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "code"
    page.keyboard.type(told.code)
    page.keyboard.press("Enter")
    page.wait_for_url("**/case")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("[role=status]")
    assert site.behind.stand() == "accepted selected"
    page.context.close()


def test_nothing_of_a_case_is_kept_by_the_browser(browser: Any, site: Site) -> None:
    told = site.told
    page = browser.new_context().new_page()
    page.goto(f"{site.url}#{told.key}")
    page.fill("#code", told.code)
    page.keyboard.press("Enter")
    page.wait_for_url("**/case")
    page.get_by_role("button", name="Seite verlassen").click()
    page.wait_for_selector("[role=status]")
    page.go_back()
    page.wait_for_selector("#code")
    assert "Grünewälder" not in page.content()
    assert page.evaluate("document.cookie + localStorage.length + sessionStorage.length") == "00"
    page.context.close()
