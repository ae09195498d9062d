"""The page in a real browser: Debian's Chromium, as a telephone and as a desktop, with and without JavaScript."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gateway.pipeline.link.secret import cleaned
from tests.pipeline.link.behind import Behind
from tests.web.link.site import Site, opened

CHROMIUM = next((path for path in ("/usr/bin/chromium", "/usr/bin/chromium-browser") if Path(path).exists()), "")
api = pytest.importorskip("playwright.sync_api", reason="playwright drives the browser; pip install playwright")
pytestmark = pytest.mark.skipif(not CHROMIUM, reason="there is no Chromium; apt-get install chromium")

SIZES = {"phone": {"width": 360, "height": 740}, "desktop": {"width": 1280, "height": 900}}
PICTURES = os.environ.get("GATEWAY_PICTURES", "")
"""Folder to put pictures of all pages into, for people to look at."""

AUDIT = """() => {
  const wrong = [];
  const seen = (e) => e.getClientRects().length > 0;
  const text = (e) => (e.textContent || '').trim();
  if (document.documentElement.lang !== 'de') wrong.push('no language');
  if (!document.title) wrong.push('no title');
  if (document.querySelectorAll('main').length !== 1) wrong.push('no single main');
  const levels = [...document.querySelectorAll('h1,h2,h3')].map((h) => +h.tagName[1]);
  if (levels.filter((l) => l === 1).length !== 1) wrong.push('no single h1');
  levels.forEach((l, i) => { if (i && l > levels[i - 1] + 1) wrong.push('skipped heading'); });
  const ids = [...document.querySelectorAll('[id]')].map((e) => e.id);
  if (new Set(ids).size !== ids.length) wrong.push('an id twice');
  for (const e of document.querySelectorAll('input:not([type=hidden]),textarea,select'))
    if (!e.labels.length || !text(e.labels[0])) wrong.push('no label: ' + e.id);
  for (const e of document.querySelectorAll('[aria-labelledby],[aria-describedby]'))
    for (const id of (e.getAttribute('aria-labelledby') || e.getAttribute('aria-describedby')).split(' '))
      if (!document.getElementById(id)) wrong.push('nothing called ' + id);
  for (const e of document.querySelectorAll('button,a,summary')) if (!text(e)) wrong.push('a control without a name');
  for (const e of document.querySelectorAll('button,summary,input:not([type=hidden])')) {
    const box = e.getBoundingClientRect();
    if (seen(e) && (box.height < 24 || box.width < 24)) wrong.push('too small to touch: ' + e.tagName);
  }
  const part = (v) => { v /= 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; };
  const light = (c) => 0.2126 * part(c[0]) + 0.7152 * part(c[1]) + 0.0722 * part(c[2]);
  const rgb = (s) => s.match(/[\\d.]+/g).map(Number);
  const ground = (e) => {
    for (; e; e = e.parentElement) {
      const c = rgb(getComputedStyle(e).backgroundColor);
      if (c.length < 4 || c[3] > 0) return c;
    }
    return [255, 255, 255];
  };
  for (const e of document.querySelectorAll('body *')) {
    const own = [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
    if (!own || !seen(e)) continue;
    const [a, b] = [light(rgb(getComputedStyle(e).color)), light(ground(e))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) wrong.push('contrast ' + ratio.toFixed(1) + ': ' + text(e).slice(0, 30));
    if (parseFloat(getComputedStyle(e).fontSize) < 13) wrong.push('small print: ' + text(e).slice(0, 30));
  }
  if (document.documentElement.scrollWidth > innerWidth) wrong.push('wider than the window');
  return wrong;
}"""
"""What of WCAG 2.2 a program can see: names, labels, headings, contrast (1.4.3), targets (2.5.8), reflow (1.4.10)."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with api.sync_playwright() as driver:
        launched = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield launched
        launched.close()


@pytest.fixture
def site() -> Iterator[Site]:
    said = {
        "code": {"text": "Einkaufen und Botengänge"}, "priority": "urgent",
        "note": [{"text": "Bitte zweimal klingeln, sie hört schlecht."}],
        "occurrencePeriod": {"start": "2026-03-16", "end": "2026-05-31"},
    }  # fmt: skip
    with opened(Behind(said=said)) as made:
        yield made


def looked_at(page: Any, name: str) -> list[str]:
    """What is wrong with a page; and a picture of it, where somebody wants one."""
    if PICTURES:
        page.screenshot(path=str(Path(PICTURES) / f"{name}.png"), full_page=True)
    wrong: list[str] = page.evaluate(AUDIT)
    return wrong


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
